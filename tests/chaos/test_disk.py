"""The disk is full, read-only, or somebody else's for a while: the daemon goes on, says so once, and loses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.chaos.board import BOARDS, etag_of
from tests.chaos.record import CHANNELS, ask
from tests.chaos.test_chaos import assert_the_promises
from tests.chaos.world import PATIENCE, World

SUBJECT = "Rolecall cannot write its database"


@asynccontextmanager
async def world_at_work(folder: Path, database: Path | None = None) -> AsyncIterator[World]:
    """A world whose daemon has told of some news, and whose boards have more: nothing of it fails but the disk."""
    world = World(folder, faults=0.0) if database is None else World(folder, faults=0.0, database=database)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(folder / "notify"))
        ear.setblocking(False)
        async with world.running(NOTIFY_SOCKET=str(folder / "notify")):
            world.ear = ear
            await world.first_look()
            world.boards.left = 3
            await world.begin()
            await world.until_quiet()
            yield world


def statuses(world: World) -> list[str]:
    """Return what systemd heard since it was last looked."""
    heard = []
    while True:
        try:
            heard.append(world.ear.recv(4096).decode())
        except BlockingIOError:
            return heard


async def until(true: Callable[[], object], world: World) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            assert world.life is not None
            assert not world.life.ended.done(), f"it must go on\n{world.tail()}"
            await asyncio.sleep(0.05)


def assert_validators_are_of_what_is_stored(world: World) -> None:
    """What could not be written will be asked for again: no validator has gone ahead of its postings."""
    stored = [int(str(number)) for (number,) in ask(world.database, "SELECT source_id - 1000 FROM posting ORDER BY 1")]
    for name, said in ask(world.database, "SELECT name, validators FROM source"):
        ((etag, *_),) = json.loads(str(said)).values()
        assert etag == etag_of([number for number in stored if number % BOARDS == int(str(name)[-1])])


async def assert_it_waits_and_says_so(world: World, words: str) -> None:
    """Nothing is polled, sent or forgotten; STATUS and one message say why."""

    def told() -> bool:
        world.boards.left = max(world.boards.left, 1)  # a little finds room in what the files have already
        return any(SUBJECT in message.text for message in world.bot.messages)

    await until(told, world)
    assert any(f"STATUS=the database cannot be used: {world.database}: {words}" in said for said in statuses(world))
    asked, messages = world.boards.asked, len(world.bot.messages)
    await asyncio.sleep(2)
    assert world.boards.asked <= asked + BOARDS, "no board is asked for what cannot be kept, but in a poll under way"
    assert len(world.bot.messages) == messages, "it says so once"
    assert_validators_are_of_what_is_stored(world)


async def assert_it_goes_on_and_has_lost_nothing(world: World) -> None:
    await world.until_quiet()
    assert "watching 3 sources" in statuses(world)[-1]
    await assert_it_ends_well_and_nothing_was_lost_or_repeated(world)
    assert sum(SUBJECT in message.text for message in world.bot.messages) == 1


async def assert_it_ends_well_and_nothing_was_lost_or_repeated(world: World) -> None:
    assert world.life is not None
    world.life.send(signal.SIGTERM)
    assert await world.life.end() == 0, world.tail()
    world.record.published = world.boards.published
    assert_the_promises(world)
    assert [world.record.copies(channel) for channel in CHANNELS] == [0, 0]


async def test_a_full_disk_is_waited_for_and_nothing_is_lost(tmp_path: Path) -> None:
    async with world_at_work(tmp_path) as world:
        world.control.full()
        await assert_it_waits_and_says_so(world, "the disk is full")
        world.control.well()
        await assert_it_goes_on_and_has_lost_nothing(world)


async def test_a_disk_that_becomes_read_only_is_waited_for_and_nothing_is_lost(tmp_path: Path) -> None:
    async with world_at_work(tmp_path) as world:
        world.control.readonly()
        await assert_it_waits_and_says_so(world, "")
        world.control.well()
        await assert_it_goes_on_and_has_lost_nothing(world)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, of 8 MB. Skips the calling test where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root that may mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_real_file_system_that_is_full_is_waited_for_too(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small") as disk:
        async with world_at_work(tmp_path, disk / "chaos.db") as world:
            (disk / "ballast").write_bytes(bytes(_free(disk)))
            await assert_it_waits_and_says_so(world, "the disk is full")
            (disk / "ballast").unlink()
            await assert_it_goes_on_and_has_lost_nothing(world)


def _free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


async def test_a_database_that_another_program_locks_for_ten_seconds_loses_and_repeats_nothing(tmp_path: Path) -> None:
    async with world_at_work(tmp_path) as world:
        over = threading.Event()
        locked = asyncio.create_task(asyncio.to_thread(_lock, world.database, over))
        world.boards.left = 3
        try:
            await asyncio.sleep(10)
            await until(lambda: "another program is writing to it" in world.tail(), world)
        finally:
            over.set()
        await locked
        await world.until_quiet()
        await assert_it_ends_well_and_nothing_was_lost_or_repeated(world)


def _lock(database: Path, over: threading.Event) -> None:
    db = sqlite3.connect(database, isolation_level=None, timeout=30)
    db.execute("BEGIN IMMEDIATE")
    over.wait()
    db.execute("ROLLBACK")
    db.close()
