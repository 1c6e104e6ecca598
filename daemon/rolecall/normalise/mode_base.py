"""From where remote work may be done: the regions it is open to, a home base, and how much one travels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from rolecall.model import Fact, HomeBase, Location
from rolecall.normalise.mode_text import Sentence, pattern, sentences
from rolecall.normalise.place_fields import texts
from rolecall.normalise.place_parse import parse
from rolecall.normalise.text import Doc
from rolecall.normalise.uk import cue_country

Travel = Literal["none", "occasional", "regular"]

_LIVES = ("commut", "based", "locat", "liv", "resid", "remotely in")  # every pattern for a home base holds one
NEAR = 45  # characters after a word for remote work in which a region belongs to it
_NAMES = re.compile(r"(?:the |our |central |greater )?([A-Z][\w'.&-]*(?:[ ,]+(?:[A-Z][\w'.&-]*|of|and|upon|or|the))*)")
_WORLD = re.compile(r"[\s(,/|-]{1,4}(?:worldwide|globally|global\b|anywhere(?: in the world|\W*$))", re.IGNORECASE)
_REFUSED = re.compile(  # "we can't hire in the US"; not "we can only hire in the US"
    r"(?:n't|\bnot|\bunable to|\bcannot)(?: be)?(?: able to)?(?: currently)?"
    r" (?:hire|hiring|employ|recruit|accept|consider)"
)
_OUTSIDE = re.compile(rf"{_REFUSED.pattern}(?: \w+){{0,3}}? outside(?: of)?\b", re.IGNORECASE)  # "... outside the US"
_TRAVELS: tuple[tuple[str, Travel], ...] = (
    ("travel_none", "none"),
    ("travel_some", "occasional"),
    ("travel_much", "regular"),
)


def regions(doc: Doc, location: Fact[Location], said: Sequence[Sentence]) -> frozenset[str]:
    """Return the countries and groups that the remote offer is open to."""
    found = _near_remote(doc.title) | _in_location(doc, location)
    found = found or frozenset[str]().union(*(_near_remote(s.text) for s in said)) or _allowed(doc)
    if not found and (cue := cue_country(doc)):
        return frozenset({cue[0]})
    return found - {"WORLD"} or found


def _allowed(doc: Doc) -> frozenset[str]:
    """Return the regions of sentences that say who may apply: "We can only hire in the US"."""
    said = sentences(doc.parts[-1], "region_cues")
    found = [s.text for s in said if not _REFUSED.search(s.low)]
    refused = [s.text for s in said if _OUTSIDE.search(s.low)]
    named = frozenset[str]().union(
        *(_near(pattern("allowed").pattern, text) for text in found), *(_near(_OUTSIDE, text) for text in refused)
    )
    return named or frozenset({"WORLD"} if any(map(pattern("world").search, found)) else ())


def _in_location(doc: Doc, location: Fact[Location]) -> frozenset[str]:
    own = bool(doc.location) and parse(doc.location, doc.raw.country).tells  # then an address is the head office's
    named = [doc.location, *(text for name, text in texts(doc.raw) if not (own and name == "address"))]
    groups = frozenset[str]().union(*(parse(text, doc.raw.country).groups for text in named if text))
    stated = location.value if location.source == "field" else None
    return groups | (stated.countries if stated is not None else frozenset())


def _near_remote(text: str) -> frozenset[str]:
    """Return the regions named close after a word for remote work."""
    return _near(pattern("remote").pattern, text)


def _near(cue: re.Pattern[str], text: str) -> frozenset[str]:
    ends = [match.end() for match in cue.finditer(text)]
    if any(_WORLD.match(text, end) for end in ends):
        return frozenset({"WORLD"})
    return frozenset(region for end in ends for region in _regions(text[end : end + NEAR]))


def _regions(text: str) -> Iterator[str]:
    for name in _NAMES.finditer(text.split(". ")[0]):
        read = parse(name[1].strip(" ,."), strict=True)
        yield from read.groups
        if not read.location.places:
            yield from read.location.countries


def home_base(doc: Doc, said: Sequence[Sentence]) -> HomeBase | None:
    """Return where one must live, from the location field, the title or a sentence that says so."""
    return next((base for text in _where(doc, said) if (base := _base(text)) is not None), None)


def _where(doc: Doc, said: Sequence[Sentence]) -> Iterator[str]:
    yield doc.location
    yield doc.title
    yield from (s.text for s in said)
    yield from (s.text for s in sentences(doc.parts[-1], "base_cues"))


def _base(text: str) -> HomeBase | None:
    low = text.lower()
    near = pattern("miles").search(text) if "mile" in low else None
    cue = near or (pattern("base").search(text) if any(word in low for word in _LIVES) else None)
    name = _NAMES.search(text, cue.end(), cue.end() + 50) if cue else None
    places = parse(name[1].strip(" ,."), "GB", strict=True).location.places if name else ()
    return HomeBase(places[0].name, float(near["miles"]) if near else None) if places else None


def travel(doc: Doc) -> Travel | None:
    """Return how much travel is asked for."""
    said = [s.text for s in sentences(doc.parts[-1], "travel_cues")]
    return next((answer for name, answer in _TRAVELS if any(pattern(name).search(text) for text in said)), None)
