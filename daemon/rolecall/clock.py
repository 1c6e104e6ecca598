"""*When*, nothing else: APScheduler names what is due, our workers do the work.

APScheduler 3.11 cancels running coroutines at shutdown and follows the wall clock (clock back an hour: silent for an
hour), so its jobs only set events, and a guard on the monotonic clock wakes it after a jump or a suspend. The due
times themselves are rows in the database.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

GUARD_EVERY = 5.0
JUMP = 2.0  # seconds between wall and monotonic clock that count as a jump


@asynccontextmanager
async def clock(wakes: Mapping[str, tuple[asyncio.Event, timedelta]]) -> AsyncIterator[None]:
    """Set each event at its interval while the context lasts, through clock jumps too."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
    for name, (event, interval) in wakes.items():
        scheduler.add_job(event.set, "interval", seconds=interval.total_seconds(), id=name)
    scheduler.start()
    try:
        async with asyncio.TaskGroup() as group:
            guard = group.create_task(_guard(scheduler, [event for event, _ in wakes.values()]), name="clock-guard")
            yield
            guard.cancel()
    finally:
        scheduler.shutdown(wait=False)


async def _guard(scheduler: AsyncIOScheduler, events: list[asyncio.Event]) -> None:
    """Wake everything and re-arm the scheduler when wall and monotonic clock part."""
    offset = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(GUARD_EVERY)
        drift = time.time() - time.monotonic() - offset
        if abs(drift) > JUMP:
            offset += drift
            log.warning("clock-jumped seconds=%.0f", drift)
            for job in scheduler.get_jobs():
                job.reschedule(job.trigger)  # its next run is counted from now, not from the old clock
            for event in events:
                event.set()
