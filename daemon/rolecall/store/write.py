"""Executing a plan: postings, jobs, alerts, outbox rows and the source's state, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlite_utils import Database

from rolecall.plan import Committed, NewAlert, NewPosting, Plan
from rolecall.store import moves, outbox, said, states, waiting
from rolecall.store.content import as_text, pack
from rolecall.store.rows import (
    chunks,
    dumps,
    hashed,
    keys_in,
    look_up_keys,
    marks,
    print_json,
    reasons_json,
    shingles_blob,
    to_us,
)

Key = tuple[str, str]


class Prepared(NamedTuple):
    """A posting as columns: most of the work of storing it, done in any thread, before the transaction."""

    key: Key
    job: str
    columns: tuple[object, ...]  # of `posting`, but for its row id and what the transaction knows
    body: tuple[object, ...]  # of `posting_body`, but for its row id
    keys: tuple[int, ...]
    bridges: tuple[str, ...]


def prepare(postings: Iterable[NewPosting]) -> list[Prepared]:
    """Write postings down as columns."""
    return [_prepare(posting) for posting in postings]


def _prepare(new: NewPosting) -> Prepared:
    raw, print_, assignment = new.raw, new.print, new.assignment
    url = hashed(print_.url) if print_.url else None
    content = pack(raw, as_text(new.facts))
    return Prepared(
        key=print_.key,
        job=assignment.job,
        columns=(*print_.key, assignment.job, new.content_hash, to_us(raw.posted_at), to_us(new.closes_at), url),
        body=(print_json(print_), shingles_blob(print_.shingles), dumps(assignment.because), content),
        keys=tuple(look_up_keys(print_.keys, print_.company, print_.title)),
        bridges=assignment.bridges,
    )


def execute(db: Database, plan: Plan, prepared: Sequence[Prepared] | None = None) -> Committed:
    """Write everything the plan says (`prepared`: its postings, if that is done) and return what was really new."""
    now = to_us(plan.now)
    postings = {posting.key: posting for posting in (prepare(plan.postings) if prepared is None else prepared)}
    jobs = _store_postings(db, postings, now) if postings else 0
    for job, other in plan.merges:
        moves.merge(db, other, job)
    waiting.drop(db, (*postings, *plan.dropped))
    if plan.source is not None:
        states.save(db, plan.source)
        waiting.list_again(db, plan.source.name, plan.seen)
        _touch(db, plan.source.name, plan.seen, "last_seen = ?, closed_at = NULL, missing = 0", now)
        _touch(db, plan.source.name, plan.gone, _MISSED, now)
        if plan.unchanged:
            db.execute(_MISSED_AGAIN, [now, plan.source.name])
    waiting.keep(db, plan.waiting)
    outbox.close_expired(db, now)
    alerts, messages = _add_alerts(db, plan.alerts, now)
    messages += sum(outbox.add_notice(db, notice, now) for notice in plan.notices)
    states.remember(db, plan.reported)
    _save_searches(db, plan.searches)
    return Committed(postings=len(postings), jobs=jobs, alerts=alerts, messages=messages)


_MISSED = "closed_at = coalesce(closed_at, CASE WHEN missing THEN ? END), missing = 1"
_MISSED_AGAIN = "UPDATE posting SET closed_at = ? WHERE source = ? AND missing = 1 AND closed_at IS NULL"


# --- postings -------------------------------------------------------------------------------------------------


def _store_postings(db: Database, postings: Mapping[Key, Prepared], now: int) -> int:
    """Insert new postings, update changed ones in place; return how many jobs are new."""
    ids = _stored(db, postings)
    _forget_keys(db, ids.values())
    new = [posting for key, posting in postings.items() if key not in ids]
    jobs = _add_jobs(db, new, now)
    ids |= _next_ids(db, (posting.key for posting in new))
    rows = [(ids[key], posting) for key, posting in postings.items()]
    db.conn.executemany(_UPSERT_POSTING, ((row_id, *posting.columns, now, now) for row_id, posting in rows))
    db.conn.executemany(_UPSERT_BODY, ((row_id, *posting.body) for row_id, posting in rows))
    keys = sorted((key, row_id) for row_id, posting in rows for key in posting.keys)
    db.conn.executemany("INSERT INTO posting_key (key, posting) VALUES (?, ?) ON CONFLICT DO NOTHING", keys)
    bridges = [(job, row_id) for row_id, posting in rows for job in posting.bridges]
    db.conn.executemany("INSERT INTO bridge (job, posting) VALUES (?, ?) ON CONFLICT DO NOTHING", bridges)
    return jobs


# A posting never leaves its job: an edited text must not make a second alert for the same vacancy.
_UPSERT_POSTING = """
INSERT INTO posting (id, source, source_id, job, content_hash, posted_at, closes_at, url, first_seen, last_seen)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET content_hash = excluded.content_hash, last_seen = excluded.last_seen,
  closed_at = NULL, missing = 0, posted_at = excluded.posted_at, closes_at = excluded.closes_at, url = excluded.url,
  pruned = 0
"""
_UPSERT_BODY = """
INSERT INTO posting_body (posting, print, shingles, because, content) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (posting) DO UPDATE SET print = excluded.print, shingles = excluded.shingles,
  content = excluded.content
"""


def _stored(db: Database, keys: Iterable[Key]) -> dict[Key, int]:
    """Return the row ids of those postings that are stored."""
    by_source = defaultdict[str, list[str]](list)
    for source, source_id in keys:
        by_source[source].append(source_id)
    return {
        (source, source_id): row_id
        for source, source_ids in by_source.items()
        for chunk in chunks(source_ids)
        for source_id, row_id in db.execute(_ROW_IDS.format(marks(chunk)), [source, *chunk])
    }


_ROW_IDS = "SELECT source_id, id FROM posting WHERE source = ? AND source_id IN ({})"


def _next_ids(db: Database, keys: Iterable[Key]) -> dict[Key, int]:
    """Choose the row ids ourselves (nobody else writes), so that all tables can be filled in bulk."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM posting").fetchone()
    return {key: row_id for row_id, key in enumerate(keys, last + 1)}


def _add_jobs(db: Database, postings: Sequence[Prepared], now: int) -> int:
    before = db.conn.total_changes
    rows = [(posting.job, now) for posting in postings]
    db.conn.executemany("INSERT INTO job (id, first_seen) VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
    return db.conn.total_changes - before


def _forget_keys(db: Database, row_ids: Collection[int]) -> None:
    """Delete the look-up keys of changed postings; they are found by what they were made from, without an index."""
    for chunk in chunks(row_ids):
        rows = db.execute(f"SELECT posting, print FROM posting_body WHERE posting IN ({marks(chunk)})", chunk)  # noqa: S608 (only ?)
        keys = [(key, posting) for posting, text in rows for key in keys_in(text)]
        db.conn.executemany("DELETE FROM posting_key WHERE key = ? AND posting = ?", keys)


def _touch(db: Database, source: str, source_ids: Sequence[str], change: str, now: int) -> None:
    for chunk in chunks(source_ids):
        query = f"UPDATE posting SET {change} WHERE source = ? AND source_id IN ({marks(chunk)})"  # noqa: S608 (only ?)
        db.conn.execute(query, [now, source, *chunk])


# --- alerts ---------------------------------------------------------------------------------------------------


def _add_alerts(db: Database, alerts: Sequence[NewAlert], now: int) -> tuple[int, int]:
    """Write those that do not exist; return how many, and how many messages were started for them."""
    written = messages = 0
    for alert in alerts:
        row_id = _add_alert(db, alert, now)
        if row_id is not None:
            written += 1
            messages += sum(outbox.add_delivery(db, delivery, row_id, now) for delivery in alert.deliveries)
    return written, messages


def _add_alert(db: Database, alert: NewAlert, now: int) -> int | None:
    """Return the new alert's row id, None when this (search, job) has one or its person is done with the job."""
    row = db.execute(_MATCHED, [alert.person, *alert.key]).fetchone()
    if row is None:
        raise LookupError(f"an alert for a posting that is not stored: {alert.key}")
    *found, is_done = row
    if is_done:
        return None
    cursor = db.execute(
        """
        INSERT INTO alert (search, job, posting, action, reasons, rank, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job, search) DO NOTHING
        """,
        [alert.search, *found, alert.action.value, reasons_json(alert.reasons), alert.rank, now],
    )
    return cursor.lastrowid if cursor.rowcount else None


_MATCHED = (
    f"SELECT job, id, EXISTS ({said.DONE_WITH.format('posting.job')})"  # noqa: S608 (our own words)
    " FROM posting WHERE source = ? AND source_id = ?"
)


# --- states ---------------------------------------------------------------------------------------------------


def _save_searches(db: Database, searches: Mapping[str, str]) -> None:
    db.conn.executemany("INSERT OR REPLACE INTO search (name, fingerprint) VALUES (?, ?)", list(searches.items()))
