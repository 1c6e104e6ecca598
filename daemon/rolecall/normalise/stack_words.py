"""A text cut into its words and what stands between them, where that matters."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import accumulate

from rolecall.normalise.text import Part
from rolecall.normalise.vocabulary import TOKEN, Vocabulary

_WORD = re.compile(r"([a-z0-9\u00df-\u024f]+)")
_SHAPE = bytes(ord("a") if c in range(97, 123) else ord("A") if c in range(65, 91) else 32 for c in range(256))
_HUMPS = (b"aA", b"AAaa")
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_GLUED_MIN = 3  # fewer such words are names of their own (MapGPT), not a text without its line ends


def cut(part: Part, vocabulary: Vocabulary) -> list[str]:
    """Return gap, word, gap, word … gap: the text in lower case, as `TOKEN.split` cuts it.

    Lines that cannot hold a technology, two thirds of most texts, stay whole, within the gap where they stand.
    """
    lines, glued = vocabulary.openers(part.words).within(part.lines), _glued(part, vocabulary.words)
    if not glued:
        return _cut(part, lines)
    begins = [0, *accumulate(len(text) + 1 for text in part.low.split("\n"))]
    lines = sorted({*lines, *(bisect_right(begins, at) - 1 for at in glued)})
    return _parted(_cut(part, lines), part.text, glued)


def _cut(part: Part, lines: Iterable[int]) -> list[str]:
    """Return the parts of a text of which only these lines are cut."""
    low, split = part.low, _splitter(part)
    texts = low.split("\n")
    ends = list(accumulate(map(len, texts)))
    parts, done = [""], 0
    for index in lines:
        text, end = texts[index], ends[index] + index
        pieces = split(text)
        parts[-1] += low[done : end - len(text)] + pieces[0]
        parts += pieces[1:]
        done = end
    parts[-1] += low[done:]
    return parts


def _splitter(part: Part) -> Callable[[str], list[str]]:
    """Return what does `TOKEN.split`: a text without C#, C++ and .NET is cut by a simpler pattern, a third faster."""
    signed = "net" in part.stems or "#" in part.low or "++" in part.low
    return TOKEN.split if signed else _WORD.split


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


def _parted(parts: list[str], text: str, glued: list[int]) -> list[str]:
    """Return the parts of a text with those words parted that begin at the offsets `glued`."""
    found, done = list[str](), 0
    ends = list(accumulate(map(len, parts)))  # word i is `text[ends[2 * i] : ends[2 * i + 1]]`
    for index in sorted({(bisect_left(ends, start + 1) - 1) // 2 for start in glued}):
        word = text[ends[2 * index] : ends[2 * index + 1]]
        pieces = [each for piece in _SEAM.split(word) for each in (piece.lower(), "")]
        found += parts[done : 2 * index + 1] + pieces[:-1]
        done = 2 * index + 2
    return found + parts[done:]


def _humps(shape: bytes) -> Iterator[int]:
    """Yield where a capital follows a small letter, or "SQLYou" goes on."""
    for sign in _HUMPS:
        at = shape.find(sign)
        while at >= 0:
            yield at + 2
            at = shape.find(sign, at + 2)
