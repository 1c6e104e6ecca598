"""What single sentences say about where the work is done: the rules of mode.toml, applied to the few that matter."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from rolecall.literals import Guarded
from rolecall.model import Mode, OfficeDays, Origin
from rolecall.normalise.mode_days import office_days
from rolecall.normalise.mode_words import Words, present_in, words_of
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.text import Part
from rolecall.normalise.words import load

MAX_SENTENCES = 80
DAYS = 4.6  # strength of stated office days
_ANYWHERE = 6  # letters: a cue as short as this counts within a word as well ("homeworking", "LocationRemote")
REACH = 300  # characters of a sentence looked at on either side of a word
_END = re.compile(r"[.!?;\n](?:(?<=\n)|(?=\s|$|[A-Z*]))")  # one class in front: `re` looks for it alone
_GLUED = re.compile(r"(?<=[a-z])[A-Z][a-z]+ ?:")  # "2 days in the officeContract: 6 months"


class Sentence(NamedTuple):
    source: Origin
    text: str
    low: str


class Signal(NamedTuple):
    """One thing said about the mode. `strength` as in mode.toml; fields and titles have theirs in mode.py."""

    source: Origin
    evidence: str
    rule: str
    strength: float
    modes: frozenset[Mode] = frozenset()
    rules_out: frozenset[Mode] = frozenset()
    flags: frozenset[str] = frozenset()
    days: OfficeDays | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    words: Words
    match: re.Pattern[str]
    unless: re.Pattern[str] | None
    modes: frozenset[Mode]
    rules_out: frozenset[Mode]
    flags: frozenset[str]
    strength: float


def sentences(part: Part, cues: str = "cues") -> list[Sentence]:
    """Return the sentences of a text that hold a cue of mode.toml, in order."""
    text, low = part.text, part.low
    starts: dict[int, int] = {}
    for cue in _cues(cues).within(part):
        at = low.find(cue)
        while at >= 0 and len(starts) < MAX_SENTENCES:
            start, end = _around(text, at)
            starts.setdefault(start, end)
            at = low.find(cue, end)
    return [Sentence(part.source, text[start:end], low[start:end]) for start, end in sorted(starts.items())]


class _Cues(NamedTuple):
    short: tuple[str, ...]
    others: Phrases

    def within(self, part: Part) -> list[str]:
        """Return the cues that may stand in a text."""
        return [*self.short, *self.others.possible(part)] if part.low else []


@cache
def _cues(name: str) -> _Cues:
    cues = load("mode")[name]
    short = tuple(cue for cue in cues if len(cue) <= _ANYWHERE)
    return _Cues(short, Phrases(cue for cue in cues if cue not in short))


def _around(text: str, at: int) -> tuple[int, int]:
    """Return the ends of the sentence around a position; a capital glued to the word before opens one, too."""
    if at and text[at].isupper() and text[at - 1].islower():
        start = at
    else:
        first = max(0, at - REACH)
        start = max(first, text.rfind("\n", first, at) + 1)
        for stop in _END.finditer(text, start, at):
            start = stop.end()
    last = _END.search(text, at, at + REACH)
    end = last.start() if last else min(len(text), at + REACH)
    glued = _GLUED.search(text, at + 1, end) if ":" in text[at:end] else None
    return start, max(glued.start(), at + 1) if glued else end


def signals(sentence: Sentence) -> list[Signal]:
    """Return what the sentence says: office days first, then every rule that fires; less sure in a general one."""
    present = present_in(sentence.low)
    if not present.isdisjoint(load("mode")["ignored"]):
        return []
    low, left = _without_nothing(sentence.low, present)
    said = _said(sentence, low, present, left)
    if said and (loss := _general_loss(low, left)):
        return [signal._replace(strength=signal.strength - loss) for signal in said]
    return said


def _said(sentence: Sentence, low: str, present: Set[str], left: Set[str]) -> list[Signal]:
    source, text, said = sentence.source, sentence.text, list[Signal]()
    if days := office_days(low):
        evidence = text[days.start : days.end]
        said.append(Signal(source, evidence, "mode.office_days", DAYS, _modes_of(days.office), days=days.office))
    for rule in _rules():
        if rule.words.stand(present, left) and (match := rule.match.search(low)):
            if rule.unless and rule.unless.search(low):
                continue
            evidence = text[match.start() : match.end()]
            said.append(Signal(source, evidence, rule.name, rule.strength, rule.modes, rule.rules_out, rule.flags))
    return said


def _without_nothing(low: str, present: Set[str]) -> tuple[str, Set[str]]:
    """Blank out what is no signal at all ("on-site gym", "remote sensing"), keeping every offset; what is present."""
    left = present
    for words, phrase in _nothing():
        if words.stand(present, left):
            low, count = phrase.subn(lambda m: "_" * len(m[0]), low)
            left = present_in(low) if count else left
    return low, left


def _modes_of(days: OfficeDays) -> frozenset[Mode]:
    if days.min >= 5:
        return frozenset({Mode.ONSITE})
    if days.max is not None and days.max <= 0.25:
        return frozenset({Mode.REMOTE})
    return frozenset({Mode.HYBRID})


@cache
def pattern(name: str) -> Guarded:
    """Return a pattern of mode.toml's table of the same name, without regard to case."""
    return Guarded(load("mode")["pattern"][name])


def _general_loss(low: str, left: Set[str]) -> float:
    """Return how much less a sentence counts that speaks of the employer in general, 0 for others."""
    general = load("mode")["general"]
    if left.isdisjoint(general["needs"]) or not re.search(general["match"], low):
        return 0.0
    return float(general["loss"])


@cache
def _nothing() -> tuple[tuple[Words, re.Pattern[str]], ...]:
    return tuple((words_of(entry), re.compile(entry["match"])) for entry in load("mode")["nothing"])


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(_rule(entry) for entry in load("mode")["rule"])


def _rule(entry: dict[str, Any]) -> Rule:
    unless = entry.get("unless")
    return Rule(
        name=entry["name"],
        words=words_of(entry),
        match=re.compile(entry["match"]),
        unless=re.compile(unless) if unless else None,
        modes=frozenset(map(Mode, entry.get("modes", ()))),
        rules_out=frozenset(map(Mode, entry.get("rules_out", ()))),
        flags=frozenset(entry.get("flags", ())),
        strength=float(entry["strength"]),
    )
