"""Postings from job to job, with what hangs on a job: its alerts, what waits to be told of it, its marks, its bridges.

A job is where its postings are. Every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlite_utils import Database

from rolecall import people
from rolecall.store import said
from rolecall.store.rows import column, mark_of, mark_row, marks


def merge(db: Database, job: str, into: str) -> None:
    """Let a job go up in another one, with its alerts, its marks and its bridges."""
    move(db, postings_of(db, job), job, into)


def postings_of(db: Database, job: str) -> list[int]:
    return column(db.execute("SELECT id FROM posting WHERE job = ? ORDER BY first_seen, id", [job]))


def move(db: Database, rows: Collection[int], old: str, new: str) -> None:
    """Move postings to another job. What was told of the old job counts as told of the new one: no second alert.

    What still waits to be told of the old job is told of both.
    """
    if not rows or old == new:
        return
    db.execute(_SAME_AGE, [new, old])
    ids = list(rows)
    for row in ids:
        db.execute("UPDATE posting SET job = ? WHERE id = ?", [new, row])
    if postings_of(db, old):
        db.execute(_TOLD_TOO, {"old": old, "new": new, "first": ids[0]})
        db.execute(_WAITS_TOO, {"old": old, "new": new})
    else:
        _fold(db, old, new)


_SAME_AGE = "INSERT INTO job SELECT ?, first_seen FROM job WHERE id = ? ON CONFLICT DO NOTHING"
_TOLD_TOO = """
INSERT INTO alert (search, job, posting, action, reasons, rank, created_at)
SELECT search, :new, :first, action, reasons, rank, created_at FROM alert WHERE job = :old
ON CONFLICT (job, search) DO NOTHING
"""

_WAITS_TOO = """
INSERT INTO outbox_alert (outbox, alert)
SELECT o.id, new.id FROM alert old JOIN alert new ON new.search = old.search AND new.job = :new
JOIN outbox_alert x ON x.alert = old.id JOIN outbox o ON o.id = x.outbox
WHERE old.job = :old AND o.state = 'pending' AND o.ambiguous = 0
  AND NOT EXISTS (SELECT 1 FROM outbox_alert WHERE alert = new.id)
"""


def _fold(db: Database, old: str, new: str) -> None:
    """Give what hangs on an empty job to another one, where that has not the same already, and delete the job."""
    db.execute("UPDATE OR IGNORE alert SET job = ? WHERE job = ?", [new, old])
    twice = column(db.execute("SELECT id FROM alert WHERE job = ?", [old]))
    db.execute(f"DELETE FROM outbox_alert WHERE alert IN ({marks(twice)})", twice)  # noqa: S608 (only ?)
    db.execute("DELETE FROM alert WHERE job = ?", [old])
    db.execute("UPDATE OR IGNORE bridge SET job = ? WHERE job = ?", [new, old])
    db.execute("DELETE FROM bridge WHERE job = ?", [old])
    own, other = said.of_job(db, new), said.of_job(db, old)
    said.put(db, new, own, people.together(own, other))
    said.put(db, old, other, ())
    db.execute("DELETE FROM job WHERE id = ?", [old])


# --- joined by a person, and parted again ----------------------------------------------------------------------------


def before_join(db: Database, one: str, other: str) -> dict[str, Any]:
    """Return what `part` needs to know of two jobs that are about to be joined."""
    return {
        "job": other,
        "postings": postings_of(db, other),
        "marks": [[mark_row(mark) for mark in said.of_job(db, job)] for job in (one, other)],
        "waits": list(db.execute(_WAITS, [other])),
        "alerted": [_alerted(db, job) for job in (one, other)],
    }


_WAITS = """
SELECT a.search, o.id FROM alert a JOIN outbox_alert x ON x.alert = a.id JOIN outbox o ON o.id = x.outbox
WHERE a.job = ? AND o.state = 'pending'
"""
_WAIT_AGAIN = """
INSERT INTO outbox_alert (outbox, alert) SELECT o.id, a.id FROM alert a, outbox o
WHERE a.job = ? AND a.search = ? AND o.id = ? AND o.state = 'pending' AND o.ambiguous = 0 ON CONFLICT DO NOTHING
"""


def part(db: Database, job: str, before: dict[str, Any]) -> None:
    """Give the other job back its postings, what waits to be told of it, and what was said of it."""
    back = set(before["postings"]).intersection(postings_of(db, job))
    if not back:  # they have been split from it meanwhile
        return
    own, other = (tuple(map(mark_of, rows)) for rows in before["marks"])
    now = said.of_job(db, job)
    both_stay = job != before["job"] and back < set(postings_of(db, job))
    if both_stay:
        _part_alerts(db, job, before)
    move(db, sorted(back), job, before["job"])
    if both_stay:
        _forget_copies(db, before)
    db.conn.executemany(_WAIT_AGAIN, [(before["job"], *waits) for waits in before.get("waits", ())])
    said.put(db, job, now, people.parted(now, own, other))
    said.put(db, before["job"], said.of_job(db, before["job"]), other)


def _alerted(db: Database, job: str) -> list[str]:
    return column(db.execute("SELECT search FROM alert WHERE job = ?", [job]))


def _part_alerts(db: Database, job: str, before: dict[str, Any]) -> None:
    """Give the other job back the alerts that only it had: else what matches the one that stays would count as told."""
    own, others = before.get("alerted", ((), ()))
    db.execute(_SAME_AGE, [before["job"], job])
    rows = [(before["job"], job, search) for search in others if search not in own]
    db.conn.executemany("UPDATE OR IGNORE alert SET job = ? WHERE job = ? AND search = ?", rows)


def _forget_copies(db: Database, before: dict[str, Any]) -> None:
    """Take from the other job the alerts that only the one that stays had before they met."""
    own, others = before.get("alerted", ((), ()))
    rows = [(before["job"], search) for search in own if search not in others]
    db.conn.executemany(
        "DELETE FROM outbox_alert WHERE alert IN (SELECT id FROM alert WHERE job = ? AND search = ?)", rows
    )
    db.conn.executemany("DELETE FROM alert WHERE job = ? AND search = ?", rows)
