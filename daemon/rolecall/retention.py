"""Once a day, the texts of adverts that are long gone are dropped, so that the database stops growing.

What recognises them stays (identity, hash, print, keys, facts, alerts): nothing is told again, and a repost is known.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from rolecall.house import House

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
BATCH = 100  # postings a transaction: a few milliseconds
PAUSE = 0.1  # seconds between two, in which others write

_OURS, _LAST = "", "texts dropped"  # a note of no channel


async def prune(house: House, stop: asyncio.Event) -> int:
    """Drop what is due, unless that was done within a day; return of how many postings. Raises `StoreError`."""
    now, days = house.now(), house.config.daemon.keep_days
    if not days or await _done_today(house, now):
        return 0
    before, dropped, after = now - timedelta(days=days), 0, 0
    while not stop.is_set():
        count, after = await house.store.prune(before, after, BATCH)
        dropped += count
        if not after:
            await house.store.note(_OURS, _LAST, now.isoformat())
            break
        await asyncio.sleep(PAUSE)
    if dropped:
        log.info("texts-dropped postings=%d before=%s", dropped, before.date())
    return dropped


async def _done_today(house: House, now: datetime) -> bool:
    last = (await house.store.notes(_OURS)).get(_LAST)
    return last is not None and timedelta(0) <= now - datetime.fromisoformat(last) < EVERY
