"""An advert as Rolecall reads it: each fact with the words it was read from, and the text with those marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rolecall.model import Fact, Posting, Tech
from rolecall.normalise.vocabulary import name as tech_name
from rolecall.render import facts, money
from rolecall.render.clean import paragraphs


@dataclass(frozen=True, slots=True)
class Reading:
    """One fact: what it is about, what was understood, and why."""

    field: str
    value: str
    evidence: str
    rule: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text; `field` says what was read from it, "" where nothing was."""

    text: str
    field: str = ""


def readings(posting: Posting) -> list[Reading]:
    """Return every fact, those that are not stated too, in the order in which a person asks."""
    location = posting.location.value
    closes = posting.closing.value.at if posting.closing.value else None
    words = {
        "level": facts.level_text(posting.level),
        "mode": facts.mode_text(posting.mode, posting.uk.value),
        "open to the UK": posting.uk.value or "",
        "salary": money.pay_text(posting.salary, posting.ir35.value),
        "place": facts.place_text(posting.location, "") if location and location.places else "",
        "contract": facts.kind_text(posting.contract),
        "clearance": facts.clearance_text(posting.clearance) or ("none needed" if posting.clearance.value else ""),
        "visa": _visa(posting),
        "agency": {None: "", True: "agency", False: "direct employer"}[posting.agency.value],
        "hours": ", ".join(sorted(posting.hours.value.patterns)) if posting.hours.value else "",
        "closes": f"{closes.day} {closes:%B %Y}" if closes else "",
        "family": posting.family.value or "",
    }
    rows = [_reading(field, value, getattr(posting, _FACTS[field])) for field, value in words.items()]
    return rows + [_technology(tech) for tech in posting.stack if tech.implied_by is None]


_FACTS = {
    "level": "level",
    "mode": "mode",
    "open to the UK": "uk",
    "salary": "salary",
    "place": "location",
    "contract": "contract",
    "clearance": "clearance",
    "visa": "visa",
    "agency": "agency",
    "hours": "hours",
    "closes": "closing",
    "family": "family",
}
_CONCLUDED = ("open to the UK", "family")


def _visa(posting: Posting) -> str:
    visa = posting.visa.value
    if visa is None:
        return ""
    offered = {True: "sponsorship offered", False: "no sponsorship", None: ""}[visa.offered]
    return offered or ("right to work asked for" if visa.right_to_work else "")


def _reading(field: str, value: str, fact: Fact[Any]) -> Reading:
    if not value:
        return Reading(field, "not stated", "", "", "")
    return Reading(field, str(value), fact.evidence, fact.rule, fact.confidence.name.lower())


def _technology(tech: Tech) -> Reading:
    return Reading("stack", f"{tech_name(tech.id)} ({tech.need.value})", tech.evidence, tech.rule, "")


def marked(text: str, found: list[Reading]) -> Iterator[Span]:
    """Yield the text in pieces, with the field where a fact was read; of two that overlap the shorter wins.

    What is only concluded from other facts' words gives way to them: the pound sign of a salary, say.
    """
    text, at = paragraphs(text), 0
    for start, end, field in _places(text, found):
        yield Span(text[at:start])
        yield Span(text[start:end], field)
        at = end
    yield Span(text[at:])


def _concluded(each: Reading) -> bool:
    return each.field in _CONCLUDED or each.confidence == "guess"


def _places(text: str, found: list[Reading]) -> list[tuple[int, int, str]]:
    """Return where each fact's words stand (its first occurrence), in order of place, none overlapping."""
    chosen: list[tuple[int, int, str]] = []
    read = (each for each in found if each.evidence)
    for each in sorted(read, key=lambda each: (_concluded(each), len(each.evidence))):
        start = text.find(each.evidence)
        end = start + len(each.evidence)
        if start >= 0 and all(end <= other[0] or other[1] <= start for other in chosen):
            chosen.append((start, end, each.field))
    return sorted(chosen)
