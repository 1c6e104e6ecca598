"""How a mention of a technology is meant: wanted, welcome, being left or ruled out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rolecall.model import Need
from rolecall.normalise.stack_choices import choices
from rolecall.normalise.stack_cues import Cue, Sentence, sentences
from rolecall.normalise.stack_mentions import believed
from rolecall.normalise.stack_scan import Mention, Scan
from rolecall.normalise.words import load
from rolecall.normalise.zones import Zone, Zones

_RULE = load("stack")["rule"]
_STOPS, _AWAY, _ASKED, _PEOPLE = (frozenset(_RULE[key]) for key in ("legacy_stops", "away", "asked", "people"))
_OPENER = re.compile(rf"[a-z)\d] (?:{'|'.join(_RULE['openers'])}) ")
_NOT_REACH, _LEGACY_REACH, _ASKED_REACH = 4, 8, 3  # words between a cue and what it is about
_TURNS = frozenset({"legacy", "leaving", "nice_before", "nice_after"})  # cues that make something else of a mention


class Sense(NamedTuple):
    """How one mention is meant; of several mentions the lowest `rank` counts, then the highest weight."""

    rank: int
    need: Need
    weight: float
    rule: str


TITLE = Sense(0, Need.MUST, 3.0, "stack.title")
TAG = Sense(2, Need.NEUTRAL, 0.5, "stack.tag")
_MUST = Sense(1, Need.MUST, 2.0, "stack.must")
_NICE = Sense(3, Need.NICE, 0.7, "stack.nice")
_LEGACY = Sense(4, Need.LEGACY, 0.3, "stack.legacy")
_NOT = Sense(5, Need.NOT, 0.0, "stack.not")
_NEUTRAL = Sense(2, Need.NEUTRAL, 1.0, "stack.neutral")
_BY_ZONE = {
    Zone.MUST: Sense(1, Need.MUST, 2.0, "stack.zone.must"),
    Zone.NICE: Sense(3, Need.NICE, 0.7, "stack.zone.nice"),
    Zone.STACK: Sense(2, Need.NEUTRAL, 1.5, "stack.zone.stack"),
    Zone.TAIL: Sense(2, Need.NEUTRAL, 0.5, "stack.zone.tail"),
}


@dataclass(slots=True)
class Meaning:
    """What one mention means. `group` numbers the list to choose from that it stands in."""

    id: str
    evidence: str
    sense: Sense
    trainable: bool = False
    group: int | None = None


def read(scan: Scan, zones: Zones, first_group: int = 0) -> list[Meaning]:
    """Return what the mentions of a text mean; lists to choose from are numbered from `first_group`."""
    found: list[Meaning] = []
    for sentence in sentences(scan, zones, believed(scan)):
        usual = _usual(sentence)
        meant = {m.first: _meaning(sentence, m, usual) for m in sentence.mentions if _counts(sentence, m)}
        if "legacy" in sentence.cues or "leaving" in sentence.cues:
            _share_legacy(sentence, meant)
        for group in choices(sentence):
            for mention in group:
                if mention.first in meant:
                    meant[mention.first].group = first_group
            first_group += 1
        found += meant.values()
    return found


def _share_legacy(sentence: Sentence, meant: dict[int, Meaning]) -> None:
    """What is listed beside something being left is left as well: "migrating from Oracle, DB2 and Sybase"."""
    for left, right in pairwise(sentence.mentions):
        first, second = meant.get(left.first), meant.get(right.first)
        if first and second and first.sense is _LEGACY and second.sense is not _NOT:
            second.sense = _LEGACY if sentence.scan.joined(left, right) else second.sense


def _counts(sentence: Sentence, mention: Mention) -> bool:
    """Is it about the work: not the name of a customer or investor, nor said in passing about the company?"""
    cues = sentence.cues
    if "firms" in cues and any(cue.last < mention.first for cue in cues["firms"]):
        return False
    if sentence.scan.leads_to(mention, _PEOPLE):
        return False
    return sentence.zone is not Zone.NOISE or "work" in cues or "must" in cues or _mostly_names(sentence)


def _mostly_names(sentence: Sentence) -> bool:
    """Is it a list of technologies rather than a sentence?"""
    return 2 * sum(mention.last + 1 - mention.first for mention in sentence.mentions) >= len(sentence.words)


def _meaning(sentence: Sentence, mention: Mention, usual: Sense) -> Meaning:
    evidence = sentence.scan.evidence(mention)
    sense, trainable = _sense(sentence, mention, usual)
    if trainable and sense.need is Need.MUST:
        sense = _NEUTRAL
    return Meaning(mention.entry.id, evidence, sense, trainable)


def _usual(sentence: Sentence) -> Sense:
    """Return how the mentions of a sentence are meant unless more is said of one."""
    usual = _BY_ZONE.get(sentence.zone, _NEUTRAL)
    return _MUST if "must" in sentence.cues and usual.need is Need.NEUTRAL else usual


def _sense(sentence: Sentence, mention: Mention, usual: Sense) -> tuple[Sense, bool]:
    """Return how a mention is meant, and whether the employer would teach it."""
    cues, trainable = sentence.cues, "trainable" in sentence.cues
    if _negated(sentence, mention):
        if not _asked_for(sentence, mention):
            return _NOT, trainable
        trainable = True
    if not _TURNS.isdisjoint(cues):
        if _left(sentence, mention):
            return _LEGACY, trainable
        if _welcome(sentence, mention):
            return _NICE, trainable
    return usual, trainable


def _negated(sentence: Sentence, mention: Mention) -> bool:
    if sentence.scan.low[mention.start - 4 : mention.start] == "non-":
        return True
    cues = sentence.cues.get("not")
    return cues is not None and any(0 < mention.first - cue.last <= _NOT_REACH for cue in cues)


def _asked_for(sentence: Sentence, mention: Mention) -> bool:
    """Is it the experience that is not needed ("no Java experience required"), not the technology?"""
    return not _ASKED.isdisjoint(sentence.words[mention.last + 1 : mention.last + 1 + _ASKED_REACH])


def _left(sentence: Sentence, mention: Mention) -> bool:
    """Is it what the employer comes from: "rewrote our PHP monolith", "migrating from Oracle", "PHP (legacy)"?"""
    words, cues = sentence.words, sentence.cues
    for cue in cues.get("legacy", ()):
        if _leads_to(sentence, cue, mention) or (cue.first == mention.last + 1 and words[cue.first] == "legacy"):
            return True
    for cue in cues.get("leaving", ()):
        between = words[cue.last + 1 : mention.first]
        if _leads_to(sentence, cue, mention) and not _AWAY.isdisjoint(between) and "data" not in between:
            return True
    return False


def _leads_to(sentence: Sentence, cue: Cue, mention: Mention) -> bool:
    """Does the mention follow soon, with nothing between that begins another thought?"""
    if not 0 < mention.first - cue.last <= _LEGACY_REACH:
        return False
    between = range(cue.last + 1, mention.first + 1)
    return _STOPS.isdisjoint(sentence.words[cue.last + 1 : mention.first]) and not any(
        "," in sentence.gap(index) for index in between
    )


def _welcome(sentence: Sentence, mention: Mention) -> bool:
    cues = sentence.cues
    if "nice_before" in cues and cues["nice_before"][0].last < mention.first:
        return True
    for cue in cues.get("nice_after", ()):
        if mention.last < cue.first and ":" not in sentence.gap(cue.last + 1):  # "nice to have: …" opens a list
            if _OPENER.search(sentence.scan.text, mention.end, sentence.starts[cue.first]):
                continue  # a list whose line ends are lost: the cue is about another item
            if "(" in sentence.gap(cue.first):  # "Snowflake (preferred)" is about that one alone
                return mention.last + 1 == cue.first
            return not any(mention.last < other.first < cue.first for other in cues.get("must", ()))
    return False
