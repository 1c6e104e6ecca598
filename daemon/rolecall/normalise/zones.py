"""Which part of an advert a line stands in: headings open zones (`headings.toml`; understanding.md, section 4)."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache
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


class Zones(NamedTuple):
    """The zones of a text: zone `i` lasts from offset `starts[i]` to the next one."""

    starts: list[int]
    zones: list[Zone]

    def at(self, offset: int) -> Zone:
        """Return the zone of the line that holds `offset`."""
        return self.zones[bisect_right(self.starts, offset) - 1]


NEUTRAL = Zones([0], [Zone.NEUTRAL])

_LONGEST = 80  # characters of a heading with its signs
_LABEL = 60  # characters in which a colon ends a label
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_TAIL = re.compile(r"(?:keywords?|tags|skills)\s*:")
_NO_LETTER = re.compile("[^a-z]")
_ANY_WORD = re.compile(r"[(\[]*(?:\.|\\w)")  # what a pattern begins with that may begin with any word

_Heading = tuple[Zone, re.Pattern[str]]


def _headings() -> dict[str, list[_Heading]]:
    """Return the beginning of a first word → the headings worth trying: one begins with a word of its pattern."""
    patterns = [(Zone(zone), pattern) for zone, of_zone in load("headings")["zone"].items() for pattern in of_zone]
    found: dict[str, list[_Heading]] = {begin: [] for _, pattern in patterns for begin in _beginnings(pattern)}
    for zone, pattern in patterns:
        heading = zone, re.compile(pattern)
        for begin in found if _ANY_WORD.match(pattern) else _beginnings(pattern):
            found[begin].append(heading)
    return found


def _beginnings(pattern: str) -> set[str]:
    return {word[:3] for word in re.findall("[a-z]+", pattern)}


_HEADINGS = _headings()


def zoned(low: str) -> Zones:
    """Return the zones of a prepared text in lower case."""
    starts, zones, zone, end = [0], [Zone.NEUTRAL], Zone.NEUTRAL, 0
    for line in low.split("\n"):
        start, end = end, end + len(line) + 1
        if len(line) <= _LONGEST or ":" in line[:_LABEL]:
            here, after = _zones(line, zone)
            if here is not zone or after is not zone:
                starts += start, end
                zones += here, after
                zone = after
    return Zones(starts, zones)


def _zones(line: str, before: Zone) -> tuple[Zone, Zone]:
    """Return the zone of a line and that of the lines behind it."""
    opened = _heading(line) if len(line) <= _LONGEST else None
    if opened is not None or ":" not in line[:_LABEL]:
        return opened or before, opened or before
    inline = _heading(line.partition(":")[0])
    after = before if line[:2] == "* " else inline or before  # on a bullet for that line only
    return Zone.TAIL if _TAIL.match(line) else inline or before, after


def _heading(line: str) -> Zone | None:
    """Return the zone that this line opens, None when it is no heading."""
    words = line.strip(" *:#-?!._|>()[]")
    begin = words[:3]
    if not begin.isalpha():
        if begin[:1].isdigit():
            return None  # "5+ years": no heading begins so
        if not begin[:1].isalpha():
            words = _EDGES.sub("", words)  # a pictogram
        begin = _NO_LETTER.split(words[:3], 1)[0]
    return _opened(words, begin) if begin in _HEADINGS else None


@lru_cache(4096)
def _opened(words: str, begin: str) -> Zone | None:
    """Return the zone of a heading: adverts have the same few again and again."""
    if len(words) > 60 or words.count(" ") > 9:
        return None
    return next((zone for zone, heading in _HEADINGS[begin] if heading.fullmatch(words)), None)
