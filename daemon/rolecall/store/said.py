"""What people said, in tables: marks on jobs, mutes of employers, jobs split, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlite_utils import Database

from rolecall.people import Mark, Muted
from rolecall.store.rows import chunks, column, mark_of, mark_row, marks, to_time, to_us, writable


def of_job(db: Database, job: str) -> tuple[Mark, ...]:
    return of_jobs(db, [job]).get(job, ())


def of_jobs(db: Database, jobs: Sequence[str]) -> dict[str, tuple[Mark, ...]]:
    """Return the marks of each marked job, in the order of time; as many jobs as one statement takes."""
    query = f"SELECT job, person, kind, at, until FROM mark WHERE job IN ({marks(jobs)}) ORDER BY at, person, kind"  # noqa: S608 (only ?)
    found = defaultdict[str, tuple[Mark, ...]](tuple)
    for job, *row in db.execute(query, jobs):
        found[job] += (mark_of(row),)
    return dict(found)


def put(db: Database, job: str, before: Iterable[Mark], after: Iterable[Mark]) -> None:
    """Let a job have the marks `after` instead of those `before`; others it has stay."""
    db.conn.executemany(_DELETE, [(job, mark.person, mark.kind) for mark in before])
    db.conn.executemany(_INSERT, [(job, *mark_row(mark)) for mark in after])


_DELETE = "DELETE FROM mark WHERE job = ? AND person = ? AND kind = ?"
_INSERT = "INSERT OR REPLACE INTO mark (job, person, kind, at, until) VALUES (?, ?, ?, ?, ?)"


DONE_WITH = "SELECT 1 FROM mark WHERE job = {} AND person IN ('', ?) AND kind IN ('applied', 'dismissed')"
"""A subquery: is a person done with a job?"""


def saved(db: Database, person: str, limit: int) -> list[str]:
    """Return the jobs that a person saved, last saved first."""
    query = "SELECT job FROM mark WHERE kind = 'saved' AND person IN ('', ?) GROUP BY job ORDER BY max(at) DESC LIMIT ?"
    return column(db.execute(query, [person, limit]))


# --- mutes ----------------------------------------------------------------------------------------------------


def mute(db: Database, new: Muted) -> bool:
    """Add a mute; False where it was there or names nobody."""
    values = [new.person, new.kind, new.name, writable(new.said), to_us(new.at)]
    query = "INSERT INTO mute (person, kind, name, said, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    return bool(new.name) and db.execute(query, values).rowcount > 0


def unmute(db: Database, person: str, name: str, kind: str | None = None) -> bool:
    """Take back the mutes of a name (of one kind) that hold for a person; False where there was none."""
    query = "DELETE FROM mute WHERE person IN ('', :person) AND name = :name AND kind = coalesce(:kind, kind)"
    return db.execute(query, {"person": person, "name": name, "kind": kind}).rowcount > 0


def mutes(db: Database, people: Collection[str]) -> list[Muted]:
    found = [
        Muted(person, kind, name, said, to_time(at))
        for chunk in chunks(people)
        for person, kind, name, said, at in db.execute(_MUTES.format(marks(chunk)), chunk)
    ]
    return sorted(found, key=lambda mute: (mute.at, mute.person, mute.name, mute.kind))


_MUTES = "SELECT person, kind, name, said, at FROM mute WHERE person IN ({})"

# --- splits ---------------------------------------------------------------------------------------------------


def apart(db: Database, ids: Collection[str]) -> frozenset[frozenset[str]]:
    """Return the pairs of jobs that the user split; decisions are few."""
    pairs = {frozenset(pair) for pair in db.execute(_SPLIT)}
    return frozenset(pair for pair in pairs if len(pair) == 2 and not pair.isdisjoint(ids))


_SPLIT = """
SELECT p.job, o.job FROM decision d JOIN posting p ON p.id = d.posting JOIN posting o ON o.id = d.other
WHERE d.kind = 'split' AND d.undone_at IS NULL
"""
