"""Which part of an advert a line stands in: headings open zones (`headings.toml`; understanding.md, section 4)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
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
_PATTERNS: dict[str, list[str]] = load("headings")["zone"]
_ZONES = {zone.value: zone for zone in Zone}
_HEADINGS = re.compile("|".join(f"(?P<{zone}>{'|'.join(patterns)})" for zone, patterns in _PATTERNS.items()))
_TAIL = re.compile(r"(?:keywords?|tags|skills)\s*:")
_BEGIN = 3  # letters: a line whose first word begins like no word of a heading is none
_WORDS = re.findall("[a-z]+", " ".join(pattern for patterns in _PATTERNS.values() for pattern in patterns))
_BEGINNINGS = frozenset(word[:_BEGIN] for word in (*_WORDS, "keywords", "tags", "skills"))


def zoned(low: str, words: Sequence[list[str]]) -> Zones:
    """Return the zones of a prepared text in lower case, given the words of each line."""
    starts, zones, zone = [0], [Zone.NEUTRAL], Zone.NEUTRAL
    lines = low.split("\n")
    ends = list(accumulate(map(len, lines)))
    for index in [at for at, line in enumerate(words) if line and line[0][:_BEGIN] in _BEGINNINGS]:
        line, end = lines[index], ends[index] + index
        here, after = _zones(line, zone)
        if here is not zone or after is not zone:
            starts += end - len(line), end + 1
            zones += here, after
            zone = after
    return Zones(starts, zones)


def _zones(line: str, before: Zone) -> tuple[Zone, Zone]:
    """Return the zone of a line and that of the lines behind it."""
    colon = line.find(":", 0, _LABEL)
    if colon < 0 and len(line) > _LONGEST:
        return before, before
    opened = _heading(line) if len(line) <= _LONGEST else None
    if opened is not None or colon < 0:
        return opened or before, opened or before
    inline = _heading(line[:colon])
    after = before if line.startswith("* ") else inline or before  # on a bullet for that line only
    return Zone.TAIL if _TAIL.match(line) else inline or before, after


def _heading(line: str) -> Zone | None:
    """Return the zone that this line opens, None when it is no heading."""
    words = line.strip(" *:#-?!._|>()[]")
    if not words or len(words) > 60 or words.count(" ") > 9:
        return None
    if not words[0].isalpha():
        words = _EDGES.sub("", words)  # a pictogram
    return _opened(words)


@lru_cache(4096)
def _opened(words: str) -> Zone | None:
    """Return the zone of a heading: adverts have the same few again and again."""
    found = _HEADINGS.fullmatch(words)
    return _ZONES[found.lastgroup] if found and found.lastgroup else None
