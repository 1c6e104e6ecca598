"""Lines that a board has put together by stripping their tags, parted again.

"...with SQLExperience8+ years in dataBenefits: ..." was a heading, a bullet and a heading; most rules depend on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rolecall.normalise.letters import lower, shape
from rolecall.normalise.words import load

_WORDS = load("headings")["glue"]
_HEADINGS = tuple(sorted(_WORDS["headings"], key=len, reverse=True))
_LABELS = tuple(f" {heading}" for heading in _HEADINGS)
_BEGINS = re.compile("|".join(map(re.escape, _HEADINGS)))  # much faster than `str.startswith` with as many
_ENDINGS = frozenset(_WORDS["endings"])
_LENGTHS = sorted(set(map(len, _ENDINGS)))
_SHAPES = "".join(
    "A" if sign.isupper() else "a" if sign in ".!?)%" or sign.isalnum() else " " for sign in map(chr, range(128))
)
_SHAPE = _SHAPES.encode().ljust(256)
_SEAM = re.compile(r"[A-Z](?<=[a-z0-9.!?)%][A-Z])[a-z]|[0-9](?<=[a-z.!?)][0-9])\+")
_LABEL = 35  # characters before a colon in which a label may begin


def unglued(line: str) -> str:
    """Return `line` with a newline wherever two lines were put together, and before labels (" Requirements:")."""
    cuts = sorted({*_glued(line), *_labels(line)})
    if not cuts:
        return line
    return "\n".join(line[start:end].strip() for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True))


def _glued(line: str) -> Iterator[int]:
    """Yield where a capital follows a word's end without a space: never inside JavaScript, GitHub, ServiceNow."""
    seams = [at for at in _seams(line) if _SEAM.match(line, at)]
    low = lower(line) if seams else ""
    for at in seams:
        if line[at - 1] in ".!?)":
            if line[at - 3 : at - 1].islower():
                yield at
        elif heading := _BEGINS.match(low, at):
            if _opens(line, low, heading):
                yield at
        elif _ended(low, at) or _closes(line, low, at):
            yield at


def _seams(line: str) -> Iterator[int]:
    """Yield where a line may have been put together: the few places worth trying a pattern at."""
    signs = shape(line, _SHAPE)
    at = signs.find(b"aA")
    while at >= 0:
        yield at + 1
        at = signs.find(b"aA", at + 2)
    at = line.find("+", 1)
    while at >= 0:
        yield at - 1
        at = line.find("+", at + 1)


def _ended(low: str, at: int) -> bool:
    """Whether what stands before is like the end of a line rather than the first half of a name."""
    return any(low[at - length : at] in _ENDINGS for length in _LENGTHS)


def _opens(line: str, low: str, heading: re.Match[str]) -> bool:
    """Whether a heading is itself glued to what follows, or has a colon."""
    after = line[heading.end() : heading.end() + 1]
    return after == ":" or after.isupper() or after.isdigit() or _ended(low, heading.start())


def _closes(line: str, low: str, at: int) -> bool:
    """Whether a heading ends here: "ResponsibilitiesBuilding"."""
    if not low.endswith(_HEADINGS, 0, at):
        return False
    heading = next(heading for heading in _HEADINGS if low.endswith(heading, 0, at))
    return line[at - len(heading)].isupper()


def _labels(line: str) -> Iterator[int]:
    """Yield where " Requirements:" begins, but not within "Key Requirements:"."""
    colon = line.find(":")
    while colon >= 0:
        before = lower(line[max(0, colon - _LABEL) : colon])
        if before.endswith(_LABELS):
            at = colon - len(next(label for label in _LABELS if before.endswith(label)))
            word = line[max(0, at - 30) : at].rpartition(" ")[2]
            if line[at + 1].isupper() and word and not word.istitle():
                yield at
        colon = line.find(":", colon + 1)
