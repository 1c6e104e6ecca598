"""Boards whose list leaves out the text: asked for each new posting, slowly; nothing is lost or told half."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from aiohttp import web

from rolecall import details, views
from rolecall.config import SourceEntry
from rolecall.errors import Unreadable
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import RawPosting, Reply, Request
from rolecall.outbox import Sent
from rolecall.plan import SourceState
from rolecall.poll import poll
from rolecall.ports import Detail, Detailed, Store
from rolecall.sandbox import Sandbox
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.reading import Row, json_of
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, config_of, house_of, job, jobs
from tests.store_plans import alerts_of

NAME = "greenhouse:larkspur"
PHONE = CHANNELS.partition("[channel.digest]")[0]
LIST = "/v1/boards/larkspur/jobs"


class Terse(Greenhouse):
    """A board whose list holds no texts."""

    details: ClassVar[int] = 3

    def detail(self, raw: RawPosting) -> Request | None:
        return None if "short" in raw.title else Request(f"{self.base}/{raw.id}")

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        text = Row(json_of(reply)).html("content")
        if not text:
            raise Unreadable("no text")
        return replace(raw, description=text)


@dataclass
class Watch:
    """One terse board, watched by a house with one clock."""

    house: House
    board: Board
    clock: Clock
    state: SourceState = field(default_factory=lambda: SourceState(NAME, NOON))
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def wants(self, search: str) -> None:
        self.house.config = config_of(PHONE + search)
        self.house.index = Index(self.house.config.searches)

    @property
    def store(self) -> Store:
        return self.house.store

    def lists(self, *numbers: int, **changes: object) -> None:
        self.board.serve(LIST, jobs(*(job(n, **{"content": ""} | changes) for n in numbers)))

    def writes(self, *numbers: int, text: str = "Python. Remote within the UK. £80,000 a year.") -> None:
        for number in numbers:
            self.board.serve(f"/{number}", json.dumps({"content": f"{text} Number {number}."}))

    async def poll(self, times: int = 1, **later: float) -> list[str]:
        """Poll some times and return the numbers asked for in detail."""
        before, entry = len(self.board.asked), SourceEntry(Terse("larkspur", base=self.board.url), timedelta(hours=1))
        for _ in range(times):
            first = not self.state.baseline
            self.state = await poll(entry, self.state, self.house)
            await details.read(entry.source, self.house, self.stop, first=first)
            self.clock.forward(**later or {"hours": 1})
        return [path[1:] for _, path, _ in self.board.asked[before:] if path[1:].isdecimal()]

    async def told(self) -> dict[str, str]:
        """Return the bundle in which each alerted posting travels on the phone, by its number."""
        found = {}
        while claim := await self.store.claim("phone", NOON + timedelta(days=99), 999_999):
            found |= {each.key[1]: claim.kind for each in await alerts_of(self.store, claim)}
            await self.store.settle(claim.id, Sent(), self.clock.now)
        return found

    async def texts(self) -> dict[str, str]:
        jobs_ = await self.store.recent(NOON - timedelta(days=9), 999)
        return {each.raw.id: each.raw.description for job in jobs_ for each in job.postings}


@pytest.fixture(params=["memory", "sqlite"])
async def watch(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Watch]:
    store: Store = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "rolecall.db")
    clock = Clock()
    async with Board() as board, house_of(config_of(PHONE + SEARCH), store, clock) as house:
        yield Watch(house, board, clock)
    await store.close()


async def test_a_new_postings_text_is_asked_for_once_and_only_then_is_it_told(watch: Watch) -> None:
    watch.lists()
    await watch.poll()
    watch.lists(1)
    watch.writes(1)
    assert await watch.poll(times=3) == ["1"]
    assert await watch.texts() == {"1": "Python. Remote within the UK. £80,000 a year. Number 1."}
    assert await watch.told() == {"1": "alert"}


async def test_a_posting_of_which_the_list_tells_all_is_stored_at_once(watch: Watch) -> None:
    watch.lists(1, title="A short Python job")
    assert await watch.poll() == []
    assert (await watch.store.totals())["postings"] == 1


async def test_few_are_asked_after_each_poll_and_all_of_them_in_the_end(watch: Watch) -> None:
    numbers = range(1, 9)
    watch.lists(*numbers)
    watch.writes(*numbers)
    assert [len(await watch.poll()) for _ in range(4)] == [3, 3, 2, 0]
    assert len(await watch.texts()) == 8


async def test_a_first_list_is_a_summary_and_what_of_it_is_read_later_is_for_a_digest(watch: Watch) -> None:
    watch.lists(1, 2, 3, 4, 5)
    watch.writes(1, 2, 3, 4, 5, 6)
    await watch.poll()
    watch.lists(1, 2, 3, 4, 5, 6)
    assert await watch.poll() == ["6", "4", "5"], "news comes before what was there before"
    assert await watch.told() == {
        "1": "summary", "2": "summary", "3": "summary", "4": "digest", "5": "digest", "6": "alert",
    }  # fmt: skip


async def test_what_no_search_can_want_is_asked_for_last(watch: Watch) -> None:
    watch.wants(SEARCH + 'mute = { titles = ["Java"] }\nunknown = { stack = "exclude" }\n')
    rows = [job(n, title="Java Developer" if n < 5 else "Engineer", content="") for n in range(1, 8)]
    watch.board.serve(LIST, jobs(*rows))
    watch.writes(*range(1, 8))
    assert await watch.poll() == ["5", "6", "7"]
    assert await watch.poll() == ["1", "2", "3"]


async def test_rows_wait_through_unchanged_lists_and_after_they_have_left_the_list(watch: Watch) -> None:
    watch.lists(1, 2, 3, 4, 5)
    watch.writes(1, 2, 3, 4, 5)
    await watch.poll()
    watch.state = replace(watch.state, items={})
    assert await watch.poll() == ["4", "5"], "the list is the same, byte by byte"
    watch.lists(6, 7, 8, 9)
    watch.writes(6, 7, 8, 9)
    await watch.poll()
    watch.lists(10)
    watch.writes(10)
    assert await watch.poll() == ["9", "10"]
    assert (await watch.store.totals())["postings"] == 10


async def test_a_changed_row_is_asked_for_again_and_the_old_text_stays_until_then(watch: Watch) -> None:
    watch.lists(1)
    watch.writes(1)
    await watch.poll()
    watch.lists(1, title="Lead Python Engineer")
    watch.board.serve("/1", status=500)
    await watch.poll()
    assert "Number 1" in (await watch.texts())["1"]
    watch.writes(1, text="Python, now with pay: £95,000 a year.")
    assert await watch.poll(times=2) == ["1"]
    assert "£95,000" in (await watch.texts())["1"]


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_after_three_tries_the_row_stands_as_its_list_gave_it(watch: Watch, status: int) -> None:
    watch.lists()
    await watch.poll()
    watch.lists(1, title="Engineer")
    watch.board.serve("/1", "<html>Resting</html>", status=status)
    assert await watch.poll(times=2) == ["1", "1"]
    assert await watch.texts() == {}
    assert await watch.poll(times=2) == ["1"]
    assert await watch.texts() == {"1": ""}
    assert watch.state.health == "alive"
    assert await watch.told() == {"1": "digest"}, "a list of titles does not say whether it is Python"


async def test_a_host_that_does_not_answer_is_left_alone_after_two_and_costs_all_a_try(watch: Watch) -> None:
    watch.lists(1, 2, 3)
    for number in (1, 2, 3):
        watch.board.serve(f"/{number}", status=502)
    assert await watch.poll(times=4) == ["1", "2"] * 3
    assert len(await watch.texts()) == 3


async def test_one_page_that_never_answers_costs_no_other_row_a_try(watch: Watch) -> None:
    watch.lists()
    await watch.poll()
    watch.lists(1, 2, 3)
    watch.board.serve("/1", status=502)
    watch.writes(2, 3)
    assert await watch.poll(times=4) == ["1", "2", "3", "1", "1"]
    assert (await watch.texts())["2"]
    assert await watch.told() == {"1": "alert", "2": "alert", "3": "alert"}


async def test_hopeful_news_is_tried_again_before_all_that_no_search_can_want(watch: Watch) -> None:
    watch.lists(*range(1, 9), title="Java Developer")
    watch.wants(SEARCH + 'mute = { titles = ["Java"] }\n')
    watch.writes(*range(1, 9))
    await watch.poll()
    rows = [job(n, title="Java Developer", content="") for n in range(1, 9)]
    watch.board.serve(LIST, jobs(*rows, job(9, title="Python Engineer", content="")))
    assert (await watch.poll())[0] == "9"
    watch.writes(9)
    assert (await watch.poll())[0] == "9"


async def test_status_says_how_many_texts_are_to_be_read(watch: Watch) -> None:
    watch.lists(1, 2, 3, 4, 5)
    watch.writes(1, 2, 3, 4, 5)
    await watch.poll()
    entry = SourceEntry(Terse("larkspur", base=watch.board.url), timedelta(hours=1))
    status = await views.status(watch.store, replace(watch.house.config, sources=(entry,)), watch.clock.now)
    assert (status.sources[0].postings, status.sources[0].to_read) == (5, 2)


async def test_a_host_that_asks_for_time_gets_it_and_costs_no_try(watch: Watch) -> None:
    watch.lists(1, 2)
    watch.board.serve("/1", status=429, retry_after="0")
    watch.board.serve("/2", status=429, retry_after="0")
    assert len(await watch.poll(times=4)) == 4
    assert await watch.texts() == {}
    await watch.poll(times=3, days=2)
    assert await watch.poll(times=2) == ["1"] * 1, "a host that asks for time for ever is done without"
    assert len(await watch.texts()) == 2


async def test_what_is_neither_in_the_list_nor_on_its_page_is_gone(watch: Watch) -> None:
    watch.lists(1, 2)
    watch.writes(2)
    await watch.poll()
    watch.lists(2)
    await watch.poll(times=3)
    assert set(await watch.texts()) == {"2"}
    assert await watch.store.waiting(NAME, 9) == []


async def test_of_a_very_long_list_what_no_search_can_want_is_not_waited_for(watch: Watch) -> None:
    watch.wants(SEARCH + 'mute = { titles = ["Java"] }\n')
    rows = [job(n, title="Java Developer" if n < 75 else "Engineer", content="") for n in range(1, 81)]
    watch.board.serve(LIST, jobs(*rows))
    watch.writes(*range(1, 81))
    assert await watch.poll() == ["75", "76", "77"]
    bare = [number for number, text in (await watch.texts()).items() if not text]
    assert sorted(bare, key=int) == [str(n) for n in range(67, 75)]
    assert await watch.told() == {"75": "summary", "76": "summary", "77": "summary"}


async def test_a_long_sleep_costs_no_row_its_text(watch: Watch) -> None:
    watch.lists(1, 2, 3, 4)
    watch.writes(1, 2, 3, 4)
    await watch.poll(days=9)
    assert await watch.poll() == ["4"]
    assert all((await watch.texts()).values())


async def test_a_bug_in_one_kind_harms_neither_the_daemon_nor_the_other_rows(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = Terse.read_detail

    def forgetful(source: Terse, raw: RawPosting, reply: Reply) -> RawPosting:
        if raw.id == "1":
            raise KeyError("forgotten")
        return good(source, raw, reply)

    monkeypatch.setattr(Terse, "read_detail", forgetful)
    watch.lists(1, 2)
    watch.writes(1, 2)
    assert await watch.poll(times=4) == ["1", "2", "1", "1"]
    assert "forgotten" in caplog.text
    assert (await watch.texts())["1"] == ""


async def test_nothing_is_asked_after_a_stop_and_all_of_it_after_the_next_start(watch: Watch) -> None:
    watch.lists(1, 2, 3)
    watch.writes(2, 3)

    async def last(_request: web.Request) -> web.StreamResponse:
        watch.stop.set()
        return web.Response(text='{"content": "Python, remote in the UK"}')

    watch.board.on("/1", last)
    assert await watch.poll() == ["1"]
    assert set(await watch.texts()) == {"1"}, "what was in hand is finished"
    watch.stop.clear()
    assert await watch.poll() == ["2", "3"]


async def test_a_text_is_read_in_the_child_like_every_reply() -> None:
    source = Terse("larkspur")
    assert isinstance(source, Detailed)
    assert not isinstance(Greenhouse("larkspur"), Detailed)
    raw = RawPosting(source=NAME, id="1", title="Engineer", location="Leeds")
    body = json.dumps({"content": "Py\u200bthon"}).encode()
    async with Sandbox(preload=("rolecall.sources.preload", "tests.test_details")) as sandbox:
        (read,) = (await sandbox.parse(Detail(source, raw), Reply("https://x.example", 200, {}, body, NOON))).postings
    assert read == replace(raw, description="Python")
