"""A house for tests: memory for a database, a loopback board, an ear for a channel, and a clock that stands still."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from rolecall import details
from rolecall.config import Channel, Config, read
from rolecall.fetch import HttpFetcher
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import Message, Page, Reply
from rolecall.plan import SourceState
from rolecall.plugins import kinds
from rolecall.poll import due, poll
from rolecall.ports import Notifier, Readable, Showing, Store
from rolecall.store.memory import MemoryStore

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

CHANNELS = """
[daemon]
allow_private = true
host_pause = "0s"
summary_wait = "0s"

[channel.phone]
kind = "console"

[channel.digest]
kind = "html"
folder = "digests"
at = ["07:30"]
"""

SEARCH = """
[[search]]
name = "Python"
stack.any = ["python"]
"""


def greenhouse(board: str, url: str) -> str:
    return f'\n[[source]]\nkind = "greenhouse"\nboard = "{board}"\nbase = "{url}"\nevery = "30m"\n'


def feed(label: str, url: str) -> str:
    return f'\n[[source]]\nkind = "feed"\nurl = "{url}"\nlabel = "{label}"\nevery = "30m"\n'


def jobs(*rows: dict[str, Any]) -> str:
    """Return the answer of a Greenhouse board."""
    return json.dumps({"jobs": rows, "meta": {"total": len(rows)}})


def job(number: int = 1, title: str = "Senior Python Engineer", **changes: Any) -> dict[str, Any]:
    """Return one row of it: by default a vacancy that a search for Python matches."""
    return {
        "id": number,
        "title": title,
        "company_name": f"Invented {number} Works",
        "absolute_url": f"https://jobs.example.org/{number}",
        "location": {"name": "Remote, UK"},
        "first_published": "2026-11-20T09:00:00+00:00",
        "content": f"Python and PostgreSQL for product number {number}. Remote within the UK. £80,000 a year.",
        "departments": [],
        "offices": [],
    } | changes


class InProcess:
    """The sandbox's place without its process: what it guards against has tests of its own."""

    async def parse(self, source: Readable, reply: Reply) -> Page:
        return source.parse(reply)


@dataclass(eq=False)
class Ear:
    """A channel that remembers, and fails as often as it is told to."""

    kind: ClassVar[str] = "ear"
    summary: ClassVar[str] = "remembers"
    shows: ClassVar[Showing] = "jobs"

    heard: list[Message] = field(default_factory=list)
    errors: deque[Exception] = field(default_factory=deque)

    async def open(self) -> None: ...

    async def send(self, message: Message) -> str:
        if self.errors:
            raise self.errors.popleft()
        self.heard.append(message)
        return "heard"

    async def check(self) -> str:
        return "listens"

    async def close(self) -> None: ...


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> datetime:
        self.now += timedelta(**units)
        return self.now


def config_of(text: str, **notifiers: Notifier) -> Config:
    """Read a configuration; a channel of the same name gets the notifier."""
    config = read(tomllib.loads(text), kinds())
    return replace(config, channels=tuple(_with(channel, notifiers) for channel in config.channels))


def _with(channel: Channel, notifiers: dict[str, Notifier]) -> Channel:
    return replace(channel, notifier=notifiers.get(channel.name, channel.notifier))


@asynccontextmanager
async def house_of(config: Config, store: Store | None = None, clock: Clock | None = None) -> AsyncIterator[House]:
    store = store or MemoryStore()
    async with HttpFetcher(pause=0, allow_private=True) as fetcher:
        yield House(store, fetcher, InProcess(), config, Index(config.searches), clock or Clock())


async def poll_all(house: House) -> dict[str, SourceState]:
    """Poll every source that is due, one after the other."""
    states = dict(await house.store.source_states())
    for entry, state in due(house.config, states, house.now()):
        states[entry.source.name] = await poll(entry, state, house)
        await details.read(entry.source, house, asyncio.Event(), first=not state.baseline)
    return states
