"""What people decided, carried out: jobs joined, postings split off, jobs marked, employers muted; and it taken back.

A job is where its postings are, so a decision holds for what comes later too: a new copy joins the job of the copy it
is like. Every function works inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlite_utils import Database

from rolecall import people
from rolecall.dedupe import job_id, normal_company
from rolecall.people import Decision, Mark, MarkKind, Ruling
from rolecall.plan import AGAIN, Delivery
from rolecall.store import outbox, said
from rolecall.store.rows import column, dumps, mark_of, mark_row, marks, to_time, to_us


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
    named = [_posting(db, key) for key in decision.keys]
    done = _carry_out(db, decision, named)
    if done is None:
        return False
    first = named[0].row if named else None
    row = [decision.id, decision.kind, decision.person, first, done.other, dumps(done.before), to_us(decision.at)]
    query = "INSERT INTO decision (id, kind, person, posting, other, before, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    db.execute(query, row)
    return True


def _carry_out(db: Database, decision: Decision, named: Sequence[_Posting]) -> _Done | None:
    match decision.kind:
        case "join":
            return _join(db, *named)
        case "split":
            return _split(db, named[0], decision.keys[0])
        case "undo":
            return _undo(db, named[0], decision)
        case "muted_company" | "muted_agency":
            mute = decision.mute
            return _Done(None, {"mute": [mute.person, mute.name, mute.kind]}) if said.mute(db, mute) else None
        case "unmuted":
            return _Done(None, {}) if said.unmute(db, decision.person, normal_company(decision.company)) else None
        case kind:
            return _mark(db, named[0], decision, kind)


def _posting(db: Database, key: tuple[str, str]) -> _Posting:
    row = db.execute("SELECT id, job FROM posting WHERE source = ? AND source_id = ?", key).fetchone()
    if row is None:
        raise LookupError(f"a decision about a posting that is not stored: {key}")
    return _Posting(*row)


def rulings(db: Database, job: str) -> list[Ruling]:
    """Return what was joined with a job and split from it, as far as it still stands."""
    return [Ruling(kind, (a, b), (c, d), to_time(at)) for kind, a, b, c, d, at in db.execute(_RULINGS, [job])]


_RULINGS = """
SELECT d.kind, p.source, p.source_id, o.source, o.source_id, d.made_at
FROM decision d JOIN posting p ON p.id = d.posting JOIN posting o ON o.id = d.other
WHERE d.kind IN ('join', 'split') AND d.undone_at IS NULL AND ? IN (p.job, o.job) ORDER BY d.made_at, d.rowid
"""


# --- doing ----------------------------------------------------------------------------------------------------


def _join(db: Database, one: _Posting, other: _Posting) -> _Done | None:
    if one.job == other.job:
        return None
    both = [[mark_row(mark) for mark in said.of_job(db, job)] for job in (one.job, other.job)]
    waits = list(db.execute(_WAITS, [other.job]))
    before = {"job": other.job, "postings": _postings_of(db, other.job), "marks": both, "waits": waits}
    before["alerted"] = [_alerted(db, job) for job in (one.job, other.job)]
    merge(db, other.job, one.job)
    return _Done(other.row, before)


def _split(db: Database, one: _Posting, key: tuple[str, str]) -> _Done | None:
    rest = [row for row in _postings_of(db, one.job) if row != one.row]
    if not rest:
        return None
    names = (job_id((*key, *["apart"] * times)) for times in count())
    _move(db, [one.row], one.job, next(name for name in names if not _postings_of(db, name)))
    return _Done(rest[0], {})


def _mark(db: Database, one: _Posting, decision: Decision, kind: MarkKind) -> _Done | None:
    again = decision.again
    before = people.of(decision.person, said.of_job(db, one.job))
    after = people.say(before, Mark(decision.person, kind, decision.at, again.until if again else None))
    if after == before or (again and not _come_again(db, one.job, decision)):
        return None
    said.put(db, one.job, before, after)
    return _Done(None, {"marks": list(map(mark_row, before))})


def _come_again(db: Database, job: str, decision: Decision) -> bool:
    """Queue a snoozed job for later; False where it was never told of, so that there is nothing to tell again."""
    assert decision.again is not None  # noqa: S101 (asked before)
    until, searches, channels = decision.again.until, decision.again.searches, decision.again.channels
    query = f"SELECT id FROM alert WHERE job = ? AND search IN ({marks(searches)})"  # noqa: S608 (only ?)
    alerts = [alert for (alert,) in db.execute(query, [job, *searches])]
    for channel in channels if alerts else ():
        delivery = Delivery(channel, _again(decision.id), "alert", until)
        for alert in alerts:
            outbox.add_delivery(db, delivery, alert, to_us(decision.at))
    return bool(alerts and channels)


def _again(decision: str) -> str:
    return f"{AGAIN}{decision}"


def merge(db: Database, job: str, into: str) -> None:
    """Let a job go up in another one, with its alerts, its marks and its bridges."""
    _move(db, _postings_of(db, job), job, into)


# --- undoing --------------------------------------------------------------------------------------------------


def _undo(db: Database, one: _Posting, decision: Decision) -> _Done | None:
    """Take back the latest decision about the posting's job that still stands, of this person or of all."""
    last = next(db.query(_LAST, {"job": one.job, "person": decision.person}), None)
    if last is None or decision.of not in (None, last["kind"]):
        return None
    before = json.loads(last["before"])
    match last["kind"]:
        case "join":
            _part(db, last["job"], before)
        case "split":
            merge(db, last["job"], last["other_job"])
        case "muted_company" | "muted_agency":
            said.unmute(db, *before["mute"])
        case _:
            now = people.of(decision.person, said.of_job(db, last["job"]))
            said.put(db, last["job"], now, map(mark_of, before["marks"]))
            outbox.drop_pending(db, _again(last["id"]), "taken back", decision.at)
    db.execute("UPDATE decision SET undone_at = ? WHERE id = ?", [to_us(decision.at), last["id"]])
    return _Done(None, {"undone": last["id"]})


_LAST = """
SELECT d.id, d.kind, d.before, p.job, o.job AS other_job
FROM decision d JOIN posting p ON p.id = d.posting LEFT JOIN posting o ON o.id = d.other
WHERE d.undone_at IS NULL AND d.kind != 'undo' AND d.person IN ('', :person) AND (p.job = :job OR o.job = :job)
ORDER BY d.made_at DESC, d.rowid DESC LIMIT 1
"""


_WAITS = """
SELECT a.search, o.id FROM alert a JOIN outbox_alert x ON x.alert = a.id JOIN outbox o ON o.id = x.outbox
WHERE a.job = ? AND o.state = 'pending'
"""
_WAIT_AGAIN = """
INSERT INTO outbox_alert (outbox, alert) SELECT o.id, a.id FROM alert a, outbox o
WHERE a.job = ? AND a.search = ? AND o.id = ? AND o.state = 'pending' AND o.ambiguous = 0 ON CONFLICT DO NOTHING
"""


def _part(db: Database, job: str, before: dict[str, Any]) -> None:
    """Give the other job back its postings, what waits to be told of it, and what was said of it."""
    back = set(before["postings"]).intersection(_postings_of(db, job))
    if not back:  # they have been split from it meanwhile
        return
    own, other = (tuple(map(mark_of, rows)) for rows in before["marks"])
    now = said.of_job(db, job)
    both_stay = job != before["job"] and back < set(_postings_of(db, job))
    if both_stay:
        _part_alerts(db, job, before)
    _move(db, sorted(back), job, before["job"])
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


# --- postings from job to job ---------------------------------------------------------------------------------


def _postings_of(db: Database, job: str) -> list[int]:
    return [row for (row,) in db.execute("SELECT id FROM posting WHERE job = ? ORDER BY first_seen, id", [job])]


def _move(db: Database, rows: Collection[int], old: str, new: str) -> None:
    """Move postings to another job. What was told of the old job counts as told of the new one: no second alert.

    What still waits to be told of the old job is told of both.
    """
    if not rows or old == new:
        return
    db.execute(_SAME_AGE, [new, old])
    ids = list(rows)
    for row in ids:
        db.execute("UPDATE posting SET job = ? WHERE id = ?", [new, row])
    if _postings_of(db, old):
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
    twice = [row for (row,) in db.execute("SELECT id FROM alert WHERE job = ?", [old])]
    db.execute(f"DELETE FROM outbox_alert WHERE alert IN ({marks(twice)})", twice)  # noqa: S608 (only ?)
    db.execute("DELETE FROM alert WHERE job = ?", [old])
    db.execute("UPDATE OR IGNORE bridge SET job = ? WHERE job = ?", [new, old])
    db.execute("DELETE FROM bridge WHERE job = ?", [old])
    own, other = said.of_job(db, new), said.of_job(db, old)
    said.put(db, new, own, people.together(own, other))
    said.put(db, old, other, ())
    db.execute("DELETE FROM job WHERE id = ?", [old])
