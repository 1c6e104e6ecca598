"""Hears what people press and say, on every channel that listens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from rolecall.config import Channel
from rolecall.desk import FrontDesk
from rolecall.house import House
from rolecall.life.bells import Bells
from rolecall.talk import Listening


async def hear(house: House, bells: Bells) -> None:
    """Listen, one task a bot, until the end; anew when the channels have changed."""
    desk = FrontDesk(house, bells.reload.set)
    while bells.going_on():
        bells.listen.clear()
        async with asyncio.TaskGroup() as group:
            for channels in lines(house.config.channels):
                first = next(iter(channels.values()))
                group.create_task(first.listen(channels, desk, bells.listen), name="listen")
            await bells.listen.wait()


def lines(channels: Iterable[Channel]) -> list[dict[str, Listening]]:
    """Return the channels that listen, by name, those of one bot together."""
    found: dict[str, dict[str, Listening]] = {}
    for channel in channels:
        if isinstance(channel.notifier, Listening) and channel.notifier.line:
            found.setdefault(channel.notifier.line, {})[channel.name] = channel.notifier
    return list(found.values())
