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

LOOPS = ("poll", "deliver")


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
            if found := await self.troubles(interval):
                log.error("no-sign-of-life error=%s", "; ".join(found))
            else:
                systemd.alive()
                systemd.status(status())

    async def troubles(self, patience: float) -> list[str]:
        """Return in sentences why we are not well: the database, or a loop, gives no answer.

        `patience`: seconds that the database may take; a loop may be silent for twice as long.
        """
        return [*await self._of_the_database(patience), *self._of_the_loops(patience)]

    async def _of_the_database(self, patience: float) -> list[str]:
        """Can it be written?"""
        try:
            await asyncio.wait_for(self.house.store.commit(Plan(now=self.house.now())), patience)
        except (StoreError, TimeoutError) as error:
            return [str(error) or "the database does not answer"]
        return []

    def _of_the_loops(self, patience: float) -> list[str]:
        now, allowed = asyncio.get_running_loop().time(), 2 * patience + self.house.config.daemon.tick.total_seconds()
        silent = {name: now - self._beats[name] if name in self._beats else None for name in LOOPS}
        return [
            f"the {name} loop has not turned for {seconds:.0f} s"
            if seconds is not None
            else f"no {name} loop turns yet"
            for name, seconds in silent.items()
            if seconds is None or seconds >= allowed
        ]
