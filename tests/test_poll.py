"""One poll: from a board's answer to rows in the outbox, and what a bad answer does not do."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rolecall import news, views
from rolecall.config import SourceEntry
from rolecall.errors import StoreError
from rolecall.house import House
from rolecall.model import Page, Reply, Request
from rolecall.plan import Committed, Plan, SourceState
from rolecall.poll import due, poll
from rolecall.ports import Store
from rolecall.schedule import DAY
from rolecall.secret import Secret
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.recruitee import Recruitee
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, config_of, feed, greenhouse, house_of, job, jobs, poll_all

PATH = "/v1/boards/{}/jobs"


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "rolecall.db")
    yield made
    await made.close()


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    async with Board() as board:
        yield board


def house_at(board: Board, store: Store, *names: str, clock: Clock | None = None) -> AbstractAsyncContextManager[House]:
    sources = "".join(greenhouse(name, board.url) for name in names or ("larkspur",))
    return house_of(config_of(CHANNELS + SEARCH + sources), store, clock)


async def alerted(store: Store) -> list[str]:
    return sorted(alert.job.postings[0].raw.title for alert in await store.alerts(100, open_only=False))


async def waiting(store: Store) -> int:
    channels = await store.channels(NOON + timedelta(days=9))
    return sum(channel.pending for channel in channels.values())


async def again(house: House, clock: Clock) -> dict[str, SourceState]:
    clock.forward(days=1)
    return await poll_all(house)


async def test_a_first_poll_is_a_baseline_and_the_next_new_posting_an_alert(board: Board, store: Store) -> None:
    clock = Clock()
    board.serve(PATH.format("larkspur"), jobs(*(job(n) for n in range(30))))
    async with house_at(board, store, clock=clock) as house:
        await poll_all(house)
        assert await waiting(store) == 2, "one summary a channel"
        board.serve(PATH.format("larkspur"), jobs(*(job(n) for n in range(31))))
        await again(house, clock)
        assert await waiting(store) == 4, "one alert for the phone, one digest"
    assert len(await alerted(store)) == 31


async def test_an_unchanged_answer_changes_nothing(board: Board, store: Store) -> None:
    clock, body = Clock(), jobs(job())

    async def answer(request: web.Request) -> web.Response:
        status = 304 if request.headers.get("If-None-Match") == '"one"' else 200
        return web.Response(text=body if status == 200 else None, status=status, headers={"ETag": '"one"'})

    board.on(PATH.format("larkspur"), answer)
    async with house_at(board, store, clock=clock) as house:
        first = await poll_all(house)
        before = (await store.totals(), await waiting(store), await store.open_ids("greenhouse:larkspur"))
        states = await again(house, clock)
    name = "greenhouse:larkspur"
    assert board.asked[-1][2]["If-None-Match"] == '"one"'
    assert (await store.totals(), await waiting(store), await store.open_ids(name)) == before
    assert states[name].validators == first[name].validators
    assert (states[name].health, states[name].postings) == ("alive", 1)


async def test_a_changed_posting_that_now_matches_alerts_once(board: Board, store: Store) -> None:
    clock = Clock()
    java = job(title="Java Developer", content="Java and Spring. Remote within the UK.")
    async with house_at(board, store, clock=clock) as house:
        for row in (java, job(), job() | {"content": "Python, Remote within the UK. £90,000 a year."}):
            board.serve(PATH.format("larkspur"), jobs(row))
            await again(house, clock)
    assert await alerted(store) == ["Senior Python Engineer"]
    assert await waiting(store) == 2


async def test_one_vacancy_on_two_boards_polled_at_once_is_one_job_and_one_alert(board: Board, store: Store) -> None:
    clock, names = Clock(), ("larkspur", "harebell", "campion")
    async with house_at(board, store, *names, clock=clock) as house:
        for name in names:
            board.serve(PATH.format(name), jobs())
        await poll_all(house)
        for number, name in enumerate(names):
            copy = job(number, absolute_url=f"https://{name}.example.org/1", company_name="Invented Works")
            copy["content"] = "Python and PostgreSQL for clocks that mend themselves. Remote in the UK. £80,000 a year."
            board.serve(PATH.format(name), jobs(copy))
        clock.forward(days=1)
        states = await store.source_states()
        await asyncio.gather(*(poll(entry, state, house) for entry, state in due(house.config, states, clock.now)))
    totals = await store.totals()
    assert (totals["postings"], totals["jobs"], totals["alerts"]) == (3, 1, 1)
    assert await waiting(store) == 2


async def test_postings_missing_from_a_whole_list_are_closed_and_reopened(board: Board, store: Store) -> None:
    clock, seen = Clock(), []
    both, one, none, broken = jobs(job(1), job(2)), jobs(job(1)), jobs(), jobs({"id": 1}, job(1))
    lists = [both, one, one, none, broken, none, none, none, both]
    async with house_at(board, store, clock=clock) as house:
        for body in lists:
            board.serve(PATH.format("larkspur"), body)
            await again(house, clock)
            seen.append(sorted(await store.open_ids("greenhouse:larkspur")))
    assert seen[:3] == [["1", "2"], ["1", "2"], ["1"]], "two lists in a row must lack it"
    assert seen[3:6] == [["1"]] * 3, "an empty or broken list says nothing of the others"
    assert seen[6:] == [[], [], ["1", "2"]], "an empty list counts when another one has agreed"
    assert (await store.totals())["alerts"] == 2, "what comes back is not news"


class Paged(Greenhouse):
    """A source with two requests, each of which lists a part."""

    def requests(self) -> Sequence[Request]:
        return tuple(Request(f"{self.base}/{part}") for part in "ab")


async def test_a_part_that_is_unchanged_does_not_close_its_postings(board: Board, store: Store) -> None:
    clock = Clock()
    board.serve("/a", jobs(job(1)))
    board.serve("/b", jobs(job(2)))
    async with house_of(config_of(CHANNELS + SEARCH), store, clock) as house:
        entry = SourceEntry(Paged("larkspur", base=board.url), timedelta(minutes=30))
        state = await poll(entry, SourceState(entry.source.name, NOON), house)
        board.serve("/a", jobs(job(1), job(3)))
        await poll(entry, state, house)
    assert await store.open_ids(entry.source.name) == {"1", "2", "3"}


# --- what a source may answer ---------------------------------------------------------------------------------

FEED = '<rss version="2.0"><channel><title>A feed</title>{}</channel></rss>'
BAD: dict[str, tuple[str, str]] = {
    "a web page instead of a feed": ("text/html", "<!doctype html><html><h1>Resting</h1></html>"),
    "cut JSON": ("application/json", '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", '),
    "more than 5 MB": ("application/rss+xml", FEED.format("<item/>" + " " * 30_000_000)),
    "a redirect loop": ("redirect", "/bad"),
    "nothing at all": ("application/rss+xml", ""),
    "a page that is gone": ("gone", ""),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_answer_is_one_line_counted_and_shown_and_the_others_go_on(
    case: str, board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    content_type, body = BAD[case]
    if content_type == "redirect":
        board.redirect("/bad", body)
    elif content_type != "gone":
        board.serve("/bad", body, content_type)
    board.serve(PATH.format("larkspur"), jobs(job()))
    config = config_of(CHANNELS + SEARCH + feed("bad", f"{board.url}/bad") + greenhouse("larkspur", board.url))
    caplog.set_level(logging.INFO, "rolecall")
    async with house_of(config) as house:
        await poll_all(house)
        status = await views.status(house.store, config, NOON)
    bad, good = status.sources
    assert bad.failures == 1
    assert bad.error
    assert (good.health, good.postings) == ("alive", 1)
    lines = [record.getMessage() for record in caplog.records if "feed:bad" in record.getMessage()]
    assert len(lines) == 1
    assert lines[0].startswith("poll-failed source=feed:bad failures=1 ")
    assert bad.error in lines[0]


async def test_a_feeds_ttl_holds_when_nothing_has_changed_and_after_a_restart(board: Board, store: Store) -> None:
    item = "<item><guid>1</guid><title>A</title></item>"
    body = f"<rss version='2.0'><channel><title>Jobs</title><ttl>600</ttl>{item}</channel></rss>"
    clock = Clock()
    config = config_of(
        CHANNELS + SEARCH + feed("slow", board.serve("/slow.rss", body, "application/rss+xml", etag='"1"'))
    )
    for _ in range(3):  # each house begins with what the store remembers
        async with house_of(config, store, clock) as house:
            (state,) = (await poll_all(house)).values()
            assert state.due_at - clock.now >= timedelta(hours=9)
        board.serve("/slow.rss", status=304)
        clock.now = state.due_at
    assert [headers.get("If-None-Match") for _, _, headers in board.asked] == [None, '"1"', '"1"']


async def test_an_empty_feed_is_a_good_answer(board: Board) -> None:
    board.serve("/feed", FEED.format(""), "application/rss+xml")
    config = config_of(CHANNELS + SEARCH + feed("quiet", f"{board.url}/feed"))
    async with house_of(config) as house:
        states = await poll_all(house)
    assert (states["feed:quiet"].health, states["feed:quiet"].postings) == ("empty", 0)


class Buggy(Greenhouse):
    """A source whose author forgot something."""

    def parse(self, reply: Reply) -> Page:
        raise KeyError("forgotten")


async def test_a_source_that_raises_a_bug_is_a_failing_source(
    board: Board, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    board.serve(PATH.format("larkspur"), jobs(job()))
    async with house_at(board, store) as house:
        entry = SourceEntry(Buggy("larkspur", base=board.url), timedelta(minutes=30))
        state = await poll(entry, SourceState(entry.source.name, NOON), house)
    assert (state.health, state.last_error) == ("unreadable", "a bug in Rolecall: KeyError")
    assert "forgotten" in caplog.text, "the traceback is in the log"


class Full(MemoryStore):
    """A store on a full disk."""

    async def commit(self, plan: Plan) -> Committed:
        raise StoreError("the disk is full")


async def test_a_database_in_trouble_is_no_fault_of_the_source(board: Board) -> None:
    board.serve(PATH.format("larkspur"), jobs(job()))
    async with house_at(board, Full()) as house:
        with pytest.raises(StoreError):
            await poll_all(house)


class FullAtLast(MemoryStore):
    """A store whose disk is full when a source's state is to be written."""

    full = True

    async def commit(self, plan: Plan) -> Committed:
        if self.full and plan.source is not None:
            raise StoreError("the disk is full")
        return await super().commit(plan)


async def test_a_long_list_is_written_in_parts_and_asked_again_when_the_last_one_is_not(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.poll.PART", 3)
    board.serve(PATH.format("larkspur"), jobs(*map(job, range(1, 9))))
    store = FullAtLast()
    async with house_at(board, store) as house:
        with pytest.raises(StoreError):
            await poll_all(house)
        assert (await store.totals())["postings"] == 6
        store.full = False
        states = await poll_all(house)
    assert states["greenhouse:larkspur"].postings == 8
    totals = await store.totals()
    assert (totals["postings"], totals["alerts"]) == (8, 8)
    assert await waiting(store) == 2, "one summary for each channel"


class Counting(MemoryStore):
    """Notes how many polls have understood postings and have not written them."""

    most = ready = 0

    async def commit(self, plan: Plan) -> Committed:
        await asyncio.sleep(0.01)  # others would get ready meanwhile
        self.ready -= bool(plan.postings)
        return await super().commit(plan)


async def test_of_many_polls_at_once_few_hold_what_they_have_understood(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, store = [f"board{number}" for number in range(6)], Counting()

    async def counted(raws: Any, house: House) -> Any:
        done = await understood(raws, house)
        store.ready += 1
        store.most = max(store.most, store.ready)
        return done

    understood = news.understood
    monkeypatch.setattr(news, "understood", counted)
    for name in names:
        board.serve(PATH.format(name), jobs(job()))
    config = config_of(CHANNELS + SEARCH + "".join(greenhouse(name, board.url) for name in names))
    async with house_of(config, store) as house:
        await asyncio.gather(*(poll(e, SourceState(e.source.name, NOON), house) for e in config.sources))
    assert (await store.totals())["postings"] == 6
    assert store.most == 2


async def test_the_pages_of_a_feed_are_followed_and_a_posting_on_two_of_them_is_one(board: Board, store: Store) -> None:
    item = {"id": "1", "title": "Python Engineer", "url": "https://jobs.example.org/1"}
    page = {"version": "https://jsonfeed.org/version/1.1", "title": "Paged", "items": [item]}
    board.serve("/one", json.dumps(page | {"next_url": f"{board.url}/two"}))
    board.serve("/two", json.dumps(page | {"items": [item, item | {"id": "2"}]}))
    config = config_of(CHANNELS + SEARCH + feed("paged", f"{board.url}/one"))
    async with house_of(config, store) as house:
        await poll_all(house)
    assert (await store.totals())["postings"] == 2


async def test_a_list_without_end_is_read_until_it_begins_anew(board: Board, store: Store) -> None:
    page = {"version": "https://jsonfeed.org/version/1.1", "title": "Round", "next_url": f"{board.url}/round"}
    board.serve("/round", json.dumps(page | {"items": [{"id": "1", "title": "Python Engineer"}]}))
    async with house_of(config_of(CHANNELS + SEARCH + feed("round", f"{board.url}/round")), store) as house:
        await poll_all(house)
    assert len(board.asked) == 2
    assert (await store.totals())["postings"] == 1


async def test_a_page_in_the_middle_that_is_unchanged_hides_nothing_behind_it(board: Board, store: Store) -> None:
    clock = Clock()
    page = {"version": "https://jsonfeed.org/version/1.1", "title": "Paged"}
    two = page | {"items": [{"id": "2", "title": "Engineer"}], "next_url": f"{board.url}/three"}
    board.serve("/two", json.dumps(two))
    async with house_of(config_of(CHANNELS + SEARCH + feed("paged", f"{board.url}/one")), store, clock) as house:
        for number in (1, 3):
            one = page | {"items": [{"id": str(number), "title": "Engineer"}], "next_url": f"{board.url}/two"}
            board.serve("/one", json.dumps(one))
            board.serve("/three", json.dumps(page | {"items": [{"id": str(number + 10), "title": "Engineer"}]}))
            await again(house, clock)
    assert await store.open_ids("feed:paged") >= {"2", "3", "13"}


# --- where else it may live -----------------------------------------------------------------------------------


class Moved(Greenhouse):
    """A board that may live at two addresses."""

    def elsewhere(self) -> Greenhouse:
        return Greenhouse(self.board, base=f"{self.base}/eu")


@pytest.mark.parametrize("answer", [(404, ""), (200, '{"ok": false}')])
async def test_a_board_that_is_not_here_is_asked_where_else_it_may_live(
    board: Board, store: Store, answer: tuple[int, str]
) -> None:
    board.serve(PATH.format("larkspur"), answer[1], status=answer[0])
    board.serve(f"/eu{PATH.format('larkspur')}", jobs(job()))
    async with house_at(board, store) as house:
        entry = SourceEntry(Moved("larkspur", base=board.url), timedelta(minutes=30))
        state = await poll(entry, SourceState(entry.source.name, NOON), house)
    assert (state.health, state.postings) == ("alive", 1)


async def test_a_board_that_is_nowhere_fails_with_what_its_first_address_said(board: Board, store: Store) -> None:
    async with house_at(board, store) as house:
        entry = SourceEntry(Moved("larkspur", base=board.url), timedelta(minutes=30))
        state = await poll(entry, SourceState(entry.source.name, NOON), house)
    assert (state.health, len(board.asked)) == ("gone", 2)
    assert "404" in state.last_error


async def test_a_refusal_is_explained_by_the_kind(board: Board, store: Store) -> None:
    board.serve("/api/offers/", status=401)
    async with house_at(board, store) as house:
        entry = SourceEntry(Recruitee("larkspur", base=board.url, token=Secret("hunter2")), timedelta(minutes=60))
        state = await poll(entry, SourceState(entry.source.name, NOON), house)
    assert state.last_error.endswith("this board wants a token that only the employer gives (`token_file`)")
    assert board.asked[0][2]["X-Careers-Sites-Token"] == "hunter2"


# --- a reload in the middle -----------------------------------------------------------------------------------


async def test_a_search_that_comes_while_a_poll_is_under_way_is_asked_too(board: Board, store: Store) -> None:
    clock = Clock()
    board.serve(PATH.format("larkspur"), jobs())
    config = config_of(CHANNELS + SEARCH.replace("python", "cobol") + greenhouse("larkspur", board.url))
    async with house_of(config, store, clock) as house:
        await poll_all(house)

        async def answer(_: web.Request) -> web.Response:
            fresh = config_of(CHANNELS + SEARCH.replace('"Python"', '"New"') + greenhouse("larkspur", board.url))
            async with house.deciding:
                house.config, house.index = fresh, type(house.index)(fresh.searches)
            return web.Response(text=jobs(job()), content_type="application/json")

        board.on(PATH.format("larkspur"), answer)
        states = await again(house, clock)
    assert states["greenhouse:larkspur"].health == "alive"
    assert [alert.search for alert in await store.alerts(10)] == ["New"]


# --- what is due ----------------------------------------------------------------------------------------------


def test_a_source_is_due_when_its_time_has_come_when_it_is_new_or_when_the_clock_was_set_back() -> None:
    config = config_of(CHANNELS + SEARCH + greenhouse("larkspur", "http://127.0.0.1"))
    state = SourceState("greenhouse:larkspur", NOON)

    def names(states: dict[str, SourceState]) -> list[str]:
        return [entry.source.name for entry, _ in due(config, states, NOON)]

    assert names({}) == [state.name]
    assert names({state.name: state}) == [state.name]
    assert names({state.name: replace(state, due_at=NOON + timedelta(seconds=1))}) == []
    assert names({state.name: replace(state, due_at=NOON + 2 * DAY)}) == [state.name]


# --- addresses that move, answers that stay fresh, pages that scroll --------------------------------------------


def item(*numbers: int) -> str:
    return FEED.format("".join(f"<item><title>Engineer {n}</title><guid>{n}</guid></item>" for n in numbers))


async def at_hours(board: Board, clock: Clock, house: House, *hours: float) -> SourceState:
    """Poll the only source at these hours, due or not."""
    (entry,) = house.config.sources
    for hour in hours:
        clock.now = NOON + timedelta(hours=hour)
        states = await house.store.source_states()
        await poll(entry, states.get(entry.source.name) or SourceState(entry.source.name, NOON), house)
    return (await house.store.source_states())[entry.source.name]


@pytest.mark.parametrize(("status", "asked"), [(301, "/new"), (308, "/new"), (302, "/old"), (307, "/old")])
async def test_only_an_address_that_has_moved_for_good_is_asked_where_it_is_now(
    board: Board, store: Store, status: int, asked: str
) -> None:
    clock = Clock()
    board.redirect("/old", f"{board.url}/new", status)
    board.serve("/new", item(1), "application/rss+xml")
    async with house_of(config_of(CHANNELS + SEARCH + feed("moved", f"{board.url}/old")), store, clock) as house:
        await at_hours(board, clock, house, 0, 10, 25)
        before = len(board.asked)
        await at_hours(board, clock, house, 26)
    assert board.asked[before][1] == asked


async def test_an_answer_that_is_fresh_for_hours_is_not_asked_for_before(board: Board) -> None:
    clock = Clock()
    board.serve("/feed", item(1), "application/rss+xml", cache_control="public, max-age=14400")
    expires = format_datetime(datetime.now(UTC) + timedelta(hours=5), usegmt=True)
    board.serve(PATH.format("larkspur"), jobs(job()), expires=expires)
    config = config_of(CHANNELS + SEARCH + feed("fresh", f"{board.url}/feed") + greenhouse("larkspur", board.url))
    async with house_of(config, clock=clock) as house:
        states = await poll_all(house)
    assert states["feed:fresh"].due_at >= NOON + timedelta(hours=4)
    assert states["greenhouse:larkspur"].due_at >= NOON + timedelta(hours=4.9)
    assert {state.pace.partition(": ")[2] for state in states.values()} == {"it asks for that itself"}


async def test_a_page_of_the_newest_that_has_scrolled_on_while_nobody_looked_may_have_a_gap(
    board: Board, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    board.serve("/feed", item(1, 2, 3), "application/rss+xml")
    async with house_of(config_of(CHANNELS + SEARCH + feed("quick", f"{board.url}/feed")), store, clock) as house:
        await at_hours(board, clock, house, 0)
        board.serve("/feed", item(3, 4, 5), "application/rss+xml")
        assert (await at_hours(board, clock, house, 30)).gap is None, "one is known"
        board.serve("/feed", item(7, 8, 9), "application/rss+xml")
        state = await at_hours(board, clock, house, 60)
        shown = await views.status(store, house.config, clock.now)
    assert "gap-possible source=feed:quick from=2026-11-24T18:00:00Z" in caplog.text
    assert state.gap == (NOON + timedelta(hours=30), NOON + timedelta(hours=60))
    assert "gap possible" in shown.sources[0].why


async def test_a_list_that_drops_to_nothing_is_looked_at_again_before_it_is_believed(
    board: Board, store: Store
) -> None:
    clock, seen = Clock(), []
    async with house_at(board, store, clock=clock) as house:
        for rows in (40, 0, 0, 40):
            board.serve(PATH.format("larkspur"), jobs(*(job(n) for n in range(rows))))
            states = await again(house, clock)
            seen.append(states["greenhouse:larkspur"].health)
    assert seen == ["alive", "unreadable", "empty", "alive"]
