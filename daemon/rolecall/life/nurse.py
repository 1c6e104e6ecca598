"""While the database cannot be used (a full disk), nobody is polled and nothing sent, until the nurse finds it well."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from rolecall import systemd
from rolecall.config import Config
from rolecall.errors import StoreError
from rolecall.house import House
from rolecall.life.bells import Bells, rung
from rolecall.life.sending import Sending
from rolecall.model import Message
from rolecall.schedule import DAY

log = logging.getLogger(__name__)

STORE_PAUSE = 30.0  # seconds between two looks
ROOM = 1_000_000  # bytes that must find room: little ones may long before a poll's postings do


class Nurse:
    """Rung by whoever met a `StoreError`."""

    def __init__(self, house: House, bells: Bells, sending: Sending) -> None:
        self.house = house
        self.bells = bells
        self.sending = sending
        self._told: datetime | None = None

    async def live(self, status: Callable[[], str]) -> None:
        """Say in STATUS what is wrong, and to the owner when it lasts; let all go on when it is over."""
        while self.bells.going_on():
            await rung(self.bells.nurse)
            if self.bells.store_error is not None:
                systemd.status(status())
                await self._wait()
                systemd.status(status())

    async def _wait(self) -> None:
        await self.bells.pause(STORE_PAUSE)
        while self.bells.going_on() and (error := await self._trouble()):
            await self._tell(error)
            await self.bells.pause(STORE_PAUSE)
        self.bells.store_error = None
        log.info("store-well")
        self.bells.ring_all()

    async def _trouble(self) -> StoreError | None:
        try:
            await self.house.store.note("", "room", "x" * ROOM)
            await self.house.store.note("", "room", "")
        except StoreError as error:
            return error
        return None

    async def _tell(self, error: StoreError) -> None:
        """Past the outbox, which is in the database; once a day."""
        now = self.house.now()
        if self._told is None or abs(now - self._told) > DAY:
            self._told = now
            await self.sending.say(store_notice(error, now), owner_first(self.house.config))


def store_notice(error: StoreError, now: datetime) -> Message:
    """Return the message about a database that cannot be written."""
    text = f"{error}. Nothing is polled or sent until it can be written again, and nothing that was read is lost."
    return Message(f"store-{now:%Y%m%dT%H%M%S}", "notice", "Rolecall cannot write its database", (), text, 0, now)


def owner_first(config: Config) -> list[str]:
    """Return the channels by which the owner can be told, best first."""
    names = [channel.name for channel in config.channels]
    return list(dict.fromkeys([config.owner, *names] if config.owner in names else names))
