"""Reading jobs, postings and alerts back, for delivery and for people."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from rolecall.dedupe import canonical_url
from rolecall.dedupe.boilerplate import Advert, slots
from rolecall.model import Action, Print
from rolecall.store import said, waiting
from rolecall.store.content import unpack
from rolecall.store.rows import (
    Row,
    advert_of,
    chunks,
    hashed,
    marks,
    print_of,
    reasons_of,
    rows_of,
    to_time,
    to_us,
)
from rolecall.stored import StoredAlert, StoredJob, StoredPosting, keys_named

# --- for polling ----------------------------------------------------------------------------------------------


def known(db: Database, source: str, ids: Sequence[str]) -> dict[str, str]:
    """Return id → content hash of those stored or waiting, "" for those that had gone: what comes back is read anew."""
    found: dict[str, str] = {}
    for chunk in chunks(ids):
        query = _KNOWN.format(marks(chunk))
        found.update(db.execute(query, [source, *chunk]))
        found.update(waiting.hashes(db, source, chunk))
    return found


_KNOWN = """
SELECT source_id, CASE WHEN missing AND closed_at IS NOT NULL THEN '' ELSE content_hash END
FROM posting WHERE source = ? AND source_id IN ({})
"""


def open_ids(db: Database, source: str) -> frozenset[str]:
    rows = db.execute("SELECT source_id FROM posting WHERE source = ? AND closed_at IS NULL", [source])
    return frozenset(source_id for (source_id,) in rows)


def missing_ids(db: Database, source: str) -> frozenset[str]:
    query = "SELECT source_id FROM posting WHERE source = ? AND missing = 1 AND closed_at IS NULL"
    return frozenset(_column(db, query, [source]))


def candidates(db: Database, keys: Collection[str], since: datetime | None) -> list[tuple[Print, str]]:
    """Return (print, job) of every posting that shares a key; a collision of hashes is sorted out here."""
    wanted = frozenset(keys)
    found: dict[tuple[str, str], tuple[Print, str]] = {}
    for chunk in chunks(sorted(map(hashed, wanted))):
        for job, *row in db.execute(_CANDIDATES.format(rows_of(chunk)), [*chunk, to_us(since) or 0]):
            print_ = print_of(*row)
            if not wanted.isdisjoint(print_.keys):
                found[print_.key] = (print_, job)
    return list(found.values())


_CANDIDATES = """
WITH wanted(key) AS (VALUES {}),
  found(posting) AS (SELECT DISTINCT k.posting FROM wanted w CROSS JOIN posting_key k ON k.key = w.key)
SELECT p.job, p.source, p.source_id, b.print, b.shingles
FROM found f CROSS JOIN posting p ON p.id = f.posting JOIN posting_body b ON b.posting = p.id
WHERE coalesce(p.closed_at, p.last_seen) >= ?
  OR EXISTS (SELECT 1 FROM mark WHERE job = p.job AND kind IN ('applied', 'dismissed'))
"""  # without CROSS, SQLite makes a table of the keys first: twice the time


def beside(db: Database, companies: Collection[str]) -> list[Advert]:
    """Return the latest advert of every slot of the companies, to learn from."""
    keys = chunks(hashed(key) for company in companies for key in slots(company))
    rows = (row for chunk in keys for row in db.execute(_BESIDE.format(rows_of(chunk)), chunk))
    return [advert for row in rows if (advert := advert_of(*row)).company in companies]


_BESIDE = """
WITH slot(key) AS (VALUES {})
SELECT b.print, b.shingles
FROM slot JOIN posting_body b ON b.posting = (SELECT max(posting) FROM posting_key WHERE key = slot.key)
"""


def alerted(db: Database, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for chunk in chunks(jobs):
        found.update(db.execute(f"SELECT search, job FROM alert WHERE job IN ({marks(chunk)})", chunk))  # noqa: S608 (only ?)
    return frozenset(found)


def told(db: Database, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for chunk in chunks(jobs):
        found.update(db.execute(_TOLD.format(marks(chunk)), chunk))
    return frozenset(found)


_TOLD = """
SELECT DISTINCT a.search, a.job FROM alert a
JOIN outbox_alert x ON x.alert = a.id JOIN outbox o ON o.id = x.outbox
WHERE a.job IN ({}) AND o.state = 'sent'
"""


def sent_alone(db: Database, searches: Collection[str], since: datetime) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(searches):
        found.update(db.execute(_SENT_ALONE.format(marks(chunk)), [to_us(since), *chunk]))
    return found


_SENT_ALONE = """
SELECT a.search, count(*) FROM alert a
WHERE a.created_at >= ? AND a.search IN ({}) AND EXISTS (
  SELECT 1 FROM outbox_alert x JOIN outbox o ON o.id = x.outbox WHERE x.alert = a.id AND o.kind = 'alert')
GROUP BY a.search
"""


def searches(db: Database) -> dict[str, str]:
    return dict(db.execute("SELECT name, fingerprint FROM search"))


# --- jobs -----------------------------------------------------------------------------------------------------


def jobs(db: Database, ids: Iterable[str]) -> dict[str, StoredJob]:
    """Return the jobs by id with all their postings, first seen first; a job without postings is left out."""
    found: dict[str, StoredJob] = {}
    for chunk in chunks(dict.fromkeys(ids)):
        postings = defaultdict[str, list[StoredPosting]](list)
        query = f"{_POSTING} WHERE p.job IN ({marks(chunk)}) ORDER BY p.first_seen, p.id"
        for row in db.execute(query, chunk):
            postings[row[0]].append(_posting(row))
        marked = said.of_jobs(db, chunk)
        maybe = _maybe(db, chunk)
        for name, of_job in postings.items():
            of_both = (marked.get(name, ()), maybe.get(name, ()))
            found[name] = StoredJob(name, of_job[0].first_seen, tuple(of_job), *of_both)
    return found


def _maybe(db: Database, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the jobs that a posting has shown to be perhaps the same; both ways, but for those the user split."""
    pairs = set(db.execute(_BRIDGED.format(marks(ids)), [*ids, *ids]))
    if not pairs:
        return {}
    split = apart(db, ids)
    found = defaultdict[str, list[str]](list)
    for one, other in sorted(pairs):
        if one != other and frozenset((one, other)) not in split:
            found[one].append(other)
    return {name: tuple(others) for name, others in found.items()}


_BRIDGED = """
SELECT p.job, b.job FROM posting p JOIN bridge b ON b.posting = p.id WHERE p.job IN ({0})
UNION SELECT b.job, p.job FROM bridge b JOIN posting p ON p.id = b.posting WHERE b.job IN ({0})
"""


def apart(db: Database, ids: Collection[str]) -> frozenset[frozenset[str]]:
    """Return the pairs of jobs that the user split; decisions are few."""
    pairs = {frozenset(pair) for pair in db.execute(_SPLIT)}
    return frozenset(pair for pair in pairs if len(pair) == 2 and not pair.isdisjoint(ids))


_SPLIT = """
SELECT p.job, o.job FROM decision d JOIN posting p ON p.id = d.posting JOIN posting o ON o.id = d.other
WHERE d.kind = 'split' AND d.undone_at IS NULL
"""


_POSTING = """
SELECT p.job, p.source, p.source_id, p.first_seen, p.last_seen, p.closed_at, b.because, b.content
FROM posting p JOIN posting_body b ON b.posting = p.id
"""


def _posting(row: Row) -> StoredPosting:
    job, source, source_id, first_seen, last_seen, closed_at, because, content = row
    raw, facts = unpack(source, source_id, content)
    return StoredPosting(
        raw=raw,
        job=job,
        first_seen=to_time(first_seen),
        last_seen=to_time(last_seen),
        closed_at=to_time(closed_at),
        facts=facts,
        because=tuple(json.loads(because)),
    )


def job(db: Database, prefix: str) -> StoredJob | None:
    """Return the job whose id is this, or the only one whose id begins with it, or the one it was joined into."""
    query = """
        SELECT id FROM job j WHERE id >= ? AND substr(id, 1, ?) = ?
          AND EXISTS (SELECT 1 FROM posting WHERE job = j.id) ORDER BY id LIMIT 2
    """
    match _column(db, query, [prefix, len(prefix), prefix]):
        case [only] if prefix:
            return jobs(db, [only])[only]
        case [first, _] if first == prefix:
            return jobs(db, [first])[first]
        case []:
            return next(iter(_jobs_in_order(db, _JOINED_INTO, [prefix])), None)
    return None


_JOINED_INTO = """
SELECT p.job FROM decision d JOIN posting p ON p.id = d.posting
WHERE d.kind = 'join' AND d.undone_at IS NULL AND json_extract(d.before, '$.job') = ?
ORDER BY d.made_at DESC LIMIT 1
"""


def find_url(db: Database, url: str) -> StoredJob | None:
    """Return the job of the posting with this address, a latest one."""
    canonical = canonical_url(url)
    query = "SELECT job FROM posting WHERE url = ? ORDER BY id DESC LIMIT 1"
    return next(iter(_jobs_in_order(db, query, [hashed(canonical)])), None) if canonical else None


def find_advert(db: Database, name: str) -> StoredJob | None:
    """Return the job of the posting with this name."""
    query = "SELECT job FROM posting WHERE source = ? AND source_id = ?"
    found = (job for key in keys_named(name) for job in _jobs_in_order(db, query, key))
    return next(found, None)


def recent(db: Database, since: datetime, limit: int) -> list[StoredJob]:
    """Return jobs with an open posting first seen since then, newest first."""
    query = """
        SELECT job FROM posting WHERE first_seen >= ? AND closed_at IS NULL
        GROUP BY job ORDER BY max(first_seen) DESC, max(id) DESC LIMIT ?
    """
    return _jobs_in_order(db, query, [to_us(since), limit])


def postings(db: Database, since: datetime, after: int, limit: int) -> tuple[list[StoredPosting], int]:
    """Return one page of postings first seen since then, and the row to go on after."""
    query = "SELECT id FROM posting WHERE id > ? AND first_seen >= ? ORDER BY id LIMIT ?"
    ids = _column(db, query, [after, to_us(since), limit])
    if not ids:
        return [], after
    query = f"{_POSTING} WHERE p.id BETWEEN ? AND ? AND p.first_seen >= ? ORDER BY p.id"
    rows = db.execute(query, [ids[0], ids[-1], to_us(since)])
    return [_posting(row) for row in rows], ids[-1]


def _jobs_in_order(db: Database, query: str, values: Sequence[object]) -> list[StoredJob]:
    ids = _column(db, query, values)
    found = jobs(db, ids)
    return [found[job] for job in ids]


def _column(db: Database, query: str, values: Sequence[object]) -> list[Any]:
    return [value for (value,) in db.execute(query, values)]


# --- alerts ---------------------------------------------------------------------------------------------------


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
    return _column(db, query, [*searches, limit])


def saved(db: Database, person: str, limit: int) -> list[StoredJob]:
    found = said.saved(db, person, limit)
    by_id = jobs(db, found)
    return [by_id[job] for job in found]


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


# --- counts ---------------------------------------------------------------------------------------------------


def totals(db: Database) -> dict[str, int]:
    postings, jobs = db.execute("SELECT count(*), count(DISTINCT job) FROM posting").fetchone()
    (alerts,) = db.execute("SELECT count(*) FROM alert").fetchone()
    (sent,) = db.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()
    return {"postings": postings, "jobs": jobs, "alerts": alerts, "duplicates": postings - jobs, "messages": sent}
