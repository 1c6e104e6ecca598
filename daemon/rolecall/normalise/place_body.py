"""Where the job is by its text: a head line, a label, a postcode, a sentence; for adverts whose fields do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from rolecall.model import Confidence, Fact, Location, Origin
from rolecall.normalise.place_gazetteer import fold
from rolecall.normalise.place_parse import parse
from rolecall.normalise.place_pieces import POSTCODE
from rolecall.normalise.place_words import title_accidents
from rolecall.normalise.text import Doc

_CUE = re.compile(
    r"(?:based|offices?|located|location is|commut\w+ (?:to|distance (?:of|to|from))|onsite|on-site)"
    r"(?: (?:in|at|out of|near|our))? ",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"\b(?:our|the) ((?:[A-Z][\w'-]+ ){1,3})(?:office|HQ|headquarters|studio)\b")
_CUES = ("based", "office", "located", "location is", "commut", "onsite", "on-site")
_HEADER_LINE = re.compile(  # "London, ONSITE", near the top
    r"^\W{0,3}([A-Z][\w .'-]{2,30}(?:, [A-Z][\w .]{1,25})?),? ?[|,(/-] ?(?:on-?site|remote|hybrid|full[- ]time)\b",
    re.I | re.M,
)
_TOP, _HEAD_LINES = 400, 4  # characters and lines in which a header stands
_LABEL = re.compile(r"\blocations? ?: ?\**([^\n|]{2,60})", re.IGNORECASE)  # "Location: Leeds", as feeds have it
_PROSE_END = re.compile(r"[.;:\n(!?]|\b(?:and|with|where|who|that|but|for|office|we)\b")


def read_header(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read a head line in the body, as a pasted advert has it: "Acme Ltd | Leeds / hybrid | £70k"."""
    lines = doc.body[:_TOP].split("\n")[:_HEAD_LINES]
    for part in (part for line in lines if "|" in line for part in header_parts(line)):
        read = parse(part, country or currency_country(doc), strict=True)
        if read.location.places and part != doc.company:
            return located_fact(read.location, "body", part, "place.header", Confidence.MEDIUM)
    return None


def read_body(doc: Doc, country: str | None) -> Fact[Location] | None:
    for line in _HEADER_LINE.finditer(doc.body, 0, _TOP):
        read = parse(line[1].strip(" ,"), country or currency_country(doc), strict=True)
        if read.location.places:
            return located_fact(read.location, "body", line[0].strip(), "place.line", Confidence.MEDIUM)
    return _read_prose(doc, country) if any(cue in doc.body for cue in _CUES) else None


def _read_prose(doc: Doc, country: str | None) -> Fact[Location] | None:
    """Read what a sentence calls the place of the job ("based in Leeds"), else an office ("our Leeds office")."""
    text = doc.body[:20_000]
    for cue, name in chain(_after_cues(text), _offices(text)):
        where = parse(name.strip(" ,"), country or currency_country(doc), strict=True).location
        if where.places or where.countries:
            return located_fact(where, "body", (cue + name).rstrip(" ,"), "place.body", Confidence.MEDIUM)
    return None


def _after_cues(text: str) -> Iterator[tuple[str, str]]:
    for cue in _CUE.finditer(text):
        rest = text[cue.end() : cue.end() + 60]
        end = _PROSE_END.search(rest)
        yield cue[0], rest[: end.start()] if end else rest


def _offices(text: str) -> Iterator[tuple[str, str]]:
    return (("", office[1]) for office in _OFFICE.finditer(text))


def header_parts(header: str) -> Iterator[str]:
    """Yield the parts of a title or header that may name a place: between bars, dashes, in brackets, after a comma."""
    for part in re.split(r"\|| - |[()\[\]]", header):
        part = part.strip(" -:,")
        if part and fold(part) not in title_accidents():
            yield part


def read_label(doc: Doc, country: str | None) -> Fact[Location] | None:
    for label in _LABEL.finditer(doc.body) if "ocation" in doc.body else ():
        end = _PROSE_END.search(label[1])
        text = label[1][: end.start()] if end else label[1]
        read = parse(text.strip(" ,"), country or currency_country(doc), strict=True)
        if read.location.places:
            evidence = doc.body[label.start() : label.start(1)] + text.rstrip(" ,")
            return located_fact(read.location, "body", evidence, "place.label", Confidence.MEDIUM)
    return None


def read_postcode(doc: Doc, country: str | None) -> Fact[Location] | None:
    match = POSTCODE.search(doc.body)
    read = parse(match[0], "GB") if match else None
    if match is None or read is None or not read.location.places:
        return None
    return located_fact(read.location, "body", match[0], "place.postcode", Confidence.MEDIUM)


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
