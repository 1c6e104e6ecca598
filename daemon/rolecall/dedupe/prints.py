"""What is kept of a posting to recognise its vacancy again.

A print is small (some 600 bytes) and survives what boards do to a text: cutting it after 500 characters, other HTML,
lost apostrophes and bullets, a sentence of their own in front. The shingles of the beginning are all kept; of the rest
every eighth, chosen by its hash, so that two copies of a text choose the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from zlib import crc32

from rolecall.dedupe.names import normal_company
from rolecall.dedupe.opening import is_temporary, named_role
from rolecall.dedupe.shingles import Shingles, extremes, split
from rolecall.dedupe.titles import Title, level_of, read_title, title_stems
from rolecall.dedupe.urls import canonical_url, vacancy_links
from rolecall.dedupe.words import WORDS, fold, folded, words
from rolecall.model import Posting, Print

HEAD = 78  # shingles: the shortest excerpts that boards deliver are about as long
KEPT = 104  # shingles: an excerpt with a board's own sentence in front of it
EXCERPT = 120  # words: a shorter text may be cut off before it comes to the role
READ = 800  # words; what follows is about benefits and the employer
REFERENCES = 4  # of one text, so that no text makes the index large
SEARCHED = 20_000  # characters, for references

BARE = 14  # letters of a key by title, without the title in front

_NUMBERS = bytes(byte if chr(byte).isdecimal() else ord(" ") for byte in range(128)) + b" " * 128
_DIGITS = re.compile(rb"[0-9]{4,12}(?:[-_/][a-z0-9]{1,8}){0,3}\b")
_CUE = re.compile(
    rb"\b(?:(?:job|vacancy|role|req(?:uisition)?|posting)\.?[ -]?(?:identification|id|ref(?:erence)?|number|no)\b\.?"
    rb"[ :#-]{1,4}([a-z]{0,6}[-_/]?)|reference[ :#-]{1,4}([a-z]{2,6}[-_/]?))$"
)
_RETOLD = re.compile("|".join(WORDS["retold"]).encode())
_PLACE_PIECES = re.compile(r"[,;/|()]| - | or ")
_SHORT = 6  # bytes of a key
_NOWHERE = frozenset(
    {"", "remote", "uk", "gb", "united kingdom", "england", "anywhere", "hybrid", "worldwide", "europe"}
)


def fingerprint(posting: Posting) -> Print:
    """Return what identifies the posting's vacancy: a pure function of the posting."""
    raw = posting.raw
    url, company, places = canonical_url(raw.url), normal_company(raw.company), _places(posting)
    title = read_title(raw.title, places | _written_places(raw.location))
    text = folded(posting.text)
    said = split(text)
    shingles = Shingles(said[:READ])
    beginning, sampled = shingles.head(KEPT), shingles.sampled()
    whole = len(said) >= EXCERPT  # then two texts may have the role in common and not the beginning
    marks = [*shingles.minima(HEAD, 2), *extremes(sampled)] if whole else shingles.minima(HEAD, 3)
    retold = bool(_RETOLD.match(text))
    return Print(
        source=raw.source,
        id=raw.id,
        keys=frozenset(_keys(posting, url, company, title, text, marks)),
        company=company,
        title=title.core,
        level=level_of(title.core),
        places=places or title.places,
        url=url,
        shingles=frozenset(beginning + sampled),
        length=len(said),
        pay=_pay(posting, retold),
        posted=raw.posted_at.toordinal() if raw.posted_at else 0,
        retold=retold,
        role=named_role(posting.text),
        temporary=is_temporary(text),
    )


def _keys(posting: Posting, url: str, company: str, title: Title, text: bytes, marks: Sequence[int]) -> Iterator[str]:
    """Yield the look-up keys: addresses, references, company and title, title and text (by its `marks`)."""
    raw, stems = posting.raw, " ".join(title_stems(title.core))
    links = {url, *vacancy_links(raw.description)}
    if raw.apply_url:
        links.add(canonical_url(raw.apply_url))
    yield from map(by_address, links - {""})
    if company:
        first = company.split()[0]
        yield _by_name(company, stems)
        for reference in {*title.references, *islice(_references(text[:SEARCHED]), REFERENCES)}:
            yield f"r:{_short(first, reference)}"
    if stems:
        place, begun = _place(stems), blake2b(f"{stems}\n".encode(), digest_size=_SHORT)
        for mark in marks:
            hashed = begun.copy()
            hashed.update(b"%d" % mark)
            yield f"t:{place}{hashed.hexdigest()}"


def by_address(url: str) -> str:
    """Return the look-up key of a canonical address."""
    return f"u:{_short(url)}"


def near(keys: Iterable[str], company: str, core: str) -> frozenset[str]:
    """Return look-up keys with those by title as they are made now; databases before m011 hold others.

    They begin with a hash of the title, so that an index holds those of one posting on one page.
    """
    stems = " ".join(title_stems(core))
    return frozenset(_as_now(key, company, stems) if len(key) == BARE else key for key in keys)


def _as_now(key: str, company: str, stems: str) -> str:
    """Return a bare key anew: by name and title it follows today's words, by title and text those of its time."""
    match key[0]:
        case "c":
            return _by_name(company, stems)
        case "t":
            return f"t:{_place(stems)}{key[2:]}"
    return key


def _by_name(company: str, stems: str) -> str:
    return f"c:{_place(stems)}{_short(company.split()[0], stems)}"


def _place(stems: str) -> str:
    return f"{crc32(stems.encode()) & 0xFFFF:04x}"


def _references(text: bytes) -> Iterator[str]:
    """Yield the numbers that a text calls its own: "Job reference: AB-20411"."""
    at = 0
    for number in text.translate(_NUMBERS).split():
        if len(number) > 3:
            at = text.index(number, at)
            cue, digits = _CUE.search(text[max(0, at - 40) : at]), _DIGITS.match(text, at)
            if cue and digits:
                yield ((cue[1] or cue[2] or b"") + digits[0]).decode()
            at += len(number)


def _places(posting: Posting) -> frozenset[str]:
    location = posting.location.value
    if location and location.places:
        return frozenset(fold(place.name) for place in location.places) - _NOWHERE
    first = _PLACE_PIECES.split(fold(posting.raw.location).strip(), maxsplit=1)[0].strip()
    return frozenset({first}) - _NOWHERE


@lru_cache(maxsize=256)
def _written_places(location: str) -> frozenset[str]:
    return frozenset(" ".join(words(piece)) for piece in _PLACE_PIECES.split(location)) - _NOWHERE


def _pay(posting: Posting, retold: bool) -> tuple[int, ...]:
    """Return the ends of a stated salary; empty for rates (boards turn them into years), estimates and silence."""
    salary = posting.salary.value
    if salary is None or salary.predicted or salary.pay.period != "year":
        return ()
    ends = tuple(sorted({int(end) for end in (salary.pay.min, salary.pay.max) if end is not None}))
    return () if retold and ends[-1] - ends[0] == WORDS["retold_pay_width"] else ends


def _short(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=_SHORT).hexdigest()
