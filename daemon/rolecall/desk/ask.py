"""Commands that only look: the latest jobs, why, how the sources and channels are, numbers, help."""

from __future__ import annotations

from datetime import datetime

from rolecall import views
from rolecall.desk.jobs import explain
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.listing import listing
from rolecall.outbox import ChannelState
from rolecall.render import talk
from rolecall.render.talk import Health
from rolecall.schedule import when
from rolecall.talk import Reply

MOST_LATEST, MOST_ASIDE = 30, 5


async def latest(visit: Visit, words: str) -> tuple[Reply, ...]:
    """Return the most current matching jobs, each to be opened by its number."""
    if words and not words.isdecimal():
        raise NotUnderstood("Write /latest, or /latest 20.")
    most = min(max(int(words or 5), 1), MOST_LATEST)
    rows = await listing(visit.store, visit.config, visit.now, most, person=visit.person)
    if not rows:
        return (Reply("Nothing has matched yet."),)
    head = "The latest job" if len(rows) == 1 else f"The {len(rows)} latest jobs"
    found = talk.listed([row.card for row in rows], f"<b>{head}</b>")
    return tuple(Reply(text.html, text.keyboard) for text in found)


async def why(visit: Visit, words: str) -> tuple[Reply, ...]:
    if not words:
        raise NotUnderstood("Write /why and the address of a job, or its id.")
    return await explain(visit, words.split()[0])


async def status(visit: Visit, words: str) -> tuple[Reply, ...]:
    seen = await views.status(visit.store, visit.config, visit.now)
    texts = talk.status(
        [_source(each, visit) for each in seen.sources],
        [_channel(each, visit) for each in seen.channels],
        [f"{each.channel}: {each.subject} ({each.error})" for each in seen.dead[:MOST_ASIDE]],
    )
    return tuple(Reply(text.html) for text in texts)


def _source(source: views.SourceRow, visit: Visit) -> Health:
    well = not source.failures and not source.in_trouble
    words = "; ".join(filter(None, (source.health, source.why, f"last good {_when(source.last_success, visit)}")))
    return Health(well, source.name, words)


def _channel(channel: ChannelState, visit: Visit) -> Health:
    trouble = channel.suspended or (channel.last_error if channel.pending else "")
    words = f"{channel.sent} sent, {channel.pending} waiting" + (f"; {trouble}" if trouble else "")
    return Health(not channel.suspended, channel.name, words)


def _when(moment: datetime | None, visit: Visit) -> str:
    return when(moment, visit.zone) if moment else "never"
