"""Hacker News over the months: a comment that is gone is a closed job, and a new thread closes nothing wrongly."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from rolecall.config import SourceEntry
from rolecall.house import House
from rolecall.plan import SourceState
from rolecall.poll import poll
from rolecall.sources.hackernews import HackerNews
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, config_of, house_of


@dataclass
class Forum:
    """Threads by number, the newest last, and their comments."""

    board: Board
    house: House
    clock: Clock
    threads: dict[int, dict[int, str]] = field(default_factory=dict)
    state: SourceState = field(default_factory=lambda: SourceState("hackernews", NOON))

    def says(self, thread: int, *companies: str) -> None:
        """Write the thread anew, one comment a company; the same company always has the same number."""
        numbers = {company: thread * 100 + sum(map(ord, company)) % 97 for company in companies}
        self.threads[thread] = {
            n: f"{company} | Python Engineer | Remote, UK<p>Django." for company, n in numbers.items()
        }
        hits = [
            {"objectID": str(n), "title": f"Ask HN: Who is hiring? ({n})"} for n in sorted(self.threads, reverse=True)
        ]
        self.board.serve("/api/v1/search_by_date", json.dumps({"hits": hits}))
        for number, comments in self.threads.items():
            children = [{"id": n, "text": text, "created_at": "2026-11-01T12:00:00Z"} for n, text in comments.items()]
            self.board.serve(f"/api/v1/items/{number}", json.dumps({"id": number, "children": children}))

    async def open_after(self, polls: int) -> set[str]:
        entry = SourceEntry(HackerNews(base=self.board.url), timedelta(hours=1))
        for _ in range(polls):
            self.state = await poll(entry, self.state, self.house)
            assert self.state.failures == 0
            self.clock.forward(hours=1)
        jobs = await self.house.store.recent(NOON - timedelta(days=1), 99)
        return {each.raw.company for job in jobs for each in job.postings if each.closed_at is None}


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    clock = Clock()
    async with Board() as board, house_of(config_of(CHANNELS + SEARCH), clock=clock) as house:
        yield Forum(board, house, clock)


async def test_a_comment_that_is_gone_twice_is_a_closed_job_though_nothing_else_changes(forum: Forum) -> None:
    forum.says(10, "Oak", "Elm")
    forum.says(11, "Ash", "Fir", "Yew")
    assert await forum.open_after(1) == {"Oak", "Elm", "Ash", "Fir", "Yew"}
    forum.says(11, "Ash", "Yew")
    forum.says(10, "Oak")
    assert await forum.open_after(1) == {"Oak", "Elm", "Ash", "Fir", "Yew"}, "once may be a fault"
    assert await forum.open_after(1) == {"Oak", "Ash", "Yew"}


async def test_a_new_months_thread_closes_nothing_of_the_last_month(forum: Forum) -> None:
    forum.says(10, "Oak")
    forum.says(11, "Ash", "Fir")
    await forum.open_after(2)
    forum.says(12, "Elm")
    assert await forum.open_after(1) == {"Oak", "Ash", "Fir", "Elm"}
    assert await forum.open_after(3) == {"Ash", "Fir", "Elm"}, "what is older than two threads is taken for closed"


async def test_a_job_is_not_told_again_when_its_thread_is_read_again(forum: Forum) -> None:
    forum.says(11, "Ash")
    await forum.open_after(3)
    assert (await forum.house.store.totals())["postings"] == 1
