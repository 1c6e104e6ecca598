"""Which part of an advert a line stands in: headings open zones (`headings.toml`; understanding.md, section 4)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from rolecall.normalise.words import load


class Zone(StrEnum):
    """What part of the advert a line stands in; headings open them."""

    NEUTRAL = "neutral"
    MUST = "must"
    NICE = "nice"
    STACK = "stack"
    NOISE = "noise"
    TAIL = "tail"


class Line(NamedTuple):  # made thirty times a posting: a tuple costs a third of a frozen dataclass
    text: str
    start: int  # offset in `Doc.body`
    zone: Zone
    bullet: bool = False
    heading: bool = False


_LONGEST = 80  # characters of a heading with its signs
_LABEL = 60  # characters in which a colon ends a label
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_PATTERNS: dict[str, list[str]] = load("headings")["zone"]
_HEADINGS = re.compile("|".join(f"(?P<{zone}>{'|'.join(patterns)})" for zone, patterns in _PATTERNS.items()))
_BEGIN = 3  # letters: a line whose first word begins like no word of a heading is none
_WORDS = re.findall("[a-z']+", " ".join(pattern for patterns in _PATTERNS.values() for pattern in patterns))
_BEGINNINGS = frozenset(word[:_BEGIN] for word in _WORDS)
_TAIL = re.compile(r"(?:keywords?|tags|skills)\s*:", re.IGNORECASE)


def zoned(body: str) -> list[Line]:
    """Return the lines of a prepared text, each in its zone."""
    lines, zone, start = [], Zone.NEUTRAL, 0
    for text in body.split("\n"):
        bullet = text.startswith("* ")
        opened = _heading(text) if len(text) <= _LONGEST else None
        colon = text.find(":", 0, _LABEL)
        inline = _heading(text[:colon]) if colon >= 0 and opened is None else None  # on a bullet for that line only
        if opened is not None or (inline is not None and not bullet):
            zone = opened or inline or zone
        tail = colon >= 0 and _TAIL.match(text) is not None
        lines.append(Line(text, start, Zone.TAIL if tail else inline or zone, bullet, opened is not None))
        start += len(text) + 1
    return lines


def _heading(text: str) -> Zone | None:
    """Return the zone that this line opens, None when it is no heading."""
    words = text.strip(" *:#-?!._|>()[]").lower()
    if not words or len(words) > 60 or words.count(" ") > 8:
        return None
    if not words[0].isalpha():
        words = _EDGES.sub("", words)  # a pictogram
    if words.partition(" ")[0][:_BEGIN] not in _BEGINNINGS:
        return None
    found = _HEADINGS.fullmatch(words)
    return Zone(found.lastgroup) if found and found.lastgroup else None
