"""The composition root and the life of the daemon: opens everything in order, closes it in reverse.

It is the only module that knows every room. Stop is an event: work in hand is finished, and only when the grace
period is over is it cancelled.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rolecall import __version__, details, logs, rates, retention, route, systemd
from rolecall.baseline import make_baselines
from rolecall.clock import Waker, clock
from rolecall.config import Channel, Config, SourceEntry, load, secrets_of
from rolecall.deliver import deliver, suspension_notice
from rolecall.desk import FrontDesk
from rolecall.errors import ConfigError, StoreError
from rolecall.fetch import HttpFetcher
from rolecall.garbage import Garbage
from rolecall.health import rebased
from rolecall.house import House
from rolecall.match import Index
from rolecall.outbox import Dropped, Sent, Suspend
from rolecall.plan import Plan, SourceState
from rolecall.plugins import kinds
from rolecall.poll import due, poll
from rolecall.ports import Notifier
from rolecall.report import Reporter
from rolecall.sandbox import Sandbox
from rolecall.spool import carry_out
from rolecall.store import SqliteStore
from rolecall.talk import ChannelMemory, Listening, Remembering
from rolecall.trouble import troubled
from rolecall.watch import Watch

log = logging.getLogger(__name__)

AT_ONCE = 8  # sources polled side by side; the fetcher still asks each host one thing at a time
AT_ONE_HOST = 2  # of them: one is asked while the other is read, and a host with hundreds of boards delays nobody else
RING_PAUSE = timedelta(seconds=10)  # between two polls of a source that rings
RATES_EVERY = 24 * 3600.0
PRUNE_EVERY = 3600.0  # seconds between two looks whether a day has passed
STORE_PAUSE = 30.0  # seconds to wait when the database cannot be used (a full disk)
NOT_RELOADED = ("database", "contact", "host_pause", "allow_private", "tick", "grace")  # options for a restart


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def open_house(config: Config) -> AsyncIterator[House]:
    """Open the store, the fetcher and the parser; every channel; close them in reverse."""
    async with AsyncExitStack() as stack:
        store = await SqliteStore.open(config.database)
        stack.push_async_callback(store.close)
        fetcher = await stack.enter_async_context(
            HttpFetcher(
                contact=config.daemon.contact,
                pause=config.daemon.host_pause.total_seconds(),
                allow_private=config.daemon.allow_private,
            )
        )
        parser = await stack.enter_async_context(Sandbox())
        yield House(store, fetcher, parser, config, Index(config.searches), utc_now)


class Daemon:
    """The long life: polls what is due, delivers what is due, reloads when told, ends when told."""

    def __init__(self, house: House, config_path: Path | None = None, clock: Waker = clock) -> None:
        self.house = house
        self.config_path = config_path
        self.clock = clock
        self.reporter = Reporter(house)
        self.stop = asyncio.Event()
        self.poll_wake = asyncio.Event()
        self.deliver_wake = asyncio.Event()
        self.reload_wake = asyncio.Event()
        self.listen_anew = asyncio.Event()
        self.states: dict[str, SourceState] = {}
        self.running: set[str] = set()
        self.rung: set[str] = set()  # sources that said that they have news
        self.watch = Watch(house.fetcher, self._rang)
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.doors: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONE_HOST))
        self.senders: dict[str, asyncio.Task[None]] = {}
        self.sending: dict[str, asyncio.Lock] = {}
        self.beats: dict[str, float] = {}
        self.garbage = Garbage()

    # --- the life

    async def live(self) -> None:
        """Run until `stop` is set; then finish the work in hand, at most for the grace period."""
        options = self.house.config.daemon
        await self._begin()
        try:
            async with asyncio.timeout(None) as deadline, asyncio.TaskGroup() as group:
                group.create_task(self._poll_due(group), name="poll")
                group.create_task(self._deliver_due(group), name="deliver")
                group.create_task(self._listen(), name="listen")
                group.create_task(self._reloads(), name="reload")
                group.create_task(self._signs_of_life(), name="watchdog")
                group.create_task(self._rates(), name="rates")
                group.create_task(self._prune(), name="prune")
                wakes = {"poll": (self.poll_wake, options.tick), "deliver": (self.deliver_wake, options.tick)}
                async with self.clock(wakes):
                    systemd.ready(self._status())
                    await self.stop.wait()
                systemd.stopping()
                log.info("stopping")
                self._wake_all()
                deadline.reschedule(asyncio.get_running_loop().time() + options.grace.total_seconds())
        except TimeoutError:
            log.warning("stopped before the work in hand was finished")
        await self._close_channels(self.house.config.channels)

    async def once(self) -> bool:
        """Poll everything due, deliver everything due; True when all of it went well."""
        await self._begin()
        async with asyncio.TaskGroup() as group:
            for entry, state in due(self.house.config, self.states, self.house.now()):
                group.create_task(self._poll_one(entry, state))
        await self.reporter.report(self.states, at_once=True)
        await self.house.store.hurry(self.house.now())
        delivered = [await self._deliver_all(channel.name) for channel in self.house.config.channels]
        await self._close_channels(self.house.config.channels)
        states = [self.states.get(entry.source.name) for entry in self.house.config.sources]
        return all(delivered) and all(state is not None and not state.failures for state in states)

    async def _begin(self) -> None:
        store, config = self.house.store, self.house.config
        log.info("starting version=%s database=%s", __version__, config.database)
        _say_what_is_off(config)
        if left := await store.release_leases():
            log.warning("unsettled messages=%d: sent once more, since it is not known whether they arrived", left)
        suspended = {name for name, state in (await store.channels(self.house.now())).items() if state.suspended}
        for channel in config.channels:
            if channel.name in suspended:  # the user may have mended it; a Retry-After is kept
                await store.resume(channel.name)
            await self._open(channel)
        await self._end_silence(config)
        self.states = dict(await store.source_states())
        await asyncio.to_thread(rates.take_kept, config.database, self.house.now().date())
        await self._take_decisions()
        await make_baselines(self.house)

    async def _end_silence(self, config: Config) -> None:
        """Let nothing wait for the end of quiet hours that the user has changed meanwhile."""
        now = self.house.now()
        for channel in config.channels:
            if route.silence_over(channel, config, now) is None:
                await self.house.store.end_silence(channel.name, now)

    def _wake_all(self) -> None:
        for event in (self.poll_wake, self.deliver_wake, self.reload_wake, self.listen_anew):
            event.set()

    def _status(self) -> str:
        config = self.house.config
        bad = troubled(self.states, config)
        ill = f", {len(bad)} of them in trouble" if bad else ""
        off = f", {len(config.off)} without their key" if config.off else ""
        return f"watching {len(config.sources)} sources{ill}{off} for {len(config.searches)} searches"

    # --- polling

    async def _poll_due(self, group: asyncio.TaskGroup) -> None:
        while not self.stop.is_set():
            self._beat("poll")
            self.garbage.take_out(busy=bool(self.running))
            await self._take_decisions()
            now = self.house.now()
            self.states = {name: rebased(state, now) for name, state in self.states.items()}
            self.watch.keep(self.house.config.sources, group)
            self._hurry()
            for entry, state in due(self.house.config, self.states, now):
                if entry.source.name not in self.running:
                    self.running.add(entry.source.name)
                    group.create_task(self._poll_one(entry, state), name=f"poll:{entry.source.name}")
            await self._report()
            await self._next(self.poll_wake)
        self.watch.end()

    def _rang(self, name: str) -> None:
        self.rung.add(name)
        self.poll_wake.set()

    def _hurry(self) -> None:
        """Make what rang due, but not right after its last poll; what is being polled waits for the end of that."""
        for name in (self.rung - self.running) & self.states.keys():
            state, now = self.states[name], self.house.now()
            soon = max(now, state.last_try + RING_PAUSE) if state.last_try else now
            self.states[name] = replace(state, due_at=min(state.due_at, soon))
        self.rung &= self.running

    async def _report(self) -> None:
        """Tell the owner what is new about the sources."""
        try:
            if await self.reporter.report(self.states):
                self.deliver_wake.set()
        except StoreError as error:
            await self._store_trouble(error)

    async def _take_decisions(self) -> None:
        """Carry out what the user decided by commands since the last tick."""
        try:
            async with self.house.deciding:
                await carry_out(self.house.store, self.house.config.database)
        except StoreError as error:
            await self._store_trouble(error)

    async def _poll_one(self, entry: SourceEntry, state: SourceState) -> None:
        name = entry.source.name
        try:
            async with self.doors[_host(entry)], self.slots:
                if not self.stop.is_set():
                    self.states[name] = await poll(entry, state, self.house)
                    self.deliver_wake.set()
            await self._read_details(entry, state)
        except StoreError as error:
            await self._store_trouble(error)
        finally:
            self.running.discard(name)
        self.deliver_wake.set()

    async def _read_details(self, entry: SourceEntry, before: SourceState) -> None:
        """Slowly, and without a slot: others poll meanwhile."""
        after = self.states.get(entry.source.name)
        if after is not None and not after.failures and not after.put_off:
            await details.read(entry.source, self.house, self.stop, first=not before.baseline)

    async def _store_trouble(self, error: StoreError) -> None:
        """A full disk must not end the daemon: nothing was committed, so nothing is lost; wait and try again."""
        log.error("store-trouble error=%s", error)
        systemd.status(f"the database cannot be used: {error}")
        await self._pause(STORE_PAUSE)

    # --- delivering

    async def _deliver_due(self, group: asyncio.TaskGroup) -> None:
        """Let every channel send on its own, so that none delays another."""
        while not self.stop.is_set():
            self._beat("deliver")
            for channel in self.house.config.channels:
                task = self.senders.get(channel.name)
                if task is None or task.done():
                    self.senders[channel.name] = group.create_task(self._send_all(channel.name))
            await self._next(self.deliver_wake)

    async def _send_all(self, name: str) -> None:
        try:
            await self._deliver_all(name)
        except StoreError as error:
            await self._store_trouble(error)

    async def _deliver_all(self, name: str) -> bool:
        """Send what is due on one channel, in order; False when something was not sent."""
        went_well = True
        async with self.sending.setdefault(name, asyncio.Lock()):
            # The channel is looked up for each message: a reload may have replaced it.
            while not self.stop.is_set() and (channel := self.house.config.channel(name)) is not None:
                outcome = await deliver(channel, self.house)
                if outcome is None:
                    return went_well
                if isinstance(outcome, Suspend):
                    await self._tell_of_suspension(channel, outcome)
                went_well = went_well and isinstance(outcome, Sent | Dropped)
        return went_well

    async def _tell_of_suspension(self, channel: Channel, outcome: Suspend) -> None:
        now = self.house.now()
        notices = suspension_notice(channel, outcome, self.house.config, now)
        await self.house.store.commit(Plan(now=now, notices=notices))
        self.deliver_wake.set()

    async def _open(self, channel: Channel) -> None:
        if isinstance(channel.notifier, Remembering):
            await channel.notifier.remember(ChannelMemory(self.house.store, channel.name))
        await channel.notifier.open()

    # --- listening

    async def _listen(self) -> None:
        """Hear what people press and say, one task a bot; anew when the channels have changed."""
        desk = FrontDesk(self.house, self.reload_wake.set)
        while not self.stop.is_set():
            self.listen_anew.clear()
            async with asyncio.TaskGroup() as group:
                for channels in listening(self.house.config.channels):
                    first = next(iter(channels.values()))
                    group.create_task(first.listen(channels, desk, self.listen_anew), name="listen")
                await self.listen_anew.wait()

    # --- reloading

    async def _reloads(self) -> None:
        while not self.stop.is_set():
            await self._next(self.reload_wake)
            if not self.stop.is_set() and self.config_path is not None:
                systemd.reloading()
                await self._reload(self.config_path)
                systemd.ready(self._status())

    async def _reload(self, path: Path) -> None:
        """Take the new configuration, or keep the old one when the new is bad."""
        try:
            await self._adopt(await asyncio.to_thread(load, path, kinds()))
        except ConfigError as error:
            for problem in error.problems:
                log.error("reload-refused problem=%s", problem)
        except StoreError as error:
            await self._store_trouble(error)

    async def _adopt(self, config: Config) -> None:
        """Go on with another configuration. Notifiers that are as they were stay open; all channels are tried again."""
        before = self.house.config
        logs.set_up(config.daemon.log_level, [*secrets_of(before), *secrets_of(config)])
        _say_what_needs_a_restart(before, config)
        _say_what_is_off(config)
        open_now = {channel.name: channel.notifier for channel in before.channels}
        channels = tuple(_as_open(new, open_now.get(new.name)) for new in config.channels)
        new = [channel for channel in channels if channel.notifier is not open_now.get(channel.name)]
        for channel in channels:
            await self.house.store.resume(channel.name)
            if channel in new:
                await self._open(channel)
        async with self.house.deciding:
            self.house.config = replace(config, channels=channels, database=before.database)
            self.house.index = Index(config.searches)
        await self._end_silence(self.house.config)
        in_use = [channel.notifier for channel in channels]
        gone = [channel for channel in before.channels if all(channel.notifier is not each for each in in_use)]
        if new or gone:
            self.listen_anew.set()
        await self._close_channels(gone)
        await make_baselines(self.house)
        self.poll_wake.set()
        self.deliver_wake.set()
        log.info("reloaded sources=%d searches=%d", len(config.sources), len(config.searches))

    async def _close_channels(self, channels: Iterable[Channel]) -> None:
        for channel in channels:
            async with self.sending.setdefault(channel.name, asyncio.Lock()):  # a message in hand is finished
                await channel.notifier.close()

    # --- waiting and signs of life

    async def _next(self, wake: asyncio.Event) -> None:
        await wake.wait()
        wake.clear()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return

    async def _rates(self) -> None:
        """Refresh the exchange rates once a day, where the user asks for it."""
        while not self.stop.is_set():
            if self.house.config.pay.fx_refresh:
                await rates.refresh(self.house)
            await self._pause(RATES_EVERY)

    async def _prune(self) -> None:
        """Drop the texts of adverts that are long gone."""
        while not self.stop.is_set():
            try:
                await retention.prune(self.house, self.stop)
            except StoreError as error:
                await self._store_trouble(error)
            await self._pause(PRUNE_EVERY)

    def _beat(self, name: str) -> None:
        self.beats[name] = asyncio.get_running_loop().time()

    async def _signs_of_life(self) -> None:
        """Ping the watchdog only while both loops turn and the database answers."""
        interval = systemd.watchdog_interval()
        while interval and not self.stop.is_set():
            await self._pause(interval)
            if await self._is_well(interval):
                systemd.alive()
                systemd.status(self._status())

    async def _is_well(self, interval: float) -> bool:
        try:
            await asyncio.wait_for(self.house.store.commit(Plan(now=self.house.now())), interval)  # can it be written?
        except (StoreError, TimeoutError) as error:
            log.error("no-sign-of-life error=%s", str(error) or "the database does not answer")
            return False
        silent = asyncio.get_running_loop().time() - min(self.beats.values())
        return silent < 2 * interval + self.house.config.daemon.tick.total_seconds()


def _as_open(channel: Channel, notifier: Notifier | None) -> Channel:
    """Return the channel with the notifier that is open already, where nothing changed about it."""
    return replace(channel, notifier=notifier) if notifier is not None and notifier == channel.notifier else channel


def listening(channels: Iterable[Channel]) -> list[dict[str, Listening]]:
    """Return the channels that listen, by name, those of one bot together."""
    lines: dict[str, dict[str, Listening]] = {}
    for channel in channels:
        if isinstance(channel.notifier, Listening) and channel.notifier.line:
            lines.setdefault(channel.notifier.line, {})[channel.name] = channel.notifier
    return list(lines.values())


def _host(entry: SourceEntry) -> str:
    return next((urlsplit(request.url).netloc for request in entry.source.requests()), "")


def _say_what_is_off(config: Config) -> None:
    for each in config.off:
        log.warning("source-off source=%s reason=%s", each.source.name, each.why)


def _say_what_needs_a_restart(before: Config, after: Config) -> None:
    changed = [name for name in NOT_RELOADED if getattr(before.daemon, name) != getattr(after.daemon, name)]
    if changed:
        log.warning("reload-incomplete options=%s: they change with a restart", ",".join(changed))


@contextmanager
def signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and SIGINT stop, a second one at once; SIGHUP reloads."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if daemon.stop.is_set():
            raise KeyboardInterrupt
        daemon.stop.set()

    handlers: Mapping[signal.Signals, Any] = {
        signal.SIGTERM: stop,
        signal.SIGINT: stop,
        signal.SIGHUP: daemon.reload_wake.set,
    }
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


async def run(config: Config, *, once: bool = False) -> bool:
    """Live until told to stop, or do everything due once; True when all went well."""
    async with open_house(config) as house:
        daemon = Daemon(house, config.path)
        with signals(daemon):
            if once:
                return await daemon.once()
            daemon.garbage.begin()
            await daemon.live()
            return True
