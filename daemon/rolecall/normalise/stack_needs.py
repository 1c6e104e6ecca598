"""How a mention of a technology is meant: wanted, welcome, being left or ruled out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.model import Need
from rolecall.normalise.stack_choices import choices
from rolecall.normalise.stack_cues import Cue, Sentence, sentences
from rolecall.normalise.stack_mentions import believed
from rolecall.normalise.stack_scan import Mention, Scan
from rolecall.normalise.text import Line, Zone
from rolecall.normalise.words import load

_RULE = load("stack")["rule"]
_STOPS, _AWAY, _ASKED = (frozenset(_RULE[key]) for key in ("legacy_stops", "away", "asked"))
_NOT_REACH, _LEGACY_REACH, _ASKED_REACH = 4, 8, 3  # words between a cue and what it is about

_ZONE_WEIGHTS = {Zone.STACK: 1.5, Zone.TAIL: 0.5}
_NEED_WEIGHTS = {Need.MUST: 2.0, Need.NEUTRAL: 1.0, Need.NICE: 0.7, Need.LEGACY: 0.3, Need.NOT: 0.0}


@dataclass(slots=True)
class Meaning:
    """What one mention means. `group` numbers the list to choose from that it stands in."""

    mention: Mention
    need: Need
    weight: float
    rule: str
    trainable: bool
    group: int | None = None


def read(scan: Scan, lines: Sequence[Line], first_group: int = 0) -> list[Meaning]:
    """Return what the mentions of a text mean; lists to choose from are numbered from `first_group`."""
    found: list[Meaning] = []
    for sentence in sentences(scan, lines, believed(scan)):
        meant = {m.first: _meaning(sentence, m) for m in sentence.mentions if _counts(sentence, m)}
        for group in choices(sentence):
            for mention in group:
                if mention.first in meant:
                    meant[mention.first].group = first_group
            first_group += 1
        found += meant.values()
    return found


def _counts(sentence: Sentence, mention: Mention) -> bool:
    """Is it about the work: not the name of a customer or investor, nor said in passing about the company?"""
    cues = sentence.cues
    if any(cue.last < mention.first for cue in cues.get("firms", ())):
        return False
    return sentence.zone is not Zone.NOISE or "work" in cues or "must" in cues


def _meaning(sentence: Sentence, mention: Mention) -> Meaning:
    need, rule = _need(sentence, mention)
    trainable = "trainable" in sentence.cues or (need is not Need.NOT and _negated(sentence, mention))
    if trainable and need is Need.MUST:
        need = Need.NEUTRAL
    weight = _ZONE_WEIGHTS.get(sentence.zone, 1.0) if need is Need.NEUTRAL else _NEED_WEIGHTS[need]
    return Meaning(mention, need, weight, rule, trainable)


def _need(sentence: Sentence, mention: Mention) -> tuple[Need, str]:
    cues, zone = sentence.cues, sentence.zone
    if _negated(sentence, mention) and not _asked_for(sentence.scan.words, mention):
        return Need.NOT, "stack.not"
    if cues and _left(sentence, mention):
        return Need.LEGACY, "stack.legacy"
    if cues and _welcome(sentence, mention):
        return Need.NICE, "stack.nice"
    if zone is Zone.NICE:
        return Need.NICE, "stack.zone.nice"
    if "must" in cues:
        return Need.MUST, "stack.must"
    return (Need.MUST, "stack.zone.must") if zone is Zone.MUST else (Need.NEUTRAL, f"stack.{zone.value}")


def _negated(sentence: Sentence, mention: Mention) -> bool:
    scan = sentence.scan
    if scan.gap(mention.first) == "-" and scan.word(mention.first - 1) == "non":
        return True
    return any(0 < mention.first - cue.last <= _NOT_REACH for cue in sentence.cues.get("not", ()))


def _asked_for(words: list[str], mention: Mention) -> bool:
    """Is it the experience that is not needed ("no Java experience required"), not the technology?"""
    return not _ASKED.isdisjoint(words[mention.last + 1 : mention.last + 1 + _ASKED_REACH])


def _left(sentence: Sentence, mention: Mention) -> bool:
    """Is it what the employer comes from: "rewrote our PHP monolith", "migrating from Oracle", "PHP (legacy)"?"""
    words, cues = sentence.scan.words, sentence.cues
    for cue in cues.get("legacy", ()):
        if _between(words, cue, mention, _LEGACY_REACH) is not None:
            return True
        if cue.first == mention.last + 1 and words[cue.first] == "legacy":
            return True
    return any(
        between is not None and not _AWAY.isdisjoint(between) and "data" not in between
        for between in (_between(words, cue, mention, _LEGACY_REACH) for cue in cues.get("leaving", ()))
    )


def _between(words: list[str], cue: Cue, mention: Mention, reach: int) -> list[str] | None:
    """Return the words from the cue to a mention after it, None when it is too far or another thing is named first."""
    if not 0 < mention.first - cue.last <= reach:
        return None
    between = words[cue.last + 1 : mention.first]
    return between if _STOPS.isdisjoint(between) else None


def _welcome(sentence: Sentence, mention: Mention) -> bool:
    scan, cues = sentence.scan, sentence.cues
    if any(cue.last < mention.first for cue in cues.get("nice_before", ())):
        return True
    for cue in cues.get("nice_after", ()):
        if mention.last < cue.first and ":" not in scan.gap(cue.last + 1):  # "nice to have: …" opens a list
            if "(" in scan.gap(cue.first):  # "Snowflake (preferred)" is about that one alone
                return mention.last + 1 == cue.first
            return not any(mention.last < other.first < cue.first for other in cues.get("must", ()))
    return False
