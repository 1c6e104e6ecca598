"""Reading alerts back, for delivery and for people; and how many there are of everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from rolecall.model import Action
from rolecall.store import said
from rolecall.store.jobs import jobs
from rolecall.store.rows import chunks, column, marks, reasons_of, to_time
from rolecall.stored import StoredAlert, StoredJob


def jobs_of_message(db: Database, outbox: int) -> tuple[tuple[int, ...], ...]:
    """Return the ids of the alerts that travel in one message, those of one job together."""
    query = "SELECT job, id FROM alert WHERE id IN (SELECT alert FROM outbox_alert WHERE outbox = ?) ORDER BY job, id"
    by_job = groupby(db.execute(query, [outbox]), key=itemgetter(0))
    return tuple(tuple(alert for _, alert in group) for _, group in by_job)


def alerts_with(db: Database, ids: Collection[int]) -> list[StoredAlert]:
    """Return the alerts with these ids, oldest first."""
    found = (_alerts(db, f"WHERE a.id IN ({marks(chunk)}) ORDER BY a.id", chunk) for chunk in chunks(sorted(ids)))
    return [alert for page in found for alert in page]


def alerts(
    db: Database, limit: int, searches: Collection[str] | None, open_only: bool, person: str
) -> list[StoredAlert]:
    """Return alerts, newest posting first."""
    chosen = "" if searches is None else f"AND a.search IN ({marks(list(searches))})"
    where = (
        f"WHERE (NOT ? OR ({_CURRENT})) {chosen} ORDER BY coalesce(p.posted_at, p.first_seen) DESC, a.id DESC LIMIT ?"
    )
    return _alerts(db, where, [open_only, person, *(searches or ()), limit])


_CURRENT = (
    "EXISTS (SELECT 1 FROM posting WHERE job = a.job AND closed_at IS NULL)"  # noqa: S608 (our own words)
    f" AND NOT EXISTS ({said.DONE_WITH.format('a.job')})"
)


def alerted_jobs(db: Database, searches: Collection[str], limit: int) -> list[str]:
    chosen = marks(list(searches))
    query = f"SELECT job FROM alert WHERE search IN ({chosen}) GROUP BY job ORDER BY max(id) DESC LIMIT ?"  # noqa: S608 (only ?)
    return column(db.execute(query, [*searches, limit]))


def _alerts(db: Database, where: str, values: Sequence[object] | dict[str, object]) -> list[StoredAlert]:
    rows = list(db.query(_ALERT + where, values))
    found = jobs(db, (row["job"] for row in rows))
    return [_alert(row, found[row["job"]]) for row in rows]


_ALERT = "SELECT a.*, p.source, p.source_id FROM alert a JOIN posting p ON p.id = a.posting "


def _alert(row: Mapping[str, Any], job: StoredJob) -> StoredAlert:
    return StoredAlert(
        id=row["id"],
        search=row["search"],
        action=Action(row["action"]),
        reasons=reasons_of(row["reasons"]),
        rank=row["rank"],
        created_at=to_time(row["created_at"]),
        key=(row["source"], row["source_id"]),
        job=job,
    )


def alerted_at(db: Database, job: str) -> dict[str, datetime]:
    """Return search → time of the job's alerts."""
    rows = db.execute("SELECT search, created_at FROM alert WHERE job = ? ORDER BY id", [job])
    return {search: to_time(at) for search, at in rows}


def totals(db: Database) -> dict[str, int]:
    postings, jobs = db.execute("SELECT count(*), count(DISTINCT job) FROM posting").fetchone()
    (alerts,) = db.execute("SELECT count(*) FROM alert").fetchone()
    (sent,) = db.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()
    return {"postings": postings, "jobs": jobs, "alerts": alerts, "duplicates": postings - jobs, "messages": sent}
