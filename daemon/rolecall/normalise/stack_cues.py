"""The sentences that name technologies, and the words in them that say how they are meant (`cue` in stack.toml)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

from rolecall.normalise.stack_scan import Mention, Scan
from rolecall.normalise.vocabulary import cut
from rolecall.normalise.words import load
from rolecall.normalise.zones import Line, Zone

_REACH = 40  # words of one sentence that are read on either side of a mention
_LONGEST = 50  # mentions in one sentence: a boundless list is cut, so that reading stays linear
_ABBREVIATED = frozenset({"g", "e", "i", "eg", "ie", "etc", "vs", "incl", "inc", "ltd", "approx"})


class Cue(NamedTuple):
    """Words `first` to `last` say something about the technologies of their sentence."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The mentions of one sentence, the zone it stands in, and its cues by kind."""

    scan: Scan
    mentions: list[Mention]
    zone: Zone
    cues: Mapping[str, list[Cue]]
    length: int  # words


def sentences(scan: Scan, lines: Sequence[Line], mentions: Sequence[Mention]) -> Iterator[Sentence]:
    """Yield the sentences that hold `mentions`."""
    starts = [line.start for line in lines]
    for together in _together(scan, mentions):
        zone = lines[max(0, bisect_right(starts, together[0].start) - 1)].zone
        begin = _begin(scan, together[0].first)
        stop = _stop(scan, together[-1].last, min(len(scan.words), together[-1].last + _REACH))
        yield Sentence(scan, together, zone, _cues(scan.words, begin, stop), stop - begin)


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
    return right - left > _REACH or _stop(scan, left, right + 1) <= right


def _begin(scan: Scan, index: int) -> int:
    """Return the first word of the sentence that word `index` stands in."""
    lowest = max(0, index - _REACH)
    while index > lowest and not _ends(scan, index):
        index -= 1
    return index


def _stop(scan: Scan, index: int, highest: int) -> int:
    """Return the word after the sentence that word `index` stands in, at most `highest`."""
    index += 1
    while index < highest and not _ends(scan, index):
        index += 1
    return index


def _ends(scan: Scan, index: int) -> bool:
    """Does a sentence end right before word `index`?"""
    gap = scan.parts[2 * index]
    if gap == " " or len(gap) < 2:
        return gap == "\n"
    return "\n" in gap or (gap[0] in ".!?;" and gap[1] == " " and scan.words[index - 1] not in _ABBREVIATED)


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
