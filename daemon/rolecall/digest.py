"""A digest's overview: gathered from the store when it is sent, so that it is true at that moment."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from rolecall import charts, people, stats
from rolecall.config import Config, Person
from rolecall.errors import RolecallError, StoreError
from rolecall.match import Search
from rolecall.outbox import Claim
from rolecall.overview import ClosingSoon, NearMiss, Overview, PayBar, Picture, WeekCount
from rolecall.plan import HOURLY
from rolecall.ports import Showing, Store
from rolecall.rehearse import Missed, rehearse_all
from rolecall.render.ages import closes as closes_in
from rolecall.render.clean import line
from rolecall.render.money import pay_text
from rolecall.render.overview import bars_in_words, weeks_in_words
from rolecall.stored import StoredJob, StoredPosting
from rolecall.thinking import think
from rolecall.vacancy import closes_at, merged

log = logging.getLogger(__name__)

WEEK = timedelta(weeks=1)
WEEKS = 8
SOON = timedelta(days=3)
NEAR = frozenset({"min_salary", "min_day_rate", "levels", "modes", "max_office_days", "home", "contract", "ir35"})
"""What a person might give way on. Another technology or another country is no near miss."""
MOST_NAME = 44  # letters of a job beside its bar
MOST_BARS, MOST_CLOSING, MOST_EXAMPLES = 25, 5, 3
MOST_JOBS = 2_000  # told of earlier, looked at for the weeks
PAGE = 50  # adverts or jobs looked at together: others wait for the same thread, and texts are large
PATIENCE = 120.0  # seconds that a digest waits for near misses


async def overview(
    claim: Claim, jobs: Sequence[str], store: Store, config: Config, now: datetime, shows: Showing
) -> Overview | None:
    """Return what a digest shows besides its `jobs` (ids); None for other messages, and where only jobs are shown.

    That is what the channel says, and so does what gathers an hour. Without matplotlib there is no picture. It catches
    everything: what only adorns a digest may not hold it back.
    """
    if claim.kind != "digest" or claim.bundle.startswith(HOURLY) or shows == "jobs":
        return None
    try:
        found = await _gathered(claim, jobs, store, config, now)
        return replace(found, pictures=await pictures(found)) if shows == "pictures" else found
    except StoreError:
        raise
    except Exception:
        log.exception("overview-bug channel=%s id=%d", claim.channel, claim.id)
        return None


async def _gathered(claim: Claim, jobs: Sequence[str], store: Store, config: Config, now: datetime) -> Overview:
    searches, reader = searches_of(claim.channel, config), config.reader_of(claim.channel)
    pages = [page async for page in _told(jobs, reader, store, searches, now)]
    missed = await _missed(searches, store, now)
    floors = [int(floor.amount) for search in searches if (floor := search.wanted.get("min_salary"))]
    return Overview(
        bars=_best_paid(bar for page in pages for bar in page.bars),
        floor=min(floors, default=None),
        weeks=tuple(map(_week, stats.weeks([sample for page in pages for sample in page.samples], reader.zone))),
        missed=tuple(missed),
        closing=_soonest(each for page in pages for each in page.closing),
    )


def searches_of(channel: str, config: Config) -> list[Search]:
    """Return the searches whose alerts go to this channel."""
    return [search for search in config.searches if any(each.name == channel for each in config.notified(search))]


# --- what was told earlier ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """What is kept of some jobs that are or were told of: no texts, which would be many megabytes together."""

    bars: Sequence[PayBar]  # of those in this digest
    samples: Sequence[stats.Sample]
    closing: Sequence[tuple[datetime, ClosingSoon]]


async def _told(
    shown: Sequence[str], reader: Person, store: Store, searches: Sequence[Search], now: datetime
) -> AsyncIterator[_Page]:
    """Look at the jobs in this digest, and at those of digests and alerts before it."""
    told = await store.alerted_jobs([search.name for search in searches], MOST_JOBS)
    ids, here = list(dict.fromkeys([*shown, *told])), frozenset(shown)
    for start in range(0, len(ids), PAGE):
        jobs = await store.jobs(ids[start : start + PAGE])
        yield await think(_page, here, reader, list(jobs.values()), now)


def _page(here: Collection[str], reader: Person, jobs: Sequence[StoredJob], now: datetime) -> _Page:
    recent = [copy for job in jobs for copy in job.postings if copy.first_seen >= now - WEEKS * WEEK]
    bars = _best_paid(bar for job in jobs if job.id in here for bar in _bars(job))
    return _Page(bars, stats.samples(recent), list(_closing(here, reader, jobs, now)))


def _bars(job: StoredJob) -> list[PayBar]:
    raw = job.postings[0].raw
    of = f" · {line(raw.company, MOST_NAME // 2)}" if raw.company else ""
    name = line(raw.title, MOST_NAME - len(of)) + of
    return [PayBar(name, *sample.pay) for sample in stats.samples(job.postings) if sample.pay]


def _best_paid(bars: Iterable[PayBar]) -> tuple[PayBar, ...]:
    return tuple(sorted(bars, key=lambda bar: (-bar.high, -bar.low, bar.name))[:MOST_BARS])


def _week(week: stats.Week) -> WeekCount:
    quarters = (week.pay.p25, week.pay.median, week.pay.p75) if week.pay else None
    return WeekCount(f"{week.start.day} {week.start:%b}", week.jobs, quarters)


# --- near misses ----------------------------------------------------------------------------------------------


async def _missed(searches: Sequence[Search], store: Store, now: datetime) -> list[NearMiss]:
    """Return what kept back jobs of this week that no search took and some search dropped for one thing only.

    The commonest comes first. The whole week is judged, a page at a time, and nothing but a count is kept of a page.
    """
    found: dict[str, NearMiss] = {}
    judged, begun, after = 0, monotonic(), 0
    while searches:
        page, after = await store.postings(now - WEEK, after, PAGE)
        if not page:
            break
        if monotonic() - begun > PATIENCE:
            log.warning("near-misses-cut jobs=%d seconds=%.0f", judged, PATIENCE)
            break
        jobs = _first_met(page, await store.jobs({each.job for each in page if each.closed_at is None}), now)
        judged += len(jobs)
        for criterion, said in await think(_nearly, searches, jobs):
            found[criterion] = _one_more(found.get(criterion, NearMiss(criterion, 0, ())), said)
    return sorted(found.values(), key=lambda each: (-each.jobs, each.criterion))


def _first_met(page: Sequence[StoredPosting], jobs: Mapping[str, StoredJob], now: datetime) -> list[StoredJob]:
    """Return the jobs of the week whose first open advert stands on this page: each job is met once."""
    here = {(each.raw.source, each.raw.id) for each in page}
    first = {id_: next((p.raw for p in job.postings if p.closed_at is None), None) for id_, job in jobs.items()}
    met = {id_ for id_, raw in first.items() if raw and (raw.source, raw.id) in here}
    return [job for id_, job in jobs.items() if id_ in met and job.first_seen >= now - WEEK]


def _nearly(searches: Sequence[Search], jobs: Sequence[StoredJob]) -> list[tuple[str, str]]:
    """Return for each job that was nearly taken the criterion that kept it back, and the job in words."""
    rehearsals = rehearse_all(searches, jobs, NEAR)
    told = {each.job for rehearsal in rehearsals for each in rehearsal.told}
    missed = (each for rehearsal in rehearsals for each in rehearsal.missed)
    kept_back = {e.job: (e.criterion, _example(e)) for e in missed if e.job not in told}
    return list(kept_back.values())


def _one_more(group: NearMiss, said: str) -> NearMiss:
    return replace(group, jobs=group.jobs + 1, examples=(*group.examples, said)[:MOST_EXAMPLES])


def _example(missed: Missed) -> str:
    raw, pay = missed.posting.raw, pay_text(missed.posting.salary, missed.posting.ir35.value)
    employer = f" at {line(raw.company, 40)}" if raw.company else ""
    said = f"{line(raw.title, 60)}{employer}{', ' if pay else ''}{pay}"
    return f"{said} ({missed.because})" if missed.because else said


# --- what closes soon -----------------------------------------------------------------------------------------


def _closing(
    here: Collection[str], reader: Person, jobs: Iterable[StoredJob], now: datetime
) -> Iterator[tuple[datetime, ClosingSoon]]:
    """Yield the jobs, not in this digest and not done with, whose applications close within days."""
    for job in jobs:
        if job.id in here or not job.is_open or people.is_done(reader.name, job.marks):
            continue
        posting = merged(job).posting
        at = closes_at(posting)
        if at is not None and now < at <= now + SOON:
            raw = posting.raw
            yield at, ClosingSoon(raw.title, raw.company, raw.url, closes_in(at, now, reader.zone))


def _soonest(found: Iterable[tuple[datetime, ClosingSoon]]) -> tuple[ClosingSoon, ...]:
    return tuple(each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].title))[:MOST_CLOSING])


# --- pictures -------------------------------------------------------------------------------------------------


async def pictures(found: Overview) -> tuple[Picture, ...]:
    """Return the pictures that can be drawn here; one that fails is a line in the log, never a missing digest."""
    if not charts.available():
        return ()
    drawn = [
        await _picture("pay", bars_in_words(found), charts.pay_bars(found)) if len(found.bars) > 1 else None,
        await _picture("weeks", weeks_in_words(found), charts.week_columns(found)) if len(found.weeks) > 1 else None,
    ]
    return tuple(filter(None, drawn))


async def _picture(name: str, alt: str, panel: charts.Panel) -> Picture | None:
    try:
        return Picture(name, alt, await charts.draw([panel]))
    except (RolecallError, OSError) as error:
        log.warning("picture-failed name=%s error=%s", name, error)
        return None
