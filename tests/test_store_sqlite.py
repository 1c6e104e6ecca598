"""What the store on SQLite promises about its file: one writer, private, durable, and a clear sentence for trouble."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rolecall.errors import DatabaseBusy, StoreError
from rolecall.outbox import Sent
from rolecall.plan import Committed, Plan, SourceState
from rolecall.store import SqliteStore
from rolecall.store.connection import acquire
from rolecall.store.outbox import message_id
from tests.shared import ROOT
from tests.store_plans import NOW, SOURCE, alert, at_once, notice, plan, posting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rolecall.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(path)
    yield opened
    await opened.close()


# --- opening --------------------------------------------------------------------------------------------------


async def test_a_new_database_is_readable_by_its_owner_only(store: SqliteStore, path: Path) -> None:
    await store.commit(plan(posting("a")))
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {
        "rolecall.db": "0o600",
        "rolecall.db-wal": "0o600",
        "rolecall.db-shm": "0o600",
        "rolecall.db.lock": "0o600",
    }


async def test_a_second_daemon_is_refused_until_the_first_has_closed(path: Path) -> None:
    first = await SqliteStore.open(path)
    with pytest.raises(DatabaseBusy, match="another Rolecall is using this database"):
        await SqliteStore.open(path)
    await first.close()
    await (await SqliteStore.open(path)).close()


async def test_a_database_that_could_not_be_opened_is_not_left_locked(path: Path) -> None:
    _write(path, b"these are not the pages you are looking for" * 40)
    for _ in range(2):
        with pytest.raises(StoreError, match="not an SQLite database"):
            await SqliteStore.open(path)


async def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    first = await SqliteStore.open(path)
    await first.commit(plan(posting("a"), notices=(notice(),)))
    await first.close()
    second = await SqliteStore.open(path)
    assert await second.known(SOURCE, ["a"]) == {"a": "first"}
    assert await second.claim("phone", NOW, 60) is not None
    await second.close()


async def test_every_connection_has_its_pragmas(store: SqliteStore) -> None:
    def pragma(name: str) -> object:
        return lambda db: db.execute(f"PRAGMA {name}").fetchone()[0]

    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    assert [await store._writer.run(pragma(name)) for name in asked] == ["wal", 2, 1, 5000]
    assert await store._reader.run(pragma("query_only")) == 1


async def test_a_foreign_key_that_points_nowhere_is_refused(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await store._write(lambda db: db.execute("INSERT INTO posting_key (key, posting) VALUES (1, 999)"))


# --- reading beside the daemon --------------------------------------------------------------------------------


async def test_a_reader_sees_what_a_running_daemon_commits(store: SqliteStore, path: Path) -> None:
    reader = await SqliteStore.open(path, readonly=True)
    assert await reader.open_ids(SOURCE) == frozenset()
    await store.commit(plan(posting("a")))
    assert await reader.open_ids(SOURCE) == {"a"}
    await reader.close()


async def test_a_reader_works_while_no_daemon_runs(store: SqliteStore, path: Path) -> None:
    await store.commit(plan(posting("a")))
    await store.close()
    reader = await SqliteStore.open(path, readonly=True)
    assert await reader.open_ids(SOURCE) == {"a"}
    await reader.close()


async def test_a_reader_cannot_write(store: SqliteStore, path: Path) -> None:
    reader = await SqliteStore.open(path, readonly=True)
    with pytest.raises(StoreError, match="reading only"):
        await reader.commit(plan(posting("a")))
    with pytest.raises(StoreError):
        await reader._reader.run(lambda db: db.execute("DELETE FROM posting"))
    await reader.close()


async def test_a_reader_refuses_a_file_that_does_not_exist_and_makes_none(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database yet"):
        await SqliteStore.open(path, readonly=True)
    assert list(path.parent.iterdir()) == []


# --- trouble --------------------------------------------------------------------------------------------------


async def test_a_missing_directory_is_said(path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere does not exist"):
        await SqliteStore.open(path.parent / "nowhere" / "rolecall.db")


async def test_a_directory_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"(?i)is a directory"):
        await SqliteStore.open(tmp_path)


async def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")
    other.close()
    for readonly in (False, True):
        with pytest.raises(StoreError, match="another program"):
            await SqliteStore.open(path, readonly=readonly)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
    other.close()


async def test_a_damaged_database_is_said(store: SqliteStore, path: Path) -> None:
    await store.commit(plan(*(posting(f"{n}") for n in range(200))))
    await store.close()
    _spoil(path)
    with pytest.raises(StoreError, match="it is damaged"):  # noqa: PT012 (SQLite may notice it early or late)
        damaged = await SqliteStore.open(path)
        try:
            await damaged.totals()
        finally:
            await damaged.close()


def _spoil(path: Path) -> None:
    content = path.read_bytes()
    _write(path, content[:4096] + b"\x5a" * (len(content) - 8192) + content[-4096:])


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def test_a_full_disk_refuses_the_whole_commit_and_is_survived(store: SqliteStore) -> None:
    await store.commit(plan(posting("a")))

    def pages(limit: int) -> object:
        return lambda db: db.execute(f"PRAGMA max_page_count = {limit}").fetchone()

    await store._writer.run(pages(1))  # SQLite takes the present size for the limit then
    many = plan(*(posting(f"{n}") for n in range(500)), searches={"python": "f"})
    with pytest.raises(StoreError, match="the disk is full"):
        await store.commit(many)
    assert await store.open_ids(SOURCE) == {"a"}
    assert await store.searches() == {}
    await store._writer.run(pages(1_000_000))
    assert (await store.commit(many)).postings == 500


def test_a_directory_without_permission_is_said(path: Path) -> None:
    path.parent.chmod(0o555)
    assert "Permission denied" in _opened_by_nobody(path)


def _opened_by_nobody(path: Path) -> str:
    """Open in a child process that may not write everywhere, as root may; return what it says."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        try:
            acquire(path)
        except StoreError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        text = said.read()
    os.wait()
    return text


# --- a killed process -----------------------------------------------------------------------------------------

_COMMITTER = """
import asyncio, sys
from dataclasses import replace
from rolecall.store import SqliteStore
from tests.store_plans import alert, at_once, plan, posting

async def main(path, start):
    store = await SqliteStore.open(path)
    for n in range(start, start + 10_000):
        news = [posting(f"{n}-{part}") for part in "abc"]
        await store.commit(plan(*news, alerts=tuple(alert(new, at_once(new)) for new in news)))
        print(n, flush=True)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def test_what_was_acknowledged_survives_kill_9_and_nothing_is_half_written(path: Path) -> None:
    acknowledged: list[int] = []
    for round_ in range(3):
        start = round_ * 10_000
        acknowledged += _killed_after(20 + 7 * round_, path, start)
    store = await SqliteStore.open(path)
    rows = await store.open_ids(SOURCE)
    commits = {source_id.partition("-")[0] for source_id in rows}
    assert {str(n) for n in acknowledged} <= commits
    assert len(rows) == 3 * len(commits)
    assert (await store.totals())["alerts"] == len(rows)
    assert (await store.channels(NOW))["phone"].pending == len(rows)
    assert await store._reader.run(lambda db: db.execute("PRAGMA integrity_check").fetchone()) == ("ok",)
    await store.close()


def _killed_after(lines: int, path: Path, start: int) -> list[int]:
    """Commit in a child process, kill it after some commits, and return the numbers it said were committed."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'daemon'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", _COMMITTER, str(path), str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline()) for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        return said + [int(line) for line in child.stdout if line.endswith("\n")]


# --- details --------------------------------------------------------------------------------------------------


async def test_known_ids_are_found_among_many_by_the_index(store: SqliteStore) -> None:
    def details(query: str) -> object:
        return lambda db: " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}"))

    for query in (
        "SELECT source_id, content_hash FROM posting WHERE source = 'x' AND source_id IN ('a', 'b')",
        "SELECT posting FROM posting_key WHERE key IN (1, 2)",
        "SELECT job FROM posting WHERE url = 1",
        "SELECT source_id FROM posting WHERE source = 'x' AND missing = 1 AND closed_at IS NULL",
        "UPDATE posting SET closed_at = 1 WHERE source = 'x' AND missing = 1 AND closed_at IS NULL",
        "SELECT id FROM posting WHERE closed_at IS NULL AND closes_at <= 1",
        "SELECT id FROM outbox WHERE channel = 'x' AND state = 'pending' ORDER BY due, id LIMIT 1",
        "SELECT id FROM outbox WHERE channel = 'x' AND bundle = 'b' ORDER BY part DESC LIMIT 1",
    ):
        plan_of_query = await store._reader.run(details(query))
        assert "SCAN" not in plan_of_query
        assert "TEMP B-TREE" not in plan_of_query


def test_a_message_id_is_a_pure_function_of_its_row_and_differs_between_rows() -> None:
    rows = [("phone", "a", 1, 5), ("phone", "a", 2, 5), ("mail", "a", 1, 5), ("phone", "b", 1, 5), ("phone", "a", 1, 6)]
    assert len({message_id(*row) for row in rows}) == len(rows)
    assert message_id(*rows[0]) == message_id(*rows[0])


async def test_a_sent_message_stays_sent_after_a_restart(path: Path) -> None:
    first = await SqliteStore.open(path)
    one = posting("a")
    await first.commit(plan(one, alerts=(alert(one, at_once(one)),)))
    claim = await first.claim("phone", NOW, 60)
    assert claim is not None
    await first.settle(claim.id, Sent("r"), NOW)
    await first.close()
    second = await SqliteStore.open(path)
    assert await second.release_leases() == 0
    assert await second.claim("phone", NOW, 60) is None
    await second.close()


# --- writing together -----------------------------------------------------------------------------------------


async def test_writes_that_wait_together_share_one_transaction(store: SqliteStore) -> None:
    begun: list[str] = []
    await store._writer.run(lambda db: db.conn.set_trace_callback(lambda sql: begun.append(sql[:5])))
    plans = [Plan(NOW, source=SourceState(f"feed:{n}", NOW)) for n in range(20)]
    await asyncio.gather(*(store.commit(plan) for plan in plans))
    assert len(await store.source_states()) == 20
    assert begun.count("BEGIN") < 10


async def test_a_write_that_fails_takes_none_of_those_that_waited_with_it_along(store: SqliteStore) -> None:
    good = [Plan(NOW, source=SourceState(f"feed:{n}", NOW)) for n in range(6)]
    bad = Plan(NOW, source=SourceState("feed:bad", NOW), alerts=(alert(posting("nowhere")),))
    done = await asyncio.gather(*(store.commit(each) for each in (*good[:3], bad, *good[3:])), return_exceptions=True)
    assert [type(each) for each in done] == [*[Committed] * 3, LookupError, *[Committed] * 3]
    assert set(await store.source_states()) == {f"feed:{n}" for n in range(6)}


async def test_who_is_cancelled_while_waiting_leaves_the_others_their_answers(store: SqliteStore) -> None:
    tasks = [asyncio.create_task(store.commit(Plan(NOW, source=SourceState(f"feed:{n}", NOW)))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, Committed) for each in done] == [True, False, True]
    assert await store.commit(Plan(NOW)) == Committed()


def test_numpy_comes_with_the_pictures_and_is_not_loaded_for_the_store() -> None:
    asked = "import sys, rolecall.store; print('numpy' in sys.modules); import numpy; print(numpy.array([1]).sum())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["False", "1"], done.stderr
