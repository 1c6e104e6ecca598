"""Polling a feed of which only the new items are read: what was left out is seen, kept open, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rolecall.errors import StoreError
from rolecall.house import House
from rolecall.model import Page, Reply
from rolecall.plan import Committed, Plan, SourceState
from rolecall.poll import poll
from rolecall.ports import Source, Store
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, config_of, house_of

OLEEO = '\n[[source]]\nkind = "feed"\npreset = "oleeo"\nurl = "{}"\nlabel = "force"\nevery = "30m"\n'


def atom(*numbers: int, said: str = "") -> str:
    """Return the whole list of a board's vacancies."""
    entries = "\n".join(
        f"<entry><id>https://jobs.example/opp/{n}</id><title>Python Engineer {n}</title>"
        f"<content type='html'>Python for case system {n}. {said}</content></entry>"
        for n in numbers
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Jobs</title>{entries}</feed>"


class Reader:
    """The sandbox's place; remembers what was read each time."""

    def __init__(self) -> None:
        self.read: list[list[str]] = []

    async def parse(self, source: Source, reply: Reply) -> Page:
        page = source.parse(reply)
        self.read.append(sorted(posting.id for posting in page.postings))
        return page


class Site:
    """One feed, its daemon, and the state that it keeps from poll to poll."""

    def __init__(self, house: House, board: Board, reader: Reader, clock: Clock) -> None:
        self.house, self.board, self.reader, self.clock = house, board, reader, clock
        (self.entry,) = house.config.sources
        self.state = SourceState(self.entry.source.name, NOON)

    async def poll(self, body: str) -> list[str]:
        """Poll an hour later, when the board answers this; return what was read."""
        self.clock.forward(hours=1)
        self.board.serve("/feed", body, "application/atom+xml")
        self.state = await poll(self.entry, self.state, self.house)
        return self.reader.read[-1]

    async def stored(self) -> dict[str, tuple[bool, bool]]:
        """Return id → (open, seen at the last poll)."""
        found = await self.house.store.recent(NOON, 100)
        return {
            posting.raw.id: (posting.closed_at is None, posting.last_seen == self.clock.now)
            for job in found
            for posting in job.postings
        }


@pytest.fixture(params=["memory", "sqlite"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    store: Store = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "rolecall.db")
    async with _site(store) as site:
        yield site
    await store.close()


@asynccontextmanager
async def _site(store: Store) -> AsyncIterator[Site]:
    clock, reader = Clock(), Reader()
    async with Board() as board:
        config = config_of(CHANNELS + SEARCH + OLEEO.format(f"{board.url}/feed"))
        async with house_of(config, store, clock) as house:
            house.parser = reader
            yield Site(house, board, reader, clock)


OPEN_AND_SEEN, CLOSED = (True, True), (False, False)
AGAIN = "<!-- the same list in other bytes -->"


async def test_what_was_left_out_is_seen_and_stays_open(site: Site) -> None:
    assert await site.poll(atom(1, 2)) == ["1", "2"]
    assert await site.poll(atom(1, 2, 3)) == ["3"]
    assert await site.stored() == {"1": OPEN_AND_SEEN, "2": OPEN_AND_SEEN, "3": OPEN_AND_SEEN}
    assert site.state.postings == 3


async def test_what_has_left_a_whole_list_is_closed_though_nothing_was_read(site: Site) -> None:
    await site.poll(atom(1, 2, 3))
    assert await site.poll(atom(1, 3)) == []
    assert await site.poll(atom(1, 3) + AGAIN) == []
    stored = await site.stored()
    assert (stored["1"], stored["3"]) == (OPEN_AND_SEEN, OPEN_AND_SEEN)
    assert stored.get("2", CLOSED) == CLOSED


async def test_what_comes_back_unchanged_is_opened_again(site: Site) -> None:
    await site.poll(atom(1, 2))
    await site.poll(atom(1))
    await site.poll(atom(1) + AGAIN)
    await site.poll(atom(1, 2))
    assert await site.stored() == {"1": OPEN_AND_SEEN, "2": OPEN_AND_SEEN}


async def test_an_edited_posting_replaces_the_old_one(site: Site) -> None:
    await site.poll(atom(1))
    assert await site.poll(atom(1, said="Now with Rust.")) == ["1"]
    assert await site.stored() == {"1": OPEN_AND_SEEN}


async def test_what_is_known_outlives_an_unchanged_answer_and_a_failure(site: Site) -> None:
    await site.poll(atom(1, 2))
    reads = len(site.reader.read)
    await site.poll(atom(1, 2))
    await site.poll("<html>down for maintenance</html>")
    assert site.state.failures == 1
    assert await site.poll(atom(1, 2, 3)) == ["3"]
    assert len(site.reader.read) == reads + 1


async def test_a_restart_costs_one_whole_reading(site: Site) -> None:
    await site.poll(atom(1, 2))
    site.state = SourceState(site.entry.source.name, NOON, validators=site.state.validators, baseline=True)
    assert await site.poll(atom(1, 2, 3)) == ["1", "2", "3"]


class FullDisk(MemoryStore):
    """Refuses to write while it is full."""

    full = False

    async def commit(self, plan: Plan) -> Committed:
        if self.full:
            raise StoreError("the disk is full")
        return await super().commit(plan)


async def test_what_could_not_be_stored_is_read_again() -> None:
    store = FullDisk()
    async with _site(store) as site:
        await site.poll(atom(1))
        store.full = True
        with pytest.raises(StoreError):
            await site.poll(atom(1, 2))
        store.full = False
        assert await site.poll(atom(1, 2)) == ["2"]
        assert await site.stored() == {"1": OPEN_AND_SEEN, "2": OPEN_AND_SEEN}
