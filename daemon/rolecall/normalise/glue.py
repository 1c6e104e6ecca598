"""Lines that a board has put together by stripping their tags, parted again.

"...with SQLExperience8+ years in dataBenefits: ..." was a heading, a bullet and a heading; most rules depend on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rolecall.normalise.words import load

_WORDS = load("headings")["glue"]
_HEADINGS = tuple(sorted(_WORDS["headings"], key=len, reverse=True))
_LABELS = tuple(f" {heading}" for heading in _HEADINGS)
_ENDINGS = tuple(_WORDS["endings"])
_CAPITAL = re.compile(  # one class of characters in front, which `re` then looks for without trying the rest
    r"[A-Z0-9](?:(?<=[a-z0-9.!?)%][A-Z])[a-z]|(?<=[a-z.!?)][0-9])\+)"
)
_LABEL = 35  # characters before a colon in which a label may begin


def unglued(line: str) -> str:
    """Return `line` with a newline wherever two lines were put together, and before labels (" Requirements:")."""
    low = line.lower()
    cuts = sorted({*_glued(line, low), *_labels(line, low)})
    if not cuts:
        return line
    return "\n".join(line[start:end].strip() for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True))


def _glued(line: str, low: str) -> Iterator[int]:
    """Yield where a capital follows a word's end without a space: never inside JavaScript, GitHub, ServiceNow."""
    for capital in _CAPITAL.finditer(line):
        at = capital.start()
        if line[at - 1] in ".!?)":
            if line[at - 3 : at - 1].islower():
                yield at
        elif low.startswith(_HEADINGS, at):
            if _opens(line, low, at):
                yield at
        elif low.endswith(_ENDINGS, 0, at) or _closes(line, low, at):
            yield at


def _opens(line: str, low: str, at: int) -> bool:
    """Whether a heading begins here that is itself glued to what follows, or has a colon."""
    heading = next(heading for heading in _HEADINGS if low.startswith(heading, at))
    after = line[at + len(heading) : at + len(heading) + 1]
    return after == ":" or after.isupper() or after.isdigit() or low.endswith(_ENDINGS, 0, at)


def _closes(line: str, low: str, at: int) -> bool:
    """Whether a heading ends here: "ResponsibilitiesBuilding"."""
    if not low.endswith(_HEADINGS, 0, at):
        return False
    heading = next(heading for heading in _HEADINGS if low.endswith(heading, 0, at))
    return line[at - len(heading)].isupper()


def _labels(line: str, low: str) -> Iterator[int]:
    """Yield where " Requirements:" begins, but not within "Key Requirements:"."""
    colon = low.find(":")
    while colon >= 0:
        if low.endswith(_LABELS, max(0, colon - _LABEL), colon):
            label = next(label for label in _LABELS if low.endswith(label, 0, colon))
            at = colon - len(label)
            before = line[max(0, at - 30) : at].rpartition(" ")[2]
            if line[at + 1].isupper() and before and not before.istitle():
                yield at
        colon = low.find(":", colon + 1)
