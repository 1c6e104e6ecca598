"""`/metrics` and `/healthz` on an address of this machine, where the user asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from rolecall.errors import StoreError
from rolecall.house import House
from rolecall.observe.counting import Counted, faults_counted

if TYPE_CHECKING:
    from rolecall.observe.metrics import Metrics

log = logging.getLogger(__name__)

LAG_EVERY = 0.5  # seconds
PATIENCE = 20.0  # seconds that a loop or the database may be silent, as far as /healthz is concerned

Troubles = Callable[[float], Awaitable[list[str]]]


@asynccontextmanager
async def observed(house: House, troubles: Troubles) -> AsyncIterator[None]:
    """Count and answer while the context lasts, where `[metrics] listen` says so. `troubles`: what is wrong, if any."""
    if house.config.metrics.listen is None:
        yield
        return
    from rolecall.observe.metrics import Metrics  # needs an extra, whose absence the configuration has excluded

    metrics = Metrics()
    store, house.store = house.store, Counted.over(house.store, metrics)
    lag = asyncio.create_task(_watch_the_loop(metrics), name="lag")
    try:
        with faults_counted(metrics):
            async with _served(_application(house, metrics, troubles), *house.config.metrics.address):
                yield
    finally:
        lag.cancel()
        house.store = store


async def _watch_the_loop(metrics: Metrics) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        metrics.lag.observe(max(0.0, loop.time() - due))


def _application(house: House, metrics: Metrics, troubles: Troubles) -> web.Application:
    async def page(request: web.Request) -> web.Response:
        now = house.now()
        try:
            sources, channels = await house.store.source_states(), await house.store.channels(now)
        except StoreError as error:
            return web.Response(status=503, text=f"the database cannot be read: {error}\n")
        text = metrics.page(
            {
                entry.source.name: sources[entry.source.name]
                for entry in house.config.sources
                if entry.source.name in sources
            },
            {channel.name: channels[channel.name] for channel in house.config.channels if channel.name in channels},
            now,
        )
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def health(request: web.Request) -> web.Response:
        found = await troubles(PATIENCE)
        return web.json_response({"well": not found, "troubles": found}, status=503 if found else 200)

    application = web.Application()
    application.add_routes([web.get("/metrics", page), web.get("/healthz", health)])
    return application


@asynccontextmanager
async def _served(application: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve while the context lasts; an address that cannot be had is said, and stops nothing else."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            log.error("metrics-off address=%s:%d error=%s", host, port, error.strerror or error)
        else:
            log.info("metrics address=%s:%d", *runner.addresses[0][:2])
        yield
    finally:
        await runner.cleanup()
