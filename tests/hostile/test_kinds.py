"""Every kind of source, the same bad answers: never a bug, never a crash, and the next good feed is read."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import pytest_asyncio

from rolecall.config import SourceEntry
from rolecall.fetch import HttpFetcher
from rolecall.house import House
from rolecall.match import Index
from rolecall.plan import SourceState
from rolecall.poll import poll
from rolecall.ports import Source
from rolecall.sandbox import Sandbox
from rolecall.sources import KINDS
from rolecall.store.memory import MemoryStore
from tests.bench.stalls import watched
from tests.fakes.trial import Trial
from tests.hostile.elsewhere import Elsewhere
from tests.hostile.http_cases import RSS
from tests.hostile.measure import LAG, little_memory
from tests.hostile.server import Rogue, http, says
from tests.house import CHANNELS, SEARCH, config_of, feed
from tests.test_sources_mutated import REQUIRED

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTS = ("jobs", "items", "results", "offers", "data", "children", "hits", "jobPostings", "content", "result")
ROW: dict[str, Any] = {"id": "1", "title": "Engineer", "url": "javascript:alert(1)", "text": "x", "description": [1]}
DEEP = b"[" * 3_000 + b"]" * 3_000


def in_every_list(rows: object) -> bytes:
    """Return an answer in which each list that a board may have is this."""
    return json.dumps(dict.fromkeys(LISTS, rows)).encode()


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a web page": b"<!doctype html><html><body><h1>Just a moment</h1></body></html>",
    "an error object": b'{"error": {"code": 500}, "message": "oops", "status": "error"}',
    "an error in XML": b"<?xml version='1.0'?><error><code>500</code></error>",
    "null": b"null",
    "a list of lists": b"[[[[]]]]",
    "deep": DEEP,
    "deep in every list": in_every_list(0).replace(b"0", DEEP),
    "words in every list": in_every_list("none"),
    "nulls in every list": in_every_list([None, None]),
    "one thin row in every list": in_every_list([ROW]),
    "half characters": in_every_list([dict.fromkeys(ROW, "\ud800\udc00\udfff")]),
    "numbers without end": in_every_list([dict.fromkeys(ROW, 10**400)]),
    "not a number": in_every_list([dict.fromkeys(ROW, float("nan"))]),
    "cut": in_every_list([ROW])[:-30],
    "zeros": bytes(5_000),
    "an item of XML without an end": b"<?xml version='1.0'?><rss><channel><item><title>x</title>" + b"<a>" * 500,
}
PARTS = REQUIRED | {"url": "https://board.example/careers"}


def made(kind: str) -> Source:
    plugin = cast("Any", KINDS[kind])
    source: Source = plugin(**{each.name: PARTS[each.name] for each in fields(plugin) if each.name in PARTS})
    return source


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[tuple[House, Rogue]]:
    preload = ("rolecall.sources.preload", "tests.hostile.elsewhere", "tests.fakes.trial")
    async with (
        Rogue() as rogue,
        Sandbox(deadline=2, memory=600_000_000, preload=preload) as sandbox,
        HttpFetcher(pause=0, allow_private=True) as fetcher,
    ):
        config = config_of(CHANNELS + SEARCH + feed("good", rogue.on("/good", says(http(RSS)))))
        yield House(MemoryStore(), fetcher, sandbox, config, Index(config.searches), lambda: datetime.now(UTC)), rogue


async def polled(source: Source, house: House) -> SourceState:
    entry = SourceEntry(source, timedelta(hours=1))
    return await poll(entry, SourceState(source.name, house.now()), house)


async def good_is_read(house: House) -> None:
    assert (await polled(house.config.sources[0].source, house)).postings == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("folder", "mail")])
async def test_no_answer_is_a_bug_of_ours(
    kind: str, scene: tuple[House, Rogue], caplog: pytest.LogCaptureFixture
) -> None:
    house, rogue = scene
    caplog.set_level(logging.INFO, "rolecall")
    for what, body in BODIES.items():
        url = rogue.on(f"/{kind}", says(http(body, "application/json")))
        state = await polled(Elsewhere(made(kind), url), house)
        assert state.failures == 0 or state.health == "unreadable", (what, state.last_error)
        assert "broke what read it" not in state.last_error, what
    assert "poll-bug" not in caplog.text
    assert len([each for each in caplog.records if each.name == "rolecall.poll"]) == len(BODIES)
    await good_is_read(house)


CRASHES = [
    ("segv", "broke what read it (signal 11)"),
    ("abort", "broke what read it (signal 6)"),
    ("starve", "broke what read it (signal 9)"),
    ("bug", "broke what read it; the log has the traceback"),
    ("exit", "broke what read it"),
    ("memory", "needed too much memory"),
    ("recurse", "nested too deeply"),
    ("spin", "took longer than"),
]


@pytest.mark.parametrize(("do", "words"), CRASHES)
async def test_an_answer_that_crashes_the_parser_is_an_unreadable_answer(
    do: str, words: str, scene: tuple[House, Rogue]
) -> None:
    house, rogue = scene
    with little_memory():
        state = await polled(Elsewhere(Trial(do), rogue.on("/trial", says(http(b"x")))), house)
    assert state.health == "unreadable"
    assert words in state.last_error
    await good_is_read(house)


@pytest.mark.timed
@pytest.mark.parametrize("do", dict(CRASHES))
async def test_a_parser_that_crashes_does_not_hold_the_loop(do: str, scene: tuple[House, Rogue]) -> None:
    house, rogue = scene
    async with watched() as stalls:
        await polled(Elsewhere(Trial(do), rogue.on("/trial", says(http(b"x")))), house)
    assert stalls.worst_own < LAG
