"""One vacancy as a number sees it: the best of its copies, so that a job on four boards counts once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rolecall.model import Place
from rolecall.normalise.place import miles
from rolecall.stored import StoredPosting

CHARING_CROSS = Place("Charing Cross", lat=51.5074, lon=-0.1278)
GREATER_LONDON_MILES = 16.0
_NATIONS = {"SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland", "ENG": "England outside London"}
REGIONS = ("London", *_NATIONS.values())
_COUNTED_NEEDS = ("must", "nice", "neutral")

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """`pay`: annual GBP, both ends, stated in pounds; `rate`: stated £ a day, both ends. None = not stated.

    Estimates, on-target earnings and total packages are no stated pay. `level` is the lowest that the advert names.
    """

    job: str
    first_seen: datetime
    sources: frozenset[str]
    level: str | None
    region: str | None
    stack: frozenset[str]
    remote: bool | None
    pay: Range | None
    rate: Range | None
    ir35: str | None


def samples(postings: Iterable[StoredPosting]) -> tuple[Sample, ...]:
    """Return one sample per job, in the order in which they were first seen."""
    by_job = defaultdict[str, list[StoredPosting]](list)
    for posting in postings:
        by_job[posting.job].append(posting)
    return tuple(sorted((_sample(job, copies) for job, copies in by_job.items()), key=lambda s: (s.first_seen, s.job)))


def _sample(job: str, copies: list[StoredPosting]) -> Sample:
    facts: list[Mapping[str, Any]] = [json.loads(copy.facts) for copy in copies]
    level = _first(f.get("level") for f in facts)
    modes = _first(f.get("modes") for f in facts)
    return Sample(
        job=job,
        first_seen=min(copy.first_seen for copy in copies),
        sources=frozenset(copy.raw.source for copy in copies),
        level=level["min"] if level else None,
        region=_first(region_of(f.get("places") or ()) for f in facts),
        stack=frozenset(_first(_stack(f) for f in facts) or ()),
        remote=None if not modes else modes == ["remote"],
        pay=_first(_pay(f.get("salary")) for f in facts),
        rate=_first(_rate(f.get("salary")) for f in facts),
        ir35=_first(f.get("ir35") for f in facts),
    )


def _first(values: Iterable[Any]) -> Any:
    """Return the first value that says something."""
    return next((value for value in values if value), None)


def _stack(facts: Mapping[str, Any]) -> list[str]:
    return [tech["id"] for tech in facts.get("stack") or () if tech.get("need") in _COUNTED_NEEDS]


def _pay(salary: Mapping[str, Any] | None) -> Range | None:
    """Only what may be compared with a permanent salary: `annual_basis` says so (see `model.Salary`)."""
    if not salary or salary["predicted"] or salary["annual_basis"] != "salary" or salary["kind"] != "base":
        return None
    if salary["currency"] != "GBP":  # a salary in dollars, however converted, says nothing about pay in the UK
        return None
    return _both_ends(*salary["annual_gbp"])


def _rate(salary: Mapping[str, Any] | None) -> Range | None:
    if not salary or salary["predicted"] or salary["period"] != "day" or salary["currency"] != "GBP":
        return None
    return _both_ends(salary["min"], salary["max"])


def _both_ends(low: float | None, high: float | None) -> Range | None:
    ends = [round(end) for end in (low, high) if end]
    return (ends[0], ends[-1]) if ends else None


def region_of(places: Iterable[Mapping[str, Any]]) -> str | None:
    """Return London, England outside London, Scotland, Wales or Northern Ireland; None where several or none fit."""
    regions = {region for place in places if (region := _region(place))}
    return regions.pop() if len(regions) == 1 else None


def _region(place: Mapping[str, Any]) -> str | None:
    here = Place("", lat=place.get("lat"), lon=place.get("lon"))
    if place.get("nation") == "ENG" and here.lat is not None and miles(CHARING_CROSS, here) <= GREATER_LONDON_MILES:
        return "London"
    return _NATIONS.get(place.get("nation") or "")
