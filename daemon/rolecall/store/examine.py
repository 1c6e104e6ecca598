"""What a doctor asks a database: reading only, beside a daemon or without one, and also of one that is ill."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from rolecall.store.connection import explained
from rolecall.store.copy import faults
from rolecall.store.migrations import check
from rolecall.store.rows import to_time, to_us

VERSION = sqlite3.sqlite_version_info


@contextmanager
def examined(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database of any state. Raises `StoreError` where what is asked cannot be answered."""
    with explained(path), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        yield db


def wrong(db: sqlite3.Connection) -> list[str]:
    """Return what is broken in its structure and references."""
    return faults(db)


def up_to_date(db: sqlite3.Connection) -> bool:
    """Whether its schema is this program's. Raises `StoreError` where it is newer, or no database of ours."""
    return check(Database(db, execute_plugins=False))


def orphans(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows belong to nothing, by what they are; the foreign keys do not forbid these."""
    return {what: count for what, query in _ORPHANS.items() if (count := db.execute(query).fetchone()[0])}


_ORPHANS = {
    "postings without their content": (
        "SELECT count(*) FROM posting WHERE NOT EXISTS (SELECT 1 FROM posting_body WHERE posting = posting.id)"
    ),
    "alerts whose message is missing": (
        "SELECT count(*) FROM outbox_alert x WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE id = x.outbox)"
    ),
    "messages of alerts without an alert": (
        "SELECT count(*) FROM outbox o WHERE kind = 'alert' AND state IN ('pending', 'sending')"
        " AND NOT EXISTS (SELECT 1 FROM outbox_alert WHERE outbox = o.id)"
    ),
}


def table_sizes(db: sqlite3.Connection) -> dict[str, int]:
    """Return bytes by table with its indexes, largest first; empty where this SQLite cannot tell."""
    query = """
        SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name
        WHERE s.aggregate = TRUE GROUP BY m.tbl_name ORDER BY 2 DESC
    """
    try:
        return dict(db.execute(query))
    except sqlite3.OperationalError:  # compiled without dbstat
        return {}


def unused(db: sqlite3.Connection) -> int:
    """Return the bytes inside the file that wait to be used again."""
    (pages,), (size,) = (db.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size"))
    return int(pages) * int(size)


def latest(db: sqlite3.Connection) -> datetime | None:
    """Return the latest moment that the daemon wrote down as now."""
    query = "SELECT max(at) FROM (SELECT max(last_try) AS at FROM source UNION ALL SELECT max(last_sent) FROM channel)"
    at: int | None = db.execute(query).fetchone()[0]
    return to_time(at)


def waiting_since(db: sqlite3.Connection, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Return by channel how many messages are due and not sent, and since when."""
    query = """
        SELECT channel, count(*), min(max(due, lease_until)) FROM outbox
        WHERE state IN ('pending', 'sending') AND max(due, lease_until) <= ? GROUP BY channel
    """
    return {channel: (count, to_time(at)) for channel, count, at in db.execute(query, [to_us(now)])}


def set_aside(db: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Return by channel how many messages could never be sent, and why the last of them."""
    query = "SELECT channel, count(*), error, max(settled_at) FROM outbox WHERE state = 'dead' GROUP BY channel"
    return {channel: (count, error) for channel, count, error, _ in db.execute(query)}


def suspended(db: sqlite3.Connection) -> dict[str, str]:
    """Return why channels are suspended."""
    return dict(db.execute("SELECT name, suspended FROM channel WHERE suspended != ''"))


def holder(database: Path) -> int | None:
    """Return the process that holds the database's lock (0: not known which), None where nobody does.

    Read from the kernel's list: taking the lock to see whether it is free could refuse a daemon that starts just then.
    """
    with suppress(OSError):
        inode = os.stat(database.with_name(f"{database.name}.lock")).st_ino  # noqa: PTH116 (beside its file name)
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):
                return max(0, int(words[4]))
    return None
