"""A new or changed search meets what is already stored: one summary, no flood."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta

from rolecall import alerts, dedupe
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import Posting
from rolecall.normalise import normalise
from rolecall.plan import Plan
from rolecall.stored import StoredJob

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=30)
AT_MOST = 5_000
PAUSED = "paused"  # in place of a fingerprint: resumed, a search is matched anew against what came meanwhile


async def make_baselines(house: House) -> None:
    """Match every search that is new or changed against the open jobs of the last 30 days, once."""
    made = await house.store.searches()
    fresh = [search for search in house.config.searches if made.get(search.name) != search.fingerprint]
    resting = {search.name: PAUSED for search in house.config.paused if made.get(search.name, PAUSED) != PAUSED}
    if resting:
        await house.store.commit(Plan(now=house.now(), searches=resting))
    if not fresh:
        return
    jobs = await house.store.recent(house.now() - LOOK_BACK, AT_MOST)
    judged = await asyncio.to_thread(alerts.judged, _open_postings(jobs), Index(fresh))
    async with house.deciding:
        now = house.now()
        heard = alerts.unmuted(judged, await house.mutes(), house.config)
        plan = Plan(
            now=now,
            alerts=alerts.alerts(heard, house.config, now, baseline=True),
            searches={search.name: search.fingerprint for search in fresh},
        )
        committed = await house.store.commit(plan)
    log.info("baseline searches=%d jobs=%d alerts=%d", len(fresh), len(jobs), committed.alerts)


def _open_postings(jobs: Sequence[StoredJob]) -> Iterator[tuple[Posting, str]]:
    """Yield every open copy of each job, and the best of them."""
    for job in jobs:
        open_now = [normalise(stored.raw) for stored in job.postings if stored.closed_at is None]
        yield from ((posting, job.id) for posting in open_now)
        if len(open_now) > 1:
            yield dedupe.merge(open_now).posting, job.id
