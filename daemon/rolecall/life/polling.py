"""Polls what is due, many sources side by side, and tells the owner how they are."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from rolecall import details
from rolecall.config import SourceEntry
from rolecall.garbage import Garbage
from rolecall.health import rebased
from rolecall.house import House
from rolecall.life.bells import Bells, rung
from rolecall.life.pulse import Pulse
from rolecall.plan import SourceState
from rolecall.poll import due, poll
from rolecall.report import Reporter
from rolecall.spool import carry_out
from rolecall.watch import Watch

AT_ONCE = 8  # sources polled side by side; the fetcher still asks each host one thing at a time
AT_ONE_HOST = 2  # of them: one is asked while the other is read, and a host with hundreds of boards delays nobody else
RING_PAUSE = timedelta(seconds=10)  # between two polls of a source that rings


class Polling:
    """Knows how every source is (`states`), and which are being polled (`running`)."""

    def __init__(self, house: House, bells: Bells, pulse: Pulse) -> None:
        self.house = house
        self.bells = bells
        self.pulse = pulse
        self.garbage = Garbage()
        self.states: dict[str, SourceState] = {}
        self.running: set[str] = set()
        self._reporter = Reporter(house)
        self._watch = Watch(house.fetcher, self._rang)
        self._rung: set[str] = set()  # sources that said that they have news
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._doors: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONE_HOST))

    async def begin(self) -> None:
        self.states = dict(await self.house.store.source_states())
        await self._take_decisions()

    async def live(self, group: asyncio.TaskGroup) -> None:
        """Poll what is due whenever the bell rings, until the end."""
        while self.bells.going_on():
            self.pulse.beat("poll")
            self.garbage.take_out(busy=bool(self.running))
            if self.bells.store_error is None:
                await self._take_decisions()
                self._start_due(group)
                await self._report()
            await rung(self.bells.poll)
        self._watch.end()

    async def once(self) -> None:
        """Poll everything that is due, and queue what the owner should know."""
        async with asyncio.TaskGroup() as group:
            for entry, state in due(self.house.config, self.states, self.house.now()):
                group.create_task(self._poll(entry, state))
        await self._reporter.report(self.states, at_once=True)

    def all_well(self) -> bool:
        """Was every source asked, and is none of them in trouble?"""
        states = [self.states.get(entry.source.name) for entry in self.house.config.sources]
        return all(state is not None and not state.failures for state in states)

    async def _report(self) -> None:
        async with self.bells.patience():
            if await self._reporter.report(self.states):
                self.bells.deliver.set()

    def _start_due(self, group: asyncio.TaskGroup) -> None:
        now = self.house.now()
        self.states = {name: rebased(state, now) for name, state in self.states.items()}
        self._watch.keep(self.house.config.sources, group)
        self._hurry()
        for entry, state in due(self.house.config, self.states, now):
            if entry.source.name not in self.running:
                self.running.add(entry.source.name)
                group.create_task(self._poll(entry, state), name=f"poll:{entry.source.name}")

    async def _poll(self, entry: SourceEntry, state: SourceState) -> None:
        name = entry.source.name
        try:
            async with self.bells.patience():
                async with self._doors[_host(entry)], self._slots:
                    if self.bells.going_on():
                        self.states[name] = await poll(entry, state, self.house)
                        self.bells.deliver.set()
                await self._read_details(entry, state)
        finally:
            self.running.discard(name)
        self.bells.deliver.set()

    async def _read_details(self, entry: SourceEntry, before: SourceState) -> None:
        """Slowly, and without a slot: others poll meanwhile."""
        after = self.states.get(entry.source.name)
        if after is not None and not after.failures and not after.put_off:
            await details.read(entry.source, self.house, self.bells.stop, first=not before.baseline)

    async def _take_decisions(self) -> None:
        """Carry out what the user decided by commands since the last tick."""
        async with self.bells.patience(), self.house.deciding:
            await carry_out(self.house.store, self.house.config.database)

    def _rang(self, name: str) -> None:
        self._rung.add(name)
        self.bells.poll.set()

    def _hurry(self) -> None:
        """Make what rang due, but not right after its last poll; what is being polled waits for the end of that."""
        for name in (self._rung - self.running) & self.states.keys():
            state, now = self.states[name], self.house.now()
            soon = max(now, state.last_try + RING_PAUSE) if state.last_try else now
            self.states[name] = replace(state, due_at=min(state.due_at, soon))
        self._rung &= self.running


def _host(entry: SourceEntry) -> str:
    return next((urlsplit(request.url).netloc for request in entry.source.requests()), "")
