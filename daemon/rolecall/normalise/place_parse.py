"""A location text, read: "Remote (Camden, London) or Berlin, Germany".

What follows a town says which town of that name is meant; then any country named in the text, then where the posting
comes from, then size. Parts of a town named beside it are joined with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from rolecall.model import Location
from rolecall.normalise.place_choice import located
from rolecall.normalise.place_gazetteer import Town, distance
from rolecall.normalise.place_pieces import Piece, pieces
from rolecall.normalise.place_words import LONDON, LONDON_MILES, Word, state, state_code, state_countries, town

CITY_STATES = frozenset({"SG", "HK", "MC", "LU", "GI", "MO"})  # as often a town of a list as the country of another
DISTRICT_MILES = 10
AREA_MILES = 45  # from the town that a postcode area is named after to its far end
FAR_LARGER = 4  # a neighbour this many times larger gives its name to the place
PEOPLE_PER_MILE = 20_000  # a county's middle is a weak hint: size outweighs some miles
_QUALIFIES = ("country", "nation", "county", "state", "wide")


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says of places; `groups` are those of `regions.toml` (EUROPE, EMEA …)."""

    location: Location = field(default_factory=Location)
    groups: frozenset[str] = frozenset()

    @property
    def tells(self) -> bool:
        """Does it say anything, if only that it cannot be told?"""
        where = self.location
        return bool(where.places or where.countries or self.groups or where.ambiguous or where.conflict)


@lru_cache(maxsize=1024)
def parse(text: str, country: str | None = None, *, strict: bool = False) -> Read:
    """Return the places of a location text. `country`: where the posting comes from, an ISO code.

    `strict` takes whole pieces only and makes no place of unknown words: for titles and prose.
    """
    found = pieces(text, strict=strict)
    for i, piece in enumerate(found):
        _leave_london(piece, found[i + 1 :], country)
        if piece.word is not None and piece.word.towns and not _british_county(piece, found[i + 1 :]):
            _qualify(piece, piece.word.towns, found[i + 1 :])
    for before, after in pairwise(found):
        _join(before, after)
    for piece in found:
        _hand_over(piece, found)
    _make_peace(found)
    groups = frozenset(p.word.value for p in found if p.word is not None and p.word.kind == "group")
    return Read(located(found, country), groups)


def _british_county(piece: Piece, following: Sequence[Piece]) -> bool:
    """Is this a county before "UK" or "England" ("Kent, UK"), whatever towns abroad bear its name?"""
    after = following[0].word if following else None
    if piece.word is None or piece.word.kind != "county" or after is None or after.country != "GB":
        return False
    piece.word = replace(piece.word, towns=())
    return True


def _leave_london(piece: Piece, following: Sequence[Piece], country: str | None) -> None:
    """A part of London before the code of a state abroad is a town there: "Greenwich, CT", "Camden, NJ".

    On a British board it is a part of the town it stands before: "Waterloo, Poole".
    """
    after = following[0] if following else None
    if piece.word is None or piece.word.kind != "district" or after is None or after.apart:
        return
    if country == "GB" and after.word is not None and after.word.towns and _outside(after.word.towns[0]):
        after.district = piece.text
        piece.absorb()
    elif state_code(after.text):
        piece.word = town(piece.text) or Word("town", piece.text, towns=(_somewhere(piece.text, "US"),))


def _outside(town: Town) -> bool:
    return town.country == "GB" and town.name != "London" and distance(town.at, LONDON) > LONDON_MILES


# --- which town is meant --------------------------------------------------------------------------------------


def _qualify(piece: Piece, candidates: tuple[Town, ...], following: Sequence[Piece]) -> None:
    """Keep those towns that fit the county, state, nation or country said right after the name."""
    piece.towns = candidates
    for after in following:
        fitting = None if after.apart else _fitting(piece.towns, after)
        if fitting is None:
            return
        if fitting:
            piece.towns, piece.said = fitting, fitting[0].country
        elif after.word is not None and after.word.country and piece.said is None:
            piece.said, piece.clash = after.word.country, True


def _fitting(candidates: tuple[Town, ...], after: Piece) -> tuple[Town, ...] | None:
    """Return the candidates that `after` allows; None when it says nothing about the town before it."""
    country = _state_of(candidates, after.text)
    if country is not None:
        after.word = Word("state", after.text, country)
        return tuple(t for t in candidates if t.country == country) or (_somewhere(candidates[0].name, country),)
    known = after.word
    if known is None or known.kind not in _QUALIFIES:
        return None
    if known.kind == "county" and known.towns and any(t.country == "GB" for t in candidates):
        known = after.word = replace(known, towns=())
    fitting = tuple(t for t in candidates if t.country == known.country)
    if known.kind == "nation":
        return tuple(t for t in fitting if t.nation == known.value) or fitting
    return tuple(sorted(fitting, key=lambda t: _remoteness(t, known))) if known.at is not None else fitting


def _remoteness(town: Town, county: Word) -> float:
    return distance(county.at or LONDON, town.at) - town.population / PEOPLE_PER_MILE


def _state_of(candidates: tuple[Town, ...], text: str) -> str | None:
    """Return the country of which `text` is a state, if one of the towns lies there."""
    for country in state_countries():
        inside = [t.population for t in candidates if t.country == country]
        if inside and state(text, country) and not _country_code(candidates, text, max(inside)):
            return country
    return "US" if state(text, "US") and len(text) == 2 and not _country_code(candidates, text, 0) else None


def _somewhere(name: str, country: str) -> Town:
    """A town too small for the gazetteer, in the state that is said: "Versailles, KY"."""
    return Town(name, country, None, math.nan, math.nan, 0)


def _country_code(candidates: tuple[Town, ...], code: str, population: int) -> bool:
    """ "Berlin, DE" is not in Delaware, nor "Toronto, CA" in California: the code is also a country's."""
    return len(code) == 2 and any(t.country == code and t.population > population for t in candidates)


def _make_peace(found: Sequence[Piece]) -> None:
    """Take clashes back in a list of several places ("New York, UK, India"): there the country is its own item."""
    several = len([p for p in found if p.towns]) > 1
    several |= len({p.word.value for p in found if p.word is not None and p.word.kind == "country"}) > 1
    for piece in found:
        if piece.clash and (several or piece.said in CITY_STATES):
            piece.clash, piece.said = False, None


# --- parts of a town --------------------------------------------------------------------------------------------


def _join(before: Piece, after: Piece) -> None:
    """Join what belongs together: "Camden, London", "London (Soho)", "Ladywood, Birmingham"."""
    if before.word is not None and before.word.kind == "state" and state(after.text, before.word.value):
        after.absorb()  # "Bay Area, CA"
    elif _is_london(after) and _in_london(before):
        before.district, before.london = before.text, True
        after.absorb()
    elif _is_london(before) and _in_london(after):
        after.district, after.london = after.text, True
        before.absorb()
    elif (part := _suburb(before, after)) is not None:
        before.towns, before.district = (replace(part, name=after.towns[0].name),), before.text
        after.absorb()


def _hand_over(code: Piece, found: Sequence[Piece]) -> None:
    """Give the postcode to the town it belongs to, if one is named, too: "Leeds LS1 4AP", "Wokingham, RG40"."""
    if not code.postcode or not code.towns:
        return
    around = [(miles, piece) for piece in found if (miles := _from_centre(piece, code.towns[0])) < AREA_MILES]
    own = [(miles, piece) for miles, piece in around if piece is not code and not piece.postcode]
    if own:
        min(own, key=lambda each: each[0])[1].postcode = code.postcode
        code.absorb()


def _from_centre(piece: Piece, centre: Town) -> float:
    """Return how far a British town is from the one that a postcode area is named after."""
    if piece.london and centre.name == "London":
        return 0
    return next((distance(t.at, centre.at) for t in piece.towns if t.country == "GB"), math.inf)


def _is_london(piece: Piece) -> bool:
    if piece.word is not None and piece.word.kind == "district":
        return True
    return any(t.name == "London" and t.country == "GB" for t in piece.towns)


def _in_london(piece: Piece) -> bool:
    if piece.word is None or piece.said not in (None, "GB"):
        return False
    if piece.word.kind == "district":
        return True
    near = (t for t in piece.towns if t.country == "GB" and distance(t.at, LONDON) < LONDON_MILES)
    return any(t.name != "London" for t in near)


def _suburb(small: Piece, large: Piece) -> Town | None:
    """Return the town of `small` that is a part of the much larger town named after it."""
    if not small.towns or not large.towns or large.postcode or small.said not in (None, "GB"):
        return None
    whole = large.towns[0]
    near = (t for t in small.towns if t.country == whole.country == "GB" and distance(t.at, whole.at) < DISTRICT_MILES)
    part = next(near, None)
    if part is None or part.name == whole.name or whole.population < FAR_LARGER * part.population:
        return None
    return part
