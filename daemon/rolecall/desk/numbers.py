"""/stats: a picture where the extra `charts` is installed, else words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from rolecall import charts
from rolecall.desk.visit import Visit
from rolecall.errors import RolecallError
from rolecall.model import RawPosting
from rolecall.render.numbers import counted, days, percent, pounds
from rolecall.render.talk import esc
from rolecall.stats import Report, report
from rolecall.stored import StoredPosting
from rolecall.talk import Reply
from rolecall.thinking import think

LOOK_BACK = timedelta(days=30)
PAGE, MOST = 500, 5_000  # adverts: the daemon stays small; `rolecall stats` counts them all


async def stats(visit: Visit, words: str) -> tuple[Reply, ...]:
    """Promise the numbers: counting and drawing take a while, and others are not to wait for it."""
    return (Reply("", later=lambda: _counted(visit)),)


async def _counted(visit: Visit) -> Reply:
    found = await think(report, await _postings(visit), visit.zone)
    said = said_of(found, await visit.store.totals())
    panels = charts.overview(found)
    try:
        return Reply(said, png=await charts.draw(panels) if panels and charts.available() else None)
    except RolecallError as error:
        return Reply(f"{said}\n({esc(str(error))})")


async def _postings(visit: Visit) -> list[StoredPosting]:
    """Return what was seen lately, without the texts, which no number needs."""
    found: list[StoredPosting] = []
    page, after = await visit.store.postings(visit.now - LOOK_BACK, limit=PAGE)
    while page and len(found) < MOST:
        found += [replace(each, raw=RawPosting(each.raw.source, each.raw.id, "")) for each in page]
        page, after = await visit.store.postings(visit.now - LOOK_BACK, after, PAGE)
    return found


def said_of(found: Report, totals: Mapping[str, int]) -> str:
    """Return what was seen lately and in all, as HTML short enough to stand below a picture."""
    every = (
        f"In all: {counted(totals.get('jobs', 0), 'job')}, {totals.get('duplicates', 0):,} folded into others, "
        f"{counted(totals.get('alerts', 0), 'alert')}, {counted(totals.get('messages', 0), 'message')}."
    )
    if not found.jobs:
        return every
    head = (
        f"<b>{counted(found.jobs, 'job')}</b> in {counted(found.postings, 'advert')}, "
        f"seen {days(found.since, found.until)}: "
        f"{percent(found.with_pay)} state their pay, {percent(found.remote)} are remote."
    )
    levels = (f"{esc(name)}: median {pounds(each.median)} (n = {each.n})" for name, each in found.by_level.items())
    return "\n".join([head, *levels, every])
