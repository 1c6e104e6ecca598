"""What `rolecall list` shows: the jobs that matched, or those that somebody saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rolecall import people
from rolecall.compose import card_of
from rolecall.config import Config, Person
from rolecall.model import Action, Card
from rolecall.people import Muted
from rolecall.ports import Store
from rolecall.stored import StoredAlert, StoredJob
from rolecall.vacancy import merged


@dataclass(frozen=True, slots=True)
class Row:
    """One job as `rolecall list` shows it. `state`: what was said of it ("saved, applied 3 Nov")."""

    job: str
    posted: datetime
    search: str
    action: str
    card: Card
    annual_gbp: tuple[int | None, int | None]
    state: str = ""


async def listing(
    store: Store,
    config: Config,
    now: datetime,
    top: int,
    search: str | None = None,
    closed: bool = False,
    *,
    person: str | None = None,
    saved: bool = False,
) -> list[Row]:
    """Return the most current matching jobs (of one person, else of all), newest first, each job once.

    `saved`: instead those that were saved, last saved first; they stay, also when they have closed.
    """
    rows: dict[str, Row] = {}
    for who in config.people if person is None else (config.person(person),):
        alerts = await (_saved(store, config, who, top) if saved else _current(store, config, who, top, search, closed))
        by_job: dict[str, list[StoredAlert]] = {}
        for alert in alerts:
            by_job.setdefault(alert.job.id, []).append(alert)
        rows = {job: _row(found, config, who, now) for job, found in list(by_job.items())[:top]} | rows
    return list(rows.values()) if saved else sorted(rows.values(), key=lambda row: row.posted, reverse=True)[:top]


async def _current(
    store: Store, config: Config, who: Person, top: int, search: str | None, closed: bool
) -> Sequence[StoredAlert]:
    """Return at least so many jobs' alerts where there are so many, without those of muted employers."""
    theirs = [each.name for each in config.searches if who.name in ("", each.person) and search in (None, each.name)]
    mutes = [] if closed else await store.mutes({"", who.name})
    limit = 2 * top
    while True:
        found = await store.alerts(limit, None if not who.name and search is None else theirs, not closed, who.name)
        heard = [alert for alert in found if not _is_muted(alert.job, who, mutes)]
        if len(found) < limit or len({alert.job.id for alert in heard}) >= top:
            return heard
        limit *= 4


def _is_muted(job: StoredJob, who: Person, mutes: Sequence[Muted]) -> bool:
    return bool(mutes) and all(people.muted(who.name, copy.raw.company, mutes) for copy in job.postings)


async def _saved(store: Store, config: Config, who: Person, top: int) -> Sequence[StoredAlert]:
    """Return what the searches said of the jobs a person saved, of each job at least a word."""
    found: list[StoredAlert] = []
    for job in await store.saved(who.name, top):
        told = {search: at for search, at in (await store.alerted_at(job.id)).items() if _is_of(search, who, config)}
        key = (job.postings[0].raw.source, job.postings[0].raw.id)
        found += [StoredAlert(0, search, Action.ALERT, (), 0.0, at, key, job) for search, at in told.items()] or [
            StoredAlert(0, "", Action.DROP, (), 0.0, job.first_seen, key, job)
        ]
    return found


def _is_of(search: str, who: Person, config: Config) -> bool:
    return who.name in ("", config.person_of(search).name)


def _row(alerts: Sequence[StoredAlert], config: Config, who: Person, now: datetime) -> Row:
    first = max(alerts, key=lambda alert: alert.rank)
    posting = next((p for p in first.job.postings if (p.raw.source, p.raw.id) == first.key), first.job.postings[0])
    salary = merged(first.job).posting.salary.value
    return Row(
        job=first.job.id,
        posted=posting.raw.posted_at or posting.first_seen,
        search=", ".join(sorted({alert.search for alert in alerts})),
        action=first.action.value,
        card=card_of(alerts, config, now, who),
        annual_gbp=salary.annual_gbp if salary and not salary.predicted else (None, None),
        state=people.state(who.name, first.job.marks, now, who.zone),
    )
