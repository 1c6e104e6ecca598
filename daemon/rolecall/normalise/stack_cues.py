"""The sentences that name technologies, and the words in them that say how they are meant (`cue` in stack.toml)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress, count
from typing import NamedTuple

from rolecall.normalise.stack_scan import Mention, Scan
from rolecall.normalise.vocabulary import cut
from rolecall.normalise.words import load
from rolecall.normalise.zones import Zone, Zones

_REACH, _REACH_CHARS = 40, 600  # words of one sentence that are read on either side of a mention, and characters
_LONGEST = 50  # mentions in one sentence: a boundless list is cut, so that reading stays linear
_STOP = re.compile("[.!?;] ")
_ABBREVIATION = 8  # characters that hold one, and more
_ABBREVIATED = frozenset({"g", "e", "i", "eg", "ie", "etc", "vs", "incl", "inc", "ltd", "approx"})


class Cue(NamedTuple):
    """Words `first` to `last` say something about the technologies of their sentence."""

    first: int
    last: int


class Sentence:
    """The mentions of one sentence, the zone it stands in, its words, and its cues by kind."""

    def __init__(self, scan: Scan, mentions: list[Mention], zone: Zone, words: list[str]) -> None:
        self.scan, self.mentions, self.zone, self.words = scan, mentions, zone, words
        self.cues: Mapping[str, list[Cue]] = _cues(words)

    @cached_property
    def starts(self) -> list[int]:
        """Where each word begins in the text: what few sentences are asked."""
        flat, (first, start) = self.scan.flat, (self.mentions[0].first, self.mentions[0].start)
        before, at = list[int](), start
        for word in reversed(self.words[:first]):
            at = flat.rfind(word, 0, at)
            before.append(at)
        behind, at = list[int](), start
        for word in self.words[first:]:
            at = flat.find(word, at)
            behind.append(at)
            at += len(word)
        return before[::-1] + behind

    def gap(self, index: int) -> str:
        """Return what stands before a word, or behind the last one."""
        start = self.starts[index - 1] + len(self.words[index - 1]) if index else self.starts[0]
        return self.scan.low[start : self.starts[index] if index < len(self.words) else start + 2]


def sentences(scan: Scan, zones: Zones, mentions: Sequence[Mention]) -> Iterator[Sentence]:
    """Yield the sentences that hold `mentions`."""
    for together, begin, end in _together(scan, mentions):
        words = _words(scan.flat, together, begin, end)
        yield Sentence(scan, together, scan.zone(together[0], zones), words)


def _together(scan: Scan, mentions: Sequence[Mention]) -> Iterator[tuple[list[Mention], int, int]]:
    """Yield the mentions of each sentence, and where it begins and ends."""
    together: list[Mention] = []
    breaks, begin, end = [0], 0, 0
    for mention in mentions:
        if mention.start >= end or len(together) >= _LONGEST or not _near(scan.flat, together[-1].end, mention.start):
            if together:
                yield together, begin, end
            if mention.start >= breaks[-1]:
                breaks = _breaks(scan, mention)
            at = bisect_right(breaks, mention.start)
            together, begin, end = [], breaks[at - 1], breaks[at]
        together.append(mention)
    if together:
        yield together, begin, end


def _near(flat: str, left: int, right: int) -> bool:
    """Are there few enough words between?"""
    few = right - left <= 2 * _REACH
    return few or (right - left <= _REACH_CHARS and len(flat[left:right].split()) < _REACH)


def _breaks(scan: Scan, mention: Mention) -> list[int]:
    """Return where the sentences of a mention's line begin, last where the line ends."""
    start, end = scan.low.rfind("\n", 0, mention.start) + 1, scan.low.find("\n", mention.end)
    end = end if end >= 0 else len(scan.low)
    stops = [stop.start() for stop in _STOP.finditer(scan.low, start, end)]
    return [start, *(stop + 1 for stop in stops if _ends(scan, stop)), end]


def _ends(scan: Scan, stop: int) -> bool:
    """Does a sentence end with this sign? Directly behind a word that is no abbreviation."""
    word = scan.flat[max(0, stop - _ABBREVIATION) : stop].rpartition(" ")[2]
    return (
        bool(word or scan.low[stop - 1 : stop] == "#" or scan.low[stop - 2 : stop] == "++") and word not in _ABBREVIATED
    )


def _words(flat: str, mentions: list[Mention], begin: int, end: int) -> list[str]:
    """Return the words of a sentence, 40 at most on either side of its mentions, which learn where they stand."""
    first, last = mentions[0].start, mentions[-1].end
    words = flat[max(begin, first - _REACH_CHARS) : first].split()[-_REACH:]
    done = first
    for mention in mentions:
        words += flat[done : mention.start].split()
        mention.first = len(words)
        words += flat[mention.start : mention.end].split()
        mention.last, done = len(words) - 1, mention.end
    return words + flat[last : min(last + _REACH_CHARS, end)].split()[:_REACH]


# --- cues -------------------------------------------------------------------------------------------------------------


class _Phrase(NamedTuple):
    words: list[str]
    kinds: tuple[str, ...]


class _Opened(NamedTuple):
    """The phrases that a word opens, longest first: those with a certain second word, and those it is itself."""

    longer: dict[str, list[_Phrase]]
    alone: list[_Phrase]


def _cues(words: list[str]) -> dict[str, list[Cue]]:
    """Return the cues among these words; a longer phrase hides the shorter ones in it."""
    found: dict[str, list[Cue]] = {}
    free = 0
    for index in compress(count(), map(_PHRASES.__contains__, words)):
        if index >= free and (phrase := _phrase(words, index)):
            free = index + len(phrase.words)
            for kind in phrase.kinds:
                found.setdefault(kind, []).append(Cue(index, free - 1))
    return found


def _phrase(words: list[str], at: int) -> _Phrase | None:
    """Return the longest phrase that begins at word `at`."""
    longer, alone = _PHRASES[words[at]]
    for phrase in longer.get(words[at + 1], alone) if at + 1 < len(words) else alone:
        if words[at : at + len(phrase.words)] == phrase.words:
            return phrase
    return None


def _phrases() -> dict[str, _Opened]:
    """Return first word → the phrases it opens."""
    kinds: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind, phrases in load("stack")["cue"].items():
        for phrase in phrases:
            words = tuple(cut(phrase)[0])
            kinds[words] = (*kinds.get(words, ()), kind)
    found = {words[0]: _Opened({}, []) for words in kinds}
    for words in sorted(kinds, key=len, reverse=True):
        longer, alone = found[words[0]]
        of_second = longer.setdefault(words[1], []) if len(words) > 1 else alone
        of_second.append(_Phrase(list(words), kinds[words]))
    for longer, alone in found.values():
        for phrases in longer.values():
            phrases += alone
    return found


_PHRASES = _phrases()
