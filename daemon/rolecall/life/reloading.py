"""Takes a new configuration while the daemon lives, or keeps the old one when the new is bad."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from rolecall import logs, systemd
from rolecall.baseline import make_baselines
from rolecall.config import Channel, Config, load, secrets_of
from rolecall.errors import ConfigError
from rolecall.house import House
from rolecall.life.bells import Bells, rung
from rolecall.life.sending import Sending
from rolecall.match import Index
from rolecall.plugins import kinds
from rolecall.ports import Notifier

log = logging.getLogger(__name__)

NOT_RELOADED = ("database", "contact", "host_pause", "allow_private", "tick", "grace")  # options for a restart


class Reloading:
    """Reads the configuration again when told, and goes on with it."""

    def __init__(self, house: House, path: Path | None, bells: Bells, sending: Sending) -> None:
        self.house = house
        self.path = path
        self.bells = bells
        self.sending = sending

    async def live(self, status: Callable[[], str]) -> None:
        while self.bells.going_on():
            await rung(self.bells.reload)
            if self.bells.going_on() and self.path is not None:
                systemd.reloading()
                await self._reload(self.path)
                systemd.ready(status())

    async def _reload(self, path: Path) -> None:
        try:
            async with self.bells.patience():
                await self._adopt(await asyncio.to_thread(load, path, kinds()))
        except ConfigError as error:
            for problem in error.problems:
                log.error("reload-refused problem=%s", problem)

    async def _adopt(self, config: Config) -> None:
        """Go on with another configuration: what is new is opened before, what is gone closed after the change."""
        before = self.house.config
        logs.set_up(config.daemon.log_level, [*secrets_of(before), *secrets_of(config)])
        _say_what_needs_a_restart(before, config)
        say_what_is_off(config)
        channels = _as_open(config.channels, before.channels)
        new, gone = _without(channels, before.channels), _without(before.channels, channels)
        await self._try_again(channels, new)
        async with self.house.deciding:
            self.house.config = replace(config, channels=channels, database=before.database)
            self.house.index = Index(config.searches)
        await self.sending.end_silence(self.house.config)
        if new or gone:
            self.bells.listen.set()
        await self.sending.close(gone)
        await make_baselines(self.house)
        self.bells.poll.set()
        self.bells.deliver.set()
        log.info("reloaded sources=%d searches=%d", len(config.sources), len(config.searches))

    async def _try_again(self, channels: Iterable[Channel], new: Iterable[Channel]) -> None:
        """All channels are tried again: the user may have mended what stopped one."""
        for channel in channels:
            await self.house.store.resume(channel.name)
            if channel in new:
                await self.sending.open(channel)


def _as_open(channels: Iterable[Channel], before: Iterable[Channel]) -> tuple[Channel, ...]:
    """Return the channels, with the notifier that is open already where nothing changed about it."""
    open_now: dict[str, Notifier] = {channel.name: channel.notifier for channel in before}

    def kept(channel: Channel) -> Channel:
        notifier = open_now.get(channel.name)
        return replace(channel, notifier=notifier) if notifier == channel.notifier else channel

    return tuple(kept(channel) for channel in channels)


def _without(channels: Iterable[Channel], others: Iterable[Channel]) -> list[Channel]:
    """Return the channels whose very notifier is not among the others."""
    in_use = {id(channel.notifier) for channel in others}
    return [channel for channel in channels if id(channel.notifier) not in in_use]


def say_what_is_off(config: Config) -> None:
    for each in config.off:
        log.warning("source-off source=%s reason=%s", each.source.name, each.why)


def _say_what_needs_a_restart(before: Config, after: Config) -> None:
    changed = [name for name in NOT_RELOADED if getattr(before.daemon, name) != getattr(after.daemon, name)]
    changed += ["metrics"] if before.metrics != after.metrics else []
    if changed:
        log.warning("reload-incomplete options=%s: they change with a restart", ",".join(changed))
