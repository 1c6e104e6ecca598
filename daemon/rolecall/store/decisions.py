"""What the user decided, carried out: jobs joined, postings split off, jobs done with; and each of it taken back.

A job is where its postings are, so a decision holds for what comes later too: a new copy joins the job of the copy it
is like. Every function works inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlite_utils import Database

from rolecall.dedupe import job_id
from rolecall.ports import Decision
from rolecall.store.rows import dumps, marks, to_us


class _Posting(NamedTuple):
    row: int
    job: str


class _Done(NamedTuple):
    """What a decision changed: the other posting it is about, and what `undo` needs to know."""

    other: int | None
    before: dict[str, Any]


def record(db: Database, decision: Decision) -> bool:
    """Carry out a decision once; False when it was before or when it changes nothing. Raises `LookupError`."""
    if db.execute("SELECT 1 FROM decision WHERE id = ?", [decision.id]).fetchone():
        return False
    first, *others = (_posting(db, key) for key in decision.keys)
    done = _carry_out(db, decision, first, others)
    if done is None:
        return False
    row = [decision.id, decision.kind, first.row, done.other, dumps(done.before), to_us(decision.at)]
    query = "INSERT INTO decision (id, kind, posting, other, before, made_at) VALUES (?, ?, ?, ?, ?, ?)"
    db.execute(query, row)
    return True


def _carry_out(db: Database, decision: Decision, first: _Posting, others: Sequence[_Posting]) -> _Done | None:
    match decision.kind:
        case "join":
            return _join(db, first, others[0])
        case "split":
            return _split(db, first, decision.keys[0])
        case "undo":
            return _undo(db, first, to_us(decision.at))
        case mark:
            return _mark(db, first, mark)


def _posting(db: Database, key: tuple[str, str]) -> _Posting:
    row = db.execute("SELECT id, job FROM posting WHERE source = ? AND source_id = ?", key).fetchone()
    if row is None:
        raise LookupError(f"a decision about a posting that is not stored: {key}")
    return _Posting(*row)


# --- doing ----------------------------------------------------------------------------------------------------


def _join(db: Database, one: _Posting, other: _Posting) -> _Done | None:
    if one.job == other.job:
        return None
    marks = [_mark_of(db, one.job), _mark_of(db, other.job)]
    before = {"job": other.job, "postings": _postings_of(db, other.job), "marks": marks}
    merge(db, other.job, one.job)
    return _Done(other.row, before)


def _split(db: Database, one: _Posting, key: tuple[str, str]) -> _Done | None:
    rest = [row for row in _postings_of(db, one.job) if row != one.row]
    if not rest:
        return None
    names = (job_id((*key, *["apart"] * times)) for times in count())
    _move(db, [one.row], one.job, next(name for name in names if not _postings_of(db, name)))
    return _Done(rest[0], {})


def _mark(db: Database, one: _Posting, mark: str) -> _Done | None:
    before = _mark_of(db, one.job)
    if before == mark:
        return None
    _set_mark(db, one.job, mark)
    return _Done(None, {"mark": before})


def merge(db: Database, job: str, into: str) -> None:
    """Let a job go up in another one, with its alerts, its mark and its bridges."""
    _move(db, _postings_of(db, job), job, into)


# --- undoing --------------------------------------------------------------------------------------------------


def _undo(db: Database, one: _Posting, now: int) -> _Done | None:
    """Take back the latest decision about the posting's job that still stands."""
    last = next(db.query(_LAST, {"job": one.job}), None)
    if last is None:
        return None
    before = json.loads(last["before"])
    match last["kind"]:
        case "join":
            back = set(before["postings"]).intersection(_postings_of(db, last["job"]))
            _move(db, sorted(back), last["job"], before["job"])
            for job, mark in zip((last["job"], before["job"]), before["marks"], strict=True):
                _set_mark(db, job, mark)
        case "split":
            merge(db, last["job"], last["other_job"])
        case _:
            _set_mark(db, last["job"], before["mark"])
    db.execute("UPDATE decision SET undone_at = ? WHERE id = ?", [now, last["id"]])
    return _Done(None, {"undone": last["id"]})


_LAST = """
SELECT d.id, d.kind, d.before, p.job, o.job AS other_job
FROM decision d JOIN posting p ON p.id = d.posting LEFT JOIN posting o ON o.id = d.other
WHERE d.undone_at IS NULL AND d.kind != 'undo' AND (p.job = :job OR o.job = :job)
ORDER BY d.made_at DESC, d.rowid DESC LIMIT 1
"""


def _mark_of(db: Database, job: str) -> str:
    (mark,) = db.execute("SELECT mark FROM job WHERE id = ?", [job]).fetchone()
    return str(mark)


def _set_mark(db: Database, job: str, mark: str) -> None:
    db.execute("UPDATE job SET mark = ? WHERE id = ?", [mark, job])


# --- postings from job to job ---------------------------------------------------------------------------------


def _postings_of(db: Database, job: str) -> list[int]:
    return [row for (row,) in db.execute("SELECT id FROM posting WHERE job = ? ORDER BY first_seen, id", [job])]


def _move(db: Database, rows: Collection[int], old: str, new: str) -> None:
    """Move postings to another job. What was told of the old job counts as told of the new one: no second alert."""
    if not rows or old == new:
        return
    db.execute("INSERT INTO job SELECT ?, first_seen, '' FROM job WHERE id = ? ON CONFLICT DO NOTHING", [new, old])
    ids = list(rows)
    for row in ids:
        db.execute("UPDATE posting SET job = ? WHERE id = ?", [new, row])
    if _postings_of(db, old):
        db.execute(_TOLD_TOO, {"old": old, "new": new, "first": ids[0]})
    else:
        _fold(db, old, new)


_TOLD_TOO = """
INSERT INTO alert (search, job, posting, action, reasons, rank, created_at)
SELECT search, :new, :first, action, reasons, rank, created_at FROM alert WHERE job = :old
ON CONFLICT (job, search) DO NOTHING
"""


def _fold(db: Database, old: str, new: str) -> None:
    """Give what hangs on an empty job to another one, where that has not the same already, and delete the job."""
    db.execute("UPDATE OR IGNORE alert SET job = ? WHERE job = ?", [new, old])
    twice = [row for (row,) in db.execute("SELECT id FROM alert WHERE job = ?", [old])]
    db.execute(f"DELETE FROM outbox_alert WHERE alert IN ({marks(twice)})", twice)  # noqa: S608 (only ?)
    db.execute("DELETE FROM alert WHERE job = ?", [old])
    db.execute("UPDATE OR IGNORE bridge SET job = ? WHERE job = ?", [new, old])
    db.execute("DELETE FROM bridge WHERE job = ?", [old])
    db.execute("UPDATE job SET mark = (SELECT mark FROM job WHERE id = ?) WHERE id = ? AND mark = ''", [old, new])
    db.execute("DELETE FROM job WHERE id = ?", [old])
