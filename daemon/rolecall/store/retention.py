"""Texts that are old enough are dropped; what recognises the posting, and what was said of it, stays for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from rolecall.model import RawPosting
from rolecall.store.content import pack, unpack
from rolecall.store.rows import dumps, to_us

LONG = 300  # characters of JSON; a field beyond is a text, whatever its name


class Without(NamedTuple):
    """A posting without its text, ready to be written."""

    content: bytes
    posting: int


def without_text(raw: RawPosting) -> RawPosting:
    """Return what is kept: names, place, pay, addresses, times. `truncated`: what is absent was not always."""
    short = {name: value for name, value in raw.fields.items() if len(dumps(value)) <= LONG}
    return replace(raw, description="", fields=short, truncated=True)


def find(db: Database, before: datetime, after: int, limit: int) -> list[Without]:
    """Return the next postings behind row `after` that nobody has listed since `before`, without their texts."""
    rows = db.execute(_OLD, [after, to_us(before), limit])
    return [_without(*row) for row in rows]


# Read in the order of rows, not by an index over times: every poll would have to keep that up to date.
_OLD = """
SELECT p.id, p.source, p.source_id, b.content FROM posting p CROSS JOIN posting_body b ON b.posting = p.id
WHERE p.id > ? AND NOT p.pruned AND max(p.last_seen, coalesce(p.closed_at, 0)) < ?
  AND NOT EXISTS (SELECT 1 FROM mark WHERE job = p.job AND kind = 'saved')
ORDER BY p.id LIMIT ?
"""


def _without(posting: int, source: str, source_id: str, content: bytes) -> Without:
    raw, facts = unpack(source, source_id, content)
    return Without(pack(without_text(raw), facts), posting)


def write(db: Database, found: Sequence[Without], before: datetime) -> int:
    """Drop the texts, but of those that were listed again meanwhile; return of how many.

    The rows are deleted and written anew, close together: where SQLite only makes a row smaller, its page stays as it
    is, with room that no later row can use.
    """
    rows = [row for each in found if (row := db.execute(_STILL_OLD, [*each, to_us(before)]).fetchone())]
    ids = [(row[0],) for row in rows]
    db.conn.executemany("DELETE FROM posting_body WHERE posting = ?", ids)
    db.conn.executemany(_INSERT, rows)
    db.conn.executemany("UPDATE posting SET pruned = 1 WHERE id = ?", ids)
    return len(rows)


_STILL_OLD = """
SELECT b.posting, b.print, b.shingles, b.because, ? FROM posting_body b JOIN posting p ON p.id = b.posting
WHERE p.id = ? AND max(p.last_seen, coalesce(p.closed_at, 0)) < ?
"""
_INSERT = "INSERT INTO posting_body (posting, print, shingles, because, content) VALUES (?, ?, ?, ?, ?)"
