"""Backups are whole and sound beside a busy daemon; only a sound one is restored; an upgrade makes one first."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from rolecall.errors import DatabaseBusy, DatabaseTooNew, StoreError
from rolecall.store import SqliteStore, backup, connection
from rolecall.store import copy as copying
from rolecall.store.connection import acquire
from tests.shared import ROOT
from tests.store_plans import NOW, SOURCE, alert, at_once, plan, posting
from tests.test_cli import run
from tests.test_migrations import RELEASED, load
from tests.test_store_sqlite import _COMMITTER, _spoil, _write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rolecall.db"


def filled(path: Path, *ids: str) -> None:
    asyncio.run(_filled(path, *ids))


async def _filled(path: Path, *ids: str) -> None:
    store = await SqliteStore.open(path)
    news = [posting(each) for each in ids]
    await store.commit(plan(*news, alerts=tuple(alert(new, at_once(new)) for new in news)))
    await store.close()


def ids_in(path: Path) -> frozenset[str]:
    return asyncio.run(_ids_in(path))


async def _ids_in(path: Path) -> frozenset[str]:
    store = await SqliteStore.open(path, readonly=True)
    found = await store.open_ids(SOURCE)
    await store.close()
    return found


def names(path: Path) -> set[str]:
    """What lies beside the database, but for what SQLite and the lock leave there."""
    return {file.name for file in path.parent.iterdir()} - {
        f"{path.name}{end}" for end in ("", "-wal", "-shm", ".lock")
    }


# --- backup ---------------------------------------------------------------------------------------------------


def test_ten_backups_of_ten_are_sound_while_the_daemon_writes(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'daemon'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", _COMMITTER, str(path), "0"]
    counts = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        for number in range(10):
            acknowledged = [int(writer.stdout.readline()) for _ in range(5)][-1]
            target = path.with_name(f"copy {number}")
            backup.backup(path, target)
            with closing(sqlite3.connect(target)) as copy:
                assert copying.faults(copy) == []
                counts.append(copy.execute("SELECT count(*), count(*) / 3 FROM posting").fetchone())
            assert counts[-1][1] > acknowledged
            assert counts[-1][0] % 3 == 0  # each commit holds three postings
        writer.kill()
    assert [count for count, _ in counts] == sorted({count for count, _ in counts})


def test_a_backup_is_one_file_for_its_owner_only(path: Path) -> None:
    filled(path, "a")
    target = backup.default_name(path, NOW)
    backup.backup(path, target)
    assert names(path) == {"rolecall.db.backup-2026-03-02T0930"}
    assert oct(target.stat().st_mode & 0o777) == "0o600"


def test_a_backup_replaces_nothing(path: Path) -> None:
    filled(path, "a")
    path.with_name("letters").write_text("dear")
    with pytest.raises(StoreError, match="a backup never replaces a file"):
        backup.backup(path, path.with_name("letters"))
    assert path.with_name("letters").read_text() == "dear"


def test_a_damaged_database_makes_no_backup_and_leaves_no_piece_of_one(path: Path) -> None:
    filled(path, *map(str, range(200)))
    _spoil(path)
    with pytest.raises(StoreError, match="damaged"):
        backup.backup(path, path.with_name("copy"))
    assert names(path) == set()


def test_a_backup_for_which_there_is_no_room_leaves_no_piece_of_it(path: Path) -> None:
    filled(path, *map(str, range(200)))
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
        with suppress(StoreError):
            backup.backup(path, path.with_name("copy"))
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert names(path) == set()


# --- restore --------------------------------------------------------------------------------------------------


def test_what_was_backed_up_comes_back_and_what_it_replaces_is_kept(path: Path) -> None:
    filled(path, "a")
    backup.backup(path, path.with_name("copy"))
    filled(path, "b")
    done = backup.restore(path, path.with_name("copy"), NOW)
    assert done == backup.Restored(1, path.with_name("rolecall.db.replaced-2026-03-02T0930"), older=False)
    assert done.kept is not None
    assert ids_in(path) == {"a"}
    assert ids_in(done.kept) == {"a", "b"}
    assert oct(path.stat().st_mode & 0o777) == "0o600"


async def test_a_restored_database_does_not_tell_again_what_it_knows(path: Path) -> None:
    await _filled(path, "a")
    backup.backup(path, path.with_name("copy"))
    _write(path, b"")
    backup.restore(path, path.with_name("copy"), NOW)
    store = await SqliteStore.open(path)
    again = await store.commit(plan(posting("a"), alerts=(alert(posting("a"), at_once(posting("a"))),)))
    await store.close()
    assert (again.postings, again.alerts, again.messages) == (1, 0, 0)


def test_what_only_the_log_of_a_killed_daemon_held_is_kept_too(path: Path) -> None:
    filled(path, "a")
    backup.backup(path, path.with_name("copy"))
    child = os.fork()
    if child == 0:
        connection.writer(path).execute("UPDATE posting SET source_id = 'late'")
        os._exit(0)  # without closing: the change stands in the log
    os.waitpid(child, 0)
    assert path.with_name("rolecall.db-wal").stat().st_size
    kept = backup.restore(path, path.with_name("copy"), NOW).kept
    assert kept is not None
    assert ids_in(kept) == {"late"}
    assert ids_in(path) == {"a"}


def test_a_damaged_database_can_be_replaced(path: Path) -> None:
    filled(path, *map(str, range(200)))
    backup.backup(path, path.with_name("copy"))
    path.write_bytes(b"no database at all" * 500)
    assert backup.restore(path, path.with_name("copy"), NOW).postings == 200
    assert len(ids_in(path)) == 200


def test_two_databases_replaced_in_one_minute_are_both_kept(path: Path) -> None:
    filled(path, "a")
    backup.backup(path, path.with_name("copy"))
    kept = [backup.restore(path, path.with_name("copy"), NOW).kept for _ in range(2)]
    assert len(set(kept)) == 2
    assert all(each is not None and each.exists() for each in kept)


def test_nothing_is_restored_under_a_running_daemon(path: Path) -> None:
    filled(path, "a")
    backup.backup(path, path.with_name("copy"))
    lock = acquire(path)
    with pytest.raises(DatabaseBusy, match="stop the daemon first"):
        backup.restore(path, path.with_name("copy"), NOW)
    os.close(lock)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no Rolecall database"),
        (b"these are not the pages you are looking for" * 40, "not an SQLite database"),
    ],
)
def test_a_file_that_is_no_backup_changes_nothing(path: Path, content: bytes, said: str) -> None:
    filled(path, "a")
    path.with_name("copy").write_bytes(content)
    with pytest.raises(StoreError, match=said):
        backup.restore(path, path.with_name("copy"), NOW)
    assert ids_in(path) == {"a"}
    assert names(path) == {"copy"}


def test_a_damaged_or_newer_backup_changes_nothing(path: Path) -> None:
    filled(path, *map(str, range(200)))
    for name in ("damaged", "newer"):
        backup.backup(path, path.with_name(name))
    _spoil(path.with_name("damaged"))
    with closing(sqlite3.connect(path.with_name("newer"))) as db, db:
        db.execute("UPDATE _sqlite_migrations SET name = 'm999_future' WHERE id = 1")
    with pytest.raises(StoreError, match="damaged") as caught:
        backup.restore(path, path.with_name("damaged"), NOW)
    assert str(caught.value).count(str(path.parent)) == 1, "its file is named once"
    with pytest.raises(DatabaseTooNew, match="newer Rolecall"):
        backup.restore(path, path.with_name("newer"), NOW)
    assert len(ids_in(path)) == 200
    assert names(path) == {"damaged", "newer"}


def test_the_commands_back_up_and_restore_and_a_newer_database_ends_with_78(path: Path) -> None:
    filled(path, "a")
    path.with_name("config.toml").write_text('[daemon]\ndatabase = "rolecall.db"\n[channel.console]\n')
    assert "complete and checked" in run("backup", "copy", at=path.parent).stdout
    filled(path, "b")
    said = run("restore", "copy", at=path.parent).stdout
    assert "restored from copy, 1 posting\n" in said
    assert "rolecall.db.replaced-" in said
    assert ids_in(path) == {"a"}
    assert "the database itself" in run("restore", "rolecall.db", at=path.parent, code=1).stderr
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE _sqlite_migrations SET name = 'm999_future' WHERE id = 1")
    assert "newer Rolecall" in run("run", "--once", at=path.parent, code=78).stderr


# --- before an upgrade ----------------------------------------------------------------------------------------


def steps() -> list[str]:
    return [dump.stem for dump in RELEASED]


def test_an_upgrade_keeps_the_database_as_it_was_and_it_can_be_restored(path: Path) -> None:
    load(path, RELEASED[0])
    connection.writer(path).close()
    (kept,) = names(path)
    assert kept == f"rolecall.db.before-{steps()[1]}"
    assert oct(path.with_name(kept).stat().st_mode & 0o777) == "0o600"
    assert backup.restore(path, path.with_name(kept), NOW).older
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [(steps()[0],)]


def test_a_new_database_and_one_that_is_up_to_date_need_no_backup(path: Path) -> None:
    for _ in range(2):
        connection.writer(path).close()
    assert names(path) == set()


def test_the_last_three_backups_of_upgrades_are_kept(path: Path) -> None:
    for dump in RELEASED[:5]:
        path.unlink(missing_ok=True)
        load(path, dump)
        connection.writer(path).close()
    assert names(path) == {f"rolecall.db.before-{step}" for step in steps()[3:6]}


def test_an_upgrade_that_cannot_be_backed_up_does_not_happen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(path, RELEASED[0])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(connection, "copy", full)
    with pytest.raises(StoreError, match=r"not upgraded, since no backup could be made first .*No space left"):
        connection.writer(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [(steps()[0],)]
    assert names(path) == set()


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
async def test_no_alert_is_sent_again_after_an_upgrade(path: Path, dump: Path) -> None:
    load(path, dump)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE outbox SET state = 'sent', settled_at = 1")
    store = await SqliteStore.open(path)
    new = posting("a")
    again = await store.commit(plan(new, alerts=(alert(new, at_once(new)),)))
    assert (again.alerts, again.messages) == (0, 0)
    assert await store.release_leases() == 0
    assert await store.claim("phone", NOW, 60) is None
    await store.close()


def test_kill_9_at_every_statement_of_every_upgrade_leaves_the_old_or_the_new_database_whole(path: Path) -> None:
    load(path, RELEASED[0])
    before, killed = path.read_bytes(), 0
    while _dies_after(killed + 1, path):
        killed += 1
        with closing(sqlite3.connect(path)) as db:
            assert copying.faults(db) == []
            applied = [name for (name,) in db.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
            assert applied in ([steps()[0]], steps())
            assert db.execute("SELECT count(*) FROM posting JOIN alert ON alert.posting = posting.id").fetchone() == (
                1,
            )
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(before)
    assert killed > 60  # statements, those of the library too


def _dies_after(statements: int, path: Path) -> bool:
    """Upgrade in a child process that is killed when SQLite begins that statement; say whether it came to it."""
    child = os.fork()
    if child == 0:
        _kill_at(statements)
        connection.writer(path)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _kill_at(statement: int) -> None:
    begun, connect = 0, connection._connect

    def count(_: str) -> None:
        nonlocal begun
        begun += 1
        if begun >= statement:
            os.kill(os.getpid(), 9)

    def traced(*arguments: object) -> object:
        db = connect(*arguments)  # type: ignore[arg-type]  # passed on as they came
        db.conn.set_trace_callback(count)
        return db

    connection._connect = traced  # type: ignore[assignment]  # only in the child
