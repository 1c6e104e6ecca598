"""May a person who lives in the UK take it? (understanding.md 7.5)"""

from __future__ import annotations

import re

from rolecall.model import Confidence, Fact, Location, Mode, Origin, UkFit, WorkMode
from rolecall.normalise.place_words import uk_in
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_EU_RIGHT = re.compile(r"\b(?:right|authori[sz]ation|permit\w*|eligible|authori[sz]ed) to work in (?:the )?(?:EU|European Union)\b|\bEU (?:citizen|passport|work permit|residen\w+)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"^relocate to (?!(?:the )?(?:uk|united kingdom|london|england|scotland|wales))\w+", re.IGNORECASE)


def read_uk(doc: Doc, mode: Fact[WorkMode], location: Fact[Location]) -> Fact[UkFit]:
    """Return whether the job is open to a person in the UK: by its regions, places, then by the text's cues."""
    if away := _ELSEWHERE.match(doc.title):
        return Fact(UkFit.NO, "title", away[0], "uk.relocate", Confidence.MEDIUM)
    where, work = location.value or Location(), mode.value or WorkMode()
    if where.conflict:
        return _from(location, UkFit.UNCLEAR, "uk.conflict", Confidence.LOW)
    if "GB" in where.countries or "GB" in work.regions:
        return _from(location if "GB" in where.countries else mode, UkFit.YES, "uk.place", Confidence.HIGH)
    groups = work.regions - where.countries
    fits = {uk_in(group) if len(group) > 2 or group == "EU" else "no" for group in work.regions}
    if "yes" in fits:
        return _open_region(doc, mode, groups)
    if "unclear" in fits:
        return _from(mode, UkFit.UNCLEAR, "uk.region", Confidence.MEDIUM)
    if where.ambiguous:
        return _from(location, UkFit.UNCLEAR, "uk.ambiguous", Confidence.LOW)
    if where.countries or fits:
        return _abroad(doc, mode, location)
    return _cues(doc)


def _open_region(doc: Doc, mode: Fact[WorkMode], groups: frozenset[str]) -> Fact[UkFit]:
    right = _EU_RIGHT.search(doc.body) if "EUROPE" in groups else None
    if right:
        return Fact(UkFit.UNCLEAR, "body", right[0], "uk.eu_right", Confidence.MEDIUM)
    return _from(mode, UkFit.YES, "uk.region", Confidence.HIGH)


def _abroad(doc: Doc, mode: Fact[WorkMode], location: Fact[Location]) -> Fact[UkFit]:
    """Only foreign places: closed, unless a bare "remote" stands beside them."""
    work = mode.value or WorkMode()
    if Mode.REMOTE in work.modes and "office_optional" in mode.flags and not _first_cue(doc, "US"):
        return _from(mode, UkFit.UNCLEAR, "uk.remote_beside", Confidence.LOW)
    return _from(location if location.value else mode, UkFit.NO, "uk.abroad", Confidence.HIGH)


def cue_country(doc: Doc) -> tuple[str, str] | None:
    """Return the country that benefits, law and money point to, and the words that do; None where they do not agree."""
    found = {country: words for country in load("mode")["country_cues"] if (words := _first_cue(doc, country))}
    return found.popitem() if len(found) == 1 else None


def _first_cue(doc: Doc, country: str) -> str:
    """Return the first cue for `country` that stands as a word of its own; cues with capitals count in capitals only."""
    for cue in load("mode")["country_cues"][country]:
        for text, original in ((doc.low, doc.body), (doc.salary_field.lower(), doc.salary_field)):
            at = (text if cue.islower() or not cue.isascii() else original).find(cue)
            if at >= 0 and not original[at - 1 : at].isalnum() and not (cue[-1].isalnum() and original[at + len(cue) : at + len(cue) + 1].isalnum()):
                return original[at : at + len(cue)]
    return ""


def _cues(doc: Doc) -> Fact[UkFit]:
    cue = cue_country(doc)
    if cue is not None:
        fit = UkFit.YES if cue[0] == "GB" else UkFit.NO
        return Fact(fit, "inferred", cue[1], f"uk.cue.{cue[0].lower()}", Confidence.MEDIUM)
    if doc.raw.country == "GB":
        return Fact(UkFit.YES, "inferred", "country=GB", "uk.source", Confidence.MEDIUM)
    return Fact(UkFit.UNCLEAR, "inferred", "", "uk.none", Confidence.LOW)


def _from(fact: Fact[WorkMode] | Fact[Location], fit: UkFit, rule: str, sure: Confidence) -> Fact[UkFit]:
    source: Origin = fact.source if fact.source != "none" else "inferred"
    return Fact(fit, source, fact.evidence, rule, sure)
