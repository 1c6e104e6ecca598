"""What a poll asks of what is stored: which rows are known, what may be the same vacancy, what was told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from rolecall.dedupe.boilerplate import Advert, slots
from rolecall.model import Print
from rolecall.store import waiting
from rolecall.store.rows import advert_of, chunks, column, hashed, marks, print_of, rows_of, to_us


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
    return frozenset(column(rows))


def missing_ids(db: Database, source: str) -> frozenset[str]:
    query = "SELECT source_id FROM posting WHERE source = ? AND missing = 1 AND closed_at IS NULL"
    return frozenset(column(db.execute(query, [source])))


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
