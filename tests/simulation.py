"""Days in seconds: the real daemon in an event loop whose time leaps, before boards that are only functions.

Two clocks, as in the world: the loop's, which nobody can set, and the wall's, which a jump or a suspend moves.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from rolecall.clock import Wakes, guarded
from rolecall.config import Config
from rolecall.errors import Unreachable
from rolecall.fetch.turns import Turns
from rolecall.house import House
from rolecall.life import Daemon
from rolecall.match import Index
from rolecall.model import Message, Reply, Request, Validators
from rolecall.store.memory import MemoryStore
from tests.house import Ear, InProcess, job
from tests.leaping import LeapingLoop


@dataclass(slots=True)
class Call:
    """One request: who was asked, and when by both clocks."""

    source: str
    host: str
    began: float
    ended: float
    wall: datetime


@dataclass(slots=True)
class World:
    """Where the daemon lives: its clocks, its boards, and what they saw of it."""

    begin: datetime
    config: Config
    news_every: timedelta = timedelta(hours=3)
    set_by: timedelta = timedelta(0)  # by how much the wall clock was set
    calls: list[Call] = field(default_factory=list)
    busy: Counter[str] = field(default_factory=Counter)
    down: Callable[[str, float], Exception | None] = lambda host, at: None
    heard: list[tuple[datetime, Message]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.begin + self.set_by + timedelta(seconds=_time())

    def jump(self, by: timedelta) -> None:
        self.set_by += by

    def of(self, source: str) -> list[Call]:
        return [call for call in self.calls if call.source == source]


def _time() -> float:
    return asyncio.get_running_loop().time()


class Boards:
    """`ports.Fetcher`: every board answers after a moment; those with `news` in their name have some now and then."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.turns = Turns(2.0)
        entries = world.config.sources
        self.names = {request.url: entry.source.name for entry in entries for request in entry.source.requests()}

    async def listen(self, request: Request, ring: Callable[[], None]) -> bool:
        return False

    async def fetch(self, request: Request, validators: Validators) -> Reply:
        host, world = urlsplit(request.url).hostname or "", self.world
        async with self.turns.of(host):
            world.busy[host] += 1
            assert world.busy[host] == 1, f"{host} is asked two things at once"
            began, wall = _time(), world.now()
            await asyncio.sleep(0.4)
            world.busy[host] -= 1
            world.calls.append(Call(self.names[request.url], host, began, _time(), wall))
            if error := world.down(self.names[request.url], began):
                if isinstance(error, Unreachable) and error.retry_after:
                    self.turns.hold(host, error.retry_after)
                raise error
        return self._answer(request, validators)

    def _answer(self, request: Request, validators: Validators) -> Reply:
        if "news" not in request.url:
            return Reply(request.url, 304, {}, b"", self.world.now())
        count = 1 + int(_time() / self.world.news_every.total_seconds())
        if validators.etag == str(count):
            return Reply(request.url, 304, {}, b"", self.world.now())
        offset = 1000 * (int(request.url.partition("news")[2].partition("/")[0]) + 1)
        body = json.dumps({"jobs": [job(offset + number) for number in range(count)], "meta": {"total": count}})
        headers = {"etag": str(count), "content-type": "application/json"}
        return Reply(request.url, 200, headers, body.encode(), self.world.now())


class Listener(Ear):
    """A channel that remembers when it heard what."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    async def send(self, message: Message) -> str:
        self.world.heard.append((self.world.now(), message))
        return await super().send(message)


def live(world: World, hours: float, *events: tuple[float, Callable[[], None]], lives: int = 1) -> None:
    """Let the daemon live for so many hours; `events`: at which hour something happens to the world.

    With several `lives` it is stopped and started again, an hour of downtime between them, on the same database.
    """
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(_lives(world, hours, events, lives))


async def _lives(world: World, hours: float, events: tuple[tuple[float, Callable[[], None]], ...], lives: int) -> None:
    loop, store = asyncio.get_running_loop(), MemoryStore()
    for hour, event in events:
        loop.call_at(hour * 3600, event)
    for number in range(1, lives + 1):
        house = House(store, Boards(world), InProcess(), world.config, Index(world.config.searches), world.now)
        daemon = Daemon(house, clock=waker(world))
        loop.call_at(number * hours / lives * 3600, daemon.stop)
        await daemon.live()
        await asyncio.sleep(3600)


def waker(world: World) -> Callable[[Wakes], Any]:
    @asynccontextmanager
    async def waking(wakes: Wakes) -> AsyncIterator[None]:
        """Stand for `clock.clock`: its scheduler goes by the real wall clock. The guard is the real one."""

        async def tick(event: asyncio.Event, every: timedelta) -> None:
            while True:
                await asyncio.sleep(every.total_seconds())
                event.set()

        def jumped() -> None:
            for event, _ in wakes.values():
                event.set()

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(tick(*wake)) for wake in wakes.values()]
            tasks.append(group.create_task(guarded(jumped, lambda: world.set_by.total_seconds(), every=60)))
            yield
            for task in tasks:
                task.cancel()

    return waking
