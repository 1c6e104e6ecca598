"""Names of companies and titles, folded so that two boards' spellings of one name are equal."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from rolecall.dedupe.words import WORDS, fold, words

_LEGAL = frozenset(WORDS["legal"])
_FILLER = frozenset(WORDS["filler"])
_LEVELS = frozenset(WORDS["levels"])
_SPELLING: dict[str, str] = WORDS["spelling"]
_PAY = r"£ ?[\d,.]+ ?k?(?: ?(?:-|to) ?£? ?[\d,.]+ ?k?)?(?: ?(?:per|a|/|p/?) ?(?:annum|day|hour|year|d|h|a)\b)?"
_NOISE = re.compile(
    rf"{_PAY}|\b(?:fully |100% )?remote(?:[ -](?:first|only|working|based))?\b|\bhybrid(?: working)?\b|\bon-?site\b"
    r"|\bhome[ -]?based\b|\bnation-?wide\b|\bmultiple locations\b|\b(?:uk|united kingdom)\b|\bm/?f/?[dx]?\b"
    r"|\b(?:outside|inside) ir ?35\b|\bimmediate start\b|\bcompetitive\b|\bdoe\b"
)
_JOINED = re.compile(r"\b(back|front|full)[ -](end|stack)\b")
_SEGMENTS = re.compile(r"[()\[\]|/,]| - ")


@lru_cache(maxsize=4096)
def normal_company(name: str) -> str:
    """Return `name` folded, without legal form: "ACME Limited (UK)" and "Acme Ltd" are both "acme"."""
    found = words(name.replace("&", " and "))
    return " ".join([word for word in found if word not in _LEGAL] or found)


def companies_agree(a: str, b: str) -> bool:
    """Return whether two normal names may be one company: equal, or one goes on where the other ends."""
    short, long = sorted((a, b), key=len)
    return bool(short) and f"{long} ".startswith(f"{short} ")


def title_core(title: str, places: Collection[str] = ()) -> str:
    """Return the words that make the role, in order: level, numerals and team stay; place, mode and pay go."""
    folded = _JOINED.sub(r"\1\2", fold(_NOISE.sub(" ", title.lower())))
    where = {word for place in places for word in words(place)}
    kept = [part for part in _SEGMENTS.split(folded) if not where.issuperset(words(part))]
    core = " ".join(_SPELLING.get(word, word) for part in kept or [folded] for word in words(part))
    for place in sorted(places, key=len, reverse=True):
        core = f" {core} ".replace(f" {place} ", " ")
    return " ".join(core.split())


@lru_cache(maxsize=65536)
def title_stems(core: str) -> tuple[str, ...]:
    """Return what two titles of one vacancy share, in whatever order: "Engineering Manager", "Manager, Engineering"."""
    return tuple(sorted(_singular(word) for word in core.split() if word not in _FILLER))


@lru_cache(maxsize=65536)
def level_of(core: str) -> str:
    """Return the level words of a title core, joined: "senior", "mid-senior", "" where it states none."""
    return "-".join(sorted(_LEVELS.intersection(core.split())))


@lru_cache(maxsize=65536)
def telling(core: str, company: str) -> bool:
    """Return whether a title says more than what half the market calls its vacancies, and more than the company."""
    return not _COMMON.union(map(_singular, company.split())).issuperset(title_stems(core))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_COMMON = frozenset(map(_singular, [*WORDS["common"], *WORDS["levels"]]))
