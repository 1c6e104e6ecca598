"""The real daemon, store and parsing child, living through a simulated day before boards and ears in process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from unittest.mock import patch

from sqlite_utils import Database

from rolecall.errors import Deferred
from rolecall.garbage import use_one_heap
from rolecall.house import House
from rolecall.life import Daemon
from rolecall.match import Index
from rolecall.model import Message, Page, Reply
from rolecall.ports import Readable
from rolecall.render.email import render_html
from rolecall.render.telegram import telegram_texts
from rolecall.sandbox import Sandbox
from rolecall.store import SqliteStore
from tests.house import Ear, config_of
from tests.leaping import LeapingLoop, leaping
from tests.simulation import World, waker
from tests.soak.boards import LEVELS, TECHNOLOGIES, Boards, entries
from tests.soak.curve import Gauge, Sample

P = ParamSpec("P")
T = TypeVar("T")

BEGIN = datetime(2026, 6, 10, 0, 0, tzinfo=UTC)
KILLED_EVERY = 2_000  # replies: then the parsing child is killed, and the next one is read by another
LOST_EVERY = 50  # messages: then the answer does not come

HEAD = """
[daemon]
database = "{database}"
zone = "Europe/London"
tick = "10s"

[pay]
fx_refresh = false

[channel.phone]
kind = "console"

[channel.digest]
kind = "html"
folder = "digests"
at = ["07:30", "19:30"]
"""

SEARCH = """
[[search]]
name = "search {number}"
stack.all = {technologies}
levels = ["{level}"]
min_salary = {salary}
when = "{when}"
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens."""

    sources: int = 500
    postings: int = 200_000
    hours: float = 24
    searches: int = 50
    every: float = 600  # simulated seconds between two samples
    idle: float = 60  # simulated seconds after which the parsing child goes; to start it takes real ones


class Store(SqliteStore):
    """The real one; while its threads work, time stands still."""

    async def _write(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with leaping().busy():
            return await super()._write(function, *args, **kwargs)


@dataclass
class Parser:
    """The real sandbox, whose child is killed now and then; while it reads, time stands still."""

    sandbox: Sandbox
    read: int = 0

    async def parse(self, source: Readable, reply: Reply) -> Page:
        self.read += 1
        with leaping().busy():
            if self.read % KILLED_EVERY == 0 and self.sandbox.pid:
                os.kill(self.sandbox.pid, signal.SIGKILL)
            return await self.sandbox.parse(source, reply)


@dataclass(eq=False)
class Reader(Ear):
    """A channel that renders what it hears, single alerts for a telephone, else for a mail; it keeps nothing."""

    count: int = 0

    async def send(self, message: Message) -> str:
        self.count += 1
        if self.count % LOST_EVERY == 0:
            raise Deferred("no answer", ambiguous=True)
        texts = telegram_texts(message) if message.kind == "alert" else [render_html(message)]
        return f"{len(list(texts))} texts"


@dataclass
class Soak:
    """One life and what was measured of it."""

    size: Size
    folder: Path
    progress: Callable[[Sample], None] = lambda sample: None
    samples: list[Sample] = field(default_factory=list)

    def run(self) -> list[Sample]:
        with asyncio.Runner(loop_factory=LeapingLoop) as runner:
            runner.run(self._live())
        return self.samples

    async def _live(self) -> None:
        use_one_heap()
        loop = leaping()
        database = self.folder / "rolecall.db"
        config = config_of(self._config(database), phone=Reader(), digest=Reader())
        world = World(BEGIN, config)
        with patch("rolecall.garbage.monotonic", loop.time):  # full rounds come as often as in a whole day
            store = await Store.open(database)
            async with Sandbox(idle=self.size.idle) as sandbox:
                boards = Boards(self._per_hour(), world.now, BEGIN)
                house = House(store, boards, Parser(sandbox), config, Index(config.searches), world.now)
                daemon = Daemon(house, clock=waker(world))
                daemon.polling.garbage.begin()
                loop.call_at(self.size.hours * 3600, daemon.stop)
                async with self._sampled(Gauge(database, sandbox)):
                    await daemon.live()
            await store.close()

    def _per_hour(self) -> float:
        return self.size.postings / self.size.sources / self.size.hours

    def _config(self, database: Path) -> str:
        text = HEAD.format(database=database) + entries(self.size.sources)
        for number in range(self.size.searches):
            level = LEVELS[number % 5].lower().removesuffix("-level")
            many = len(TECHNOLOGIES)
            both = [TECHNOLOGIES[each % many].lower() for each in (number, number + 1 + number // many)]
            when = ("instant", "hourly", "digest")[number % 3]
            salary = 70_000 + 700 * number
            text += SEARCH.format(number=number, technologies=json.dumps(both), level=level, when=when, salary=salary)
        return text

    @asynccontextmanager
    async def _sampled(self, gauge: Gauge) -> AsyncIterator[None]:
        async def sample() -> None:
            while True:
                await asyncio.sleep(self.size.every)
                self.samples.append(gauge.read(leaping().time() / 3600))
                self.progress(self.samples[-1])

        task = asyncio.create_task(sample(), name="sampler")
        try:
            yield
        finally:
            task.cancel()
