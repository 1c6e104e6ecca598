"""What people decided, carried out: jobs joined, postings split off, jobs marked, employers muted; and it taken back.

A job is where its postings are, so a decision holds for what comes later too: a new copy joins the job of the copy it
is like. Every function works inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlite_utils import Database

from rolecall import people
from rolecall.dedupe import job_id, normal_company
from rolecall.people import Decision, Mark, MarkKind, Ruling
from rolecall.plan import AGAIN, Delivery
from rolecall.store import moves, outbox, said
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
    before = moves.before_join(db, one.job, other.job)
    moves.merge(db, other.job, one.job)
    return _Done(other.row, before)


def _split(db: Database, one: _Posting, key: tuple[str, str]) -> _Done | None:
    rest = [row for row in moves.postings_of(db, one.job) if row != one.row]
    if not rest:
        return None
    names = (job_id((*key, *["apart"] * times)) for times in count())
    moves.move(db, [one.row], one.job, next(name for name in names if not moves.postings_of(db, name)))
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
    alerts = column(db.execute(query, [job, *searches]))
    for channel in channels if alerts else ():
        delivery = Delivery(channel, _again(decision.id), "alert", until)
        for alert in alerts:
            outbox.add_delivery(db, delivery, alert, to_us(decision.at))
    return bool(alerts and channels)


def _again(decision: str) -> str:
    return f"{AGAIN}{decision}"


# --- undoing --------------------------------------------------------------------------------------------------


def _undo(db: Database, one: _Posting, decision: Decision) -> _Done | None:
    """Take back the latest decision about the posting's job that still stands, of this person or of all."""
    last = next(db.query(_LAST, {"job": one.job, "person": decision.person}), None)
    if last is None or decision.of not in (None, last["kind"]):
        return None
    before = json.loads(last["before"])
    match last["kind"]:
        case "join":
            moves.part(db, last["job"], before)
        case "split":
            moves.merge(db, last["job"], last["other_job"])
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
