"""Rules written as data: what a phrase means, what must stand around it, and what makes it mean nothing.

One entry of a word file:

    [[rule]]
    name = "contract.months"        # printed as the rule of every fact it gives
    value = "contract"              # what it says; the module gives it its meaning
    needs = ["month"]               # cheap: without one of these strings the patterns are not tried
    match = ["\\\\d+ months? contract"]  # regular expressions on lower-case text, word-bounded
    veto_before = ["smart "]        # directly before the match
    veto_after = [" law"]           # directly after it
    veto = ["for over"]             # anywhere in the same sentence
    where = ["title"]               # only there (title, field, body); default everywhere
    confidence = "medium"           # default high
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from rolecall.model import Confidence, Fact, Origin, T
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_REACH = 160  # characters of a sentence looked at on each side of a match
_STOPS = re.compile(r"[.!?](?=\s|$)|[;\n]")
MOST = 40  # matches of one pattern looked at in one text: advert texts repeat themselves, hostile ones more so


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    value: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    veto_before: re.Pattern[str] | None
    veto_after: re.Pattern[str] | None
    veto: re.Pattern[str] | None
    where: frozenset[str]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a posting and where it stands; `low` is it in lower case, with the same offsets."""

    source: Origin
    text: str
    low: str


@dataclass(frozen=True, slots=True)
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


@cache
def rules(name: str) -> tuple[Rule, ...]:
    """Return the rules of `name`.toml, in its order; raises `ValueError` naming the rule that cannot be read."""
    return tuple(_rule(entry) for entry in load(name)["rule"])


def parts(doc: Doc) -> tuple[Part, ...]:
    """Return what can be read of a posting, the surest first: the title, the pay field, the body."""
    return (
        Part("title", doc.title, doc.title.lower()),
        Part("field", doc.salary_field, doc.salary_field.lower()),
        Part("body", doc.body, doc.low),
    )


def hits(rules: Iterable[Rule], parts: Iterable[Part]) -> list[Hit]:
    """Return every match that no veto takes back: part by part, in each in the order of the text."""
    found: list[Hit] = []
    for part in parts:
        if part.text:
            found += sorted((hit for rule in rules for hit in _matches(rule, part)), key=lambda hit: hit.start)
    return found


def _matches(rule: Rule, part: Part) -> Iterator[Hit]:
    if part.source not in rule.where or not any(need in part.low for need in rule.needs):
        return
    for number, match in enumerate(rule.pattern.finditer(part.low)):
        if number == MOST:
            return
        if not _vetoed(rule, part.low, match):
            yield Hit(rule, part, match)


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

_KEYS = {"name", "value", "needs", "match", "veto_before", "veto_after", "veto", "where", "confidence"}


def _rule(entry: dict[str, Any]) -> Rule:
    name = entry.get("name", "?")
    if unknown := set(entry) - _KEYS:
        raise ValueError(f"rule {name}: unknown key {', '.join(sorted(unknown))}")
    try:
        return Rule(
            name=entry["name"],
            value=entry["value"],
            needs=tuple(entry.get("needs", ("",))),
            pattern=re.compile(rf"(?<!\w)(?:{'|'.join(entry['match'])})(?!\w)"),
            veto_before=_any(entry.get("veto_before"), r"(?:{})$"),
            veto_after=_any(entry.get("veto_after"), r"(?:{})"),
            veto=_any(entry.get("veto"), r"(?<!\w)(?:{})(?!\w)"),
            where=frozenset(entry.get("where", ("title", "field", "body"))),
            confidence=Confidence[entry.get("confidence", "high").upper()],
        )
    except (KeyError, re.error) as error:
        raise ValueError(f"rule {name}: {error}") from error


def _any(patterns: list[str] | None, form: str) -> re.Pattern[str] | None:
    return re.compile(form.replace("{}", "|".join(patterns))) if patterns else None
