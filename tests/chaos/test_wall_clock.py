"""The wall clock jumps under the real daemon: what waits is sent, what is new is told, once."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.record import CHANNELS, due_order
from tests.chaos.world import World

HOUR, MONTH = timedelta(hours=1), timedelta(days=30)


@pytest.mark.parametrize(
    "jumps",
    [(HOUR,), (-HOUR,), (MONTH,), (MONTH, timedelta(0)), (-MONTH,)],
    ids=["an hour forward", "an hour back", "a month forward", "a month forward and right again", "a month back"],
)
async def test_a_clock_that_jumps_delays_and_repeats_nothing(tmp_path: Path, jumps: tuple[timedelta, ...]) -> None:
    world = World(tmp_path, faults=0.0)
    async with world.running():
        await world.first_look()
        life = await world.begin()
        for jump in jumps:
            world.faults = float(abs(jump) > HOUR)  # nothing gets out: messages wait while the clock jumps
            world.boards.left = 3
            await (world.until_all_is_told() if world.faults else world.until_quiet())
            world.control.set_clock(jump)
            world.faults, world.boards.left = 0.0, 3
            await world.until_quiet()
        life.send(signal.SIGTERM)
        assert await life.end() == 0, world.tail()
        world.record.published = world.boards.published
    for channel in CHANNELS:
        assert world.record.lost(channel) == set(), world.tail()
        assert world.record.copies(channel) == 0
        assert len(due_order(world.database, channel)) == world.record.published
