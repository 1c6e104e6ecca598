"""The user's word by commands: carried out at once without a daemon, by the daemon where one runs, once in any case."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.model import Assignment
from rolecall.people import Decision
from rolecall.spool import carry_out, leave
from rolecall.store import SqliteStore
from rolecall.stored import StoredJob
from tests.store_plans import NOW, SOURCE, plan, posting
from tests.waiting import PATIENCE

CONFIG = """
[daemon]
database = "rolecall.db"
tick = "0.1s"

[channel.console]
"""
COMMAND = Path(sys.executable).with_name("rolecall")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a configuration and three stored adverts: one job of two, and another one."""
    (tmp_path / "config.toml").write_text(CONFIG)
    asyncio.run(_fill(tmp_path / "rolecall.db"))
    return tmp_path


async def _fill(path: Path) -> None:
    store = await SqliteStore.open(path)
    copy = posting("b", "one", source="reed")
    because = Assignment(copy.print.key, "one", (SOURCE, "a"), ("company", "title"))
    await store.commit(plan(posting("a", "one"), posting("c", "two")))
    await store.commit(plan(replace(copy, assignment=because)))
    await store.close()


def rolecall(folder: Path, *words: str, code: int = 0) -> str:
    done: Result = CliRunner().invoke(app, [words[0], "--config", str(folder / "config.toml"), *words[1:]])
    assert done.exit_code == code, done.output
    return done.output


def jobs(folder: Path) -> dict[str, StoredJob]:
    async def read() -> Sequence[StoredJob]:
        store = await SqliteStore.open(folder / "rolecall.db", readonly=True)
        found = await store.recent(datetime(2020, 1, 1, tzinfo=UTC), 10)
        await store.close()
        return found

    return {job.id: job for job in asyncio.run(read())}


@contextmanager
def daemon(folder: Path) -> Iterator[None]:
    with subprocess.Popen([COMMAND, "run"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        assert running.stderr is not None
        assert b"starting" in running.stderr.readline()
        yield
        running.terminate()


def test_same_shows_the_adverts_of_a_job_and_why_they_are_one(folder: Path) -> None:
    shown = rolecall(folder, "same", "one")
    assert "feed:larkspur/a" in shown
    assert "reed/b" in shown
    assert "same company and title" in shown
    assert "rolecall split one NO" in shown
    (first, second) = json.loads(rolecall(folder, "same", "one", "--json"))["adverts"]
    assert (first["because"], second["because"]) == ([], ["company", "title"])


def test_same_shows_what_the_user_said_of_the_adverts_until_it_is_taken_back(folder: Path) -> None:
    rolecall(folder, "join", "one", "two")
    assert "You joined feed:larkspur/a and feed:larkspur/c on" in rolecall(folder, "same", "one")
    rolecall(folder, "split", "one", "reed/b")
    assert "You split reed/b from feed:larkspur/a on" in rolecall(folder, "same", "one")
    for _ in range(2):
        rolecall(folder, "undo", "one")
    assert "You " not in rolecall(folder, "same", "one")


def test_join_and_split_and_undo(folder: Path) -> None:
    assert "one and two are one job, one" in rolecall(folder, "join", "one", "two")
    assert len(jobs(folder)["one"].postings) == 3
    assert "Nothing to change" in rolecall(folder, "join", "one", "one")
    rolecall(folder, "undo", "one")
    assert len(jobs(folder)["two"].postings) == 1
    assert "reed/b is a job of its own" in rolecall(folder, "split", "one")
    assert len(jobs(folder)) == 3
    assert "one advert only" in rolecall(folder, "split", "two", code=2)


@pytest.mark.parametrize("which", ["1", "a", "feed:larkspur/a", "https://jobs.larkspur.example/a?utm_source=feed"])
def test_the_advert_to_split_is_named_by_number_id_or_address(folder: Path, which: str) -> None:
    assert "feed:larkspur/a is a job of its own" in rolecall(folder, "split", "one", which)
    assert [copy.raw.id for copy in jobs(folder)["one"].postings] == ["b"]


def test_a_job_is_named_by_any_of_its_adverts_and_that_is_the_one_to_split(folder: Path) -> None:
    assert "reed/b" in rolecall(folder, "same", "feed:larkspur/a")
    assert "feed:larkspur/a is a job of its own" in rolecall(folder, "split", "feed:larkspur/a")
    assert [copy.raw.id for copy in jobs(folder)["one"].postings] == ["b"]


def test_what_there_is_not_is_said(folder: Path) -> None:
    assert "has no advert '7'" in rolecall(folder, "split", "one", "7", code=2)
    assert "no stored job has the id or address 'nine'" in rolecall(folder, "applied", "nine", code=1)


@pytest.mark.parametrize(("command", "mark"), [("applied", "applied"), ("dismiss", "dismissed")])
def test_a_job_is_marked_by_id_or_address_and_unmarked(folder: Path, command: str, mark: str) -> None:
    assert "never comes again" in rolecall(folder, command, "https://jobs.larkspur.example/b")
    assert [said.kind for said in jobs(folder)["one"].marks] == [mark]
    rolecall(folder, "undo", "one")
    assert jobs(folder)["one"].marks == ()


def test_a_running_daemon_carries_it_out_within_seconds(folder: Path) -> None:
    with daemon(folder):
        assert "within seconds" in rolecall(folder, "dismiss", "one")
        assert "within seconds" in rolecall(folder, "join", "two", "one")
        deadline = time.monotonic() + PATIENCE
        while "one" in jobs(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
    (only,) = jobs(folder).values()
    assert (only.id, [mark.kind for mark in only.marks], len(only.postings)) == ("two", ["dismissed"], 3)
    assert list((folder / "rolecall.db.decisions").iterdir()) == []


def test_beside_a_daemon_nothing_is_taken_back_that_was_never_said(folder: Path) -> None:
    with daemon(folder):
        assert rolecall(folder, "undo", "two") == "Nothing to take back: you have said nothing of two.\n"
        assert "Nothing to change" in rolecall(folder, "unmute", "Nobody Ltd")
        assert "Nothing to change" in rolecall(folder, "join", "one", "one")
        rolecall(folder, "dismiss", "two")
        assert "is taken back" in rolecall(folder, "undo", "two"), "also when the daemon has not noted it yet"


# --- the files between ----------------------------------------------------------------------------------------


async def test_a_decision_that_was_carried_out_before_a_crash_changes_nothing(folder: Path) -> None:
    """The file is deleted after the commit: a kill in between leaves it."""
    path = folder / "rolecall.db"
    undo = Decision("1", "undo", ((SOURCE, "a"),), NOW)
    store = await SqliteStore.open(path)
    for kind in ("applied", "dismissed"):
        await store.record(Decision(kind, kind, ((SOURCE, "a"),), NOW))
    await store.record(undo)
    leave(path, undo)
    assert await carry_out(store, path) == {"1": False}
    assert [mark.kind for mark in (await store.jobs({"one"}))["one"].marks] == ["applied"]
    assert await carry_out(store, path) == {}
    await store.close()


OTHER_FILES = [
    '{"id": "1", "kind": "burn", "keys": [], "at": "2026-01-01T00:00Z"}',
    '{"id": "1", "kind": "applied", "keys": [["feed:larkspur", "a"]], "at": "2026-01-01T00:00"}',
    '{"id": "1", "kind": "muted_company", "keys": [], "company": null, "at": "2026-01-01T00:00Z"}',
    '{"id": ["1"], "kind": "applied", "keys": [["feed:larkspur", "a"]], "at": "2026-01-01T00:00Z"}',
]


@pytest.mark.parametrize("content", ["", "{", "[]", *OTHER_FILES])
async def test_a_file_that_is_no_decision_is_set_aside_and_stops_nothing(
    folder: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    path = folder / "rolecall.db"
    leave(path, Decision("2", "applied", ((SOURCE, "a"),), NOW))
    leave(path, Decision("3", "applied", ((SOURCE, "nobody"),), NOW))
    (folder / "rolecall.db.decisions" / "0.json").write_text(content)
    store = await SqliteStore.open(path)
    assert await carry_out(store, path) == {"2": True}
    await store.close()
    assert [file.name for file in (folder / "rolecall.db.decisions").iterdir()] == ["0.bad"]
    assert "decision-unreadable file=0.json" in caplog.text
    assert "decision-refused" in caplog.text
