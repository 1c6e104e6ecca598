"""The sentences that name technologies, and the words in them that say how they are meant (`cue` in stack.toml)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

from rolecall.normalise.stack_scan import Mention, Scan
from rolecall.normalise.vocabulary import cut
from rolecall.normalise.words import load
from rolecall.normalise.zones import Zone, Zones

_REACH = 40  # words of one sentence that are read on either side of a mention
_LONGEST = 50  # mentions in one sentence: a boundless list is cut, so that reading stays linear


class Cue(NamedTuple):
    """Words `first` to `last` say something about the technologies of their sentence."""

    first: int
    last: int


class Sentence(NamedTuple):
    """The mentions of one sentence, the zone it stands in, its cues by kind, and its words from `begin` to `end`."""

    scan: Scan
    mentions: list[Mention]
    zone: Zone
    cues: Mapping[str, list[Cue]]
    begin: int
    end: int


def sentences(scan: Scan, zones: Zones, mentions: Sequence[Mention]) -> Iterator[Sentence]:
    """Yield the sentences that hold `mentions`."""
    for together in _together(scan, mentions):
        first, last = together[0], together[-1]
        opened, closed = bisect_right(scan.breaks, first.first), bisect_right(scan.breaks, last.last)
        begin = max(first.first - _REACH, scan.breaks[opened - 1] if opened else 0)
        end = min(last.last + _REACH, scan.breaks[closed] if closed < len(scan.breaks) else len(scan.words))
        yield Sentence(scan, together, zones.at(first.start), _cues(scan.words, begin, end), begin, end)


def _together(scan: Scan, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    together: list[Mention] = []
    for mention in mentions:
        if together and (len(together) >= _LONGEST or _parted(scan, together[-1].last, mention.first)):
            yield together
            together = []
        together.append(mention)
    if together:
        yield together


def _parted(scan: Scan, left: int, right: int) -> bool:
    return right - left > _REACH or bisect_right(scan.breaks, left) != bisect_right(scan.breaks, right)


def _cues(words: list[str], begin: int, stop: int) -> dict[str, list[Cue]]:
    """Return the cues among these words; a longer phrase hides the shorter ones in it."""
    found: dict[str, list[Cue]] = {}
    free = begin
    for index in compress(range(begin, stop), map(_PHRASES.__contains__, words[begin:stop])):
        if index < free:
            continue
        for phrase, kinds in _PHRASES[words[index]]:
            if index + len(phrase) <= stop and words[index : index + len(phrase)] == phrase:
                free = index + len(phrase)
                for kind in kinds:
                    found.setdefault(kind, []).append(Cue(index, free - 1))
                break
    return found


def _phrases() -> dict[str, list[tuple[list[str], tuple[str, ...]]]]:
    """Return first word → the phrases it opens, longest first, each with its kinds."""
    kinds: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind, phrases in load("stack")["cue"].items():
        for phrase in phrases:
            words = tuple(cut(phrase)[0])
            kinds[words] = (*kinds.get(words, ()), kind)
    found: dict[str, list[tuple[list[str], tuple[str, ...]]]] = {}
    for words in sorted(kinds, key=len, reverse=True):
        found.setdefault(words[0], []).append((list(words), kinds[words]))
    return found


_PHRASES = _phrases()
