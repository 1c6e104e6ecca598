"""A text cut into its words and what stands between them, where that matters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Set
from itertools import accumulate
from typing import NamedTuple

from rolecall.normalise.text import Part
from rolecall.normalise.vocabulary import TOKEN, Vocabulary

_WORD = re.compile(r"([a-z0-9\u00df-\u00ff]+)")
_SHAPE = bytes(ord("a") if c in range(97, 123) else ord("A") if c in range(65, 91) else 32 for c in range(256))
_HUMPS = (b"aA", b"AAaa")
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_GLUED_MIN = 3  # fewer such words are names of their own (MapGPT), not a text without its line ends


class Cut(NamedTuple):
    """The words of a text in lower case and where each begins; `gaps[i]` stands before word `i`, the last behind all.

    Lines that cannot hold a technology, four fifths of most texts, are not cut: a gap holds but one newline for them.
    """

    words: list[str]
    starts: list[int]
    gaps: list[str]


def cut(part: Part, vocabulary: Vocabulary) -> Cut:
    """Return the words of those lines of a text in which a technology may be named."""
    lines, glued = vocabulary.openers(part.words).within(part.lines), _glued(part, vocabulary.words)
    if not glued:
        return _cut(part, lines)
    begins = [0, *accumulate(len(text) + 1 for text in part.low.split("\n"))]
    lines = sorted({*lines, *(bisect_right(begins, at) - 1 for at in glued)})
    return _parted(_cut(part, lines), part.text, glued)


def _cut(part: Part, lines: Iterable[int]) -> Cut:
    """Return the text with these lines cut, as `TOKEN.split` does it."""
    signed = "net" in part.stems or "#" in part.low or "++" in part.low
    split = TOKEN.split if signed else _WORD.split  # without C#, C++ and .NET a simpler pattern does, a third faster
    texts = part.low.split("\n")
    ends = list(accumulate(map(len, texts)))
    words, starts, gaps, done = list[str](), list[int](), [""], -1
    for index in lines:
        pieces = split(texts[index])
        offsets = list(accumulate(map(len, pieces), initial=ends[index] + index - len(texts[index])))
        words += pieces[1::2]
        starts += offsets[1:-1:2]
        gaps[-1] += "\n" * (index > 0) + pieces[0]
        gaps += pieces[2::2]
        done = index
    gaps[-1] += "\n" * (done < len(texts) - 1)
    return Cut(words, starts, gaps)


# --- words that lost the space between them ---------------------------------------------------------------------------


def _glued(part: Part, known: Set[str]) -> list[int]:
    """Return where words such as "usingPython" begin, as boards that strip line ends print them."""
    shape = part.text.encode("latin-1", "replace").translate(_SHAPE)
    humps = list(_humps(shape))
    if len(humps) < _GLUED_MIN:
        return []
    starts = sorted({shape.rfind(b" ", 0, hump) + 1 for hump in humps})
    ends = [shape.find(b" ", start) % (len(shape) + 1) for start in starts]  # of the last word: where the text ends
    glued = [start for start, end in zip(starts, ends, strict=True) if part.low[start:end] not in known]
    return glued if len(glued) >= _GLUED_MIN else []


def _parted(whole: Cut, text: str, glued: list[int]) -> Cut:
    """Return the text with those words parted that hold the offsets `glued`."""
    words, starts, gaps = list[str](), list[int](), list[str]()
    several = {bisect_right(whole.starts, at) - 1 for at in glued}
    for index, (word, start, gap) in enumerate(zip(*whole, strict=False)):
        for piece in _SEAM.split(text[start : start + len(word)]) if index in several else (word,):
            words.append(piece.lower())
            starts.append(start)
            gaps.append(gap)
            start, gap = start + len(piece), ""
    return Cut(words, starts, [*gaps, whole.gaps[-1]])


def _humps(shape: bytes) -> Iterator[int]:
    """Yield where a capital follows a small letter, or "SQLYou" goes on."""
    for sign in _HUMPS:
        at = shape.find(sign)
        while at >= 0:
            yield at + 2
            at = shape.find(sign, at + 2)
