"""The shop window: what a newcomer sees in the first half minute."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from rolecall import demo
from rolecall.config import Config, read
from rolecall.demo.board import serve
from rolecall.plugins import kinds
from rolecall.ports import Store
from rolecall.store.memory import MemoryStore
from rolecall.views import Explanation, why
from tests.house import house_of, poll_all
from tests.test_app import COMMAND, rolecall
from tests.waiting import until


def text(name: str) -> str:
    return files(demo).joinpath(name).read_text(encoding="utf-8")


JOBS: list[dict[str, Any]] = tomllib.loads(text("jobs.toml"))["job"]


SHOWN = (
    r"Open now: \d+ jobs for “Senior Python, remote or near Leeds”",
    r"why   ",
    r"for (  |“)Python contracts outside IR35",
    r"a-broken-feed: the answer is a web page \(HTML\), not a feed \(the others go on\)",
    r"a digest with \d+ jobs was written to",
)


async def test_the_demo_shows_alerts_with_reasons_and_ends_cleanly(tmp_path: Path) -> None:
    async with rolecall(tmp_path, "demo", TMPDIR=str(tmp_path)) as life:
        await until(lambda: all(re.search(each, life.log.read_text()) for each in SHOWN), "all that it shows")
        life.send(signal.SIGINT)
        assert await life.ends() == 0, life.log.read_text()
    said = life.log.read_text()
    assert "Traceback" not in said
    page = re.search(r"the last digest  (\S+)", said)
    assert page
    pages = [each.read_text(encoding="utf-8") for each in Path(page[1]).parent.glob("*.html")]
    assert any("Senior Python Developer" in each for each in pages)
    config = re.search(r"rolecall why (\w+) -c (\S+)", said)
    assert config
    told = subprocess.run([COMMAND, "why", config[1], "-c", config[2], "--json"], capture_output=True, check=True)  # noqa: ASYNC221 # it is brief
    assert {match["action"] for match in json.loads(told.stdout)["matches"]} == {"drop"}, "the advice works"


async def test_the_demo_ends_by_itself_when_told_how_long_it_may_last(tmp_path: Path) -> None:
    async with rolecall(tmp_path, "demo", "--seconds", "0.1", TMPDIR=str(tmp_path)) as life:
        assert await life.ends() == 0, life.log.read_text()
    assert "That was the demo." in life.log.read_text()


async def polled() -> tuple[Store, Config, dict[str, str]]:
    """Poll the whole board at its last hour; return also the addresses by title and board."""
    store = MemoryStore()
    async with serve() as board:
        board.started -= 3600
        config = read(tomllib.loads(text("config.toml").replace("PORT", str(board.port))), kinds())
        async with house_of(config, store) as house:
            await poll_all(house)
        return store, config, {f"{job['on']}: {job['title']}": board.url(job) for job in board.jobs}


@pytest.fixture(scope="module")
def evening() -> tuple[Store, Config, dict[str, str]]:
    return asyncio.run(polled())


def explained(evening: tuple[Store, Config, dict[str, str]], title: str) -> Explanation:
    store, config, urls = evening
    (url,) = [address for name, address in urls.items() if title in name]
    found = asyncio.run(why(store, config, url))
    assert found is not None
    return found


def test_every_job_is_published_and_two_are_repeats(evening: tuple[Store, Config, dict[str, str]]) -> None:
    totals = asyncio.run(evening[0].totals())
    assert totals["postings"] == len(JOBS)
    assert totals["duplicates"] == 2


MATCHES = {
    "greenhouse: Senior Backend Engineer": {"modes": "hybrid", "min_salary": "£70k–£82k meets", "home": "Leeds"},
    "lever: Staff Engineer": {"levels": "staff", "modes": "remote", "min_salary": "£95k–£110k meets"},
    "ashby: Senior Python Developer": {"levels": "senior", "modes": "remote", "min_salary": "£72k–£85k meets"},
    "lever: Lead Python Engineer": {"levels": "lead", "home": "Bradford", "min_salary": "not stated"},
    "greenhouse: Senior Platform Engineer": {"modes": "remote", "min_salary": "£75k–£88k meets"},
    "lever: Senior Backend Developer": {"home": "Harrogate", "min_salary": "£55k–£72k straddles"},
    "greenhouse: Senior Python Engineer, Data": {"modes": "remote", "min_salary": "£78k–£90k meets"},
    "ashby: Senior Software Engineer - Backend": {"modes": "remote", "min_salary": "£70k–£80k meets"},
    "lever: Tech Lead (Python)": {"levels": "lead", "min_salary": "£85k–£95k meets"},
}
SILENT = {
    "greenhouse: Junior Software Engineer": "levels",
    "Harrow & Pike Search": "modes",
    "ashby: Senior Software Engineer (Python)": "uk_remote_only",
    "ashby: Principal Java Engineer": "stack",
    "Salesforce Developer": "mute",
    "Northgate Rail Systems": "contract",
}


@pytest.mark.parametrize("title", MATCHES)
def test_a_senior_python_job_near_leeds_or_remote_is_told_with_its_reasons(
    title: str, evening: tuple[Store, Config, dict[str, str]]
) -> None:
    permanent, contract = explained(evening, title).matches
    labels = {reason.criterion: reason.verdict.label for reason in permanent.reasons}
    assert permanent.action.value in ("alert", "digest")
    assert contract.action.value == "drop"
    for criterion, words in MATCHES[title].items():
        assert words in labels[criterion]


@pytest.mark.parametrize("title", SILENT)
def test_what_is_not_wanted_is_not_told_for_the_right_reason(
    title: str, evening: tuple[Store, Config, dict[str, str]]
) -> None:
    permanent = explained(evening, title).matches[0]
    refused = [reason.criterion for reason in permanent.reasons if reason.verdict.answer.value == "no"]
    assert permanent.action.value == "drop"
    assert SILENT[title] in refused


def test_the_contract_is_told_by_the_contract_search(evening: tuple[Store, Config, dict[str, str]]) -> None:
    contract = explained(evening, "Northgate Rail Systems").matches[1]
    labels = [reason.verdict.label for reason in contract.reasons]
    assert contract.action.value == "alert"
    assert "£550–£600/day meets your £500/day" in labels
    assert "outside IR35" in labels
