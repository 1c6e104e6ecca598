"""Telling the owner how the sources are: what has just been noticed waits a little for what comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rolecall.house import House
from rolecall.plan import Plan, Reported, SourceState
from rolecall.telling import Untold, notice, untold


class Reporter:
    """Remembers what was noticed when, and what was told (which the store remembers too)."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._told: dict[tuple[str, str], Reported] | None = None
        self._noticed: datetime | None = None

    async def report(self, states: Mapping[str, SourceState], *, at_once: bool = False) -> bool:
        """Queue one message about everything the owner does not know yet; True when there was something to say."""
        now, config = self.house.now(), self.house.config
        if self._told is None:
            self._told = dict(await self.house.store.reported())
        found = untold(states, self._told, config, now)
        if found == Untold() or config.owner is None:
            self._noticed = None
            return False
        self._noticed = min(self._noticed or now, now)
        if not at_once and now - self._noticed < config.daemon.notice_wait:
            return False
        told = found.told(self._told, now)
        await self.house.store.commit(Plan(now, notices=notice(found, config, now), reported=told))
        self._told |= told
        self._noticed = None
        return True
