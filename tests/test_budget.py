"""Providers allow so many calls: counted for all sources together, across restarts, and shared fairly."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rolecall.app import open_house
from rolecall.asking import ask
from rolecall.budget import BUDGETS, budget_of, share_of
from rolecall.config import Config
from rolecall.errors import NotNow
from rolecall.model import Request, Validators
from rolecall.plan import SourceState
from rolecall.poll import poll
from rolecall.schedule import DAY
from rolecall.store import SqliteStore
from tests.fakes.board import Board
from tests.house import CHANNELS, SEARCH, Clock, config_of, feed, house_of, poll_all

ADZUNA = '\n[[source]]\nkind = "adzuna"\napp_id = "x"\napp_key = "y"\nwhat = "{}"\nbase = "{}"\n'
ROWS = '{"results": []}'


def adzuna(url: str, *searches: str) -> Config:
    return config_of(CHANNELS + SEARCH + "".join(ADZUNA.format(search, url) for search in searches))


def asked_for(board: Board) -> Counter[str]:
    return Counter(path.partition("what=")[2].partition("&")[0] for _, path, _ in board.asked)


async def test_a_source_out_of_budget_says_until_when_and_is_not_failing() -> None:
    clock = Clock()
    async with Board() as board:
        board.serve("/v1/api/jobs/gb/search/1", ROWS)
        async with house_of(adzuna(board.url, "one", "two"), clock=clock) as house:
            for _ in range(83):
                await house.store.spend("adzuna", BUDGETS[0].limits, clock.forward(minutes=10))
            first = clock.now - timedelta(minutes=820)
            states = await poll_all(house)
    assert board.asked == []
    for state in states.values():
        assert (state.failures, state.last_error) == (0, "")
        assert state.put_off == "out of budget: adzuna allows 83 calls a day"
        assert state.due_at == first + DAY, "when the first of the 83 is a day old"


async def test_a_restart_does_not_refill_a_budget(tmp_path: Path) -> None:
    clock = Clock()
    limits = BUDGETS[0].limits
    for life in range(4):
        store = await SqliteStore.open(tmp_path / "rolecall.db")
        answers = [await store.spend("adzuna", limits, clock.forward(seconds=3)) for _ in range(25)]
        assert answers.count(None) == (25 if life < 3 else 8)
        await store.close()


async def test_the_searches_on_one_budget_take_turns_so_that_its_calls_last_the_day() -> None:
    clock, days = Clock(), 3
    async with Board() as board:
        board.serve("/v1/api/jobs/gb/search/1", ROWS)
        async with house_of(adzuna(board.url, "one", "two", "three", "four", "five"), clock=clock) as house:
            for _ in range(days * 24 * 6):
                await poll_all(house)
                clock.forward(minutes=10)
    counts = asked_for(board)
    assert days * 70 < sum(counts.values()) <= days * 83
    assert max(counts.values()) - min(counts.values()) <= 4, counts


async def test_details_leave_a_quarter_of_the_budget_to_the_lists() -> None:
    async with Board() as board:
        url = board.serve("/v1/api/jobs/gb/search/1", ROWS)
        async with house_of(adzuna(board.url, "one"), clock=Clock()) as house:
            source, request = house.config.sources[0].source, Request(url)
            for number in range(62):
                await house.store.spend("adzuna", BUDGETS[0].limits, Clock().forward(minutes=number - 62))
            with pytest.raises(NotNow) as put_off:
                await ask(house, source, request, Validators(), detail=True)
            assert put_off.value.retry_after is not None
            assert put_off.value.retry_after > 3600
            assert (await ask(house, source, request, Validators())).status == 200


def test_a_feed_at_a_providers_host_counts_against_the_same_budget() -> None:
    config = config_of(CHANNELS + SEARCH + feed("jobs", "https://remotive.com/remote-jobs/feed"))
    source = config.sources[0].source
    found = budget_of(source, source.requests()[0])
    assert found is not None
    assert found.name == "remotive"


def test_a_budget_is_shared_so_that_it_lasts() -> None:
    config = adzuna("http://127.0.0.1", "one", "two", "three")
    share = share_of(config.sources[0].source, config)
    assert share is not None
    assert share.sharing == 3
    assert timedelta(minutes=52) < share.every < timedelta(minutes=54), "83 a day and 2,500 a month, in three"
    board = config_of(CHANNELS + SEARCH + feed("own", "https://jobs.example.org/feed"))
    assert share_of(board.sources[0].source, board) is None


async def test_a_restart_does_not_forget_that_a_host_wants_to_be_left_alone(tmp_path: Path) -> None:
    async with Board() as board:
        for name in ("larkspur", "harebell"):
            board.serve(f"/{name}", status=429, retry_after="3600")
        feeds = "".join(feed(name, f"{board.url}/{name}") for name in ("larkspur", "harebell"))
        config = replace(config_of(CHANNELS + SEARCH + feeds), database=tmp_path / "rolecall.db")
        for entry in config.sources:
            async with open_house(config) as house:
                state = await poll(entry, SourceState(entry.source.name, house.now()), house)
        assert len(board.asked) == 1
    assert state.failures == 0
    assert re.fullmatch(r"127\.0\.0\.1:\d+ has asked to be left alone for 3[56]\d\d s more", state.put_off)
    assert state.due_at - house.now() > timedelta(minutes=58)
