"""A database of any age opens, a newer one is refused, and a power cut during a migration costs nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from rolecall.dedupe import Advert, fingerprint
from rolecall.errors import DatabaseTooNew, StoreError
from rolecall.people import Decision
from rolecall.rhythm import Rhythm
from rolecall.store import SqliteStore, connection, migrations
from rolecall.store.rows import print_json, shingles_blob, to_us
from tests import adverts
from tests.store_plans import NOW, SOURCE, after, posting

RELEASED = sorted((Path(__file__).parent / "fixtures" / "store").glob("*.sql"))
"""One dump per released schema, with a posting, an alert and a message in it; never changed afterwards."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rolecall.db"


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this program one migration newer than it is."""
    future = deepcopy(migrations.migrations)

    @future()
    def m999_future(db: Database) -> None:
        db.execute("ALTER TABLE posting ADD COLUMN mood TEXT")
        db.execute("CREATE TABLE mood (name TEXT PRIMARY KEY)")

    monkeypatch.setattr(migrations, "migrations", future)
    monkeypatch.setattr(connection, "migrations", future)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def load(path: Path, dump: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(dump.read_text())


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
async def test_the_database_of_every_release_opens_and_is_read(path: Path, dump: Path) -> None:
    load(path, dump)
    store = await SqliteStore.open(path)
    expected = posting("a")
    ((found, job),) = await store.candidates(expected.print.keys)
    younger = {"posted": 0, "retold": False, "role": "", "temporary": None}  # than the dumps
    assert (found, job) == (replace(expected.print, **younger), "job-a")
    (alert,) = await store.alerts(10)
    assert alert.job.postings[0].raw == expected.raw
    claim = await store.claim("phone", NOW, 60)
    assert claim is not None
    assert claim.jobs == ((alert.id,),)
    assert await store.alerts_with(claim.jobs[0]) == [alert]
    assert await store.open_ids(SOURCE) == {"a"}
    await store.close()


async def test_what_the_user_had_said_before_people_had_names_is_kept_and_can_be_taken_back(path: Path) -> None:
    load(path, RELEASED[0])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE job SET mark = 'dismissed'")
        for number, (kind, before) in enumerate((("applied", {"mark": ""}), ("dismissed", {"mark": "applied"}))):
            row = (kind, kind, json.dumps(before), to_us(after(days=number)))
            db.execute("INSERT INTO decision (id, kind, posting, before, made_at) VALUES (?, ?, 1, ?, ?)", row)
    store = await SqliteStore.open(path)
    marks = []
    for number in range(3):
        job = await store.job("job-a")
        assert job is not None
        marks.append([(mark.person, mark.kind, mark.at) for mark in job.marks])
        await store.record(Decision(f"undo {number}", "undo", ((SOURCE, "a"),), after(days=9), "anna"))
    await store.close()
    assert marks == [[("", "dismissed", after(days=1))], [("", "applied", after(days=1))], []]


async def test_what_was_stored_under_the_first_keys_is_found_by_todays(path: Path) -> None:
    today = fingerprint(adverts.posting("1"))
    bare = [f"{key[:2]}{key[6:]}" if key[0] in "ct" else key for key in today.keys]
    load(path, RELEASED[0])
    with closing(sqlite3.connect(path)) as db, db:
        old = replace(today, keys=frozenset(bare))
        db.execute("UPDATE posting SET source = 'reed', source_id = '1'")
        db.execute("UPDATE posting_body SET print = ?, shingles = ?", (print_json(old), shingles_blob(old.shingles)))
    store = await SqliteStore.open(path)
    for kind in "ct":
        assert await store.candidates([key for key in today.keys if key[0] == kind]) == [(today, "job-a")]
    (advert,) = await store.beside([today.company])
    assert replace(advert, shingles=frozenset(advert.shingles)) == Advert(today.company, today.title, today.shingles)
    await store.close()


def test_every_migration_has_a_dump_of_the_schema_before_the_next_one() -> None:
    names = [migration.name for migration in migrations.migrations.pending(Database(memory=True))]
    assert [dump.stem for dump in RELEASED] == names


def test_opening_twice_migrates_once(path: Path) -> None:
    for _ in range(2):
        connection.writer(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (len(RELEASED),)


def test_a_newer_schema_is_refused_and_left_alone(
    path: Path, newer_program: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.writer(path).close()
    monkeypatch.undo()
    before = path.read_bytes()
    for opened in (connection.writer, connection.reader):
        with pytest.raises(DatabaseTooNew, match=r"rolecall\.db: it was written by a newer Rolecall \(m999_future\)"):
            opened(path)
    assert path.read_bytes() == before


def test_a_reader_asks_for_the_daemon_when_the_schema_is_old(path: Path, request: pytest.FixtureRequest) -> None:
    connection.writer(path).close()
    request.getfixturevalue("newer_program")
    with pytest.raises(StoreError, match="start the daemon once"):
        connection.reader(path)
    connection.writer(path).close()
    connection.reader(path).close()


@pytest.mark.parametrize("old", [False, True], ids=["a new database", "an old database"])
def test_kill_9_at_any_statement_of_a_migration_leaves_the_schema_before_it(
    path: Path, old: bool, request: pytest.FixtureRequest
) -> None:
    if old:
        connection.writer(path).close()
    before = tables(path) if old else set()
    request.getfixturevalue("newer_program")
    for statement in (1, 2, 4, 6, 8) if old else (4, 9, 15, 22, 27):
        assert _killed_at(statement, path)
        assert tables(path) == before
    connection.writer(path).close()
    assert "mood" in tables(path)


def _killed_at(statement: int, path: Path) -> bool:
    """Open in a child process that is killed when it has run that many statements; say whether it was."""
    child = os.fork()
    if child == 0:
        _kill_after(statement)
        connection.writer(path)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _kill_after(statements: int) -> None:
    execute, run = Database.execute, 0

    def counting(self: Database, *arguments: object) -> sqlite3.Cursor:
        nonlocal run
        cursor = execute(self, *arguments)  # type: ignore[arg-type]  # passed on as they came
        run += "PRAGMA" not in str(arguments[0])
        if run >= statements:
            os.kill(os.getpid(), signal.SIGKILL)
        return cursor

    Database.execute = counting  # type: ignore[method-assign]  # only in the child


async def test_the_health_of_sources_is_carried_over_from_the_first_release(path: Path) -> None:
    load(path, RELEASED[0])
    with closing(sqlite3.connect(path)) as db:
        for name in ("ok", "failing", "suspended", "new"):
            values = (f"feed:{name}", 1772443800123456, name)
            db.execute(
                "INSERT INTO source VALUES (?, ?, '{}', 1, ?, 0, NULL, NULL, '', NULL, 7, 0, NULL, '0.1.0')", values
            )
        db.commit()
    store = await SqliteStore.open(path)
    states = await store.source_states()
    await store.close()
    assert {name: state.health for name, state in states.items()} == {
        "feed:ok": "alive", "feed:failing": "unreachable", "feed:suspended": "blocked", "feed:new": "new",
    }  # fmt: skip
    assert all((state.postings, state.rhythm, state.put_off) == (7, Rhythm(), "") for state in states.values())
