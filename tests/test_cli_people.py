"""Commands of several people over one database: each has their own list, marks and mutes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.plan import NewPosting
from rolecall.store import SqliteStore
from tests.store_plans import alert, plan, posting

PEOPLE = """
[daemon]
database = "rolecall.db"
[channel.annas]
kind = "console"
[channel.bens]
kind = "console"
[person.anna]
channels = ["annas"]
[person.ben]
channels = ["bens"]
zone = "Europe/Warsaw"
[[search]]
name = "Anna's Python"
person = "anna"
[[search]]
name = "Ben's Python"
person = "ben"
"""
ALONE = '[daemon]\ndatabase = "rolecall.db"\n[channel.console]\n[[search]]\nname = "Anna\'s Python"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a configuration of two people, both told of four jobs."""
    (tmp_path / "config.toml").write_text(PEOPLE)
    asyncio.run(_fill(tmp_path / "rolecall.db"))
    return tmp_path


async def _fill(path: Path) -> None:
    store = await SqliteStore.open(path)
    news = [
        at(posting(id_), company)
        for id_, company in zip("abcd", ("Larkspur", "Heron Tech", "Heron", "Wren"), strict=True)
    ]
    alerts = tuple(alert(new, search=f"{who}'s Python") for new in news for who in ("Anna", "Ben"))
    await store.commit(plan(*news, now=datetime.now(UTC), alerts=alerts))
    await store.close()


def at(new: NewPosting, company: str) -> NewPosting:
    return replace(new, raw=replace(new.raw, company=company))


def rolecall(folder: Path, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [words[0], "--config", str(folder / "config.toml"), *words[1:]])
    assert done.exit_code == code, done.output
    return done.output


def listed(folder: Path, *words: str) -> list[str]:
    rows: list[dict[str, Any]] = json.loads(rolecall(folder, "list", "--json", *words))
    return [row["id"].removeprefix("job-") for row in rows]


def test_what_anna_dismissed_ben_still_sees(folder: Path) -> None:
    assert "never comes again" in rolecall(folder, "dismiss", "job-a", "--person", "anna")
    assert sorted(listed(folder, "--person", "anna")) == ["b", "c", "d"]
    assert sorted(listed(folder, "--person", "ben")) == ["a", "b", "c", "d"]
    assert sorted(listed(folder)) == ["a", "b", "c", "d"]
    assert "anna dismissed it" in rolecall(folder, "why", "job-a")


def test_with_several_people_a_command_asks_whose_word_it_is(folder: Path) -> None:
    assert "say whose: --person NAME, one of anna, ben" in _flat(rolecall(folder, "applied", "job-a", code=2))
    assert "there is no person 'bin'" in _flat(rolecall(folder, "mute", "Heron", "--person", "bin", code=2))
    assert "there is no person 'bin'" in _flat(rolecall(folder, "list", "--person", "bin", code=2))


def _flat(output: str) -> str:
    return " ".join(output.replace("│", " ").split())


def test_what_is_saved_is_listed_with_its_state_and_undone(folder: Path) -> None:
    assert "Nothing is saved." in rolecall(folder, "list", "--saved")
    for job in ("job-b", "job-a"):
        rolecall(folder, "save", job, "--person", "ben")
    rolecall(folder, "applied", "job-b", "--person", "ben")
    assert listed(folder, "--saved", "--person", "ben") == ["a", "b"]
    assert listed(folder, "--saved", "--person", "anna") == []
    today = datetime.now(ZoneInfo("Europe/Warsaw")).day  # by his calendar
    assert f"saved, applied {today} " in rolecall(folder, "list", "--saved")
    rolecall(folder, "undo", "job-a", "--person", "ben")
    assert listed(folder, "--saved") == ["b"]


def test_a_muted_employer_is_out_of_the_list_and_named_by_why(folder: Path) -> None:
    assert "Nobody is muted." in rolecall(folder, "mutes")
    assert "Larkspur Ltd is muted" in rolecall(folder, "mute", "Larkspur Ltd", "--person", "anna")
    rolecall(folder, "mute", "Heron", "--agency", "--person", "anna")
    assert listed(folder, "--person", "anna") == ["d"]
    assert listed(folder, "--person", "anna", "--top", "1") == ["d"], "however many are muted"
    assert len(listed(folder, "--person", "ben")) == 4
    assert [
        (each["person"], each["kind"], each["name"]) for each in json.loads(rolecall(folder, "mutes", "--json"))
    ] == [
        ("anna", "company", "Larkspur Ltd"),
        ("anna", "agency", "Heron"),
    ]
    assert "Larkspur Ltd" in rolecall(folder, "mutes", "--person", "anna")
    assert "Nobody is muted." in rolecall(folder, "mutes", "--person", "ben")
    why = rolecall(folder, "why", "job-a")
    assert "you muted Larkspur" in why
    assert (why.count("-> drop"), why.count("-> alert")) == (1, 1)


def test_unmuted_by_any_form_of_the_name_it_is_back(folder: Path) -> None:
    rolecall(folder, "mute", "Larkspur", "--person", "anna")
    assert "Nothing to change" in rolecall(folder, "mute", "LARKSPUR Ltd", "--person", "anna")
    assert "Nothing to change" in rolecall(folder, "unmute", "Larkspur", "--person", "ben")
    assert "is heard of again" in rolecall(folder, "unmute", "larkspur limited", "--person", "anna")
    assert len(listed(folder, "--person", "anna")) == 4
    assert "is no name" in _flat(rolecall(folder, "mute", " ", "--person", "anna", code=2))


def test_a_snoozed_job_says_when_it_comes_back_in_the_persons_own_time(folder: Path) -> None:
    back = datetime.now(UTC) + timedelta(hours=4)
    said = rolecall(folder, "snooze", "job-a", "--for", "4h", "--person", "ben")
    back += timedelta(hours=_ahead("Europe/Warsaw"))
    assert f"{back:%A} {back.day} {back:%B, %H}" in said
    assert "snoozed until" in rolecall(folder, "list", "--person", "ben")
    assert "not a length of time" in _flat(
        rolecall(folder, "snooze", "job-a", "--for", "soon", "--person", "ben", code=2)
    )


def _ahead(zone: str) -> float:
    offset = datetime.now(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset.total_seconds() / 3600


def test_without_people_no_command_asks_for_a_person(folder: Path) -> None:
    (folder / "config.toml").write_text(ALONE)
    rolecall(folder, "save", "job-a")
    rolecall(folder, "mute", "Wren")
    assert listed(folder, "--saved") == ["a"]
    assert sorted(listed(folder)) == ["a", "b", "c"]
    assert "PERSON" not in rolecall(folder, "mutes")
