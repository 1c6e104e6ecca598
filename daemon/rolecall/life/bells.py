"""What wakes the workers of the daemon, and what ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rolecall.errors import StoreError

log = logging.getLogger(__name__)


class Bells:
    """One event for each worker, and `stop`: a worker that was woken looks whether it shall go on."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.poll = asyncio.Event()
        self.deliver = asyncio.Event()
        self.reload = asyncio.Event()
        self.listen = asyncio.Event()  # the channels have changed: listen anew
        self.nurse = asyncio.Event()
        self.store_error: StoreError | None = None  # while the database cannot be used

    def going_on(self) -> bool:
        return not self.stop.is_set()

    def ring_all(self) -> None:
        for bell in (self.poll, self.deliver, self.reload, self.listen, self.nurse):
            bell.set()

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the end."""
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return

    @asynccontextmanager
    async def patience(self) -> AsyncIterator[None]:
        """Take a `StoreError`: a full disk must not end the daemon. Nothing was committed, so nothing is lost."""
        try:
            yield
        except StoreError as error:
            log.error("store-trouble error=%s", error)
            self.store_error = error
            self.nurse.set()


async def rung(bell: asyncio.Event) -> None:
    """Wait for the bell, and let it be rung again."""
    await bell.wait()
    bell.clear()
