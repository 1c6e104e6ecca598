"""The composition root: opens everything in order, closes it in reverse, and lets the daemon live in between.

It is the only module that knows every room. Stop is an event: work in hand is finished, and only when the grace
period is over is it cancelled.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

from rolecall.config import Config
from rolecall.fetch import HttpFetcher
from rolecall.garbage import use_one_heap
from rolecall.house import House
from rolecall.life import Daemon
from rolecall.match import Index
from rolecall.observe import observed
from rolecall.ports import Store
from rolecall.sandbox import Sandbox
from rolecall.store import SqliteStore


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def open_house(config: Config, store: Store | None = None) -> AsyncIterator[House]:
    """Open the store (or take over one that is open), the fetcher and the parser; close them in reverse."""
    async with AsyncExitStack() as stack:
        store = store or await SqliteStore.open(config.database)
        stack.push_async_callback(store.close)
        fetcher = await stack.enter_async_context(
            HttpFetcher(
                contact=config.daemon.contact,
                pause=config.daemon.host_pause.total_seconds(),
                allow_private=config.daemon.allow_private,
            )
        )
        now = utc_now()
        for host, until in (await store.held(now)).items():
            fetcher.hold(host, (until - now).total_seconds())
        parser = await stack.enter_async_context(Sandbox())
        yield House(store, fetcher, parser, config, Index(config.searches), utc_now)


@contextmanager
def signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and SIGINT stop, a second one at once; SIGHUP reloads."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if daemon.bells.stop.is_set():
            raise KeyboardInterrupt
        daemon.stop()

    handlers: Mapping[signal.Signals, Any] = {
        signal.SIGTERM: stop,
        signal.SIGINT: stop,
        signal.SIGHUP: daemon.bells.reload.set,
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
    use_one_heap()
    async with open_house(config) as house:
        daemon = Daemon(house, config.path)
        with signals(daemon):
            if once:
                return await daemon.once()
            daemon.polling.garbage.begin()
            async with observed(house, daemon.pulse.troubles):
                await daemon.live()
            return True
