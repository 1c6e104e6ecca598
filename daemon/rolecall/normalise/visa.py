"""Sponsorship for the posting's country and the right to work (design: section 13). Silence is not "no"."""

from __future__ import annotations

import re

from rolecall.model import UNSTATED, Confidence, Fact, Visa
from rolecall.normalise.fields import stated
from rolecall.normalise.rules import Hit, hits, rules, sentence
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_ELSEWHERE = load("visa")["elsewhere"]
_NAMES = "|".join(re.escape(name) for name in (*_ELSEWHERE["own"], *_ELSEWHERE["countries"]))
_COUNTRY = re.compile(rf"{_ELSEWHERE['cue']}({_NAMES})(?!\w)")


def read_visa(doc: Doc) -> Fact[Visa]:
    """Return whether sponsorship is offered (None: for another country only), and the right to work asked for.

    Flag `qualified`: offered here, refused there. The right to work alone is a "no" at low confidence.
    """
    found = hits(rules("visa"), doc.parts)
    if not found:
        return _field(doc)
    right = any(hit.rule.value == "right_to_work" for hit in found)
    refused = [hit for hit in found if hit.rule.value == "no"]
    offered = [hit for hit in found if hit.rule.value == "yes" and not _inside(hit, refused)]
    if refused and all(hit.rule.confidence < Confidence.HIGH for hit in offered):
        offered = []
    elsewhere = _elsewhere(doc, offered)
    if offered and elsewhere:
        value = Visa(False if refused else None, right, elsewhere)
        return (refused or offered)[0].fact(value)
    if offered:
        return offered[0].fact(Visa(True, right), flags=frozenset({"qualified"}) if refused else frozenset())
    return (refused or found)[0].fact(Visa(False, right), confidence=Confidence.HIGH if refused else Confidence.LOW)


def _field(doc: Doc) -> Fact[Visa]:
    """Return what a board's own field says; "No" is a text like any other, and not true."""
    for path, text in stated(doc.raw.fields, ("hasVisaSponsorship",)):
        if (said := text.strip().lower()) in ("yes", "no"):
            return Fact(Visa(said == "yes"), "field", f"{path}={text}"[:160], "visa.field", Confidence.MEDIUM)
    return UNSTATED


def _inside(hit: Hit, refusals: list[Hit]) -> bool:
    """Whether these words are part of a refusal ("we cannot offer visa sponsorship")."""
    return any(
        hit.part.source == refusal.part.source and hit.start < refusal.match.end() and refusal.start < hit.match.end()
        for refusal in refusals
    )


def _elsewhere(doc: Doc, offered: list[Hit]) -> frozenset[str]:
    """Return the countries that every offer is limited to, none where one offer is not limited or names the UK."""
    countries: set[str] = set()
    for hit in offered:
        named = _COUNTRY.findall(sentence(hit.part.low, hit.start, hit.match.end()))
        abroad = {_ELSEWHERE["countries"][name] for name in named if name in _ELSEWHERE["countries"]}
        if not abroad or len(abroad) < len(set(named)) or doc.raw.country in abroad:
            return frozenset()
        countries |= abroad
    return frozenset(countries)
