"""What a poll costs, beside other readers: `python -m tests.bench.poll [FEEDS] [--reader PYTHON] [--newsboat PROGRAM]`.

One loopback server (a process of its own, not counted), FEEDS feeds of 30 items, three rounds: cold, all answered 304,
two new items in each. Printed is CPU time, the parsing child's included, in milliseconds per feed; what a daemon loads
once at its start is not counted.

PYTHON is the interpreter of an environment that holds lemon24's `reader` (`pip install reader`); without it, and where
newsboat is not installed, their columns are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.request import urlopen

from rolecall import poll as journey
from rolecall.app import AT_ONCE, open_house
from rolecall.config import Config, SourceEntry
from rolecall.decide import Understood
from rolecall.errors import SourceError
from rolecall.house import House
from rolecall.model import RawPosting, Reply, Validators
from rolecall.normalise import normalise
from rolecall.ports import SourceState
from rolecall.sandbox import Sandbox
from tests.bench.boards import HOSTILE, ITEMS, ROUNDS
from tests.bench.boards import feed as board_feed
from tests.house import CHANNELS, SEARCH, config_of, feed

Costs = dict[str, float]  # round → CPU ms per feed

READER = """
import json, sys, time, urllib.request
from reader import make_reader
url, feeds, rounds = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
reader = make_reader("reader.db")
for n in range(feeds):
    reader.add_feed(f"{url}/feed/{n}")
costs = {}
for each in rounds:
    urllib.request.urlopen(f"{url}/round/{each}").read()
    started = time.process_time()
    reader.update_feeds(scheduled=False)
    costs[each] = (time.process_time() - started) * 1000 / feeds
found = sum(1 for _ in reader.get_entries())
print(json.dumps({"costs": costs, "entries": found}))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("feeds", nargs="?", type=int, default=100)
    options.add_argument("--reader", help="the Python of an environment with lemon24's reader")
    options.add_argument("--newsboat", default=shutil.which("newsboat"))
    asked = options.parse_args()
    with _server() as url:
        whole, parsing = asyncio.run(_rolecall(url, asked.feeds)), asyncio.run(_parsing(url, asked.feeds))
        columns = {"rolecall": whole.costs, "  fetch and parse": parsing.costs, "  understand": whole.understanding}
        if asked.reader:
            columns["reader"] = _reader(asked.reader, url, asked.feeds)
        if asked.newsboat:
            columns["newsboat"] = _newsboat(asked.newsboat, url, asked.feeds)
        stalls = {**whole.stalls, "hostile": asyncio.run(_hostile(url))}
    _show(columns, stalls, asked.feeds)


# --- Rolecall -------------------------------------------------------------------------------------------------


@dataclass
class Measured:
    costs: Costs = field(default_factory=dict)
    understanding: Costs = field(default_factory=dict)
    stalls: dict[str, list[float]] = field(default_factory=dict)  # seconds by which the loop came late


async def _rolecall(url: str, feeds: int) -> Measured:
    """Poll as the daemon does: fetch, parse, understand, recognise, match, store."""
    measured = Measured()
    async with _house(url, [f"{url}/feed/{n}" for n in range(feeds)]) as house:
        states: dict[str, SourceState] = {}

        async def one(entry: SourceEntry) -> None:
            name = entry.source.name
            states[name] = await journey.poll(entry, states.get(name) or SourceState(name, house.now()), house)
            assert states[name].health == "alive", states[name].last_error

        for each in ROUNDS:
            with _timed_understanding() as spent:
                measured.costs[each], measured.stalls[each] = await _round(url, each, house, one)
            measured.understanding[each] = sum(spent) * 1000 / feeds
        totals = await house.store.totals()
        assert totals["postings"] == feeds * (ITEMS + 2), totals
    return measured


async def _parsing(url: str, feeds: int) -> Measured:
    """Only fetch and parse, with what is remembered from round to round."""
    measured = Measured()
    async with _house(url, [f"{url}/feed/{n}" for n in range(feeds)]) as house:
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


async def _hostile(url: str) -> list[float]:
    """Return how late the loop came while boards answered with what they should not."""
    async with _house(url, [f"{url}/hostile/{n}" for n in range(len(HOSTILE))]) as house:

        async def one(entry: SourceEntry) -> None:
            name = entry.source.name
            await journey.poll(entry, SourceState(name, house.now()), house)

        return (await _round(url, ROUNDS[0], house, one))[1]


@asynccontextmanager
async def _house(url: str, addresses: Sequence[str]) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory() as place:
        sources = "".join(feed(f"f{n}", address) for n, address in enumerate(addresses))
        config: Config = config_of(CHANNELS + SEARCH + sources)
        async with open_house(replace(config, database=Path(place, "bench.db"))) as house:
            await _warm(house)
            yield house


async def _warm(house: House) -> None:
    """Start the child and load the vocabularies, as a daemon does once."""
    source = house.config.sources[0].source
    page = await house.parser.parse(source, Reply("", 200, {}, board_feed(0, range(1)), house.now()))
    normalise(page.postings[0])


async def _round(
    url: str, each: str, house: House, one: Callable[[SourceEntry], Awaitable[None]]
) -> tuple[float, list[float]]:
    """Run one round over all sources; return CPU ms per feed and the loop's stalls."""
    await asyncio.to_thread(_ask, f"{url}/round/{each}")
    slots = asyncio.Semaphore(AT_ONCE)

    async def in_turn(entry: SourceEntry) -> None:
        async with slots:
            with suppress(SourceError):
                await one(entry)

    sources = house.config.sources
    late: list[float] = []
    watch = asyncio.create_task(_watch(late))
    before = _cpu(house)
    await asyncio.gather(*map(in_turn, sources))
    spent = _cpu(house) - before
    watch.cancel()
    return spent * 1000 / len(sources), late


async def _watch(late: list[float], step: float = 0.005) -> None:
    """Note how much later than asked the loop comes back."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(step)
        late.append(max(time.perf_counter() - started - step, 0.0))


def _cpu(house: House) -> float:
    """Return CPU seconds of this process, of its child, and of children that have ended."""
    assert isinstance(house.parser, Sandbox)
    return time.process_time() + _cpu_of(house.parser.pid) + _cpu_of_ended()


def _cpu_of(pid: int | None) -> float:
    if pid is None:
        return 0.0
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _cpu_of_ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _timed_understanding() -> Iterator[list[float]]:
    """Collect the CPU seconds that understanding postings takes, in whichever thread it runs."""
    spent: list[float] = []
    original = journey._understand_all

    def timed(raws: Sequence[tuple[RawPosting, str]], *rest: object) -> list[Understood]:
        started = time.thread_time()
        try:
            return original(raws, *rest)
        finally:
            spent.append(time.thread_time() - started)

    journey._understand_all = timed
    try:
        yield spent
    finally:
        journey._understand_all = original


# --- the others -----------------------------------------------------------------------------------------------


def _reader(python: str, url: str, feeds: int) -> Costs:

    with tempfile.TemporaryDirectory() as place:
        command = (python, "-c", READER, url, str(feeds), *ROUNDS)
        said = subprocess.run(command, cwd=place, stdout=subprocess.PIPE, text=True, check=True).stdout
    answer = json.loads(said)
    assert answer["entries"] == feeds * (ITEMS + 2), answer
    costs: Costs = answer["costs"]
    return costs


def _newsboat(program: str, url: str, feeds: int) -> Costs:
    costs = {}
    with tempfile.TemporaryDirectory() as place:
        Path(place, "urls").write_text("".join(f"{url}/feed/{n}\n" for n in range(feeds)), encoding="ascii")
        Path(place, "config").write_text("", encoding="ascii")
        command = (program, "-u", f"{place}/urls", "-c", f"{place}/cache.db", "-C", f"{place}/config", "-x", "reload")
        for each in ROUNDS:
            _ask(f"{url}/round/{each}")
            before = _cpu_of_ended()
            subprocess.run(command, check=True, capture_output=True)
            costs[each] = (_cpu_of_ended() - before) * 1000 / feeds
    return costs


# --- the server and the table ---------------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[str]:
    command = (sys.executable, "-m", "tests.bench.boards")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _ask(url: str) -> None:
    with urlopen(url) as answer:  # noqa: S310 # our own server
        answer.read()


def _show(columns: Mapping[str, Costs], stalls: Mapping[str, Sequence[float]], feeds: int) -> None:
    say = sys.stdout.write
    say(f"{feeds} feeds of {ITEMS} items, CPU ms per feed\n{'':26}" + "".join(f"{each:>12}" for each in ROUNDS) + "\n")
    for name, costs in columns.items():
        say(f"{name:26}" + "".join(f"{costs[each]:12.2f}" for each in ROUNDS) + "\n")
    for name in ("reader", "newsboat"):
        for ours in ("rolecall", "  fetch and parse") if name in columns else ():
            ratios = "".join(f"{columns[name][each] / columns[ours][each]:11.1f}×" for each in ROUNDS)
            say(f"{f'{name} / {ours.strip()}':26}" + ratios + "\n")
    say("loop stalls\n")
    for each, late in stalls.items():
        ordered = sorted(late)
        p99 = ordered[int(len(ordered) * 0.99)] if ordered else 0.0
        say(f"{each:26}{ordered[-1] * 1000:9.0f} ms max{p99 * 1000:9.1f} ms p99\n")


if __name__ == "__main__":
    random.seed(1)
    main()
