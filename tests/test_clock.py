"""The clock wakes the daemon, also after the wall clock was changed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from rolecall import clock as clocks
from rolecall.clock import clock, guarded
from tests.waiting import PATIENCE


async def test_each_event_fires_again_and_again_while_the_clock_lasts() -> None:
    event = asyncio.Event()
    async with clock({"tick": (event, timedelta(seconds=0.05))}):
        for _ in range(3):
            await asyncio.wait_for(event.wait(), PATIENCE)
            event.clear()
    await asyncio.sleep(0.1)
    assert not event.is_set(), "it ends with its context"


async def jumps(*ahead: float) -> int:
    """Count the jumps the guard sees when the wall clock is so far ahead at each look."""
    seen: list[None] = []
    looks = iter(ahead)
    with suppress(RuntimeError):  # "coroutine raised StopIteration": there is nothing more to look at
        await asyncio.wait_for(guarded(lambda: seen.append(None), lambda: next(looks), every=0), PATIENCE)
    return len(seen)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        ((0.0, 0.1, -0.1, 1.9), 0),
        ((0.0, -3600.0, -3600.0), 1),
        ((0.0, 86400.0 * 30, 86400.0 * 30), 1),
        ((0.0, 3600.0, 0.0), 2),
    ],
    ids=["small steps of NTP", "an hour back", "a suspended laptop", "there and back"],
)
async def test_a_jump_of_the_wall_clock_is_seen_once(ahead: tuple[float, ...], expected: int) -> None:
    assert await jumps(*ahead) == expected


async def test_a_jump_wakes_everything_and_counts_the_next_time_from_now() -> None:
    event, interval = asyncio.Event(), timedelta(seconds=60)
    scheduler = AsyncIOScheduler(timezone="UTC")
    by_the_old_clock = datetime.now(UTC) + timedelta(hours=1)
    scheduler.add_job(event.set, IntervalTrigger(seconds=60, start_date=by_the_old_clock), id="tick")
    scheduler.start()
    try:
        clocks._wake_up(scheduler, {"tick": (event, interval)})
        assert event.is_set()
        next_run = scheduler.get_job("tick").next_run_time
        assert next_run <= datetime.now(UTC) + interval, "not silent until the old clock's time has come"
    finally:
        scheduler.shutdown(wait=False)


async def test_a_clock_that_was_ahead_only_between_two_looks_lets_nothing_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was due meanwhile counted its next time from a day that is a month away."""
    monkeypatch.setattr(clocks, "GUARD_EVERY", 0.05)
    schedulers: list[AsyncIOScheduler] = []

    class Scheduler(AsyncIOScheduler):  # type: ignore[misc] # APScheduler has no types
        def start(self) -> None:
            super().start()
            schedulers.append(self)

    monkeypatch.setattr(clocks, "AsyncIOScheduler", Scheduler)
    event = asyncio.Event()
    async with clock({"tick": (event, timedelta(seconds=3))}):
        schedulers[0].modify_job("tick", next_run_time=datetime.now(UTC) + timedelta(days=30))
        await asyncio.wait_for(event.wait(), PATIENCE)
        assert schedulers[0].get_job("tick").next_run_time < datetime.now(UTC) + timedelta(seconds=60)


def test_the_guard_compares_the_wall_clock_with_one_that_nobody_can_set() -> None:
    assert clocks._wall_ahead() == pytest.approx(time.time() - time.monotonic(), abs=60)


def test_a_month_that_is_jumped_is_not_counted_tick_by_tick() -> None:
    """An interval trigger would count 51 million of them, while everything else stands still."""
    now = datetime.now(UTC)
    trigger = clocks._Every(timedelta(seconds=0.05))
    assert trigger.get_next_fire_time(now - timedelta(days=30), now) > now
