"""The power fails: what the disk had not synced may be gone or torn, and nothing the daemon relied on is missing."""

from __future__ import annotations

import random
import signal
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos import points
from tests.chaos.power import Disk, Step, put, steps
from tests.chaos.record import CHANNELS
from tests.chaos.world import World

CUTS = 300
SEED = 11


async def recorded(world: World, log: Path, mutant: str = "") -> list[Step]:
    """Return what two lives did to the disk: the first writes the database's first page, both have news."""
    for news in (0, 6, 3):
        world.boards.left = news
        life = await world.begin(point=points.MARKS, mutant=mutant)
        await world.until_quiet()
        life.send(signal.SIGTERM)
        assert await life.end() == 0, world.tail()
    return list(steps(log.read_bytes()))  # noqa: ASYNC240 # nobody waits for it


def cuts(record: list[Step], count: int) -> list[tuple[Disk, dict[str, bytes], int]]:
    """Return so many disks after a cut, and how many steps each had seen; random, but the same each time."""
    dice, found = random.Random(SEED), []
    moments = Counter(dice.choices(range(len(record)), k=count))
    disk = Disk()
    for number, step in enumerate(record):
        disk.follow(step)
        marks = Disk(marks=list(disk.marks))
        found += [(marks, disk.after_a_cut(dice), number) for _ in range(moments[number])]
    return found


def marked(marks: list[str]) -> dict[str, set[int]]:
    found = defaultdict[str, set[int]](set)
    for mark in marks:
        what, _, number = mark.partition(" ")
        found[what].add(int(number))
    return found


def missing(database: Path, marks: list[str]) -> str:
    """Return what the daemon relied on and the database does not hold; "" when it holds all of it."""
    certain = marked(marks)
    if not certain:
        return ""
    try:
        with closing(sqlite3.connect(database)) as db:
            (sound,) = db.execute("PRAGMA integrity_check").fetchone()
            if sound != "ok":
                return str(sound)
            postings = {int(number) for (number,) in db.execute("SELECT source_id FROM posting")}
            states = dict(db.execute("SELECT id, state FROM outbox"))
    except sqlite3.DatabaseError as error:
        return str(error)
    gone = certain["posting"] - postings
    unsent = {number for number in certain["sent"] if states.get(number) != "sent"}
    unclaimed = {number for number in certain["claimed"] if states.get(number) not in ("sending", "sent")}
    lost = {"postings": gone, "sent": unsent, "claimed": unclaimed}
    return ", ".join(f"{what} {sorted(numbers)}" for what, numbers in lost.items() if numbers)


async def test_after_a_power_cut_everything_the_daemon_relied_on_is_there(tmp_path: Path) -> None:
    world = World(tmp_path, faults=0.0)
    async with world.running(log=tmp_path / "disk.log"):
        record = await recorded(world, tmp_path / "disk.log")
    (tmp_path / "cut").mkdir()
    database = tmp_path / "cut" / "chaos.db"
    told = 0
    for disk, files, at in cuts(record, CUTS):
        put(files, database)
        assert missing(database, disk.marks) == "", f"after step {at} of {len(record)}"
        told += bool(disk.marks)
    print(f"\npower: {CUTS} cuts in {len(record)} writes and syncs, {told} of them with something to lose")  # noqa: T201
    assert told > CUTS / 2


@pytest.mark.parametrize("mutant", ["synchronous-off", "synchronous-normal"])
async def test_a_daemon_that_does_not_wait_for_the_disk_is_found_out(tmp_path: Path, mutant: str) -> None:
    world = World(tmp_path, faults=0.0)
    async with world.running(log=tmp_path / "disk.log"):
        record = await recorded(world, tmp_path / "disk.log", mutant)
    (tmp_path / "cut").mkdir()
    database, lost = tmp_path / "cut" / "chaos.db", 0
    for disk, files, _ in cuts(record, CUTS):
        put(files, database)
        lost += bool(missing(database, disk.marks))
    print(f"\npower: {mutant} lost something in {lost} of {CUTS} cuts")  # noqa: T201 # the figure is the point
    assert lost > 0


async def test_after_a_power_cut_the_daemon_starts_and_every_alert_arrives(tmp_path: Path) -> None:
    world = World(tmp_path, faults=0.0)
    async with world.running(log=tmp_path / "disk.log"):
        record = await recorded(world, tmp_path / "disk.log")
        for disk, files, at in cuts(record, 5):
            put(files, world.database)
            world.record.received.clear()
            world.boards.up_to_date.clear()
            before = marked(disk.marks)
            assert await world.last_life() == 0, world.tail()
            for channel in CHANNELS:
                told = {number - 1000 for number in before[f"told-{channel}"]} | world.record.received[channel].keys()
                assert told == set(range(world.boards.published)), f"after step {at} of {len(record)}"
