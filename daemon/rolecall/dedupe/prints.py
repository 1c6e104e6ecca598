"""What is kept of a posting to recognise its vacancy again.

A print is small (some 600 bytes) and survives what boards do to a text: cutting it after 500 characters, other HTML,
lost apostrophes and bullets, a sentence of their own in front. The shingles (hashed runs of words) of the beginning are
all kept; of the rest every eighth, chosen by its hash, so that two copies of a text choose the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from heapq import nsmallest
from itertools import islice
from zlib import crc32

from rolecall.dedupe.names import normal_company
from rolecall.dedupe.titles import Title, level_of, read_title, title_stems
from rolecall.dedupe.urls import canonical_url, vacancy_links
from rolecall.dedupe.words import fold, words
from rolecall.model import Posting, Print

RUN = 3  # words in a shingle
HEAD = 80  # words: the shortest excerpts that boards deliver are about as long
SAMPLE = 8  # of the rest one shingle in so many is kept
SAMPLED = 64  # at most
REFERENCES = 4  # of one text, so that no text makes the index large
READ = 800  # words; what follows is about benefits and the employer

_TEXT_WORD = re.compile(rb"[a-z0-9+#]+")
_DIGITS = re.compile(r"\d{4,12}(?:[-_/][a-z0-9]{1,8}){0,3}\b")
_CUE = re.compile(
    r"\b(?:(?:job|vacancy|role|req(?:uisition)?|posting)\.?[ -]?(?:identification|id|ref(?:erence)?|number|no)\b\.?"
    r"[ :#-]{1,4}([a-z]{0,6}[-_/]?)|reference[ :#-]{1,4}([a-z]{2,6}[-_/]?))$"
)
_PLACE_PIECES = re.compile(r"[,;/|()]| - | or ")
_NOWHERE = frozenset(
    {"", "remote", "uk", "gb", "united kingdom", "england", "anywhere", "hybrid", "worldwide", "europe"}
)


def fingerprint(posting: Posting) -> Print:
    """Return what identifies the posting's vacancy: a pure function of the posting."""
    raw = posting.raw
    url, company, places = canonical_url(raw.url), normal_company(raw.company), _places(posting)
    title = read_title(raw.title, places | _written_places(posting))
    text = list(map(crc32, _TEXT_WORD.findall(fold(posting.text).encode())))
    head = set(_shingles(text[:HEAD]))
    return Print(
        source=raw.source,
        id=raw.id,
        keys=frozenset(_keys(posting, url, company, title, head)),
        company=company,
        title=title.core,
        level=level_of(title.core),
        places=places or title.places,
        url=url,
        shingles=frozenset(head) | _sampled(text[HEAD - RUN + 1 : READ]),
        length=len(text),
        pay=_pay(posting),
    )


def _keys(posting: Posting, url: str, company: str, title: Title, head: set[int]) -> Iterator[str]:
    """Yield the look-up keys: addresses, references, company and title, title and text."""
    raw, stems = posting.raw, " ".join(title_stems(title.core))
    for link in {url, canonical_url(raw.apply_url), *vacancy_links(raw.description)} - {""}:
        yield f"u:{_short(link)}"
    if company:
        first = company.split()[0]
        yield f"c:{_short(first, stems)}"
        for reference in {*title.references, *islice(_references(posting.text[:20_000].lower()), REFERENCES)}:
            yield f"r:{_short(first, reference)}"
    for odd in _ODD if stems and head else ():
        yield f"t:{_short(stems, str(min([value * odd & _MASK for value in head])))}"


def _references(text: str) -> Iterator[str]:
    """Yield the numbers that a text calls its own: "Job reference: AB-20411"."""
    for digits in _DIGITS.finditer(text):
        if cue := _CUE.search(text[max(0, digits.start() - 40) : digits.start()]):
            yield (cue[1] or cue[2] or "") + digits[0]


_MASK = 0xFFFFFFFF
_ODD = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)  # ways to shuffle a hash: three nearly independent minima of one text


def _places(posting: Posting) -> frozenset[str]:
    location = posting.location.value
    if location and location.places:
        return frozenset(fold(place.name) for place in location.places) - _NOWHERE
    first = _PLACE_PIECES.split(fold(posting.raw.location).strip(), maxsplit=1)[0].strip()
    return frozenset({first}) - _NOWHERE


def _written_places(posting: Posting) -> frozenset[str]:
    return frozenset(" ".join(words(piece)) for piece in _PLACE_PIECES.split(posting.raw.location)) - _NOWHERE


def _pay(posting: Posting) -> tuple[int, ...]:
    """Return the ends of a stated salary; empty for rates (boards turn them into years), estimates and silence."""
    salary = posting.salary.value
    if salary is None or salary.predicted or salary.pay.period != "year":
        return ()
    return tuple(sorted({int(end) for end in (salary.pay.min, salary.pay.max) if end is not None}))


def _shingles(text: list[int]) -> list[int]:
    """Return the hash of every run of three words, given the hashes of the words."""
    one, two, three = _ODD
    return [(a * one ^ b * two ^ c * three) & _MASK for a, b, c in zip(text, text[1:], text[2:], strict=False)]


def _sampled(text: list[int]) -> frozenset[int]:
    return frozenset(nsmallest(SAMPLED, {value for value in _shingles(text) if not value % SAMPLE}))


def _short(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=6).hexdigest()
