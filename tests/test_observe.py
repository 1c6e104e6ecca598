"""How the daemon is, seen from outside: metrics, the health page, the dead man's switch."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from rolecall.config import read, secrets_of
from rolecall.errors import ConfigError
from rolecall.fetch import HttpFetcher
from rolecall.life.bells import Bells
from rolecall.life.pulse import Pulse
from rolecall.observe import ping
from rolecall.plugins import kinds
from rolecall.store.memory import MemoryStore
from tests.fakes.board import Board
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.house import config_of, house_of, job, jobs
from tests.shared import ROOT
from tests.test_app import PATH, PYTHON, TELEGRAM, Life, configure, rolecall, source, until

METRICS = '\n[metrics]\nlisten = "127.0.0.1:0"\n'
SECRET = "canary-of-the-switch"


@asynccontextmanager
async def observed(folder: Path, board: Board, *parts: str, **env: str) -> AsyncIterator[tuple[Life, str]]:
    """Run the daemon; yields it and the address it answers at."""
    configure(folder, *parts, source(board), PYTHON, METRICS)
    async with rolecall(folder, "run", **env) as daemon:
        await until(lambda: daemon.said("metrics address="), "the listener")
        found = re.search(r"metrics address=(\S+)", daemon.log.read_text())
        assert found
        yield daemon, f"http://{found[1]}"


async def got(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


def value(page: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", page, re.MULTILINE)
    assert found, page
    return float(found[1])


# --- metrics --------------------------------------------------------------------------------------------------


async def test_what_was_polled_matched_and_sent_is_counted(tmp_path: Path) -> None:
    async with Board() as board, FakeTelegram() as bot:
        board.serve(PATH.format("larkspur"), jobs(job(1), job(2)))
        async with observed(tmp_path, board, TELEGRAM.format(bot.base_url)) as (daemon, url):
            await until(lambda: daemon.said("sent channel=telegram"), "a message")
            _, page = await got(f"{url}/metrics")
    assert value(page, 'rolecall_polls_total{outcome="read",source="greenhouse:larkspur"}') >= 1
    assert value(page, "rolecall_postings_total") == 2
    assert value(page, "rolecall_alerts_total") == 2
    assert value(page, 'rolecall_sends_total{channel="telegram",outcome="sent"}') == 1
    assert value(page, 'rolecall_outbox_messages{channel="telegram"}') == 0
    assert value(page, 'rolecall_source_last_success_timestamp_seconds{source="greenhouse:larkspur"}') > 0
    assert TOKEN not in page


async def test_what_goes_wrong_is_counted_too(tmp_path: Path) -> None:
    async with Board() as board:
        board.serve(PATH.format("larkspur"), "no board", status=403)
        async with observed(tmp_path, board, "\n[channel.console]\n") as (daemon, url):
            await until(lambda: daemon.said("poll-failed"), "a failure")
            _, page = await got(f"{url}/metrics")
    assert value(page, 'rolecall_polls_total{outcome="blocked",source="greenhouse:larkspur"}') >= 1
    assert value(page, 'rolecall_source_failures{source="greenhouse:larkspur"}') >= 1
    assert value(page, 'rolecall_faults_total{event="poll-failed"}') >= 1


async def test_every_metric_of_the_page_is_exposed_and_the_reverse(tmp_path: Path) -> None:
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs())
        async with observed(tmp_path, board, "\n[channel.console]\n") as (_, url):
            _, page = await got(f"{url}/metrics")
    written = re.findall(r"^\| `(rolecall_\w+)`", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE)
    assert set(written) == set(re.findall(r"^# TYPE (rolecall_\w+)", page, re.MULTILINE))


async def test_an_address_that_is_taken_stops_nothing(tmp_path: Path) -> None:
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs())
        taken = METRICS.replace("127.0.0.1:0", board.url.removeprefix("http://"))
        configure(tmp_path, "\n[channel.console]\n", source(board), PYTHON, taken)
        async with rolecall(tmp_path, "run") as daemon:
            await until(lambda: daemon.said("metrics-off"), "a word")
            await until(lambda: daemon.said("polled source=greenhouse:larkspur"), "a poll all the same")


# --- health ---------------------------------------------------------------------------------------------------


async def test_healthy_is_200_and_a_database_that_cannot_be_written_503_with_the_reason(tmp_path: Path) -> None:
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs())
        async with observed(tmp_path, board, "\n[channel.console]\n") as (daemon, url):
            await until(lambda: daemon.said("polled source"), "its life to begin")
            assert await got(f"{url}/healthz") == (200, '{"well": true, "troubles": []}')
            with closing(sqlite3.connect(tmp_path / "rolecall.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                status, text = await got(f"{url}/healthz")
            assert status == 503
            (trouble,) = json.loads(text)["troubles"]
            assert trouble in ("rolecall.db: another program is writing to it", "the database does not answer")
            assert (await got(f"{url}/healthz"))[0] == 200


async def test_a_loop_that_does_not_turn_is_named() -> None:
    async with house_of(config_of('[daemon]\ntick = "0.1s"\n[channel.console]\n'), MemoryStore()) as house:
        pulse = Pulse(house, Bells())
        pulse.beat("poll")
        assert await pulse.troubles(60) == ["no deliver loop turns yet"]
        pulse.beat("deliver")
        assert await pulse.troubles(60) == []
        await asyncio.sleep(2)
        pulse.beat("poll")
        (said,) = await pulse.troubles(0.5)
        assert said.startswith("the deliver loop has not turned for")


# --- the dead man's switch ------------------------------------------------------------------------------------


def pinged(board: Board, path: str) -> int:
    return sum(asked == path for _, asked, _ in board.asked)


async def said(board: Board, troubles: Sequence[str], **fetcher: Any) -> bool:
    async def found(_: float) -> list[str]:
        return list(troubles)

    board.serve(f"/{SECRET}", "OK")
    board.serve(f"/{SECRET}/fail", "OK")
    async with HttpFetcher(pause=0, **fetcher) as http:
        return await ping(f"{board.url}/{SECRET}", http, found)


async def test_it_hears_that_all_is_well_and_what_is_not() -> None:
    async with Board() as board:
        assert await said(board, [], allow_private=True)
        assert [asked[:2] for asked in board.asked] == [("GET", f"/{SECRET}")]
        assert await said(board, ["the disk is full"], allow_private=True)
        assert [asked[:2] for asked in board.asked][1:] == [("POST", f"/{SECRET}/fail")]


async def test_its_address_is_guarded_like_every_other_and_never_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with Board() as board:
            assert not await said(board, [])
            assert board.asked == []
    assert "deadman-unheard" in caplog.text
    assert SECRET not in caplog.text


async def test_pings_stop_when_the_database_cannot_be_written_and_come_again_after(tmp_path: Path) -> None:
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs())
        well, ill = f"/{SECRET}", f"/{SECRET}/fail"
        for path in (well, ill):
            board.serve(path, "OK")
        switch = '\n[deadman]\nurl_env = "TEST_SWITCH"\nevery = "0.2s"\n'
        configure(tmp_path, "\n[channel.console]\n", source(board), PYTHON, switch)
        async with rolecall(tmp_path, "run", TEST_SWITCH=f"{board.url}{well}") as daemon:
            await until(lambda: pinged(board, well) > 1, "pings")
            with closing(sqlite3.connect(tmp_path / "rolecall.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await until(lambda: pinged(board, ill), "a word that it fails")
                before = pinged(board, well)
                await asyncio.sleep(1)
                assert pinged(board, well) == before
            await until(lambda: pinged(board, well) > before, "pings again")
            assert not daemon.said(SECRET)


# --- configuration --------------------------------------------------------------------------------------------


def problem(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        read(tomllib.loads(text), kinds())
    return str(refused.value)


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "192.168.1.5:9464", "[::]:9464"])
def test_other_machines_may_read_it_only_where_that_is_said(address: str) -> None:
    table = f'[metrics]\nlisten = "{address}"\n'
    assert "may be read by other machines; write 127.0.0.1:9464" in problem(table)
    assert read(tomllib.loads(f"{table}allow_remote = true\n"), kinds()).metrics.listen == address


@pytest.mark.parametrize("address", ["9464", "here:9464", "127.0.0.1:ninety", ""])
def test_what_is_no_address_is_a_problem_in_a_sentence(address: str) -> None:
    assert "is no address and port; write it like 127.0.0.1:9464" in problem(f'[metrics]\nlisten = "{address}"\n')


def test_the_address_of_the_switch_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SWITCH", f"https://example.org/{SECRET}")
    config = read(tomllib.loads('[deadman]\nurl_env = "TEST_SWITCH"\nevery = "2m"\n'), kinds())
    assert secrets_of(config) == [f"https://example.org/{SECRET}"]
    assert SECRET not in repr(config)


def test_a_switch_without_an_address_is_a_problem() -> None:
    assert "deadman.url: is required" in problem("[deadman]\n")
