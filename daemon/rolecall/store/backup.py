"""`backup` and `restore`: a database leaves as one checked file, and only a checked file takes its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from rolecall.errors import DatabaseBusy, StoreError
from rolecall.store.connection import acquire, explained
from rolecall.store.copy import copy, faults
from rolecall.store.migrations import check

STAMP = "%Y-%m-%dT%H%M"


def default_name(database: Path, now: datetime) -> Path:
    """Return where a backup belongs unless somebody says otherwise; `now` in the user's zone."""
    return database.with_name(f"{database.name}.backup-{now:{STAMP}}")


def backup(database: Path, target: Path) -> int:
    """Copy the database, beside a running daemon or without one; return the size in bytes. Raises `StoreError`."""
    if target.exists():
        raise StoreError(f"{target} exists: a backup never replaces a file")
    with _opened(database) as db, explained(target):
        copy(db, target)
        return target.stat().st_size


@dataclass(frozen=True, slots=True)
class Restored:
    """What `restore` did."""

    postings: int
    kept: Path | None  # the database that was replaced
    older: bool  # the daemon will update it


def restore(database: Path, file: Path, now: datetime) -> Restored:
    """Put a backup in the place of the database, which is kept under another name.

    Raises `DatabaseBusy` while a daemon runs, `DatabaseTooNew`, and `StoreError` for a file that is no sound backup;
    then nothing has changed. Killed at any point, either the one or the other database is there, whole.
    """
    if database.exists() and file.exists() and file.samefile(database):
        raise StoreError(f"{file} is the database itself, no backup of it")
    lock = _locked(database)
    try:
        ready = database.with_name(f"{database.name}.restoring")
        with _opened(file) as db, explained(file):
            older = not _checked(db)
            postings = db.execute("SELECT count(*) FROM posting").fetchone()[0]
            with explained(ready):
                copy(db, ready)
        with explained(database):
            _give_to_owner(database, ready, lock)
            return Restored(postings, _exchange(database, ready, now), older)
    finally:
        os.close(lock)


def _locked(database: Path) -> int:
    try:
        return acquire(database)
    except DatabaseBusy as error:
        raise DatabaseBusy(f"{error}: stop the daemon first") from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise StoreError(f"{path}: there is no such file")
    with explained(path), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        yield db


def _checked(db: sqlite3.Connection) -> bool:
    """Whether its schema is this program's; raises where it is no sound database of ours."""
    current = check(Database(db, execute_plugins=False))
    if not current and not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'posting'").fetchone():
        raise StoreError("it holds no Rolecall database")
    if wrong := faults(db):
        raise StoreError(f"it is damaged ({wrong[0]}): nothing was changed")
    return current


def _exchange(database: Path, ready: Path, now: datetime) -> Path | None:
    """Give the new file the name of the old, and the old another; the old one's log goes with it or into it."""
    if not database.exists():
        ready.replace(database)
        return None
    kept = _free(database, now)
    _write_out_the_log(database)
    with suppress(FileNotFoundError):  # a log beside the new file would be taken for its own
        database.with_name(f"{database.name}-wal").rename(kept.with_name(f"{kept.name}-wal"))
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)
    try:
        kept.hardlink_to(database)  # so that there is a database at every moment
    except OSError:  # a file system without links
        database.rename(kept)
    ready.replace(database)
    return kept


def _write_out_the_log(database: Path) -> None:
    """Let the file be all there is of it, where it is sound enough for that."""
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as old:
            old.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise


def _free(database: Path, now: datetime) -> Path:
    """Return a name for what is replaced that nothing has."""
    name = f"{database.name}.replaced-{now:{STAMP}}"
    names = [name, *(f"{name}.{number}" for number in range(2, 100))]
    return next(path for each in names if not (path := database.with_name(each)).exists())


def _give_to_owner(database: Path, ready: Path, lock: int) -> None:
    """Let the daemon's user open what root put there."""
    if os.geteuid() == 0:
        owner = (database if database.exists() else database.parent).stat()
        os.chown(ready, owner.st_uid, owner.st_gid)
        os.fchown(lock, owner.st_uid, owner.st_gid)
