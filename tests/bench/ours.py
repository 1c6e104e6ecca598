"""Rolecall's rounds: what a daemon does once at its start is not counted, its parsing child is."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from rolecall import dedupe, news
from rolecall import poll as journey
from rolecall.app import open_house
from rolecall.config import Config, SourceEntry
from rolecall.errors import SourceError
from rolecall.garbage import Garbage
from rolecall.house import House
from rolecall.life.polling import AT_ONCE
from rolecall.model import Posting, Print, RawPosting, Reply, Validators
from rolecall.normalise import normalise
from rolecall.plan import SourceState
from rolecall.sandbox import Sandbox
from tests.bench.boards import BIG, HOSTILE, ITEMS, ROUNDS, ask
from tests.bench.boards import feed as board_feed
from tests.bench.others import Costs, cpu_of_ended
from tests.bench.stalls import Stalls, unwatched
from tests.house import CHANNELS, SEARCH, config_of, feed, greenhouse

Watch = Callable[[], AbstractAsyncContextManager[Stalls]]

HOSTS = 64  # addresses of this machine that the unchanged feeds lie on


@dataclass
class Measured:
    """By round: CPU ms per feed, what of it the named parts took, and the loop's stalls."""

    costs: Costs = field(default_factory=dict)
    parts: dict[str, Costs] = field(default_factory=dict)
    stalls: dict[str, Stalls] = field(default_factory=dict)


async def polls(url: str, feeds: int, searches: str = SEARCH, watch: Watch = unwatched) -> Measured:
    """Poll as the daemon does: fetch, parse, understand, recognise, match, store."""
    measured = Measured()
    async with _house(searches + _feeds(f"{url}/feed/{n}" for n in range(feeds))) as house:
        one, _ = _poller(house)
        for each in ROUNDS:
            with _timed() as spent:
                measured.costs[each], measured.stalls[each] = await _round(url, each, house, one, watch)
            for part, seconds in spent.items():
                measured.parts.setdefault(part, {})[each] = seconds * 1000 / feeds
        totals = await house.store.totals()
        assert totals["postings"] == feeds * (ITEMS + 2), totals
    return measured


async def as_a_reader(url: str, feeds: int) -> Measured:
    """Poll without understanding a word: fetch, parse, see what is new or changed, store. What a feed reader does."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(news, "normalise", lambda raw: Posting(raw, "")))
        stack.enter_context(patch.object(news, "as_json", lambda _: {}))
        stack.enter_context(patch.object(dedupe, "fingerprint", _no_print))
        return await polls(url, feeds, searches="")


def _no_print(posting: Posting) -> Print:
    return Print(*posting.key, frozenset(), "", "", "", frozenset(), "", frozenset(), 0)


async def parsing(url: str, feeds: int) -> Measured:
    """Only fetch and parse, with what is remembered from round to round."""
    measured = Measured()
    async with _house(_feeds(f"{url}/feed/{n}" for n in range(feeds))) as house:
        known: dict[str, Mapping[str, str]] = {}
        validators: dict[str, Validators] = {}

        async def one(entry: SourceEntry) -> None:
            (request,) = entry.source.requests()
            name = entry.source.name
            reply = await house.fetcher.fetch(request, validators.get(name, Validators()))
            if not reply.unchanged:
                page = await house.parser.parse(entry.source, replace(reply, known=known.get(name, {})))
                known[name] = page.items
                validators[name] = Validators(reply.headers.get("etag"), reply.headers.get("last-modified"))

        for each in ROUNDS:
            measured.costs[each], measured.stalls[each] = await _round(url, each, house, one)
    return measured


async def unchanged(url: str, feeds: int) -> tuple[float, float]:
    """Poll many feeds that answer 304, on many hosts; return feeds a second, and CPU ms per feed."""
    port = urlsplit(url).port
    addresses = [f"http://127.0.1.{n % HOSTS + 1}:{port}/feed/{n}" for n in range(feeds)]
    async with _house(_feeds(addresses)) as house:
        one, states = _poller(house)
        for n, entry in enumerate(house.config.sources):
            known = {addresses[n]: Validators(f'"{n}-0"')}
            before = SourceState(entry.source.name, house.now(), validators=known, baseline=True, postings=ITEMS)
            states[entry.source.name] = before
        await _round(url, "unchanged", house, one)  # the rows are there now
        started = time.perf_counter()
        cost, _ = await _round(url, "unchanged", house, one)
        return feeds / (time.perf_counter() - started), cost


async def hostile(url: str, watch: Watch) -> Stalls:
    """Return how late the loop came while boards answered with what they should not."""
    async with _house(_feeds(f"{url}/hostile/{n}" for n in range(len(HOSTILE)))) as house:
        return (await _round(url, ROUNDS[0], house, _poller(house, healthy=False)[0], watch))[1]


async def large(url: str, watch: Watch) -> Stalls:
    """Return how late the loop came during the first poll of a board of thousands of jobs."""
    async with _house(greenhouse("big", url)) as house:
        one, states = _poller(house)
        _, stalls = await _round(url, ROUNDS[0], house, one, watch)
        assert states["greenhouse:big"].postings == BIG
        return stalls


# --- one round ------------------------------------------------------------------------------------------------


def _feeds(addresses: Iterator[str] | Sequence[str]) -> str:
    return "".join(feed(f"f{n}", address) for n, address in enumerate(addresses))


@asynccontextmanager
async def _house(sources: str) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory() as place:
        config: Config = config_of(CHANNELS + sources)
        async with open_house(replace(config, database=Path(place, "bench.db"))) as house:
            await _warm(house)
            yield house


async def _warm(house: House) -> None:
    """Start the child and load the vocabularies, as a daemon does once."""
    source = house.config.sources[0].source
    with suppress(SourceError):
        await house.parser.parse(source, Reply("", 200, {}, board_feed(0, range(1)), house.now()))
    normalise(RawPosting("feed:x", "1", "Senior Python Engineer in Leeds"))
    Garbage().begin()


def _poller(
    house: House, *, healthy: bool = True
) -> tuple[Callable[[SourceEntry], Awaitable[None]], dict[str, SourceState]]:
    states: dict[str, SourceState] = {}

    async def one(entry: SourceEntry) -> None:
        name = entry.source.name
        states[name] = await journey.poll(entry, states.get(name) or SourceState(name, house.now()), house)
        assert not healthy or states[name].health == "alive", states[name].last_error

    return one, states


async def _round(
    url: str, each: str, house: House, one: Callable[[SourceEntry], Awaitable[None]], watch: Watch = unwatched
) -> tuple[float, Stalls]:
    """Run one round over all sources; return CPU ms per feed and the loop's stalls."""
    await asyncio.to_thread(ask, f"{url}/round/{each}")
    slots = asyncio.Semaphore(AT_ONCE)

    async def in_turn(entry: SourceEntry) -> None:
        async with slots:
            await one(entry)

    async with watch() as stalls:
        before = _cpu(house)
        await asyncio.gather(*map(in_turn, house.config.sources))
        spent = _cpu(house) - before
    return spent * 1000 / len(house.config.sources), stalls


@contextmanager
def _timed() -> Iterator[Counter[str]]:
    """Collect the CPU seconds that each part of the thinking takes."""
    spent = Counter[str]()
    parts = {"understand": (news, "_understand_all"), "recognise": (dedupe, "assign"), "match": (news, "_plan")}

    def timed(part: str, function: Callable[..., object]) -> Callable[..., object]:
        def run(*given: object, **named: object) -> object:
            started = time.thread_time()
            try:
                return function(*given, **named)
            finally:
                spent[part] += time.thread_time() - started

        return run

    with ExitStack() as stack:
        for part, (module, name) in parts.items():
            spent[part] = 0.0
            stack.enter_context(patch.object(module, name, timed(part, getattr(module, name))))
        yield spent


def _cpu(house: House) -> float:
    """Return CPU seconds of this process, of its child, and of children that have ended."""
    assert isinstance(house.parser, Sandbox)
    return time.process_time() + _cpu_of(house.parser.pid) + cpu_of_ended()


def _cpu_of(pid: int | None) -> float:
    if pid is None:
        return 0.0
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
