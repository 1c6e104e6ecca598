"""*When*, nothing else: APScheduler names what is due, our workers do the work.

APScheduler 3.11 cancels running coroutines at shutdown and follows the wall clock (clock back an hour: silent for an
hour), so its jobs only set events, and a guard on the monotonic clock wakes it after a jump or a suspend. The due
times themselves are rows in the database.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = logging.getLogger(__name__)

GUARD_EVERY = 5.0
JUMP = 2.0  # seconds between wall and monotonic clock that count as a jump

Wakes = Mapping[str, tuple[asyncio.Event, timedelta]]
Waker = Callable[[Wakes], AbstractAsyncContextManager[None]]
"""What sets each event at its interval while its context lasts: `clock`, or a test's."""


@asynccontextmanager
async def clock(wakes: Wakes) -> AsyncIterator[None]:
    """Set each event at its interval while the context lasts, through clock jumps too."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
    for name, (event, interval) in wakes.items():
        scheduler.add_job(_set, _Every(interval), [event], id=name)
    scheduler.start()
    try:
        async with asyncio.TaskGroup() as group:
            jumped, asleep = partial(_wake_up, scheduler, wakes), partial(_is_asleep, scheduler, wakes)
            guard = group.create_task(guarded(jumped, every=GUARD_EVERY, asleep=asleep), name="clock-guard")
            yield
            guard.cancel()
    finally:
        scheduler.shutdown(wait=False)


async def _set(event: asyncio.Event) -> None:
    """In the loop: a plain function would be called in a thread, where no event may be set."""
    event.set()


class _Every(BaseTrigger):  # type: ignore[misc] # APScheduler has no types
    """Counts the next time from now. An interval trigger counts all that were missed: after a month, for seconds."""

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now + self.interval


def _wall_ahead() -> float:
    return time.time() - time.monotonic()


async def guarded(
    jumped: Callable[[], None],
    ahead: Callable[[], float] = _wall_ahead,
    every: float = GUARD_EVERY,
    asleep: Callable[[], bool] = lambda: False,
) -> None:
    """Call `jumped` whenever the wall clock and the monotonic clock part; `ahead` is how far the wall is ahead.

    Also when somebody is `asleep`: what went ahead and came back between two looks is seen by what it leaves behind.
    """
    before = ahead()
    while True:
        await asyncio.sleep(every)
        drift = ahead() - before
        if abs(drift) > JUMP or asleep():
            before += drift
            log.warning("clock-jumped seconds=%.0f", drift)
            jumped()


def _is_asleep(scheduler: AsyncIOScheduler, wakes: Wakes) -> bool:
    """Return whether something waits for longer than its interval: that was counted from a time that never came."""
    late = datetime.now(UTC) + timedelta(seconds=JUMP)
    return any(job.next_run_time > late + wakes[job.id][1] for job in scheduler.get_jobs())


def _wake_up(scheduler: AsyncIOScheduler, wakes: Wakes) -> None:
    """Wake everything now, and count the next time from now: a trigger remembers when it began by the old clock."""
    for name, (event, interval) in wakes.items():
        scheduler.reschedule_job(name, trigger=_Every(interval))
        event.set()
