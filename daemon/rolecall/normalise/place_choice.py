"""From pieces to a location: which places and countries, and what cannot be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from rolecall.model import Location, Place
from rolecall.normalise.place_gazetteer import Town, distance
from rolecall.normalise.place_pieces import Piece
from rolecall.normalise.place_words import LONDON, LONDON_MILES, state_code, town

OUTWEIGHS = 50  # a foreign town this many times larger than a British village is meant without further evidence
VILLAGE = 15_000
FAMOUS = 5  # "London, Toronto, Canada": a British town this many times larger is not moved by a country of another


@dataclass(slots=True)
class _Found:
    places: list[Place] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)
    ambiguous: bool = False
    unresolved: bool = False


def located(pieces: Sequence[Piece], source: str | None) -> Location:
    """Return what the pieces say together. `source`: the country the posting comes from."""
    named = {p.word.country for p in pieces if p.word is not None} | {p.said for p in pieces}
    said = frozenset(country for country in named if country)
    found = _Found(countries=set(said))
    for i, piece in enumerate(pieces):
        if not piece.clash:
            _read(piece, pieces[:i], pieces[i + 1 :], said, source, found)
    return Location(
        places=tuple(dict.fromkeys(found.places)),
        countries=frozenset(found.countries),
        ambiguous=found.ambiguous,
        conflict=any(piece.clash for piece in pieces),
        unresolved=found.unresolved,
    )


def _read(
    piece: Piece,
    before: Sequence[Piece],
    after: Sequence[Piece],
    said: frozenset[str],
    source: str | None,
    found: _Found,
) -> None:
    """Add to `found` what one piece says."""
    if piece.word is None:
        _unknown(piece, before, after, found)
    elif piece.word.kind in ("county", "wide"):
        _region(piece, before, said, source, found)
    elif piece.word.kind == "district":
        _district(piece, said, source, found)
    elif piece.towns and not _within(piece, after, source):
        _town(piece, said, source, found)


def _within(piece: Piece, after: Sequence[Piece], source: str | None) -> bool:
    """On a British board a name known only abroad is a part of the town behind it: "Hatch Warren, Basingstoke"."""
    if source != "GB" or piece.said is not None or not after or after[0].apart:
        return False
    return all(t.country != "GB" for t in piece.towns) and any(t.country == "GB" for t in after[0].towns)


def _unknown(piece: Piece, before: Sequence[Piece], after: Sequence[Piece], found: _Found) -> None:
    """A name in no list, right before a country: a place there, nobody knows how far; after a town it is its region."""
    if state_code(piece.text) or any(p.towns for p in before[-1:]):
        return
    country = after[0].word.country if after and after[0].word is not None else None
    if piece.text and country:
        found.places.append(Place(piece.text, country))
        found.unresolved = True


def _region(piece: Piece, before: Sequence[Piece], said: frozenset[str], source: str | None, found: _Found) -> None:
    if any(p.towns or p.district or (p.word.kind == "county" if p.word else p.text) for p in before[-2:]):
        return  # it only says where the place before it lies
    if piece.towns and source != "GB" and "GB" not in said:
        _town(piece, said, source, found)  # Cleveland, Surrey: as likely the town abroad
    elif piece.word is not None:
        found.places.append(Place(piece.word.name, "GB", piece.word.value))
        found.countries.add("GB")


def _district(piece: Piece, said: frozenset[str], source: str | None, found: _Found) -> None:
    elsewhere = town(piece.text)
    abroad = elsewhere is not None and elsewhere.towns[0].country != "GB"
    if abroad and not (piece.district or "GB" in said or source == "GB"):
        found.ambiguous = True
        return
    _add_london(piece, found)


def _town(piece: Piece, said: frozenset[str], source: str | None, found: _Found) -> None:
    if piece.london:
        _add_london(piece, found)
        return
    chosen = _choose(piece, said, source)
    if chosen is None:
        found.ambiguous = True
    else:
        lat, lon = (None, None) if math.isnan(chosen.lat) else chosen.at
        found.unresolved = found.unresolved or lat is None
        found.places.append(Place(chosen.name, chosen.country, chosen.nation, piece.district, lat, lon, piece.postcode))
        found.countries.add(chosen.country)


def _choose(piece: Piece, said: frozenset[str], source: str | None) -> Town | None:
    """Return the town that is meant; None when that cannot be told."""
    if piece.said is not None:
        return piece.towns[0]
    first = piece.towns[0]
    for countries in (said, {source}):
        fitting = next((t for t in piece.towns if t.country in countries), None)
        if fitting is not None:
            famous = first.country == "GB" and first.population > FAMOUS * fitting.population
            return first if famous else fitting
    british = next((t for t in piece.towns if t.country == "GB"), None)
    county = piece.word is not None and piece.word.kind == "county"
    if not county and (british is None or british is first or _village(british, first)):
        return first
    return None


def _village(british: Town, abroad: Town) -> bool:
    return british.population < VILLAGE and abroad.population > OUTWEIGHS * max(british.population, 1)


def _add_london(piece: Piece, found: _Found) -> None:
    """Add London, at the district's own point where the gazetteer has one."""
    here = town(piece.text)
    near = [t.at for t in (here.towns if here else ()) if t.country == "GB" and distance(t.at, LONDON) < LONDON_MILES]
    lat, lon = near[0] if near else LONDON
    found.places.append(Place("London", "GB", "ENG", piece.text, lat, lon, piece.postcode))
    found.countries.add("GB")
