"""Rules written as data: what a phrase means, what must stand around it, and what makes it mean nothing.

One entry of a word file:

    [[rule]]
    name = "contract.months"        # printed as the rule of every fact it gives
    value = "contract"              # what it says; the module gives it its meaning
    needs = ["month", "months"]     # every match holds one of these words (of six letters and more: or a longer
                                    # form of it), so only the text around them is searched
    also = ["contract"]             # ... and one of these, in any form, where there are any
    match = ["\\\\d+ months? contract"]  # regular expressions on lower-case text, word-bounded
    veto_before = ["smart "]        # directly before the match
    veto_after = [" law"]           # directly after it
    veto = ["for over"]             # anywhere in the same sentence
    where = ["title"]               # only there (title, field, body); default everywhere
    confidence = "medium"           # default high
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from rolecall.model import Confidence, Fact, Origin
from rolecall.normalise.phrases import Phrases, places
from rolecall.normalise.text import Part
from rolecall.normalise.words import load

T = TypeVar("T")

_EVERYWHERE: tuple[Origin, ...] = ("title", "field", "body")
_REACH = 160  # characters of a sentence looked at on each side of a match
_STOPS = re.compile(r"[.!?;\n](?:(?<=[;\n])|(?=\s|$))")  # one class in front: `re` looks for it alone
_AROUND = 130  # characters searched on each side of a needed word
_WHOLE = 300  # a text as short as this is searched whole


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    value: str
    needs: tuple[str, ...]
    also: tuple[str, ...]
    pattern: re.Pattern[str]
    veto_before: re.Pattern[str] | None
    veto_after: re.Pattern[str] | None
    veto: re.Pattern[str] | None
    where: frozenset[Origin]
    confidence: Confidence


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """One place where a rule matched."""

    rule: Rule
    part: Part
    match: re.Match[str]

    @property
    def start(self) -> int:
        return self.match.start()

    @property
    def evidence(self) -> str:
        return evidence(self.part.text, self.match.start(), self.match.end())

    def fact(self, value: T, **more: Any) -> Fact[T]:
        """Return the fact that this hit gives: `value`, with this place as its evidence."""
        kept = {"source": self.part.source, "evidence": self.evidence, "rule": self.rule.name}
        return Fact(value, **{**kept, "confidence": self.rule.confidence, **more})


def evidence(text: str, start: int, end: int) -> str:
    return text[start : min(end, start + 160)].strip()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one word file, in its order; `needs`: all that they need; `needing`: which need it in which text."""

    rules: tuple[Rule, ...]
    needs: Phrases
    needing: Mapping[Origin, Mapping[str, list[int]]]


@cache
def rules(name: str) -> Rules:
    """Return the rules of `name`.toml; raises `ValueError` naming the rule that cannot be read."""
    found = tuple(_rule(entry) for entry in load(name)["rule"])
    needing: dict[Origin, dict[str, list[int]]] = {origin: {} for origin in _EVERYWHERE}
    for index, rule in enumerate(found):
        for origin in rule.where & needing.keys():
            for need in rule.needs:
                needing[origin].setdefault(need, []).append(index)
    return Rules(found, Phrases(need for rule in found for need in rule.needs), needing)


def hits(rules: Rules, parts: Iterable[Part]) -> list[Hit]:
    """Return every match that no veto takes back: part by part, in each in the order of the text."""
    found: list[Hit] = []
    for part in parts:
        if possible := rules.needs.possible(part):
            said = [
                hit
                for index, where in _places(rules, part, possible)
                for hit in _matches(rules.rules[index], part, where)
            ]
            found += sorted(said, key=lambda hit: hit.start)
    return found


def _places(rules: Rules, part: Part, possible: Iterable[str]) -> list[tuple[int, list[int]]]:
    """Return the rules of which a needed phrase stands in the text, with the places where one does."""
    needing = rules.needing[part.source]
    found: dict[int, list[int]] = {}
    for phrase in possible:
        if (needed_by := needing.get(phrase)) and (where := places(part.low, phrase)):
            for index in needed_by:
                found.setdefault(index, []).extend(where)
    return sorted((index, sorted(where)) for index, where in found.items())


def _matches(rule: Rule, part: Part, where: Sequence[int]) -> Iterator[Hit]:
    low = part.low
    for start, end in stretches(low, where):
        if rule.also and not any(low.find(word, start, end) >= 0 for word in rule.also):
            continue
        for match in rule.pattern.finditer(low, start, end):
            if not _vetoed(rule, low, match):
                yield Hit(rule, part, match)


def windows(part: Part, needs: Phrases) -> list[tuple[int, int]]:
    """Return the stretches of text around the needed phrases, in order, none overlapping.

    Searching only there makes a rule cost what its words occur, not what the text is long.
    """
    return stretches(part.low, needs.places(part))


def stretches(low: str, where: Sequence[int], around: int = _AROUND) -> list[tuple[int, int]]:
    """Return the stretches of text around these places, which are in order."""
    if len(low) <= _WHOLE:
        return [(0, len(low))] if where else []
    found: list[tuple[int, int]] = []
    for place in where:
        start, end = max(0, place - around), min(len(low), place + around)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _vetoed(rule: Rule, low: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if rule.veto_before and rule.veto_before.search(low[max(0, start - 60) : start]):
        return True
    if rule.veto_after and rule.veto_after.match(low, end):
        return True
    return bool(rule.veto and rule.veto.search(sentence(low, start, end)))


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence (or line) around a span, at most 160 characters to each side."""
    before = text[max(0, start - _REACH) : start]
    first = max((stop.end() for stop in _STOPS.finditer(before)), default=0)
    after = _STOPS.search(text, end, end + _REACH)
    return before[first:] + text[start : after.start() if after else end + _REACH]


# --- reading the words ------------------------------------------------------------------------------------------

_KEYS = {"name", "value", "needs", "also", "match", "veto_before", "veto_after", "veto", "where", "confidence"}


def _rule(entry: dict[str, Any]) -> Rule:
    name = entry.get("name", "?")
    if unknown := set(entry) - _KEYS:
        raise ValueError(f"rule {name}: unknown key {', '.join(sorted(unknown))}")
    try:
        return Rule(
            name=entry["name"],
            value=entry["value"],
            needs=tuple(entry["needs"]),
            also=tuple(entry.get("also", ())),
            pattern=re.compile(rf"(?<!\w)(?:{'|'.join(entry['match'])})(?!\w)"),
            veto_before=_any(entry.get("veto_before"), r"(?:{})$"),
            veto_after=_any(entry.get("veto_after"), r"(?:{})"),
            veto=_any(entry.get("veto"), r"(?<!\w)(?:{})(?!\w)"),
            where=frozenset(entry.get("where", _EVERYWHERE)),
            confidence=Confidence[entry.get("confidence", "high").upper()],
        )
    except (KeyError, re.error) as error:
        raise ValueError(f"rule {name}: {error}") from error


def _any(patterns: list[str] | None, form: str) -> re.Pattern[str] | None:
    return re.compile(form.replace("{}", "|".join(patterns))) if patterns else None
