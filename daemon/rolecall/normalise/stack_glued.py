"""Words that lost the space between them ("usingPython"), as boards that strip line ends print them, parted again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from rolecall.normalise.letters import shape
from rolecall.normalise.text import Part

SEAM = "\x1f"  # stands where words are parted; the unit separator is in no advert

_SHAPE = bytes(ord("a") if c in range(97, 123) else ord("A") if c in range(65, 91) else 32 for c in range(256))
_HUMPS = (b"aA", b"AAaa")  # a capital follows a small letter, or "SQLYou" goes on
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_GLUED_MIN = 3  # fewer such words are names of their own (MapGPT), not a text without its line ends


def parted(part: Part, known: Set[str]) -> tuple[Part, list[int]]:
    """Return a text with a `SEAM` wherever words are glued together, and where the seams stand in it."""
    seams = [seam for start in _glued(part, known) for seam in _seams(part, start)]
    if not seams:
        return part, seams
    flat = _joined(part.flat, seams, " ")
    fresh = {word for seam, at in enumerate(seams) for word in _beside(flat, at + seam)}
    text, low = _joined(part.text, seams, SEAM), _joined(part.low, seams, SEAM)
    words = part.words | fresh
    return Part(part.source, text, low, flat, words, part.stems), [at + seam for seam, at in enumerate(seams)]


def _glued(part: Part, known: Set[str]) -> list[int]:
    """Return where the words with humps begin that are no names, if there are enough of them."""
    signs, starts = shape(part.text, _SHAPE), set[int]()
    for hump in _HUMPS:
        at = signs.find(hump)
        while at >= 0:
            start, end = signs.rfind(b" ", 0, at) + 1, signs.find(b" ", at)
            end = end if end >= 0 else len(signs)
            if part.low[start:end] not in known:
                starts.add(part.flat.rfind(" ", 0, start) + 1)
            at = signs.find(hump, end)
    return sorted(starts) if len(starts) >= _GLUED_MIN else []


def _seams(part: Part, start: int) -> Iterator[int]:
    end = part.flat.find(" ", start)
    word = part.text[start:end] if end >= 0 else part.text[start:]
    return (start + seam.start() for seam in _SEAM.finditer(word))


def _joined(text: str, seams: list[int], sign: str) -> str:
    return sign.join([text[start:end] for start, end in zip([0, *seams], [*seams, len(text)], strict=True)])


def _beside(flat: str, seam: int) -> tuple[str, str]:
    """Return the words on both sides of a seam."""
    end = flat.find(" ", seam + 1)
    return flat[flat.rfind(" ", 0, seam) + 1 : seam], flat[seam + 1 : end if end >= 0 else len(flat)]
