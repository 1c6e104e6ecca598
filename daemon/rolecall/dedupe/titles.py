"""Titles: what of them names the vacancy. Level, numerals and team do; place, mode, pay and reference do not."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from rolecall.dedupe.words import WORDS, fold, folded_words, words
from rolecall.literals import needed
from rolecall.memo import Memo

_FILLER = frozenset(WORDS["filler"])
_LEVELS = frozenset(WORDS["levels"])
_SPELLING: dict[str, str] = WORDS["spelling"]
_PHRASES = [(needed(pattern), re.compile(pattern), replacement) for pattern, replacement in WORDS["phrases"]]
_REFERENCE = re.compile(r"\b(?:ref(?:erence)?\.?[ :#]*)?([a-z]{0,6}[-_/]?\d{5,12})\b")
_LONG_NUMBER = re.compile(r"\d{5}")
_TAG = re.compile(r"</?[a-z]{1,8}>")  # a board marks the words that were searched for
MANY_WORDS = 4  # of a title, levels not counted
_SEGMENTS = re.compile(r"[()\[\]|/,]| - ")


@dataclass(frozen=True, slots=True)
class Title:
    """`core`: the words that make the role, in order; `places` and `references` that stood beside them."""

    core: str
    places: frozenset[str]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between brackets, commas and dashes of a title; `place`: the folded name of the place that it is."""

    said: frozenset[str]
    spelled: str
    place: str


def read_title(title: str, places: frozenset[str] = frozenset()) -> Title:
    """Return a title in its parts; `places` are those the posting names elsewhere."""
    first, beside, references = _parts(title)
    kept = [part for part in beside if not part.place and not _words_of(places).issuperset(part.said)]
    core = " ".join([first, *(part.spelled for part in kept)]).strip()
    found = frozenset(part.place for part in beside if part.place)
    return Title(_without(core, places) or core, found, references)


@lru_cache(maxsize=256)
def _parts(title: str) -> tuple[str, tuple[_Part, ...], tuple[str, ...]]:
    """Return how a title begins, spelled alike, its other parts, and the references in it."""
    plain = fold(_without_phrases(title.lower()))
    references = _REFERENCE.findall(plain) if _LONG_NUMBER.search(plain) else []
    first, *more = map(str.strip, _SEGMENTS.split(_REFERENCE.sub(" ", plain) if references else plain))
    return _spelled(first), tuple([_part[part] for part in more if part]), tuple(references)


def _without_phrases(title: str) -> str:
    if "<" in title:
        title = _TAG.sub("", title)
    for words_needed, pattern, replacement in _PHRASES:
        if any(map(title.__contains__, words_needed)):
            title = pattern.sub(replacement, title)
    return title


def _read_part(part: str) -> _Part:
    return _Part(frozenset(folded_words(part)), _spelled(part), _place(part))


_part = Memo(_read_part, most=1_024, longest=32)  # places, teams and ways to work: two in three come again


def _spelled(part: str) -> str:
    return " ".join([_SPELLING.get(word, word) for word in folded_words(part)])


@lru_cache(maxsize=256)
def _words_of(places: frozenset[str]) -> frozenset[str]:
    return frozenset(word for place in places for word in words(place))


@lru_cache(maxsize=512)
def title_stems(core: str) -> tuple[str, ...]:
    """Return what two titles of one vacancy share, in whatever order: "Engineering Manager", "Manager, Engineering"."""
    return tuple(sorted([_singular(word) for word in core.split() if word not in _FILLER]))


@lru_cache(maxsize=512)
def level_of(core: str) -> str:
    """Return the level words of a title core, joined: "senior", "mid-senior", "" where it states none."""
    return "-".join(sorted(_LEVELS.intersection(core.split())))


@lru_cache(maxsize=512)
def telling(core: str, company: str) -> bool:
    """Return whether a title says more than what half the market calls its vacancies, and more than the company.

    Four words together do ("Cloud Data Platform Specialist"), however common each is.
    """
    said = set(title_stems(core)).difference(map(_singular, company.split()))
    return not _COMMON.issuperset(said) or len(said - _RANKS) >= MANY_WORDS


def _place(part: str) -> str:
    """Return the folded name of the place that a part of a title is, "" where it is none ("Payments", "Fleet")."""
    from rolecall.normalise.place import find  # late: whoever compares no titles does not pay for the gazetteer
    from rolecall.normalise.place_words import title_accidents

    if part.count(" ") > 2 or part in title_accidents() or not _ROLE_WORDS.isdisjoint(part.split()):
        return ""
    place = find(part)
    return fold(place.name) if place else ""


def _without(core: str, places: Collection[str]) -> str:
    if not (named := [place for place in places if place in core]):
        return core
    for place in sorted(named, key=len, reverse=True):
        core = f" {core} ".replace(f" {place} ", " ")
    return " ".join(core.split())


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_RANKS = frozenset(map(_singular, WORDS["levels"]))
_COMMON = _RANKS.union(map(_singular, WORDS["common"]))
_ROLE_WORDS = frozenset([*WORDS["common"], *_LEVELS, *_SPELLING])  # where one of them stands, no place is meant
