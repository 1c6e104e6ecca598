"""Working time: full or part time, shared, compressed, and its figures (design: section 15)."""

from __future__ import annotations

import re
from decimal import Decimal

from rolecall.model import UNSTATED, Confidence, Fact, Hours, Salary
from rolecall.normalise.fields import stated
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.rules import hits, rules, windows
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("hours")
_NUMBERS = {name: re.compile("|".join(patterns)) for name, patterns in _WORDS["numbers"]["match"].items()}
_NEEDS = {name: Phrases(texts) for name, texts in _WORDS["numbers"]["needs"].items()}
_ALSO = _WORDS["numbers"]["also"]
_ACTUALLY = Phrases(["actual"])
_FIELD_WORDS = {"fulltime": "full_time", "parttime": "part_time"}
_ACTUAL = re.compile(_WORDS["numbers"]["actual_pay"])
_UNITS = frozenset({"week", "wk", "pw", "hours", "fte", "wte"})
_FULL_WEEK = 30  # hours below which a week is part time
_MOST = {"days_per_week": 7.0, "hours_per_week": 60.0, "fte": 1.0}


def read_hours(doc: Doc, salary: Fact[Salary]) -> Fact[Hours]:
    """Return the working patterns offered and the figures stated; pay pro rata with an actual figure is part time."""
    found = hits(rules("hours"), doc.parts)
    patterns = {hit.rule.value for hit in found}
    fields = [(path, text, word) for path, text in stated(doc.raw.fields, _WORDS["fields"]) if (word := _pattern(text))]
    figures = {name: figure for name in _NUMBERS if (figure := _number(doc, name)) is not None}
    if fte := _paid_fte(doc, salary):
        figures["fte"] = fte
    if figures.get("fte", 1.0) < 1 or figures.get("hours_per_week", 40.0) < _FULL_WEEK:
        patterns.add("part_time")
    patterns |= {word for _, _, word in fields} if not patterns & set(_FIELD_WORDS.values()) else set()
    if not patterns and not figures:
        return UNSTATED
    value = Hours(frozenset(patterns), **figures)
    if found:
        return found[0].fact(value)
    if fields:
        return Fact(value, "field", f"{fields[0][0]}={fields[0][1]}"[:160], "hours.field")
    return Fact(
        value,
        "inferred" if fte else "body",
        salary.evidence if fte else _first(doc),
        "hours.figures",
        Confidence.MEDIUM,
    )


def _pattern(text: str) -> str | None:
    return _FIELD_WORDS.get(re.sub(r"[^a-z]", "", text.lower()))


def _number(doc: Doc, name: str) -> float | None:
    match = _figure(doc, name)
    value = float(next(group for group in match.groups() if group)) if match else 0.0
    return value if 0 < value <= _MOST[name] else None


def _figure(doc: Doc, name: str) -> re.Match[str] | None:
    for part in doc.parts:
        if part.stems.isdisjoint(_UNITS):
            continue
        for start, end in windows(part, _NEEDS[name]):
            if _ALSO.get(name) and not any(part.low.find(word, start, end) >= 0 for word in _ALSO[name]):
                continue
            if match := _NUMBERS[name].search(part.low, start, end):
                return match
    return None


def _first(doc: Doc) -> str:
    found = (_figure(doc, name) for name in _NUMBERS)
    return next((match[0] for match in found if match), "")


def _paid_fte(doc: Doc, salary: Fact[Salary]) -> float | None:
    """The share of a full-time post that the actual pay of a pro-rata salary stands for."""
    value = salary.value
    if value is None or value.fte_basis != "pro_rata" or not value.pay.max:
        return None
    actual = value.actual or _actual(doc)
    share = float(actual / value.pay.max) if actual else 1.0
    return round(share, 2) if 0 < share < 1 else None


def _actual(doc: Doc) -> Decimal | None:
    """The bare figure behind "actual", where the salary has none: "£25,583 pro rata, actual £22,533"."""
    for part in doc.parts:
        for start, end in windows(part, _ACTUALLY):
            if match := _ACTUAL.search(part.low, start, end):
                return Decimal(match[1].replace(",", ""))
    return None
