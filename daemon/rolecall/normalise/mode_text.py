"""What single sentences say about where the work is done: the rules of mode.toml, applied to the few that matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from rolecall.model import Mode, OfficeDays, Origin
from rolecall.normalise.mode_days import office_days
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.text import Part
from rolecall.normalise.words import load

MAX_SENTENCES = 80
DAYS = 4.6  # strength of stated office days
_ANYWHERE = 6  # letters: a cue as short as this counts within a word as well ("homeworking", "LocationRemote")
REACH = 300  # characters of a sentence looked at on either side of a word
_END = re.compile(r"[.!?;\n](?:(?<=\n)|(?=\s|$|[A-Z*]))")  # one class in front: `re` looks for it alone
_GLUED = re.compile(r"(?<=[a-z])[A-Z][a-z]+ ?:")  # "2 days in the officeContract: 6 months"


@dataclass(frozen=True, slots=True)
class Sentence:
    source: Origin
    text: str
    low: str


@dataclass(frozen=True, slots=True)
class Signal:
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
    needs: frozenset[str]
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
        start = max(0, at - REACH)
        for stop in _END.finditer(text, start, at):
            start = stop.end()
    last = _END.search(text, at, at + REACH)
    end = last.start() if last else min(len(text), at + REACH)
    glued = _GLUED.search(text, at + 1, end) if ":" in text[at:end] else None
    return start, max(glued.start(), at + 1) if glued else end


def signals(sentence: Sentence) -> list[Signal]:
    """Return what the sentence says: office days first, then every rule that fires; less sure in a general one."""
    if any(word in sentence.low for word in load("mode")["ignored"]):
        return []
    present = frozenset(need for need in _needs() if need in sentence.low)
    low = _without_nothing(sentence.low, present)
    said = list(_said(sentence, low, present))
    if said and _general().search(low):
        return [replace(signal, strength=signal.strength - load("mode")["general_loss"]) for signal in said]
    return said


def _said(sentence: Sentence, low: str, present: frozenset[str]) -> Iterator[Signal]:
    days = office_days(low)
    if days is not None:
        evidence = sentence.text[days.start : days.end]
        yield Signal(sentence.source, evidence, "mode.office_days", DAYS, _modes_of(days.office), days=days.office)
    for rule in _rules():
        match = None if rule.needs.isdisjoint(present) else rule.match.search(low)
        if match is not None and not (rule.unless and rule.unless.search(low)):
            evidence = sentence.text[match.start() : match.end()]
            yield Signal(sentence.source, evidence, rule.name, rule.strength, rule.modes, rule.rules_out, rule.flags)


def _without_nothing(low: str, present: frozenset[str]) -> str:
    """Blank out what is no signal at all ("on-site gym", "remote sensing"), keeping every offset."""
    for needs, phrase in _nothing():
        if not needs.isdisjoint(present):
            low = phrase.sub(lambda m: "_" * len(m[0]), low)
    return low


def _modes_of(days: OfficeDays) -> frozenset[Mode]:
    if days.min >= 5:
        return frozenset({Mode.ONSITE})
    if days.max is not None and days.max <= 0.25:
        return frozenset({Mode.REMOTE})
    return frozenset({Mode.HYBRID})


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of mode.toml's table of the same name, without regard to case."""
    return re.compile(load("mode")["pattern"][name], re.IGNORECASE)


@cache
def _general() -> re.Pattern[str]:
    return re.compile(load("mode")["general"])


@cache
def _needs() -> frozenset[str]:
    """Return the words that rules need: each is looked for once in a sentence, not once a rule."""
    return frozenset().union(*(rule.needs for rule in _rules()), *(needs for needs, _ in _nothing()))


@cache
def _nothing() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    return tuple((frozenset(entry["needs"]), re.compile(entry["match"])) for entry in load("mode")["nothing"])


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(_rule(entry) for entry in load("mode")["rule"])


def _rule(entry: dict[str, object]) -> Rule:
    def words(key: str) -> list[str]:
        value = entry.get(key, [])
        return [str(word) for word in value] if isinstance(value, list) else []

    unless = entry.get("unless")
    return Rule(
        name=str(entry["name"]),
        needs=frozenset(words("needs")),
        match=re.compile(str(entry["match"])),
        unless=re.compile(str(unless)) if unless else None,
        modes=frozenset(map(Mode, words("modes"))),
        rules_out=frozenset(map(Mode, words("rules_out"))),
        flags=frozenset(words("flags")),
        strength=float(str(entry["strength"])),
    )
