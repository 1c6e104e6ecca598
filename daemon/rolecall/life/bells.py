"""What wakes the workers of the daemon, and what ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rolecall import systemd
from rolecall.errors import StoreError

log = logging.getLogger(__name__)

STORE_PAUSE = 30.0  # seconds to wait when the database cannot be used (a full disk)


class Bells:
    """One event for each worker, and `stop`: a worker that was woken looks whether it shall go on."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.poll = asyncio.Event()
        self.deliver = asyncio.Event()
        self.reload = asyncio.Event()
        self.listen = asyncio.Event()  # the channels have changed: listen anew

    def going_on(self) -> bool:
        return not self.stop.is_set()

    def ring_all(self) -> None:
        for bell in (self.poll, self.deliver, self.reload, self.listen):
            bell.set()

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the end."""
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return

    @asynccontextmanager
    async def patience(self) -> AsyncIterator[None]:
        """Wait after a `StoreError`: a full disk must not end the daemon. Nothing was committed, so nothing is lost."""
        try:
            yield
        except StoreError as error:
            log.error("store-trouble error=%s", error)
            systemd.status(f"the database cannot be used: {error}")
            await self.pause(STORE_PAUSE)


async def rung(bell: asyncio.Event) -> None:
    """Wait for the bell, and let it be rung again."""
    await bell.wait()
    bell.clear()
