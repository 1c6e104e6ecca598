"""`rolecall preview`: what a search would have sent, before it is saved."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from rolecall import decide, dedupe
from rolecall.cli import app
from rolecall.errors import RolecallError
from rolecall.match import Search, read_search
from rolecall.model import Assignment, RawPosting
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from rolecall.plan import NewPosting, Plan
from rolecall.rehearse import rehearse
from rolecall.store import SqliteStore
from rolecall.stored import StoredJob, StoredPosting

NOW = datetime.now(UTC)
TABLE = {"name": "Python", "stack": {"all": ["python"]}, "levels": ["senior"], "min_salary": 70_000}


def advert(number: int, title: str = "Senior Python Developer", pay: str = "£75,000") -> RawPosting:
    return RawPosting(
        source="feed:a", id=str(number), title=title, company=f"Larkspur {number}", location="Leeds",
        salary_text=pay, url=f"https://x.example/{number}",
    )  # fmt: skip


def job(number: int, days_ago: int = 0, **words: str) -> StoredJob:
    raw, at = advert(number, **words), NOW - timedelta(days=days_ago)
    return StoredJob(f"job-{number}", at, (StoredPosting(raw, f"job-{number}", at, at, None, "{}"),))


def search() -> Search:
    read = read_search(TABLE, "search[1]")
    assert isinstance(read, Search)
    return read


def test_every_job_is_told_dropped_or_a_near_miss_by_one_criterion() -> None:
    found = rehearse(search(), [
        job(1), job(2, 3), job(3, pay="£50,000"), job(4, title="Junior Python Developer"),
        job(5, title="Junior Ruby Developer", pay="£30,000"),
    ])  # fmt: skip
    assert found.judged == 5
    assert {told.job for told in found.told} == {"job-1", "job-2"}
    assert {(missed.job, missed.criterion) for missed in found.missed} == {("job-3", "min_salary"), ("job-4", "levels")}
    assert len(found.by_day(ZoneInfo("Europe/London"))) == 2
    assert list(found.by_criterion()) == ["levels", "min_salary"]


@pytest.fixture
async def config(tmp_path: Path) -> Path:
    store = await SqliteStore.open(tmp_path / "r.db")
    for days in (40, 5, 1):
        raws = [advert(days * 10 + n, pay=pay) for n, pay in enumerate(["£75,000", "£60,000"])]
        await store.commit(Plan(now=NOW - timedelta(days=days), postings=tuple(map(new, raws))))
    await store.close()
    file = tmp_path / "config.toml"
    file.write_text(
        f'[daemon]\ndatabase = "{tmp_path}/r.db"\n[channel.console]\n[[source]]\nkind = "remoteok"\n'
        '[[search]]\nname = "Python"\nstack.all = ["python"]\nmin_salary = 70000\n'
    )
    return file


def new(raw: RawPosting) -> NewPosting:
    posting = normalise(raw)
    own = Assignment((raw.source, raw.id), dedupe.job_id((raw.source, raw.id)))
    return NewPosting(raw, decide.content_hash(raw), dedupe.fingerprint(posting), as_json(posting), own)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["preview", *words])


async def test_the_days_and_the_near_misses_are_shown(config: Path) -> None:
    result = await asyncio.to_thread(run, "Python", "-c", str(config))
    assert result.exit_code == 0, result.output
    assert "Python would have told you of 2 jobs in the last 30 days" in result.stdout
    assert "Near misses: 2 jobs failed on one thing only" in result.stdout
    data = json.loads((await asyncio.to_thread(run, "Python", "-c", str(config), "--days", "3", "--json")).stdout)
    assert [(each["title"], each["pay"]) for each in data["told"]] == [("Senior Python Developer", "£75k")]
    assert data["missed"][0]["criterion"] == "min_salary"


async def test_a_draft_is_tried_without_being_saved(config: Path) -> None:
    draft = config.with_name("draft.toml")
    draft.write_text('[[search]]\nname = "Cheaper"\nstack.all = ["python"]\nmin_salary = 50000\n')
    result = await asyncio.to_thread(run, "Cheaper", "-c", str(config), "--from", str(draft), "--json")
    assert len(json.loads(result.stdout)["told"]) == 4
    assert "Cheaper" not in config.read_text()  # noqa: ASYNC240 # a test may wait for its disk


async def test_a_search_that_is_none_is_named_with_a_suggestion(config: Path) -> None:
    result = await asyncio.to_thread(run, "Pythn", "-c", str(config))
    assert isinstance(result.exception, RolecallError)
    assert "Did you mean 'Python'?" in str(result.exception)
