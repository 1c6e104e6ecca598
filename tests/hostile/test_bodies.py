"""Whatever a board answers: one clear outcome, one line, nothing else disturbed, and the next good feed is read."""

from __future__ import annotations

import gc
import logging
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from rolecall import views
from rolecall.config import SourceEntry
from rolecall.fetch import HttpFetcher
from rolecall.fetch.guard import guarded_socket
from rolecall.garbage import Garbage
from rolecall.house import House
from rolecall.logs import Redacting
from rolecall.match import Index
from rolecall.plan import SourceState
from rolecall.poll import poll
from rolecall.sandbox import Sandbox
from rolecall.sources.feed import Feed
from rolecall.sources.greenhouse import Greenhouse
from rolecall.store import SqliteStore
from tests.bench.stalls import watched
from tests.hostile.case import Case, Fails, Reads
from tests.hostile.document import CASES, PAGE, page
from tests.hostile.http_cases import NO_END, RSS
from tests.hostile.measure import LAG, little_memory
from tests.hostile.server import Rogue, http, says
from tests.hostile.xml_cases import TOO_LONG
from tests.house import CHANNELS, SEARCH, config_of, feed
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Scene:
    """A daemon's insides and a good feed; `dialled` are the addresses that the guard let pass beside our `ports`.

    `hasty` is the same house to an answer that takes for ever: it gives up sooner than a busy machine may allow others.
    """

    house: House
    hasty: House
    good: SourceEntry
    ports: set[int]
    dialled: list[object]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    path = tmp_path_factory.mktemp("hostile") / "rolecall.db"
    async with Rogue() as honest, Sandbox(deadline=PATIENCE) as sandbox, Sandbox(deadline=0.5) as strict:
        store = await SqliteStore.open(path)
        ports, dialled = {honest.port}, list[object]()
        with _dialling_only(ports, dialled):
            async with HttpFetcher(pause=0, deadline=PATIENCE) as fetcher, HttpFetcher(pause=0, deadline=1.0) as brief:
                config = config_of(CHANNELS + SEARCH + feed("good", honest.on("/good", says(http(RSS)))))
                house = House(store, fetcher, sandbox, config, Index(config.searches), lambda: datetime.now(UTC))
                hasty = replace(house, fetcher=brief, parser=strict)
                scene = Scene(house, hasty, config.sources[0], ports, dialled)
                await _read_good(scene)
                yield scene
        await store.close()


@pytest.fixture(autouse=True, scope="module")
def _no_collections() -> Iterator[None]:
    """Full rounds of the garbage collector come as in the daemon."""
    before = gc.get_threshold()
    Garbage().begin()
    yield
    gc.set_threshold(*before)


@contextmanager
def _dialling_only(ports: set[int], dialled: list[object]) -> Iterator[None]:
    """Let our two servers pass as if they were public; every other address meets the real guard."""

    def guard(info: tuple[object, ...]) -> socket.socket:
        address = info[4]
        if isinstance(address, tuple) and address[0] == "127.0.0.1" and address[1] in ports:
            return socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        passed = guarded_socket(info)  # raises, before there is a socket
        dialled.append(address)
        return passed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rolecall.fetch.http.guarded_socket", guard)
        yield


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
async def test_a_hostile_answer_has_its_outcome_and_disturbs_nothing_else(
    case: Case, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rolecall")
    async with Rogue() as rogue:
        scene.ports.add(rogue.port)
        entry = _entry(case, rogue)
        with little_memory():
            state = await _polled(entry, case, scene)
    _is(case.outcome, state)
    _one_line(caplog)
    await _in_status(entry, case, scene)
    assert scene.dialled == []
    await _read_good(scene)


@pytest.mark.timed
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
async def test_a_hostile_answer_does_not_hold_the_loop(case: Case, scene: Scene) -> None:
    async with Rogue() as rogue:
        scene.ports.add(rogue.port)
        entry = _entry(case, rogue)  # to pack 60 MB is work of the board, not ours
        async with watched() as stalls:
            await _polled(entry, case, scene)
    assert stalls.worst_own < LAG


async def _polled(entry: SourceEntry, case: Case, scene: Scene) -> SourceState:
    house = scene.hasty if case.outcome in (NO_END, TOO_LONG) else scene.house
    return await poll(entry, SourceState(entry.source.name, house.now()), house)


def _entry(case: Case, rogue: Rogue) -> SourceEntry:
    name = f"rogue{CASES.index(case)}"
    url = rogue.on(f"/v1/boards/{name}/jobs", case.build())
    board = Greenhouse(name, base=url.partition("/v1/")[0])
    return SourceEntry(board if case.kind == "greenhouse" else Feed(url, label=name), timedelta(hours=1))


def _is(outcome: Reads | Fails, state: SourceState) -> None:
    if isinstance(outcome, Fails):
        assert (state.health, state.failures) == (outcome.health, 1)
        assert outcome.words in state.last_error
    else:
        assert state.failures == 0, state.last_error
        assert Reads(state.postings, state.skipped) == outcome


def _one_line(caplog: pytest.LogCaptureFixture) -> None:
    (record,) = [each for each in caplog.records if each.name.startswith("rolecall")]
    text = Redacting("%(message)s", ()).format(record)
    assert re.match(r"polled source=|poll-failed source=", text)
    assert text.isprintable()


async def _in_status(entry: SourceEntry, case: Case, scene: Scene) -> None:
    config = replace(scene.house.config, sources=(scene.good, entry))
    good, row = (await views.status(scene.house.store, config, scene.house.now())).sources
    assert good.failures == 0
    if isinstance(case.outcome, Fails):
        assert row.failures == 1
        assert case.outcome.words in row.error
    else:
        assert (row.postings, row.skipped) == (case.outcome.postings, case.outcome.skipped)


async def _read_good(scene: Scene) -> None:
    name = scene.good.source.name
    state = await poll(scene.good, SourceState(name, scene.house.now()), scene.house)
    assert (state.health, state.postings) == ("alive", 1)


async def test_the_page_in_docs_is_the_one_that_these_cases_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.hostile"


async def test_there_are_as_many_as_was_promised_and_each_is_there_once() -> None:
    assert len(CASES) >= 60
    assert len({case.what for case in CASES if case.kind == "feed"}) == sum(case.kind == "feed" for case in CASES)
