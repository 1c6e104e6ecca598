"""Lets every channel send what is due on it, on its own: none delays another."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from rolecall import route
from rolecall.config import Channel, Config
from rolecall.deliver import deliver, suspension_notice
from rolecall.errors import DeliveryError
from rolecall.house import House
from rolecall.life.bells import Bells, rung
from rolecall.life.pulse import Pulse
from rolecall.model import Message
from rolecall.outbox import Dropped, Sent, Suspend
from rolecall.plan import Plan
from rolecall.talk import ChannelMemory, Remembering

log = logging.getLogger(__name__)

PATIENCE = 120.0  # seconds with a message in hand: one that was sent may wait for days to be written down


class Sending:
    """Opens channels, sends on them, closes them when no message is in hand."""

    def __init__(self, house: House, bells: Bells, pulse: Pulse) -> None:
        self.house = house
        self.bells = bells
        self.pulse = pulse
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._in_hand: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def begin(self) -> None:
        """Open every channel; try again those that were suspended, since the user may have mended them.

        A Retry-After is kept.
        """
        store, channels = self.house.store, self.house.config.channels
        suspended = {name for name, state in (await store.channels(self.house.now())).items() if state.suspended}
        for channel in channels:
            if channel.name in suspended:
                await store.resume(channel.name)
            await self.open(channel)
        await self.end_silence(self.house.config)

    async def live(self, group: asyncio.TaskGroup) -> None:
        """Send what is due whenever the bell rings, until the end."""
        while self.bells.going_on():
            self.pulse.beat("deliver")
            for channel in self.house.config.channels if self.bells.store_error is None else ():
                task = self._senders.get(channel.name)
                if task is None or task.done():
                    self._senders[channel.name] = group.create_task(self._send(channel.name))
            await rung(self.bells.deliver)

    async def once(self) -> bool:
        """Send everything that is due; True when all of it went well."""
        await self.house.store.hurry(self.house.now())
        return all([await self._send_due(channel.name) for channel in self.house.config.channels])

    async def open(self, channel: Channel) -> None:
        if isinstance(channel.notifier, Remembering):
            await channel.notifier.remember(ChannelMemory(self.house.store, channel.name))
        await channel.notifier.open()

    async def close(self, channels: Iterable[Channel]) -> None:
        for channel in channels:
            async with self._in_hand[channel.name]:  # a message in hand is finished
                await channel.notifier.close()

    async def say(self, message: Message, channels: Iterable[str]) -> None:
        """Send what cannot wait for the outbox, by the first of these channels that takes it."""
        for channel in filter(None, map(self.house.config.channel, channels)):
            try:
                async with self._free(channel.name):
                    await channel.notifier.send(message)
            except DeliveryError as error:
                log.warning("not-said channel=%s error=%s", channel.name, error)
            else:
                log.info("said channel=%s subject=%s", channel.name, message.subject)
                return

    @asynccontextmanager
    async def _free(self, name: str) -> AsyncIterator[None]:
        """Wait until no message of the channel is in hand, or no longer: it is the database that it waits for."""
        async with AsyncExitStack() as held:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await held.enter_async_context(self._in_hand[name])
            yield

    async def end_silence(self, config: Config) -> None:
        """Let nothing wait for the end of quiet hours that the user has changed meanwhile."""
        now = self.house.now()
        for channel in config.channels:
            if route.silence_over(channel, config, now) is None:
                await self.house.store.end_silence(channel.name, now)

    async def _send(self, name: str) -> None:
        async with self.bells.patience():
            await self._send_due(name)

    async def _send_due(self, name: str) -> bool:
        """Send what is due on one channel, in order; False when something was not sent."""
        went_well = True
        async with self._in_hand[name]:
            # The channel is looked up for each message: a reload may have replaced it.
            while self.bells.going_on() and (channel := self.house.config.channel(name)) is not None:
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
        self.bells.deliver.set()
