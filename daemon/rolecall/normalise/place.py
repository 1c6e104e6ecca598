"""Where the job is: places, countries, and how far apart two places are (understanding.md, section 10)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace

from rolecall.model import UNSTATED, Confidence, Fact, Location, Place
from rolecall.normalise.place_body import (
    currency_country,
    header_parts,
    located_fact,
    read_body,
    read_header,
    read_label,
    read_own_label,
    read_postcode,
    read_wide_label,
)
from rolecall.normalise.place_fields import AREA, country_field, texts
from rolecall.normalise.place_gazetteer import british_names, distance, fold
from rolecall.normalise.place_parse import parse
from rolecall.normalise.text import Doc

_MODES = frozenset({"hybrid", "remote", "onsite", "site"})
_MODE = re.compile(r"\((?:hybrid|remote|on-?site)")
_PLACE_LINE = re.compile(r"\W{0,4}([A-Z][^\n(]{2,50}) \((?:hybrid|remote|on-?site)[^)\n]{0,30}\)\W*$", re.I | re.M)
_GRADE = re.compile(r"[A-Z]\d")  # "Developer (G7)" is no part of Glasgow
_IN = re.compile(r" in ([A-Z][\w' -]+)$")  # "Python Developer in Norwich"
_BEFORE_MODE = 60  # characters


def read_location(doc: Doc) -> Fact[Location]:
    """Return where the job is. Location field and the board's own fields, then title, then the body after a cue."""
    country = doc.raw.country or country_field(doc.raw)
    if (stated := _read_fields(doc, country)) is not None:
        return _with_others(doc, stated)
    likely = country or currency_country(doc)
    readers = (_read_title, read_header, read_label, read_postcode, read_body, read_wide_label)
    return next((fact for read in readers if (fact := read(doc, likely)) is not None), UNSTATED)


def _with_others(doc: Doc, fact: Fact[Location]) -> Fact[Location]:
    """Boards keep one town of "Location: Leeds or Derby": the text's label adds the others beside it."""
    where = fact.value
    if where is None or len(where.places) != 1:
        return fact
    label = read_own_label(doc, "GB")
    named = label.value if label is not None else None
    if label is None or named is None or len(named.places) < 2 or named.countries != where.countries:
        return fact
    others = tuple(place for place in named.places if place.name != where.places[0].name)
    if len(others) == len(named.places):
        return fact
    return replace(label, value=replace(where, places=where.places + others), confidence=fact.confidence)


def find(name: str, country: str | None = None) -> Place | None:
    """Return the place that a person means by `name` (town, alias, postcode or outcode), None when nobody knows it."""
    location = parse(name.strip(), country or "GB", strict=True).location
    return next((place for place in location.places if place.lat is not None), None)


def nearest(name: str) -> list[str]:
    """Return up to three British towns whose spelling is near to `name`, the nearest first."""
    by_key = dict(british_names())
    return [by_key[key] for key in difflib.get_close_matches(fold(name), by_key, n=3, cutoff=0.75)]


def miles(a: Place, b: Place) -> float:
    """Return the miles between two places in a straight line; infinite where one has no coordinates."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return float("inf")
    return distance((a.lat, a.lon), (b.lat, b.lon))


def _read_fields(doc: Doc, country: str | None) -> Fact[Location] | None:
    own = doc.raw.country or currency_country(doc)  # the country of the first place is not that of the others
    pairs = [("location", doc.location)] if doc.location else []
    pairs += [(name, text) for name, text in texts(doc.raw) if text != doc.location]
    reads = [(n, text, parse(text, own if n == "secondaryLocations" else country or own)) for n, text in pairs]
    telling = [(name, text, read) for name, text, read in reads if read.tells]
    # Ashby's address repeats the place or is the head office, Adzuna's area holds it: only where nothing else tells.
    telling = [each for each in telling if each[0] not in ("address", AREA)] or telling
    if not telling:
        return None
    british = (each for each in telling if "GB" in each[2].location.countries)
    name, text, _ = next(british, telling[0])  # what a person in the UK looks for
    evidence = text if text == doc.location else f"{name}={text}"
    location = _union([read.location for _, _, read in telling])
    return located_fact(
        replace(location, conflict=location.conflict or _contradicted(doc, location)), "field", evidence, "place.field"
    )


def _contradicted(doc: Doc, location: Location) -> bool:
    """Does a line of its own, "Cork, Ireland (Hybrid)", name another country than the field?"""
    if "GB" not in location.countries:
        return False
    named = (parse(name.strip(" *-,"), strict=True).location.countries for name in _place_lines(doc))
    return any(countries and not countries & location.countries for countries in named)


def _place_lines(doc: Doc) -> Iterator[str]:
    if doc.parts[-1].words.isdisjoint(_MODES):
        return
    for mode in _MODE.finditer(doc.low):
        start = doc.low.rfind("\n", max(0, mode.start() - _BEFORE_MODE), mode.start()) + 1
        if line := _PLACE_LINE.match(doc.body, start):
            yield line[1]


def _union(locations: list[Location]) -> Location:
    return Location(
        places=tuple(dict.fromkeys(place for one in locations for place in one.places)),
        countries=frozenset().union(*(one.countries for one in locations)),
        ambiguous=any(one.ambiguous for one in locations),
        conflict=any(one.conflict for one in locations),
        unresolved=any(one.unresolved for one in locations),
    )


def _read_title(doc: Doc, country: str | None) -> Fact[Location] | None:
    reads = [(part, parse(part, country, strict=True)) for part in _title_parts(doc)]
    telling = [(part, read.location) for part, read in reads if read.location.places or read.location.countries]
    telling = [each for each in telling if each[0] != doc.company] or telling  # "London | Engineers | bulb": no company
    # "L39 - London" is the name of a house: a bare postcode district counts where no town is named.
    named = [(part, where) for part, where in telling if not any(place.postcode == part for place in where.places)]
    part, where = next(iter(named or telling), ("", None))
    if where is None:
        return None
    bar = next((bar for bar in doc.title.split("|") if part in bar), "") if "|" in doc.title and "," in part else ""
    beside = [each for text, each in named if "," in text and text in bar]  # "London, UK - Berlin, DE"
    return located_fact(_union(beside) if len(beside) > 1 else where, "title", part, "place.title", Confidence.MEDIUM)


def _title_parts(doc: Doc) -> Iterator[str]:
    own = doc.company if "|" not in doc.title else ""
    for part in header_parts(doc.title):
        if part != own and not _GRADE.fullmatch(part):
            yield part
            if named := _IN.search(part):
                yield named[1]
