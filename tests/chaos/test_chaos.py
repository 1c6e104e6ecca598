"""Kill the real daemon again and again: no alert is lost, hardly any comes twice, and two mutants are found out.

The invariants (docs/reliability.md), per alert: I1 none is lost; I2 copies <= 1 + kills while it was being sent
+ answers that got lost; I3 no alert without a posting, one per (search, job); I4 the database is sound; I5 in order.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from itertools import count, cycle, islice
from pathlib import Path

import pytest

from tests.chaos import points
from tests.chaos.record import CHANNELS, ask, due_order, set_aside
from tests.chaos.world import NEWS, World

KILLS = int(os.environ.get("ROLECALL_KILLS", "200"))
SEED = int(os.environ.get("ROLECALL_SEED", "7"))
WORLDS = 2  # side by side
NAMED = [point for point in (*points.POINTS, *points.OTHERS) if point not in (points.UPGRADE, points.ANY_MOMENT)]


async def chaos(folder: Path, seed: int, kills: int) -> World:
    """Kill lives until there were so many, every second one at a named point; let a last one deliver what is left."""
    world = World(folder, seed)
    killed = world.record.kills
    async with world.running():
        for _ in range(3):
            await world.killed(points.UPGRADE)
        await world.first_look()
        for number in count():
            point = min(NAMED, key=lambda name: killed[name])
            if killed.total() >= kills and killed[point]:
                break
            assert number < 4 * kills, f"never killed {point}"
            world.boards.left = NEWS
            await world.killed(point if number % 2 else points.ANY_MOMENT)
        assert await world.last_life() == 0, f"the quiet life did not end well\n{world.tail()}"
        assert world.boards.unchanged > 0, "no conditional request was answered with 304: the feed proves nothing"
    return world


def assert_the_promises(world: World) -> None:
    record, database = world.record, world.database
    for channel in CHANNELS:
        assert record.lost(channel) - set_aside(database, channel) == set(), f"I1: lost on {channel}\n{world.tail()}"
        assert record.unexplained(channel) == {}, f"I2: too many copies on {channel}"
        assert record.received[channel].keys() <= set(range(record.published)), "I3: of no posting"
        order = [number for number in due_order(database, channel) if number in record.received[channel]]
        assert record.order[channel] == order, f"I5: on {channel}"
    assert ask(database, "SELECT search, job FROM alert GROUP BY 1, 2 HAVING count(*) > 1") == [], "I3"
    assert ask(database, "SELECT id FROM alert WHERE posting NOT IN (SELECT id FROM posting)") == [], "I3"
    assert ask(database, "SELECT DISTINCT state FROM outbox WHERE state NOT IN ('sent', 'dead')") == [], "I1: waits"
    assert ask(database, "PRAGMA integrity_check") == [("ok",)], "I4"


async def test_kill_nine_at_any_moment_loses_nothing_and_repeats_hardly_anything(tmp_path: Path) -> None:
    each = -(-KILLS // WORLDS)
    for number in range(WORLDS):
        (tmp_path / str(number)).mkdir()
    worlds = await asyncio.gather(*(chaos(tmp_path / str(n), SEED + n, each) for n in range(WORLDS)))
    for world in worlds:
        assert_the_promises(world)
    kills: Counter[str] = sum((world.record.kills for world in worlds), Counter())
    print(_figures(worlds, kills))  # noqa: T201 # the figures are the point; pytest shows them with -s
    assert kills.total() >= KILLS
    assert {*NAMED, points.UPGRADE, points.ANY_MOMENT} - kills.keys() == set(), "points at which none was killed"


def _figures(worlds: list[World], kills: Counter[str]) -> str:
    records = [world.record for world in worlds]
    lines = [f"{count:5} {point}" for point, count in sorted(kills.items(), key=lambda each: -each[1])]
    boards = f"{sum(w.boards.failed for w in worlds)} of {sum(w.boards.asked for w in worlds)} answers of boards"
    sinks = f"{sum(r.faults for r in records)} of {sum(r.answers for r in records)} of Telegram and the mail server"
    copies = " + ".join(str(sum(record.copies(channel) for record in records)) for channel in CHANNELS)
    alerts = sum(record.published for record in records)
    return (
        f"\nchaos: {kills.total()} kills, {alerts} alerts on each of 2 channels, {copies} extra copies;\n"
        f"failed: {boards}, {sinks}, {sum(r.disk_faults for r in records)} writes and syncs;"
        f" {sum(r.ended for r in records)} lives could not begin\n" + "\n".join(lines)
    )


@pytest.mark.parametrize("mutant", ["validators-first", "settle-first"])
async def test_the_chaos_test_finds_a_daemon_that_loses_alerts(tmp_path: Path, mutant: str) -> None:
    world = World(tmp_path, SEED, faults=0.0)
    async with world.running():
        await world.first_look()
        for _ in range(12):
            world.boards.left = NEWS
            await world.killed("", mutant)
        await world.last_life()
    lost = {channel: len(world.record.lost(channel)) for channel in CHANNELS}
    print(f"\nmutant {mutant}: of {world.record.published} alerts lost {lost}")  # noqa: T201 # as above
    assert sum(lost.values()) > 0, "this mutant must be found out"


async def test_a_daemon_that_is_stopped_in_the_middle_of_whatever_repeats_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, SEED, faults=0.0)
    async with world.running():
        await world.first_look()
        for point in islice(cycle((points.ASKED, points.TOLD_BY_TELEGRAM, points.TOLD_BY_MAIL, "")), 20):
            world.boards.left = NEWS
            assert await world.stopped(point) == 0, world.tail()
        assert await world.last_life() == 0
    assert_the_promises(world)
    assert [world.record.copies(channel) for channel in CHANNELS] == [0, 0]
