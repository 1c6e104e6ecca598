"""Reading jobs and postings back: by id, by address, the latest; with all that people said of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlite_utils import Database

from rolecall.dedupe import canonical_url
from rolecall.store import said
from rolecall.store.content import unpack
from rolecall.store.rows import Row, chunks, column, hashed, marks, to_time, to_us
from rolecall.stored import StoredJob, StoredPosting, keys_named


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
    split = said.apart(db, ids)
    found = defaultdict[str, list[str]](list)
    for one, other in sorted(pairs):
        if one != other and frozenset((one, other)) not in split:
            found[one].append(other)
    return {name: tuple(others) for name, others in found.items()}


_BRIDGED = """
SELECT p.job, b.job FROM posting p JOIN bridge b ON b.posting = p.id WHERE p.job IN ({0})
UNION SELECT b.job, p.job FROM bridge b JOIN posting p ON p.id = b.posting WHERE b.job IN ({0})
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
    match column(db.execute(query, [prefix, len(prefix), prefix])):
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


def saved(db: Database, person: str, limit: int) -> list[StoredJob]:
    found = said.saved(db, person, limit)
    by_id = jobs(db, found)
    return [by_id[job] for job in found]


def postings(db: Database, since: datetime, after: int, limit: int) -> tuple[list[StoredPosting], int]:
    """Return one page of postings first seen since then, and the row to go on after."""
    query = "SELECT id FROM posting WHERE id > ? AND first_seen >= ? ORDER BY id LIMIT ?"
    ids = column(db.execute(query, [after, to_us(since), limit]))
    if not ids:
        return [], after
    query = f"{_POSTING} WHERE p.id BETWEEN ? AND ? AND p.first_seen >= ? ORDER BY p.id"
    rows = db.execute(query, [ids[0], ids[-1], to_us(since)])
    return [_posting(row) for row in rows], ids[-1]


def _jobs_in_order(db: Database, query: str, values: Sequence[object]) -> list[StoredJob]:
    ids = column(db.execute(query, values))
    found = jobs(db, ids)
    return [found[job] for job in ids]
