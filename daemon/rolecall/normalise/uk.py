"""May a person who lives in the UK take it? (understanding.md 7.5)"""

from __future__ import annotations

from rolecall.model import UNSTATED, Confidence, Fact, Location, Origin, Salary, UkFit, WorkMode
from rolecall.normalise.mode_text import pattern
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.place_fields import texts
from rolecall.normalise.place_parse import parse
from rolecall.normalise.place_words import uk_in
from rolecall.normalise.text import Doc, Part
from rolecall.normalise.words import load

_ELSEWHERE = frozenset({"USD", "CAD", "AUD", "NZD", "INR", "SGD"})  # who pays in these hires where they are paid
_CUES = {  # of each country: the cue in lower case → its rank, and as it is
    country: {cue.lower(): (rank, cue) for rank, cue in enumerate(cues)}
    for country, cues in load("mode")["country_cues"].items()
}
_PHRASES = {country: Phrases(cues) for country, cues in _CUES.items()}


def read_uk(doc: Doc, mode: Fact[WorkMode], location: Fact[Location], salary: Fact[Salary] = UNSTATED) -> Fact[UkFit]:
    """Return whether the job is open to a person in the UK: by regions and places, then by the text and its pay."""
    if away := pattern("elsewhere").search(doc.title):
        return Fact(UkFit.NO, "title", away[0], "uk.relocate", Confidence.MEDIUM)
    where, work = location.value or Location(), mode.value or WorkMode()
    if where.conflict:
        return _from(location, UkFit.UNCLEAR, "uk.conflict", Confidence.LOW)
    if "GB" in where.countries or "GB" in work.regions:
        return _from(location if "GB" in where.countries else mode, UkFit.YES, "uk.place", Confidence.HIGH)
    regions = work.regions or (parse(doc.location, doc.raw.country).groups if doc.location else frozenset())
    fits = {uk_in(group) if len(group) > 2 or group == "EU" else "no" for group in regions}
    if "yes" in fits:
        return _open_region(doc, mode, regions - where.countries)
    if "unclear" in fits:
        return _from(mode, UkFit.UNCLEAR, "uk.region", Confidence.MEDIUM)
    if where.ambiguous:
        return _from(location, UkFit.UNCLEAR, "uk.ambiguous", Confidence.LOW)
    if where.countries or fits:
        return _abroad(doc, mode, location)
    return _cues(doc, salary)


def _open_region(doc: Doc, mode: Fact[WorkMode], groups: frozenset[str]) -> Fact[UkFit]:
    right = pattern("eu_right").search(doc.body) if "EUROPE" in groups else None
    if right:
        return Fact(UkFit.UNCLEAR, "body", right[0], "uk.eu_right", Confidence.MEDIUM)
    return _from(mode, UkFit.YES, "uk.region", Confidence.HIGH)


def _abroad(doc: Doc, mode: Fact[WorkMode], location: Fact[Location]) -> Fact[UkFit]:
    """Only foreign places: closed, unless a bare "remote" stands beside them."""
    work, where = mode.value or WorkMode(), location.value or Location()
    short = mode.rule in ("mode.location", "mode.title") or any(t.lower() == "remote" for _, t in texts(doc.raw))
    beside = short and where.places and work.regions <= where.countries
    if beside and "office_optional" in mode.flags and not _first_cue(doc, "US"):
        return _from(mode, UkFit.UNCLEAR, "uk.remote_beside", Confidence.LOW)
    return _from(location if location.value else mode, UkFit.NO, "uk.abroad", Confidence.HIGH)


def cue_country(doc: Doc) -> tuple[str, str] | None:
    """Return the country that benefits, law and money point to, and the words that do; None where they do not agree."""
    found = {country: words for country in _CUES if (words := _first_cue(doc, country))}
    return found.popitem() if len(found) == 1 else None


def _first_cue(doc: Doc, country: str) -> str:
    """Return the first cue for `country` that stands as a word; cues with capitals count in capitals only."""
    cues, phrases = _CUES[country], _PHRASES[country]
    texts = doc.parts[-1], doc.parts[1]
    possible = [(cues[cue], n) for n, part in enumerate(texts) for cue in phrases.possible(part)]
    return next((found for (_, cue), n in sorted(possible) if (found := _standing(cue, texts[n]))), "")


def _standing(cue: str, part: Part) -> str:
    at = (part.low if cue == cue.lower() else part.text).find(cue)
    return part.text[at : at + len(cue)] if at >= 0 and _stands_alone(part.text, at, at + len(cue)) else ""


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Is this a word of its own? A sign ("£") may touch digits."""
    before, after = text[:start][-1:], text[end : end + 1]
    return not before.isalnum() and not (text[end - 1].isalnum() and after.isalnum())


def _cues(doc: Doc, salary: Fact[Salary]) -> Fact[UkFit]:
    cue = cue_country(doc)
    if cue is not None:
        fit = UkFit.YES if cue[0] == "GB" else UkFit.NO
        return Fact(fit, "inferred", cue[1], f"uk.cue.{cue[0].lower()}", Confidence.MEDIUM)
    currency = None if salary.value is None or salary.value.predicted else salary.value.pay.currency
    if doc.raw.country is None and currency in _ELSEWHERE:
        return Fact(UkFit.NO, "inferred", salary.evidence, "uk.currency", Confidence.MEDIUM)
    if doc.raw.country == "GB":
        return Fact(UkFit.YES, "inferred", "country=GB", "uk.source", Confidence.MEDIUM)
    return Fact(UkFit.UNCLEAR, "inferred", "", "uk.none", Confidence.LOW)


def _from(fact: Fact[WorkMode] | Fact[Location], fit: UkFit, rule: str, sure: Confidence) -> Fact[UkFit]:
    source: Origin = fact.source if fact.source != "none" else "inferred"
    return Fact(fit, source, fact.evidence, rule, sure)
