"""Where the job is by its text: a head line, a label, a postcode, a sentence; for adverts whose fields do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from rolecall.model import Confidence, Fact, Location, Origin
from rolecall.normalise.phrases import places
from rolecall.normalise.place_gazetteer import fold
from rolecall.normalise.place_opening import opening
from rolecall.normalise.place_parse import parse
from rolecall.normalise.place_pieces import POSTCODE
from rolecall.normalise.place_words import title_accidents
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_ROLE = re.compile(  # "this role is based in Leeds", "join our data team in Leeds", "working from our hub in Leeds"
    r"\b(?:(?:role|position|post|job|vacancy) (?:is|sits|will be)(?: based| located)? (?:in|at|out of)(?! our)"
    r"|join (?:our|the|their) (?:[\w&/-]+ ){0,4}team in|(?:a|per|each) (?:week|month|fortnight) in"
    r"|(?:hybrid|hiring|recruiting|expanding|growing) in"
    r"|(?:at|from|to|in|into|join) (?:our|the) (?:\w+ ){0,2}(?:headquarters|HQ|head office|hub|campus|site|studio),?"
    r" (?:in|at)) "
)
_CUE = re.compile(
    r"(?:based|offices?|studios?|hubs?|located|location is|commut\w+ (?:to|from|distance (?:of|to|from))"
    r"|onsite|on-site|walk from)"
    r"(?: (?:in|at|out of|near|our|just outside)(?: the (?:heart|cent(?:re|er)) of)?)? ",
    re.IGNORECASE,
)
_FIRMS = "|".join(load("regions")["prose"]["firms"])
_EMPLOYER = re.compile(  # "a growing retailer in Leeds"
    rf"(?:\b(?:an?|my|our)|^[A-Z]\w+) (?:[\w&/,-]+ ){{0,6}}?(?:{_FIRMS}) (?:in|near) ", re.MULTILINE
)
_LISTED = re.compile(r"\b(?:offices|hubs|sites|locations) \((?=[A-Z])")  # "any of our hubs (Leeds, Derby)"
_NAMES = r"((?:[A-Z][\w'-]+,? (?:or |and )?){1,4})"
_PREMISES = r"(?:[a-z]+ )?(?:offices?|HQ|headquarters|studios?|hubs?|sites?|campus)\b"
_AT_OFFICE = re.compile(rf"\b(?:at|in|from|to|into|of) (?:our|the|their) {_NAMES}{_PREMISES}")
_OFFICE = re.compile(rf"\b(?:[Oo]ur|the|their|its) {_NAMES}{_PREMISES}")
_BASED = re.compile(  # "a Leeds based company", "Our London-based client"
    r"(?<![\w-])(?:(?:An?|Our|My|The) )?((?:[A-Z][\w']+[ -]){1,3})based\b"
)
_HEADER_LINE = re.compile(  # "London, ONSITE", near the top
    r"^\W{0,3}([A-Z][\w .'-]{2,30}(?:, [A-Z][\w .]{1,25})?),? ?[|,(/-] ?(?:on-?site|remote|hybrid|full[- ]time)\b",
    re.I | re.M,
)
_TOP, _HEAD_LINES, _HEAD_LINE = 400, 4, 90  # characters and lines in which a header stands, characters of a line
_ADDRESS = 60  # characters before a postcode that may name its town
_CUT = " ..."  # a line that is cut is no short one
_HEAD_GOES_ON = re.compile(r"\s*(?:[|(£\n]|- |$|Hybrid|Remote|On-?site|Up to|Salary|Perm|Full|Contract)")
_LABEL = re.compile(  # "Location: Leeds", as feeds have it; "Location Leeds Salary £50k", where lines run on
    r"(?<!\w)(?:(?i:locations?) ?[:–-] ?|Locations? (?=[A-Z])|📍 ?"
    r"|(?:Base|Based|Site|(?:Main )?[Oo]ffices?|Where(?: you'll work)?|Workplace|Place of work|Duty station|Town|City"
    r"|Region) ?: ?)\**([^\n|]{2,80})"
)


def read_header(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read the head lines of a pasted advert: "Acme Ltd | Leeds / hybrid | £70k", "Leeds, West Yorkshire"."""
    top = doc.body if len(doc.body) <= _TOP else doc.body[:_TOP] + _CUT
    if doc.title and top.startswith(doc.title):
        top = top[len(doc.title) :].lstrip(" -|,:(")
        if fact := _behind_title(top, country):
            return fact
    for line in top.split("\n", _HEAD_LINES)[:_HEAD_LINES]:
        for part in header_parts(line) if _is_head(line) else ():
            read = parse(part, country, strict=True).location
            if read.places and part != doc.company and ("|" in line or opening(part, country)):
                return located_fact(read, "body", part, "place.header", Confidence.MEDIUM)
    return None


def _behind_title(text: str, country: str | None) -> Fact[Location] | None:
    """Adverts repeat their title at the top, with the place behind it: "Data Analyst Leeds (Hybrid)"."""
    named = opening(text, country)
    if named is None or not named[1].places or not _HEAD_GOES_ON.match(text, len(named[0])):
        return None
    return located_fact(named[1], "body", named[0], "place.header", Confidence.MEDIUM)


def _is_head(line: str) -> bool:
    return "|" in line or (len(line) <= _HEAD_LINE and line[-1:] not in ".!?:" and line[:1] != "*")


def read_body(doc: Doc, country: str | None) -> Fact[Location] | None:
    for line in _HEADER_LINE.finditer(doc.body, 0, _TOP):
        read = parse(line[1].strip(" ,"), country, strict=True)
        if read.location.places:
            return located_fact(read.location, "body", line[0].strip(), "place.line", Confidence.MEDIUM)
    return _read_prose(doc, country)


def _read_prose(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read what a sentence calls the place of the job ("based in Leeds"), else an office ("our Leeds office")."""
    text = doc.body[:20_000]
    said = chain(
        _after(_ROLE, text),
        _before(_AT_OFFICE, text),
        *(_after(cue, text) for cue in (_LISTED, _CUE, _EMPLOYER)),
        *(_before(cue, text) for cue in (_OFFICE, _BASED)),
    )
    country_alone = None
    for cue, rest in said:
        if named := opening(rest, country):
            fact = located_fact(named[1], "body", cue + named[0], "place.body", Confidence.MEDIUM)
            if named[1].places:
                return fact
            country_alone = country_alone or fact
    return country_alone


def _after(cue: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    return ((found[0], text[found.end() : found.end() + 60]) for found in cue.finditer(text))


def _before(cue: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    return (("", found[1]) for found in cue.finditer(text) if fold(found[1]) not in title_accidents())


def header_parts(header: str) -> Iterator[str]:
    """Yield the parts of a title or header that may name a place: between bars, dashes, in brackets, after a comma."""
    for part in re.split(r"\|| - |[()\[\]]", header):
        part = part.strip(" -:,")
        if part and fold(part) not in title_accidents():
            yield part


def read_label(doc: Doc, country: str | None) -> Fact[Location] | None:
    return _with_town(_labels(doc, country, _LABEL.finditer(doc.body)))


def read_own_label(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read what the text labels "Location" and nothing else: a pattern is tried only where the word stands."""
    tried = (_LABEL.match(doc.body, at - 1) for at in places(doc.low, "ocation") if at)
    return _with_town(_labels(doc, country, filter(None, tried)))


def read_wide_label(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read a label that names no town: "Locations: UK-wide"."""
    return next(_labels(doc, country, _LABEL.finditer(doc.body)), None)


def _with_town(labels: Iterable[Fact[Location]]) -> Fact[Location] | None:
    return next((fact for fact in labels if fact.value and fact.value.places), None)


def _labels(doc: Doc, country: str | None, found: Iterable[re.Match[str]]) -> Iterator[Fact[Location]]:
    for label in found:
        if named := opening(label[1].lstrip(), country):
            evidence = doc.body[label.start() : label.start(1)] + named[0]
            yield located_fact(named[1], "body", evidence, "place.label", Confidence.MEDIUM)


def read_postcode(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read an address: "High Street, Grimsby, DN31 1HX" is in Grimsby, a bare postcode in its area's town."""
    match = POSTCODE.search(doc.body)
    if match is None:
        return None
    line = doc.body[max(0, match.start() - _ADDRESS) : match.end()].rpartition("\n")[2]
    before = line[: -len(match[0])].rstrip(" ,")
    town = re.split(r"[,.:(]", before)[-1].strip()
    address = line[len(before) - len(town) :] if town and parse(town, "GB", strict=True).location.places else match[0]
    read = parse(address, "GB", strict=True).location
    return located_fact(read, "body", address, "place.postcode", Confidence.MEDIUM) if read.places else None


def currency_country(doc: Doc) -> str | None:
    """A posting that speaks of pounds only is likely British."""
    text = doc.salary_field or doc.body
    return "GB" if "£" in text and "$" not in text and "€" not in text else None


def located_fact(
    location: Location, source: Origin, evidence: str, rule: str, sure: Confidence = Confidence.HIGH
) -> Fact[Location]:
    flags = {name for name in ("ambiguous", "conflict", "unresolved") if getattr(location, name)}
    sure = Confidence.LOW if flags & {"ambiguous", "conflict"} else sure
    return Fact(location, source, evidence[:160], rule, sure, frozenset(flags))
