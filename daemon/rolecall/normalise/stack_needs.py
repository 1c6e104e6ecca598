"""How a mention of a technology is meant: wanted, welcome, being left, ruled out, or one of several."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rolecall.model import Need
from rolecall.normalise.stack_mentions import Mention, Scan
from rolecall.normalise.text import Line, Zone
from rolecall.normalise.vocabulary import cut
from rolecall.normalise.words import load

_FIXED = frozenset(map(frozenset, load("stack")["cue"]["fixed_pairs"]))
_TOWARDS = frozenset(load("stack")["cue"]["towards"])
_WORK = frozenset({"work", "must", "nice_before", "nice_after"})
_AWAY = frozenset({"from", "off"})
_REACH = 40  # words of one sentence that are read on either side of a mention
_LONGEST = 50  # mentions in one sentence
_NOT_REACH, _LEGACY_REACH, _ONE_OF_REACH = 4, 8, 3  # words between a cue and what it is about
_ABBREVIATED = frozenset({"g", "e", "i", "eg", "ie", "etc", "vs", "incl", "inc", "ltd", "approx"})

_ZONE_WEIGHTS = {Zone.STACK: 1.5, Zone.TAIL: 0.5}
_NEED_WEIGHTS = {Need.MUST: 2.0, Need.NEUTRAL: 1.0, Need.NICE: 0.7, Need.LEGACY: 0.3, Need.NOT: 0.0}


class Cue(NamedTuple):
    """Words `first` to `last` say something about the mentions of their sentence."""

    kind: str
    first: int
    last: int


@dataclass(slots=True)
class Meaning:
    """What one mention means."""

    mention: Mention
    need: Need
    weight: float
    rule: str
    group: int | None = None
    trainable: bool = False


def read(scan: Scan, lines: Sequence[Line], first_group: int = 0) -> list[Meaning]:
    """Return what the mentions of a text mean; lists to choose from are numbered from `first_group`."""
    starts = [line.start for line in lines]
    found: list[Meaning] = []
    for mentions in _by_sentence(scan):
        zone = lines[max(0, bisect_right(starts, mentions[0].start) - 1)].zone
        cues = _cues(scan.words, _begin(scan, mentions[0].first), _stop(scan, mentions[-1].last))
        meanings = [_meaning(scan, mention, zone, cues) for mention in mentions if _counts(mention, zone, cues)]
        for group in _choices(scan, meanings, cues):
            for meaning in group:
                meaning.group = first_group
            first_group += 1
        found += meanings
    return found


# --- sentences ---------------------------------------------------------------------------------------------------


def _by_sentence(scan: Scan) -> Iterator[list[Mention]]:
    """Yield the mentions that share a sentence; a boundless list is cut, so that reading stays linear."""
    together: list[Mention] = []
    for mention in scan.mentions:
        if together and (len(together) >= _LONGEST or _parted(scan, together[-1].last, mention.first)):
            yield together
            together = []
        together.append(mention)
    if together:
        yield together


def _parted(scan: Scan, left: int, right: int) -> bool:
    return right - left > _REACH or any(_ends(scan, index) for index in range(left + 1, right + 1))


def _begin(scan: Scan, index: int) -> int:
    """Return the first word of the sentence that word `index` stands in."""
    lowest = max(0, index - _REACH)
    while index > lowest and not _ends(scan, index):
        index -= 1
    return index


def _stop(scan: Scan, index: int) -> int:
    """Return the word after the sentence that word `index` stands in."""
    highest = min(len(scan.words), index + _REACH)
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


# --- cues --------------------------------------------------------------------------------------------------------


def _phrases() -> dict[str, list[tuple[list[str], str]]]:
    """Return first word → the phrases it opens, longest first, each with its kinds."""
    found: dict[str, list[tuple[list[str], str]]] = {}
    for kind, phrases in load("stack")["cue"].items():
        if kind not in ("fixed_pairs", "towards"):
            for words, _ in map(cut, phrases):
                found.setdefault(words[0], []).append((words, kind))
    return {first: sorted(phrases, key=lambda phrase: -len(phrase[0])) for first, phrases in found.items()}


_PHRASES = _phrases()


def _cues(words: list[str], begin: int, stop: int) -> list[Cue]:
    """Return the cues among these words; a longer phrase hides the shorter ones in it."""
    found: list[Cue] = []
    for index in [i for i in range(begin, stop) if words[i] in _PHRASES]:
        if found and index <= found[-1].last:
            continue
        length = 0
        for phrase, kind in _PHRASES[words[index]]:
            if len(phrase) < length:
                break
            if words[index : index + len(phrase)] == phrase:
                length = len(phrase)
                found.append(Cue(kind, index, index + length - 1))
    return found


# --- one mention -------------------------------------------------------------------------------------------------


def _meaning(scan: Scan, mention: Mention, zone: Zone, cues: list[Cue]) -> Meaning:
    need, rule = _need(scan, mention, zone, cues)
    trainable = any(cue.kind == "trainable" for cue in cues)
    if trainable and need is Need.MUST:
        need = Need.NEUTRAL
    weight = _ZONE_WEIGHTS.get(zone, 1.0) if need is Need.NEUTRAL else _NEED_WEIGHTS[need]
    return Meaning(mention, need, weight, rule, trainable=trainable)


def _need(scan: Scan, mention: Mention, zone: Zone, cues: list[Cue]) -> tuple[Need, str]:
    if _ruled_out(scan, mention, cues):
        return Need.NOT, "stack.not"
    if cues and _left(scan.words, mention, cues):
        return Need.LEGACY, "stack.legacy"
    if cues and _welcome(scan, mention, cues):
        return Need.NICE, "stack.nice"
    if zone is Zone.NICE:
        return Need.NICE, "stack.zone.nice"
    if any(cue.kind == "must" for cue in cues):
        return Need.MUST, "stack.must"
    return (Need.MUST, "stack.zone.must") if zone is Zone.MUST else (Need.NEUTRAL, f"stack.{zone.value}")


def _counts(mention: Mention, zone: Zone, cues: list[Cue]) -> bool:
    """Is it about the work: not the name of a customer or investor, nor said in passing about the company?"""
    if any(cue.kind == "firms" and cue.last < mention.first for cue in cues):
        return False
    return zone is not Zone.NOISE or any(cue.kind in _WORK for cue in cues)


def _ruled_out(scan: Scan, mention: Mention, cues: list[Cue]) -> bool:
    if mention.first and scan.gap(mention.first) == "-" and scan.words[mention.first - 1] == "non":
        return True
    return any(cue.kind == "not" and 0 < mention.first - cue.last <= _NOT_REACH for cue in cues)


def _left(words: list[str], mention: Mention, cues: list[Cue]) -> bool:
    for cue in cues:
        if cue.kind == "legacy" and cue.first == mention.last + 1 and words[cue.first] == "legacy":
            return True
        if cue.kind in ("legacy", "leaving") and 0 < mention.first - cue.last <= _LEGACY_REACH:
            between = words[cue.last + 1 : mention.first]
            if _TOWARDS.isdisjoint(between) and (cue.kind == "legacy" or not _AWAY.isdisjoint(between)):
                return True
    return False


def _welcome(scan: Scan, mention: Mention, cues: list[Cue]) -> bool:
    for cue in cues:
        if cue.kind == "nice_before" and cue.last < mention.first:
            return True
        if cue.kind == "nice_after" and mention.last < cue.first and not _opens_list(scan, cue):
            if "(" in scan.gap(cue.first):  # "Snowflake (preferred)" is about the one before it
                return mention.last + 1 == cue.first
            return not any(other.kind == "must" and mention.last < other.first < cue.first for other in cues)
    return False


def _opens_list(scan: Scan, cue: Cue) -> bool:
    """Does a colon follow: "nice to have: …"?"""
    return ":" in scan.gap(cue.last + 1)


# --- one of several ----------------------------------------------------------------------------------------------


def _choices(scan: Scan, meanings: list[Meaning], cues: list[Cue]) -> Iterator[list[Meaning]]:
    """Yield the lists, or parts of lists, of which one is enough."""
    for run in _runs(scan, meanings):
        if len(run) > 1:
            yield from [run] if _is_choice(scan, run, cues) else _slashed(scan, run)


def _runs(scan: Scan, meanings: list[Meaning]) -> Iterator[list[Meaning]]:
    """Yield the lists: mentions with nothing but list signs between them."""
    run: list[Meaning] = []
    for meaning in meanings:
        if run and not scan.joined(run[-1].mention, meaning.mention):
            yield run
            run = []
        run.append(meaning)
    yield run


def _is_choice(scan: Scan, run: list[Meaning], cues: list[Cue]) -> bool:
    first, last = run[0].mention.first, run[-1].mention.last
    return "or" in scan.words[first:last] or any(
        (cue.kind == "one_of" and 0 < first - cue.last <= _ONE_OF_REACH)
        or (cue.kind == "or_similar" and cue.first == last + 1)
        for cue in cues
    )


def _slashed(scan: Scan, run: list[Meaning]) -> Iterator[list[Meaning]]:
    part = [run[0]]
    for left, right in pairwise(run):
        pair = frozenset((left.mention.entry.id, right.mention.entry.id))
        if "/" in scan.gap(right.mention.first) and pair not in _FIXED:
            part.append(right)
        else:
            if len(part) > 1:
                yield part
            part = [right]
    if len(part) > 1:
        yield part
