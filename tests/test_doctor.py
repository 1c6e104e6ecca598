"""The doctor finds what is wrong, says what to do about it, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from rolecall.config import load
from rolecall.doctor import Finding, examine_all
from rolecall.plan import SourceState
from rolecall.plugins import kinds
from rolecall.store import SqliteStore
from rolecall.store.connection import acquire
from rolecall.store.rows import to_us
from tests.store_plans import NOW, SOURCE, after, alert, at_once, plan, posting
from tests.test_backup import _filled
from tests.test_cli import run
from tests.test_store_sqlite import _spoil

CONFIG = """
[daemon]
database = "rolecall.db"

[channel.phone]
kind = "telegram"
chat_id = 7
token_file = "token"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A sound installation whose daemon has just looked at its source."""
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "token").write_text("123:secret")
    (tmp_path / "token").chmod(0o600)
    asyncio.run(_settled(tmp_path / "rolecall.db"))
    return tmp_path


async def _settled(path: Path) -> None:
    store = await SqliteStore.open(path)
    state = SourceState(SOURCE, after(hours=1), last_try=NOW)
    new = posting("a")
    await store.commit(plan(new, alerts=(alert(new, at_once(new)),), source=state))
    await store.close()


def found(home: Path, now=NOW) -> dict[str, list[Finding]]:  # type: ignore[no-untyped-def]  # a default tells
    config = load(home / "config.toml", kinds())
    by_name: dict[str, list[Finding]] = {}
    for finding in examine_all(config, now):
        by_name.setdefault(finding.what, []).append(finding)
    return by_name


def changed(home: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(home / "rolecall.db")) as db, db:
        db.execute(statement, values)


def test_a_sound_installation_has_nothing_bad_and_every_look_is_there(home: Path) -> None:
    seen = found(home)
    assert [f for findings in seen.values() for f in findings if f.level == "bad"] == []
    assert set(seen) == {
        *("configuration", "secret", "database", "disk", "zone", "sqlite", "daemon"),
        *("schema", "integrity", "orphans", "size", "log", "clock", "outbox"),
    }  # fmt: skip
    assert "posting" in seen["size"][0].said
    assert "28 Mar" in seen["zone"][0].said or "29 Mar" in seen["zone"][0].said


def test_looking_changes_nothing(home: Path) -> None:
    before = (home / "rolecall.db").read_bytes()
    found(home)
    assert (home / "rolecall.db").read_bytes() == before


def test_a_damaged_database_is_bad_and_the_other_looks_go_on(home: Path) -> None:
    asyncio.run(_filled(home / "rolecall.db", *map(str, range(200))))
    _spoil(home / "rolecall.db")
    seen = found(home)
    assert seen["integrity"][0].level == "bad"
    assert "rolecall restore" in seen["integrity"][0].advice
    assert seen["disk"][0].level == "ok"


def test_a_reference_that_leads_nowhere_is_bad(home: Path) -> None:
    changed(home, "DELETE FROM job")
    (integrity,) = found(home)["integrity"]
    assert (integrity.level, "refers to a job that is not there" in integrity.said) == ("bad", True)


def test_a_posting_without_content_is_an_orphan(home: Path) -> None:
    changed(home, "DELETE FROM posting_body")
    assert found(home)["orphans"][0].said == "1 postings without their content"


def test_a_newer_schema_is_bad(home: Path) -> None:
    changed(home, "UPDATE _sqlite_migrations SET name = 'm999_future' WHERE id = 1")
    assert "newer Rolecall" in found(home)["schema"][0].said
    assert found(home)["schema"][0].level == "bad"


def test_a_clock_that_is_behind_is_bad_and_a_daemon_that_slept_is_said(home: Path) -> None:
    assert found(home, NOW - timedelta(hours=3))["clock"][0].said.startswith("the clock is 3.0 hours behind")
    assert found(home, NOW - timedelta(hours=3))["clock"][0].level == "bad"
    assert found(home, NOW + timedelta(days=30))["clock"][0].level == "warn"
    assert found(home, NOW + timedelta(hours=1))["clock"][0].level == "ok"


@pytest.mark.parametrize(
    ("name", "mode", "advice"),
    [("rolecall.db", 0o644, "chmod 600"), ("token", 0o640, "chmod 600"), ("config.toml", 0o666, "chmod go-w")],
)
def test_what_others_may_read_or_write_is_bad(home: Path, name: str, mode: int, advice: str) -> None:
    (home / name).chmod(mode)
    (bad,) = [f for findings in found(home).values() for f in findings if f.level == "bad"]
    assert (name in bad.said, bad.advice) == (True, f"{advice} {home / name}")


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the kernel does not list locks here")
def test_who_holds_the_lock_is_named_and_not_disturbed(home: Path) -> None:
    assert found(home)["daemon"][0].level == "warn"
    lock = acquire(home / "rolecall.db")
    assert found(home)["daemon"][0].said == f"process {os.getpid()} holds the database"
    os.close(lock)


def test_a_message_that_waits_for_hours_one_set_aside_and_a_suspended_channel_are_said(home: Path) -> None:
    assert found(home, NOW + timedelta(minutes=30))["outbox"][0].level == "ok"
    (stuck,) = found(home, NOW + timedelta(hours=2))["outbox"]
    assert (stuck.level, stuck.said) == ("warn", "1 message on phone due since 2026-03-02 09:30 UTC")
    changed(home, "UPDATE channel SET suspended = 'blocked'")
    (suspended,) = found(home, NOW + timedelta(hours=2))["outbox"]
    assert (suspended.level, suspended.said) == ("bad", "phone is suspended: blocked")
    changed(home, "UPDATE channel SET suspended = ''")
    changed(home, "UPDATE outbox SET state = 'dead', error = 'too long', settled_at = ?", to_us(NOW))
    assert found(home)["outbox"][0].said == "1 message on phone could not be sent: too long"


def test_what_waits_for_a_channel_that_is_gone_from_the_configuration_is_said_so(home: Path) -> None:
    changed(home, "INSERT INTO channel (name) VALUES ('attic')")
    changed(home, "UPDATE outbox SET channel = 'attic'")
    (stuck,) = found(home, NOW + timedelta(hours=2))["outbox"]
    assert stuck.advice.startswith("No channel of the configuration has this name")


def test_a_full_disk_is_bad(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1_000_000}))
    assert found(home)["disk"][0].level == "bad"


def test_before_the_first_run_there_is_a_word(home: Path) -> None:
    (home / "rolecall.db").unlink()
    assert "not there yet" in found(home)["database"][-1].said


def test_the_command_ends_with_1_when_something_is_bad_and_speaks_json(home: Path) -> None:
    changed(home, "UPDATE source SET last_try = ?", to_us(NOW) - 10**15)
    said = run("doctor", "--json", at=home).stdout
    assert {each["level"] for each in json.loads(said)} <= {"ok", "warn"}
    (home / "rolecall.db").chmod(0o644)
    text = run("doctor", at=home, code=1).stdout
    assert "bad   database      others may read or write" in text
    assert "123:secret" not in text + said
