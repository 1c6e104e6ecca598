"""Opening a database file: the lock, the pragmas, the schema, and a clear sentence for everything that can go wrong."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from rolecall.errors import DatabaseBusy, StoreError
from rolecall.store.copy import before_upgrade, copy, holds_rows, keep_latest
from rolecall.store.migrations import check, migrations

log = logging.getLogger(__name__)

BUSY = 5.0  # seconds to wait for a lock that only a backup or a person with a shell can hold


def acquire(path: Path) -> int:
    """Lock `<path>.lock` for this process and return the descriptor. Raises `DatabaseBusy`: one daemon per database."""
    lock = path.with_name(path.name + ".lock")
    with explained(path):
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise DatabaseBusy(f"another Rolecall is using this database (it holds {lock.name})") from error
    return descriptor


def writer(path: Path) -> Database:
    """Open for writing: create the file (mode 0600) where it is missing, and bring the schema up to date."""
    with explained(path):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with _closing_on_error(_connect(path, "rw")) as db:
            db.execute("PRAGMA page_size = 16384")  # of a new file: three or four postings a page, not one
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA journal_size_limit = 67108864")  # a big import must not leave a big file behind
            if not check(db):
                _keep_a_copy(db, path)
                with immediate(db):  # all pending migrations or none, whenever the power fails
                    migrations.apply(db)
                keep_latest(path)
            db.execute("PRAGMA foreign_keys = ON")  # only now: a migration may rebuild a table others refer to
            return db


def _keep_a_copy(db: Database, path: Path) -> None:
    """Back an older database up before it is changed for good. Raises `StoreError`; then it is left as it was."""
    if not holds_rows(db.conn):
        return
    target = before_upgrade(path, migrations.pending(db)[0].name)
    try:
        with explained(target):
            copy(db.conn, target)
    except StoreError as error:
        raise StoreError(f"it was not upgraded, since no backup could be made first ({error})") from error
    log.info("backed-up-before-upgrade file=%s", target)


def reader(path: Path) -> Database:
    """Open for reading only. Raises `StoreError` when the file is missing or its schema is not this program's."""
    with explained(path):
        if not path.exists():
            raise StoreError("there is no database yet: start the daemon first")
        with _closing_on_error(_connect(path, "ro")) as db:
            db.execute("PRAGMA query_only = ON")
            if not check(db):
                raise StoreError("it was written by an older Rolecall: start the daemon once to update it")
            return db


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """One write transaction. Never deferred: upgrading a read transaction fails at once in spite of busy_timeout."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.conn.rollback()
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the file system or the disk did into a `StoreError`; a broken constraint is a bug and passes."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        raise _named(path, _sentence(error)) from error
    except FileNotFoundError as error:
        raise _named(path, f"the directory {path.parent} does not exist") from error
    except OSError as error:
        raise _named(path, error.strerror or str(error)) from error
    except StoreError as error:
        if error.named:
            raise
        raise _named(path, str(error), type(error)) from error


def _named(path: Path, text: str, kind: type[StoreError] = StoreError) -> StoreError:
    error = kind(f"{path}: {text}")
    error.named = True
    return error


def _sentence(error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "the disk is full"
        case sqlite3.SQLITE_NOTADB:
            return "it is not an SQLite database"
        case sqlite3.SQLITE_CORRUPT:
            return "it is damaged: `rolecall restore` puts a backup in its place"
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_READONLY:
            return f"it cannot be opened or written ({error}): check the permissions of the file and its directory"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program is writing to it"
        case _:
            return str(error)


def _connect(path: Path, mode: str) -> Database:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None)
    return Database(connection, execute_plugins=False)


@contextmanager
def _closing_on_error(db: Database) -> Iterator[Database]:
    try:
        yield db
    except BaseException:
        with suppress(sqlite3.Error):
            db.close()
        raise
