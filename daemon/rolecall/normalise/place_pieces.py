"""A location text, cut into pieces at commas, brackets, bars, "or" and "and"; each is a known name or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from rolecall.normalise.place_gazetteer import Town
from rolecall.normalise.place_words import Word, area_town, noise, state_code, word

MAX_PIECES = 60
MAX_NAME = 80  # a longer piece is prose
SCANNED = 10  # words of an unknown piece that are looked at
KNOWN_TOWN = 50_000  # people; a smaller town inside an unknown piece is an accident

_AREA = r"(?:[A-PR-UWYZ][A-HK-Y]?)"
POSTCODE = re.compile(rf"\b({_AREA})(\d[A-HJKPSTUW\d]?) ?(\d[ABD-HJLNP-UW-Z]{{2}})\b")
_OUTCODE = re.compile(rf"({_AREA})\d[A-HJKPSTUW\d]?")
_CUT = re.compile(
    r"\s*(?:[,;|/()\[\]\n*:+•>\\]|\s[-~]\s|\s-|-\s|-(?=remote\b)|(?<=\bremote)-|(?<=\bGB)-|(?<=\bUK)-|(?<=\bUS)-|\bor\b)\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_APART = frozenset({"/", "|", ";", "or", "+"})
_SAFE_CODES = frozenset({"UK", "US", "EU"})
_TOWN_CODE = re.compile(r"(.{2,40}?) ([A-Z]{2,3})")
_OF = re.compile(r"(?:city|county|borough|town|metropolitan borough) of ", re.IGNORECASE)


@dataclass(slots=True)
class Piece:
    """One piece of a location text, filled in while it is read."""

    text: str
    word: Word | None
    postcode: str | None = None
    towns: tuple[Town, ...] = ()  # which are still possible
    said: str | None = None  # the country said right after it
    clash: bool = False  # that country has no such town
    apart: bool = False  # "/", "or", "and" stand before it: it is a place of its own
    district: str | None = None
    london: bool = False  # a part of London

    def absorb(self) -> None:
        """Make this piece say nothing: its neighbour has taken it in."""
        self.text, self.word, self.towns = "", None, ()


def pieces(text: str, *, strict: bool) -> list[Piece]:
    """Return the pieces of `text` that mean something, postcodes last. `strict`: only pieces known as a whole."""
    found: list[Piece] = []
    for item, cut in _items(POSTCODE.sub(" ", text)):
        new = list(_item(item, strict=strict))
        if new:
            new[0].apart = cut in _APART or (cut == "-" and _complete(found)) or new[0].apart
        found += new
    if strict:
        found = [p for before, p in zip([None, *found], found, strict=False) if _credible(before, p)]
    return (found + list(_postcodes(text)))[:MAX_PIECES]


def _complete(found: list[Piece]) -> bool:
    """Whether a town and its country are named: "London, UK - Berlin, DE" has two places, "London - UK" one."""
    if len(found) < 2 or found[-2].word is None or not found[-2].word.towns:
        return False
    last = found[-1]
    return state_code(last.text) if last.word is None else last.word.kind == "country"


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Yield each item of a list, and what parts it from the one before."""
    start, before = 0, ""
    for cut in islice(_CUT.finditer(text), MAX_PIECES * 2):
        yield text[start : cut.start()], before
        start, before = cut.end(), cut[0].strip().lower()
    yield text[start : start + MAX_NAME], before


def _credible(before: Piece | None, piece: Piece) -> bool:
    """In titles and prose "IT" and "AI" are no countries, unless a town stands before them."""
    code = piece.word is not None and piece.word.kind == "country" and len(piece.text) == 2
    town = before is not None and (before.word is None or before.word.kind != "country")
    return not code or piece.text in _SAFE_CODES or town


def _item(item: str, *, strict: bool) -> Iterator[Piece]:
    whole = _known(item)
    if whole is not None:
        yield whole
        return
    for i, part in enumerate(_AND.split(item)):
        for piece in _part(part.strip(" .'\""), strict=strict):
            piece.apart = i > 0
            yield piece


def _part(part: str, *, strict: bool) -> Iterator[Piece]:
    known = _known(part)
    if known is not None:
        yield known
    elif (both := _TOWN_CODE.fullmatch(part)) and (town := _known(both[1])) and (code := _coded_area(both[2])):
        yield from (town, code)
    elif state_code(part):
        yield Piece(part, None)
    elif outcode := _OUTCODE.fullmatch(part):
        yield from _coded(outcode[1], part)
    elif part and not strict:
        yield from _scan(part)


def _coded_area(code: str) -> Piece | None:
    """Return the country or state behind a town without a comma: "London UK", "Boston MA"."""
    return Piece(code, None) if state_code(code) else _known(code)


def _postcodes(text: str) -> Iterator[Piece]:
    for match in POSTCODE.finditer(text):
        yield from _coded(match[1], f"{match[1]}{match[2]} {match[3]}")


def _coded(area: str, postcode: str) -> Iterator[Piece]:
    name = area_town(area)
    known = word(name) if name is not None else None
    if name is None or known is None:
        return
    british = tuple(t for t in known.towns if t.country == "GB")
    yield Piece(name, replace(known, towns=british), postcode=postcode)


def _known(text: str) -> Piece | None:
    """Return `text` as a piece if it is a known name, without the words that may stand around one."""
    text = _OF.sub("", text.strip(" .'\"")) if len(text) < MAX_NAME else ""
    for name in (text, _bare(text)):
        known = word(name) if name else None
        if known is not None:
            return Piece(name, known)
    return None


def _bare(text: str) -> str:
    """Return `text` without the noise words at either end: "Remote first in UK" → "UK"."""
    words = text.split()
    while words and words[0].lower().strip(".:-") in noise():
        words.pop(0)
    while words and words[-1].lower().strip(".:-") in noise():
        words.pop()
    return " ".join(words)


def _scan(text: str) -> Iterator[Piece]:
    """Yield the known names inside `text` ("Acme Germany"); else the text itself, as a name nobody knows."""
    words, found, i = _bare(text).split()[:SCANNED], False, 0
    while i < len(words):
        piece, used = _name_at(words, i)
        if piece is not None:
            yield piece
            found = True
        i += used
    if not found and 0 < len(words) <= 4 and words[0][:1].isupper():
        yield Piece(" ".join(words), None)


def _name_at(words: list[str], i: int) -> tuple[Piece | None, int]:
    """Return the longest known name that starts at word `i`, and how many words it takes."""
    for n in (4, 3, 2, 1):
        text = " ".join(words[i : i + n])
        known = word(text) if i + n <= len(words) and text[:1].isupper() else None
        if known is not None and (known.kind != "town" or known.towns[0].population >= KNOWN_TOWN):
            return Piece(text, known), n
    return None, 1
