"""Signs of life: systemd's watchdog hears one only while every loop turns and the database can be written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from rolecall import systemd
from rolecall.errors import StoreError
from rolecall.house import House
from rolecall.life.bells import Bells
from rolecall.plan import Plan

log = logging.getLogger(__name__)


class Pulse:
    """Each loop beats when it turns; `live` tells systemd."""

    def __init__(self, house: House, bells: Bells) -> None:
        self.house = house
        self.bells = bells
        self._beats: dict[str, float] = {}

    def beat(self, name: str) -> None:
        self._beats[name] = asyncio.get_running_loop().time()

    async def live(self, status: Callable[[], str]) -> None:
        """Ping the watchdog while all is well, and say how we are."""
        interval = systemd.watchdog_interval()
        while interval and self.bells.going_on():
            await self.bells.pause(interval)
            if await self.is_well(interval):
                systemd.alive()
                systemd.status(status())

    async def is_well(self, interval: float) -> bool:
        """Do both loops turn, and can the database be written within `interval` seconds?"""
        try:
            await asyncio.wait_for(self.house.store.commit(Plan(now=self.house.now())), interval)
        except (StoreError, TimeoutError) as error:
            log.error("no-sign-of-life error=%s", str(error) or "the database does not answer")
            return False
        silent = asyncio.get_running_loop().time() - min(self._beats.values())
        return silent < 2 * interval + self.house.config.daemon.tick.total_seconds()
