"""The level of a role (design: section 6): the first evidence that speaks gives the value.

Title words, the board's field, numerals and grades, what the text says, years of experience, the address, the pay.
Never a bare word of the text: "reporting to the Senior Manager" and "mentor juniors" say nothing about the role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from urllib.parse import unquote, urlsplit

from rolecall.model import UNSTATED, Confidence, Fact, Level, Rung, Salary
from rolecall.normalise.fields import stated
from rolecall.normalise.ladder import level, span
from rolecall.normalise.level_body import read_body, read_floor
from rolecall.normalise.level_grade import read_grade
from rolecall.normalise.level_title import read_title
from rolecall.normalise.rules import evidence
from rolecall.normalise.text import Doc, part
from rolecall.normalise.words import load
from rolecall.normalise.years import read_years

_WORDS = load("level")
_ALL_LEVELS = re.compile(r"(?:all|multiple|various|several|any|different) (?:experience |seniority )?levels")
_SENIOR_POST = re.compile(r"(?:in|as) an? (senior|lead|staff|principal)\b")
_EXPERIENCED = "level.title.experienced"
_WIDE = 3  # "1-4 years" spans two rungs, "3-5 years" is one


def read_level(doc: Doc, family: Fact[str], salary: Fact[Salary]) -> tuple[Fact[Level], Fact[Rung]]:
    """Return the level, and the lowest rung that a negation leaves where one is stated."""
    return _level(doc, salary), read_floor(doc)


def _level(doc: Doc, salary: Fact[Salary]) -> Fact[Level]:
    title, field = read_title(doc.parts[0], doc.company), _field(doc)
    if title.value is not None and title.rule.startswith("level.title.") and title.confidence is Confidence.HIGH:
        return _checked(doc, title, field)
    return next((fact for fact in _less_sure(doc, title, field, salary) if fact.value is not None), UNSTATED)


def _less_sure(doc: Doc, title: Fact[Level], field: Fact[Level], salary: Fact[Salary]) -> Iterator[Fact[Level]]:
    """Yield what says the level where no word of the title does, the surest first."""
    yield field
    experienced = title.rule == _EXPERIENCED
    if not experienced:
        yield _narrowed(doc, title)
    yield read_body(doc)
    yield _years(doc)
    if experienced:  # "Experienced Engineer" names no rung where the text does
        yield title
    yield read_grade(doc)
    yield _slug(doc)
    yield _pay(doc, salary)


def _checked(doc: Doc, title: Fact[Level], field: Fact[Level]) -> Fact[Level]:
    """The title wins; a field that disagrees is flagged, few years behind a high word make it less sure."""
    assert title.value is not None  # noqa: S101 - for the type checker: the caller asked
    if field.value and (field.value.max < title.value.min or field.value.min > title.value.max):
        return replace(title, flags=title.flags | {"level_conflict"})
    years = read_years(doc) if title.value.min >= Rung.LEAD else None
    return replace(title, confidence=Confidence.MEDIUM) if years and years.low <= _WIDE else title


def _narrowed(doc: Doc, title: Fact[Level]) -> Fact[Level]:
    """A rank at a bank spans rungs; what the text states of the role may say which of them."""
    if title.value is None or title.value.min == title.value.max:
        return title
    body = read_body(doc).value
    if body and title.value.min <= body.min and body.max <= title.value.max:
        return replace(title, value=replace(body, track=title.value.track))
    return title


# --- field ------------------------------------------------------------------------------------------------------


def _field(doc: Doc) -> Fact[Level]:
    fields = doc.raw.fields
    found = [
        (f"{path}={text}", level(value))
        for path, text in stated(fields, _WORDS["fields"]["paths"])
        if (value := _WORDS["fields"]["words"].get(re.sub(r"[^a-z]", "", text.lower())))
    ]
    for path, text in stated(fields, _WORDS["fields"]["months"]):
        if text.isdecimal():
            found.append((f"{path}={text}", level(_by_years(int(text[:4]) // 12))))
    if fields.get("graduate") is True:
        found.append(("graduate=true", level("graduate")))
    if not found:
        return UNSTATED
    return Fact(span([one for _, one in found]), "field", found[0][0][:160], "level.field", Confidence.MEDIUM)


# --- years ------------------------------------------------------------------------------------------------------


def _years(doc: Doc) -> Fact[Level]:
    years = read_years(doc)
    if years is None:
        return UNSTATED
    words = evidence(doc.body, years.start, years.end)
    post = _SENIOR_POST.search(years.sentence)
    if post:
        return Fact(level(post[1]), "body", words, "level.body.years_as", Confidence.MEDIUM)
    value = level(_by_years(years.low))
    if years.high and years.high - years.low >= _WIDE:
        upper = level(_by_years(years.high - 1)).min
        value = replace(value, max=max(value.max, min(upper, Rung.SENIOR)))
    vague = "levels" in doc.stems and _ALL_LEVELS.search(doc.low)
    return Fact(value, "body", words, "level.body.years", Confidence.LOW if vague else Confidence.MEDIUM)


def _by_years(years: int) -> str:
    bands = _WORDS["years"]
    return str(next(band["value"] for band in reversed(bands) if years >= band["from"]))


# --- address and pay --------------------------------------------------------------------------------------------


def _slug(doc: Doc) -> Fact[Level]:
    """The address of an advert survives edits of its title: "/jobs/senior-python-developer-123"."""
    path = unquote(_path(doc.raw.url))
    words = max(re.split(r"[/?&=]", path), key=lambda part: part.count("-"), default="")
    if words.count("-") < 2:
        return UNSTATED
    title = read_title(part("title", words.replace("-", " ")))
    if title.value is None or title.rule != "level.title.word":
        return UNSTATED
    return Fact(title.value, "field", f"url={words}"[:160], "level.slug", Confidence.LOW)


def _path(url: str) -> str:
    try:
        return urlsplit(url[:2000]).path
    except ValueError:  # an address that is none says nothing
        return ""


def _pay(doc: Doc, salary: Fact[Salary]) -> Fact[Level]:
    """A guess for ranking: permanent pay only; outside London the bands lie lower."""
    value = salary.value
    if value is None or value.predicted or value.annual_basis != "salary":
        return UNSTATED
    ends = [Decimal(end) for end in value.annual_gbp if end is not None]
    if not ends:
        return UNSTATED
    middle = sum(ends, Decimal()) / len(ends)
    factor = Decimal("1") if "london" in doc.location.lower() else Decimal(str(_WORDS["pay"]["outside_london"]))
    word = _band(_WORDS["pay"]["band"], middle / factor)
    return Fact(level(word), "inferred", salary.evidence, "level.salary", Confidence.GUESS) if word else UNSTATED


def _band(bands: Iterable[dict[str, object]], amount: Decimal) -> str:
    return next((str(band["value"]) for band in bands if amount < Decimal(str(band["under"]))), "")
