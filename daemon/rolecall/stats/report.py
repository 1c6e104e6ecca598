"""Everything `rolecall stats` shows, as data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rolecall.model import Rung
from rolecall.stats.sample import Sample, samples
from rolecall.stats.spread import Group, Spread, spread
from rolecall.stored import StoredPosting

MOST_TECHNOLOGIES = 12
_LEVELS = [rung.word for rung in Rung]


@dataclass(frozen=True, slots=True)
class Week:
    """`start` is a Monday. `pay`: the spread of the week's stated pay, None below `FEWEST`."""

    start: date
    jobs: int
    pay: Spread | None


@dataclass(frozen=True, slots=True)
class SourceYield:
    """What a source brought: `only_here` jobs are on no other source; shares of its jobs, 0 to 1."""

    source: str
    jobs: int
    only_here: int
    with_pay: float
    remote: float


@dataclass(frozen=True, slots=True)
class Report:
    """`since` and `until` are the first and last day seen; spreads by group name, each with its own n."""

    since: date | None
    until: date | None
    jobs: int
    postings: int
    with_pay: float
    remote: float
    pay: Spread | None
    by_level: Mapping[str, Spread]
    by_region: Mapping[str, Spread]
    by_stack: Mapping[str, Spread]
    rates: Mapping[str, Spread]
    weeks: tuple[Week, ...]
    sources: tuple[SourceYield, ...]
    samples: tuple[Sample, ...]


def report(postings: Sequence[StoredPosting], zone: ZoneInfo, wanted: Group = Group()) -> Report:  # noqa: B008 (frozen)
    """Count the jobs of a group; a job on several boards counts once."""
    found = tuple(sample for sample in samples(postings) if wanted.holds(sample))
    jobs = {sample.job for sample in found}
    days = [sample.first_seen.astimezone(zone).date() for sample in found]
    return Report(
        since=min(days, default=None),
        until=max(days, default=None),
        jobs=len(found),
        postings=sum(posting.job in jobs for posting in postings),
        with_pay=_share(found, lambda s: bool(s.pay or s.rate)),
        remote=_share(found, lambda s: s.remote is True),
        pay=spread(s.pay for s in found if s.pay),
        by_level=_spreads(found, lambda s: [s.level] if s.level else [], _LEVELS),
        by_region=_spreads(found, lambda s: [s.region] if s.region else []),
        by_stack=_spreads(found, lambda s: s.stack, most=MOST_TECHNOLOGIES),
        rates=_rates(found),
        weeks=weeks(found, zone),
        sources=_sources(found),
        samples=found,
    )


def _share(found: Sequence[Sample], true: Callable[[Sample], bool]) -> float:
    return sum(map(true, found)) / len(found) if found else 0.0


def _spreads(
    found: Iterable[Sample],
    names: Callable[[Sample], Iterable[str]],
    order: Sequence[str] = (),
    most: int | None = None,
) -> dict[str, Spread]:
    """Return the spread of pay by name: in the given order, else the largest group first."""
    pays = defaultdict[str, list[tuple[int, int]]](list)
    for sample in found:
        for name in names(sample) if sample.pay else ():
            pays[name].append(sample.pay)  # type: ignore[arg-type] # it has pay, or there are no names
    spreads = {name: known for name, pay in pays.items() if (known := spread(pay))}
    key = (lambda name: order.index(name)) if order else (lambda name: (-spreads[name].n, name))
    return {name: spreads[name] for name in sorted(spreads, key=key)[:most]}


def _rates(found: Sequence[Sample]) -> dict[str, Spread]:
    """Return the spread of day rates, by IR35 status where it is stated."""
    groups = {
        "outside IR35": [s.rate for s in found if s.rate and s.ir35 == "outside"],
        "inside IR35": [s.rate for s in found if s.rate and s.ir35 == "inside"],
        "all day rates": [s.rate for s in found if s.rate],
    }
    return {name: known for name, rates in groups.items() if (known := spread(rates))}


def weeks(found: Sequence[Sample], zone: ZoneInfo) -> tuple[Week, ...]:
    """Return every week from the first to the last, those without jobs too."""
    by_week = defaultdict[date, list[Sample]](list)
    for sample in found:
        by_week[_monday(sample.first_seen, zone)].append(sample)
    if not by_week:
        return ()
    first, last = min(by_week), max(by_week)
    starts = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return tuple(_week(start, by_week.get(start, [])) for start in starts)


def _week(start: date, jobs: Sequence[Sample]) -> Week:
    return Week(start, len(jobs), spread(sample.pay for sample in jobs if sample.pay))


def _monday(moment: datetime, zone: ZoneInfo) -> date:
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _sources(found: Sequence[Sample]) -> tuple[SourceYield, ...]:
    names = Counter(source for sample in found for source in sample.sources)
    return tuple(_yield(source, [s for s in found if source in s.sources]) for source, _ in names.most_common())


def _yield(source: str, jobs: Sequence[Sample]) -> SourceYield:
    return SourceYield(
        source=source,
        jobs=len(jobs),
        only_here=sum(len(sample.sources) == 1 for sample in jobs),
        with_pay=_share(jobs, lambda s: bool(s.pay or s.rate)),
        remote=_share(jobs, lambda s: s.remote is True),
    )
