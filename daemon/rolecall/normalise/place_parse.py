"""A location text, read piece by piece: "Remote (Camden, London) or Berlin, Germany".

Commas, brackets and "or" cut it into pieces; each is a known name or nothing; what follows a town says which town of
that name is meant, then any country named in the text, then where the posting comes from, then size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rolecall.model import Location, Place
from rolecall.normalise.place_gazetteer import Town, distance
from rolecall.normalise.place_words import LONDON, Word, area_town, noise, state, state_countries, town, word

MAX_PIECES = 60
LONDON_MILES = 20  # a town this near, named beside London, is a part of it
DISTRICT_MILES = 10
FAR_LARGER = 4  # a neighbour this many times larger gives its name to the place
OUTWEIGHS = 50  # a foreign town this many times larger than a British village is meant without further evidence

_AREA = r"(?:[A-PR-UWYZ][A-HK-Y]?)"
POSTCODE = re.compile(rf"\b({_AREA})(\d[A-HJKPSTUW\d]?) ?(\d[ABD-HJLNP-UW-Z]{{2}})\b")
_OUTCODE = re.compile(rf"({_AREA})\d[A-HJKPSTUW\d]?")
_CUT = re.compile(r"\s*(?:[,;|/()\[\]\n*:+•>]|\s[-~]\s|\s-|-\s|-(?=remote\b)|(?<=\bremote)-|\bor\b|\\)\s*", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_OF = re.compile(r"(?:city|county|borough|town|metropolitan borough) of ", re.IGNORECASE)
_QUALIFIES = ("country", "nation", "county", "state", "wide")


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says of places; `groups` are those of `regions.toml` (EUROPE, EMEA …)."""

    location: Location = field(default_factory=Location)
    groups: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        return not (self.location.places or self.location.countries or self.groups)


@dataclass(slots=True)
class _Piece:
    text: str
    word: Word | None
    postcode: str | None = None
    towns: tuple[Town, ...] = ()
    said: str | None = None  # the country said right after it
    clash: bool = False  # that country has no such town
    district: str | None = None


@lru_cache(maxsize=1024)
def parse(text: str, country: str | None = None, strict: bool = False) -> Read:
    """Return the places of a location text. `country`: where the posting comes from, an ISO code.

    `strict` takes whole pieces only and makes no place of unknown words: for titles and prose.
    """
    pieces = list(_pieces(text, strict))[:MAX_PIECES]
    for i, piece in enumerate(pieces):
        if piece.word is not None and piece.word.towns:
            _qualify(piece, pieces[i + 1 :])
    _merge_districts(pieces)
    return _result(pieces, country, strict)


# --- cutting --------------------------------------------------------------------------------------------------


def _pieces(text: str, strict: bool) -> Iterator[_Piece]:
    for match in POSTCODE.finditer(text):
        yield from _coded(match[1], f"{match[1]}{match[2]} {match[3]}")
    for item in _CUT.split(POSTCODE.sub(" ", text))[: MAX_PIECES * 2]:
        whole = _known(item)
        if whole is not None:
            yield whole
            continue
        for part in _AND.split(item):
            yield from _part(part.strip(" .'\""), strict)


def _part(part: str, strict: bool) -> Iterator[_Piece]:
    known = _known(part)
    if known is not None:
        yield known
    elif code := _OUTCODE.fullmatch(part):
        yield from _coded(code[1], part)
    elif part and not strict:
        yield from _scan(part)


def _coded(area: str, postcode: str) -> Iterator[_Piece]:
    name = area_town(area)
    if name is not None:
        yield _Piece(name, _british(word(name)), postcode=postcode)


def _british(known: Word | None) -> Word | None:
    if known is None or known.kind != "town":
        return known
    return replace(known, towns=tuple(t for t in known.towns if t.country == "GB"))


def _known(text: str) -> _Piece | None:
    """Return `text` as a piece if it is a known name, without the words that may stand around one."""
    text = _OF.sub("", text.strip(" .'\"")) if len(text) < 80 else ""
    known = word(text) if text else None
    if known is None:
        bare = _bare(text)
        known = word(bare) if bare and bare != text else None
        text = bare
    return _Piece(text, known) if known is not None else None


def _bare(text: str) -> str:
    words = text.split()
    while words and words[0].lower().strip(".:-") in noise():
        words.pop(0)
    while words and words[-1].lower().strip(".:-") in noise():
        words.pop()
    return " ".join(words)


def _scan(text: str) -> Iterator[_Piece]:
    """Yield known names inside `text` ("Mapbox Germany"); else the text itself as a name nobody knows."""
    words, found = _bare(text).split()[:10], False
    i = 0
    while i < len(words):
        for n in (4, 3, 2, 1):
            piece = _Piece(" ".join(words[i : i + n]), word(" ".join(words[i : i + n]))) if i + n <= len(words) else None
            if piece is not None and _stands_out(piece):
                yield piece
                found, i = True, i + n - 1
                break
        i += 1
    if not found and words and words[0][:1].isupper() and len(words) <= 4:
        yield _Piece(" ".join(words), None)


def _stands_out(piece: _Piece) -> bool:
    if piece.word is None or not piece.text[:1].isupper():
        return False
    return piece.word.kind != "town" or piece.word.towns[0].population >= 50_000


# --- which town is meant --------------------------------------------------------------------------------------


def _qualify(piece: _Piece, following: Sequence[_Piece]) -> None:
    """Keep those towns that fit the county, state, nation or country said right after the name."""
    assert piece.word is not None  # noqa: S101  the caller looked
    piece.towns = piece.word.towns
    for after in following:
        fitting = _fitting(piece.towns, after)
        if fitting is None:
            return
        if fitting:
            piece.towns, piece.said = fitting, fitting[0].country
        elif after.word is not None and after.word.country and piece.said is None:
            piece.said, piece.clash = after.word.country, True


def _fitting(candidates: tuple[Town, ...], after: _Piece) -> tuple[Town, ...] | None:
    """Return the candidates that `after` allows; None when it says nothing about the town before it."""
    for country in state_countries():
        if state(after.text, country) and any(t.country == country for t in candidates):
            if not _larger_by_code(candidates, country, after.text):
                after.word = Word("state", after.text, country)
                return tuple(t for t in candidates if t.country == country)
    known = after.word
    if known is None or known.kind not in _QUALIFIES:
        return None
    if known.kind == "county" and known.towns and any(t.country == "GB" for t in candidates):
        known = after.word = replace(known, towns=())
    fitting = tuple(t for t in candidates if t.country == known.country)
    if known.kind == "nation":
        return tuple(t for t in fitting if t.nation == known.value) or fitting
    if known.kind == "county" and known.at is not None:
        at = known.at
        return tuple(sorted(fitting, key=lambda t: distance(at, (t.lat, t.lon)) - t.population / 20_000))
    return fitting


def _larger_by_code(candidates: tuple[Town, ...], country: str, code: str) -> bool:
    """ "Berlin, DE" is not in Delaware, nor "Toronto, CA" in California: the code is also a country's."""
    if len(code) != 2:
        return False
    return any(t.country == code and t.population > s.population for t in candidates for s in candidates if s.country == country)


def _merge_districts(pieces: list[_Piece]) -> None:
    """Join a part of a town with the town named beside it: "Camden, London", "Ladywood, Birmingham"."""
    for before, after in zip(pieces, pieces[1:], strict=False):
        if before.towns and after.postcode and before.towns[0].name == (after.towns or before.towns)[0].name:
            before.postcode, after.word, after.towns, after.text = after.postcode, None, (), ""
        elif _is_london(after) and _in_london(before):
            before.district = before.text
            after.word, after.towns, after.text = None, (), ""
        elif _is_london(before) and _in_london(after):
            after.district = after.text
            before.word, before.towns, before.text = None, (), ""
        elif _suburb(before, after):
            large = after.towns[0]
            before.district = before.text
            before.towns = (replace(before.towns[0], name=large.name),)
            after.word, after.towns, after.text = None, (), ""


def _is_london(piece: _Piece) -> bool:
    return piece.word is not None and (piece.word.kind == "district" or any(t.name == "London" and t.country == "GB" for t in piece.towns))


def _in_london(piece: _Piece) -> bool:
    if piece.word is None or piece.said not in (None, "GB"):
        return False
    return piece.word.kind == "district" or any(
        t.country == "GB" and t.name != "London" and distance((t.lat, t.lon), LONDON) < LONDON_MILES for t in piece.towns
    )


def _suburb(small: _Piece, large: _Piece) -> bool:
    if not small.towns or not large.towns or small.said not in (None, "GB"):
        return False
    whole = large.towns[0]
    part = next((t for t in small.towns if t.country == "GB" and distance((t.lat, t.lon), (whole.lat, whole.lon)) < DISTRICT_MILES), None)
    if part is None or whole.country != "GB" or part.name == whole.name or whole.population < FAR_LARGER * part.population:
        return False
    small.towns = (part,)
    return True


# --- the answer -----------------------------------------------------------------------------------------------


def _result(pieces: list[_Piece], source: str | None, strict: bool) -> Read:
    said = _countries(pieces)
    places: list[Place] = []
    countries = set(said)
    ambiguous = conflict = unresolved = False
    for i, piece in enumerate(pieces):
        if piece.clash:
            conflict = True
            continue
        if piece.word is None:
            if piece.text and not strict and _named(pieces[i + 1 :]) is not None and i + 1 < len(pieces):
                places.append(Place(piece.text, _named(pieces[i + 1 :])))
                unresolved = True
            continue
        if piece.word.kind in ("county", "wide") and not piece.towns and not _about_town(pieces, i):
            places.append(Place(piece.word.name, "GB", piece.word.value))
        elif piece.word.kind == "district" or piece.district and _in_london(piece):
            if piece.word.kind == "district" and not _british_district(piece, said, source, pieces):
                ambiguous = True
                continue
            places.append(_london(piece))
            countries.add("GB")
        elif piece.towns:
            chosen = _choose(piece, said, source)
            if chosen is None:
                ambiguous = True
                continue
            places.append(_place(chosen, piece))
            countries.add(chosen.country)
    groups = frozenset(p.word.value for p in pieces if p.word is not None and p.word.kind == "group")
    location = Location(tuple(dict.fromkeys(places)), frozenset(countries), ambiguous, conflict, unresolved)
    return Read(location, groups)


def _countries(pieces: Sequence[_Piece]) -> frozenset[str]:
    """Return the countries that the text names, or that its unmistakable towns lie in."""
    named = {p.word.country for p in pieces if p.word is not None}
    return frozenset(c for c in named | {p.said for p in pieces} if c)


def _named(following: Sequence[_Piece]) -> str | None:
    """Return the country that the next piece names."""
    for piece in following:
        if piece.word is None:
            continue
        return piece.word.country
    return None


def _about_town(pieces: Sequence[_Piece], i: int) -> bool:
    """Does the county at `i` only say where the town before it lies?"""
    return any(p.towns or p.district for p in pieces[:i][-2:])


def _british_district(piece: _Piece, said: frozenset[str], source: str | None, pieces: Sequence[_Piece]) -> bool:
    if "London" in piece.text or piece.district or "GB" in said or source == "GB":
        return True
    elsewhere = town(piece.text)
    return elsewhere is None or elsewhere.towns[0].country == "GB"


def _choose(piece: _Piece, said: frozenset[str], source: str | None) -> Town | None:
    """Return the town that is meant; None when that cannot be told."""
    if piece.said is not None:
        return piece.towns[0]
    for countries in (said, {source}):
        fitting = [t for t in piece.towns if t.country in countries]
        if fitting:
            return fitting[0]
    first = piece.towns[0]
    british = next((t for t in piece.towns if t.country == "GB"), None)
    if british is None or british is first or first.population > OUTWEIGHS * max(british.population, 1) and british.population < 15_000:
        return first
    return None


def _place(chosen: Town, piece: _Piece) -> Place:
    return Place(chosen.name, chosen.country, chosen.nation, piece.district, chosen.lat, chosen.lon, piece.postcode)


def _london(piece: _Piece) -> Place:
    here = town(piece.text)
    near = [t for t in here.towns if t.country == "GB" and distance((t.lat, t.lon), LONDON) < LONDON_MILES] if here else []
    lat, lon = (near[0].lat, near[0].lon) if near else LONDON
    return Place("London", "GB", "ENG", piece.text, lat, lon, piece.postcode)
