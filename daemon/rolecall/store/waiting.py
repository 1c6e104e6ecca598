"""Rows of lists that wait for their text: kept until they are postings, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from rolecall.plan import SETTLED, Waiting
from rolecall.store.content import pack, unpack
from rolecall.store.rows import Row, chunks, marks, to_time, to_us

Key = tuple[str, str]


def read(db: Database, source: str, limit: int, skip: int) -> list[Waiting]:
    rows = db.execute(_IN_ORDER, [source, SETTLED, limit, skip])
    return [_waiting(source, row) for row in rows]


def _waiting(source: str, row: Row) -> Waiting:
    source_id, digest, since, hopeful, baseline, listed, tries, content = row
    raw, _ = unpack(source, source_id, content)
    return Waiting(raw, digest, to_time(since), bool(hopeful), bool(baseline), bool(listed), tries)


_IN_ORDER = """
SELECT source_id, content_hash, since, hopeful, baseline, listed, tries, content FROM waiting
WHERE source = ? AND tries < ? ORDER BY hopeful DESC, baseline, tries, since, id LIMIT ? OFFSET ?
"""


def counts(db: Database) -> dict[str, int]:
    """Return how many rows are still to be asked about, by source."""
    return dict(db.execute("SELECT source, count(*) FROM waiting WHERE tries < ? GROUP BY source", [SETTLED]))


def hashes(db: Database, source: str, ids: Sequence[str]) -> dict[str, str]:
    """Return id → content hash of those that wait."""
    query = f"SELECT source_id, content_hash FROM waiting WHERE source = ? AND source_id IN ({marks(ids)})"  # noqa: S608 (only ?)
    return dict(db.execute(query, [source, *ids]))


def keep(db: Database, waiting: Iterable[Waiting]) -> None:
    """Remember rows. One that changes while it waits stays as old as it was, and as much news."""
    rows = [
        (*each.key, each.content_hash, to_us(each.since), each.hopeful, each.baseline, each.listed, each.tries, content)
        for each in waiting
        if (content := pack(each.raw, "{}"))
    ]
    db.conn.executemany(_UPSERT, rows)


_UPSERT = """
INSERT INTO waiting (source, source_id, content_hash, since, hopeful, baseline, listed, tries, content)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, source_id) DO UPDATE SET content_hash = excluded.content_hash, hopeful = excluded.hopeful,
  listed = excluded.listed, tries = excluded.tries, content = excluded.content
"""


def drop(db: Database, keys: Iterable[Key]) -> None:
    db.conn.executemany("DELETE FROM waiting WHERE source = ? AND source_id = ?", list(keys))


def list_again(db: Database, source: str, seen: Sequence[str]) -> None:
    """Note which rows are in the latest list, and forget the settled ones that are not. Costs nothing where none is."""
    if seen and db.conn.execute("UPDATE waiting SET listed = 0 WHERE source = ?", [source]).rowcount:
        for chunk in chunks(seen):
            query = f"UPDATE waiting SET listed = 1 WHERE source = ? AND source_id IN ({marks(chunk)})"  # noqa: S608 (only ?)
            db.execute(query, [source, *chunk])
        db.execute("DELETE FROM waiting WHERE source = ? AND NOT listed AND tries >= ?", [source, SETTLED])
