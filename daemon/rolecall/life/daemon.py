"""The whole daemon: polls what is due, delivers what is due, listens, reloads when told, ends when told."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from rolecall import __version__, rates, systemd
from rolecall.baseline import make_baselines
from rolecall.clock import Waker, clock
from rolecall.house import House
from rolecall.life import chores
from rolecall.life.bells import Bells
from rolecall.life.hearing import hear
from rolecall.life.nurse import Nurse
from rolecall.life.polling import Polling
from rolecall.life.pulse import Pulse
from rolecall.life.reloading import Reloading, say_what_is_off
from rolecall.life.sending import Sending
from rolecall.trouble import troubled

log = logging.getLogger(__name__)


class Daemon:
    """Its parts meet only in the house and at the bells."""

    def __init__(self, house: House, config_path: Path | None = None, clock: Waker = clock) -> None:
        self.house = house
        self.clock = clock
        self.bells = Bells()
        self.pulse = Pulse(house, self.bells)
        self.polling = Polling(house, self.bells, self.pulse)
        self.sending = Sending(house, self.bells, self.pulse)
        self.nurse = Nurse(house, self.bells, self.sending)
        self.reloading = Reloading(house, config_path, self.bells, self.sending)

    def stop(self) -> None:
        """End the life: work in hand is finished, at most for the grace period."""
        self.bells.stop.set()

    async def live(self) -> None:
        """Run until stopped; then finish the work in hand."""
        options, bells = self.house.config.daemon, self.bells
        await self._begin()
        try:
            async with asyncio.timeout(None) as deadline, asyncio.TaskGroup() as group:
                self._start(group)
                async with self.clock({"poll": (bells.poll, options.tick), "deliver": (bells.deliver, options.tick)}):
                    systemd.ready(self.status())
                    await bells.stop.wait()
                systemd.stopping()
                log.info("stopping")
                bells.ring_all()
                deadline.reschedule(asyncio.get_running_loop().time() + options.grace.total_seconds())
        except TimeoutError:
            log.warning("stopped before the work in hand was finished")
        await self.sending.close(self.house.config.channels)

    def _start(self, group: asyncio.TaskGroup) -> None:
        house, bells = self.house, self.bells
        group.create_task(self.polling.live(group), name="poll")
        group.create_task(self.sending.live(group), name="deliver")
        group.create_task(hear(house, bells), name="listen")
        group.create_task(self.reloading.live(self.status), name="reload")
        group.create_task(self.pulse.live(self.status), name="watchdog")
        group.create_task(self.nurse.live(self.status), name="nurse")
        group.create_task(chores.refresh_rates(house, bells), name="rates")
        group.create_task(chores.prune(house, bells), name="prune")
        group.create_task(chores.reassure(house, bells, self.pulse), name="deadman")

    async def once(self) -> bool:
        """Poll everything due, deliver everything due; True when all of it went well."""
        await self._begin()
        await self.polling.once()
        delivered = await self.sending.once()
        await self.sending.close(self.house.config.channels)
        return delivered and self.polling.all_well()

    async def _begin(self) -> None:
        store, config = self.house.store, self.house.config
        log.info("starting version=%s database=%s", __version__, config.database)
        say_what_is_off(config)
        if left := await store.release_leases():
            log.warning("unsettled messages=%d: sent once more, since it is not known whether they arrived", left)
        await self.sending.begin()
        await asyncio.to_thread(rates.take_kept, config.database, self.house.now().date())
        await self.polling.begin()
        await make_baselines(self.house)

    def status(self) -> str:
        """Return one line on how we are."""
        if self.bells.store_error is not None:
            return f"the database cannot be used: {self.bells.store_error}"
        config = self.house.config
        bad = troubled(self.polling.states, config)
        ill = f", {len(bad)} of them in trouble" if bad else ""
        off = f", {len(config.off)} without their key" if config.off else ""
        return f"watching {len(config.sources)} sources{ill}{off} for {len(config.searches)} searches"
