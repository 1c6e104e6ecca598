"""The best of a vacancy's copies as one posting: each value from the copy that knows it best. Conflicts are kept, not
averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rolecall.dedupe.urls import is_employers_own
from rolecall.dedupe.words import WORDS
from rolecall.model import Confidence, Fact, Level, Location, Posting, Salary, UkFit, WorkMode

FACTS = (
    "family", "level", "level_floor", "mode", "uk", "salary", "contract", "ir35", "clearance", "visa", "hours",
    "closing",
)  # fmt: skip
ENOUGH = 1_500  # characters: a shorter text may be an excerpt

_AGGREGATORS = frozenset(WORDS["aggregators"])
_OWN_BOARDS = frozenset(WORDS["own_boards"])


@dataclass(frozen=True, slots=True)
class Merged:
    """One vacancy. `origins`: which copy supplied a value that the shown copy lacks; `conflicts`: what others say."""

    posting: Posting
    origins: Mapping[str, Posting]
    conflicts: tuple[tuple[str, Posting], ...]


def merge(copies: Sequence[Posting]) -> Merged:
    """Return one posting made of `copies` (at least one, in the order in which they came). Pure.

    Title, company and link are those of the employer's own advert where there is one, before a board's, before an
    agency's or aggregator's. Places are those of all copies on one board: an advert for each city is one vacancy.
    """
    ranked = sorted(copies, key=_standing)
    shown, fullest = ranked[0], _fullest(ranked)
    best = {name: _best(name, ranked) for name in FACTS}
    if (salary := best["salary"].salary.value) and salary.pay.period == "year":
        best["ir35"] = best["salary"]  # IR35 is about a rate, which is another copy's
    facts: dict[str, Any] = {name: getattr(copy, name) for name, copy in best.items()}
    company = shown.raw.company or next((copy.raw.company for copy in ranked if copy.raw.company), "")
    raw = shown.raw if company == shown.raw.company else replace(shown.raw, company=company)
    posting = replace(shown, raw=raw, text=fullest.text, stack=fullest.stack, location=_location(ranked), **facts)
    origins = {name: copy for name, copy in best.items() if copy is not shown and getattr(copy, name).value is not None}
    return Merged(posting, origins, tuple(_conflicts(best, ranked)))


def _standing(copy: Posting) -> int:
    """Return how far from the employer an advert is: 0 its own, 1 on a board, 2 an agency's or aggregator's."""
    if copy.agency.value or copy.raw.board in _AGGREGATORS:
        return 2
    return 0 if copy.raw.board in _OWN_BOARDS or is_employers_own(copy.raw.url) else 1


def _fullest(ranked: Sequence[Posting]) -> Posting:
    """Return the copy whose text is read: the first that is long enough, else the longest."""
    whole = [copy for copy in ranked if not copy.raw.truncated and len(copy.text) >= ENOUGH]
    return whole[0] if whole else max(ranked, key=lambda copy: (not copy.raw.truncated, len(copy.text)))


def _best(name: str, ranked: Sequence[Posting]) -> Posting:
    """Return the copy that knows the value best: stated before estimated, sure before guessed, then by standing."""
    return min(ranked, key=lambda copy: _doubt(getattr(copy, name)))


def _doubt(fact: Fact[Any]) -> int:
    match fact.value:
        case None:
            return 3
        case Salary(predicted=True) | UkFit.UNCLEAR:
            return 2
        case WorkMode(modes=modes) if not modes:
            return 2
    return int(fact.confidence < Confidence.MEDIUM)


def _location(ranked: Sequence[Posting]) -> Fact[Location]:
    """Return where the vacancy is: the places of all copies beside the one that knows best."""
    best = min(ranked, key=lambda copy: (not _places(copy), copy.location.value is None))
    beside = [copy for copy in ranked if copy.raw.source == best.raw.source and _places(copy)]
    if len(beside) < 2 or best.location.value is None:
        return best.location
    places = {place.name: place for copy in beside for place in _places(copy)}
    countries = frozenset[str]().union(*(copy.location.value.countries for copy in beside if copy.location.value))
    return replace(
        best.location, value=replace(best.location.value, places=tuple(places.values()), countries=countries)
    )


def _places(copy: Posting) -> tuple[Any, ...]:
    return copy.location.value.places if copy.location.value else ()


# --- conflicts ------------------------------------------------------------------------------------------------


def _conflicts(best: Mapping[str, Posting], ranked: Sequence[Posting]) -> Iterator[tuple[str, Posting]]:
    """Yield (name, copy) for every copy that surely says something else."""
    for name, agree in _AGREE.items():
        chosen = getattr(best[name], name)
        for copy in ranked:
            fact = getattr(copy, name)
            if _doubt(chosen) == _doubt(fact) == 0 and not agree(chosen.value, fact.value):
                yield name, copy


def _same_pay(a: Salary, b: Salary) -> bool:
    """Return whether two salaries share a figure; other units are another way to say it."""
    if (a.pay.period, a.pay.currency) != (b.pay.period, b.pay.currency):
        return True
    return not {a.pay.min, a.pay.max}.isdisjoint({b.pay.min, b.pay.max})


def _same_level(a: Level, b: Level) -> bool:
    return a.min <= b.max and b.min <= a.max


def _same_mode(a: WorkMode, b: WorkMode) -> bool:
    return not a.modes.isdisjoint(b.modes)


_AGREE: Mapping[str, Callable[[Any, Any], bool]] = {
    "salary": _same_pay,
    "mode": _same_mode,
    "level": _same_level,
    "contract": lambda a, b: a == b,
}
