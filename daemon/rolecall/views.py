"""What `status` and `why` show: functions that return data. The commands only print it; a web page may too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from rolecall import match
from rolecall.alerts import better, with_mutes
from rolecall.budget import share_of
from rolecall.compose import card_of
from rolecall.config import Channel, Config
from rolecall.dedupe import Merged
from rolecall.model import Action, Card, Match, Posting
from rolecall.normalise import normalise
from rolecall.outbox import ChannelState, DeadMessage
from rolecall.plan import SourceState
from rolecall.ports import Store
from rolecall.render.card import notes
from rolecall.route import silence_over
from rolecall.schedule import DAY
from rolecall.stored import StoredAlert, StoredJob, StoredPosting
from rolecall.trouble import in_trouble, what_next
from rolecall.trouble import why as why_so
from rolecall.vacancy import merged, reposts

LEFT_BEHIND = "no channel of the configuration has this name any more; what waits for it is kept"
MEND = "not asked until it has its key; then reload Rolecall"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source: what it is doing, in words where something is wrong."""

    name: str
    health: str = "new"
    in_trouble: bool = False
    since: datetime | None = None
    why: str = ""
    next_due: datetime | None = None
    what_next: str = ""
    last_success: datetime | None = None
    postings: int = 0
    skipped: int = 0
    to_read: int = 0  # listed, but their texts are still to be asked for
    failures: int = 0
    error: str = ""
    per_day: float | None = None
    every_seconds: float = 0.0
    gap: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """What was used of a provider's calls in the last day, and how many sources share them."""

    name: str
    used: int
    limit: str
    sources: int


@dataclass(frozen=True, slots=True)
class Status:
    sources: tuple[SourceRow, ...]
    budgets: tuple[BudgetRow, ...]
    channels: tuple[ChannelState, ...]
    dead: tuple[DeadMessage, ...]
    totals: Mapping[str, int]


async def status(store: Store, config: Config, now: datetime) -> Status:
    """Return how every configured source and channel is, the messages set aside, and the totals."""
    states = await store.source_states()
    channels = await store.channels(now)
    to_read = await store.unread()
    rows = [_source_row(entry.source.name, states, config, now) for entry in config.sources]
    return Status(
        sources=(
            *(replace(row, to_read=to_read.get(row.name, 0)) for row in rows),
            *(SourceRow(each.source.name, "off", why=each.why, what_next=MEND) for each in config.off),
        ),
        budgets=tuple(await _budgets(store, config, now)),
        channels=(
            *(_channel(each, channels.get(each.name), config, now) for each in config.channels),
            *_left_behind(channels, config),
        ),
        dead=tuple(await store.dead_messages()),
        totals=await store.totals(),
    )


def _left_behind(channels: Mapping[str, ChannelState], config: Config) -> Iterator[ChannelState]:
    """Yield the channels that were renamed or removed while messages waited for them."""
    for name, state in channels.items():
        if state.pending and config.channel(name) is None:
            yield replace(state, suspended=LEFT_BEHIND)


def _channel(channel: Channel, state: ChannelState | None, config: Config, now: datetime) -> ChannelState:
    """Return how a channel is; what waits through its quiet hours is next when they are over."""
    if state is None:
        return ChannelState(channel.name)
    quiet = silence_over(channel, config, now)
    if channel.digests or quiet is None or state.next_due is None:  # a digest whose time was chosen breaks the silence
        return state
    return replace(state, next_due=max(state.next_due, quiet))


def _source_row(name: str, states: Mapping[str, SourceState], config: Config, now: datetime) -> SourceRow:
    state = states.get(name)
    if state is None:
        return SourceRow(name, what_next="asked for the first time when the daemon runs")
    return SourceRow(
        name=name,
        health=state.health,
        in_trouble=in_trouble(state),
        since=state.since,
        why=why_so(state, config, now),
        next_due=state.due_at,
        what_next=what_next(state),
        last_success=state.last_success,
        postings=state.postings,
        skipped=state.skipped,
        failures=state.failures,
        error=state.last_error if state.failures else "",
        per_day=state.rhythm.per_day(now),
        every_seconds=state.every.total_seconds(),
        gap=state.gap,
    )


async def _budgets(store: Store, config: Config, now: datetime) -> list[BudgetRow]:
    """Return the budgets that configured sources are asked on."""
    shares = [share for entry in config.sources if (share := share_of(entry.source, config))]
    spent = await store.spent(now - DAY)
    names = dict.fromkeys(share.budget for share in shares)
    return [
        BudgetRow(each.name, spent.get(each.name, 0), str(each.limits[0]), sum(s.budget == each for s in shares))
        for each in names
    ]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything `rolecall why` says of one job: its copies, and what each search thinks of the one it likes best.

    `posting` is one of the copies, or the best of all of them.
    """

    job: StoredJob
    posting: Posting
    matches: tuple[Match, ...]
    alerted: Mapping[str, datetime]
    notes: tuple[str, ...] = ()

    @property
    def copies(self) -> tuple[StoredPosting, ...]:
        """The job's other postings."""
        return tuple(p for p in self.job.postings if (p.raw.source, p.raw.id) != self.posting.key)


async def find(store: Store, name: str) -> StoredJob | None:
    """Return a job by its id (or the beginning of it), or by one of its postings: an address, or "SOURCE/ID"."""
    if "/" not in name:
        return await store.job(name)
    return await store.find_advert(name) or await store.find_url(name)


async def why(store: Store, config: Config, name: str, person: str = "") -> Explanation | None:
    """Explain one job, however it is named; with `person` only what their searches say."""
    job = await find(store, name)
    if job is None:
        return None
    mutes = await store.mutes({"", *(each.name for each in config.people)})
    searches = [with_mutes(each, mutes) for each in config.searches if person in ("", each.person)]
    homes = {each.wanted.get("home") for each in searches}
    known = merged(job, home=homes.pop() if len(homes) == 1 else None)
    postings = [known.posting, *(normalise(stored.raw) for stored in job.postings)]
    judged = [tuple(match.explain(searches, posting)) for posting in postings]
    shown = max(range(len(postings)), key=lambda copy: max(map(better, judged[copy]), default=(0, 0.0)))
    matches = tuple(max(of_one_search, key=better) for of_one_search in zip(*judged, strict=True))
    return Explanation(job, postings[shown], matches, await store.alerted_at(job.id), _notes(job, known))


async def card(store: Store, config: Config, job: StoredJob, now: datetime, person: str = "") -> Card:
    """Return one job as an alert of the person's searches that match it today would show it."""
    found = await why(store, config, job.id, person)
    matches = found.matches if found else ()
    matching = [match for match in matches if match.action is not Action.DROP] or matches[:1]
    key = (job.postings[0].raw.source, job.postings[0].raw.id)
    alerts = [
        StoredAlert(0, match.search, match.action, match.reasons, match.rank, now, key, job) for match in matching
    ] or [StoredAlert(0, "", Action.DROP, (), 0.0, now, key, job)]
    return card_of(alerts, config, now, config.person(person))


def _notes(job: StoredJob, known: Merged) -> tuple[str, ...]:
    """Return what is to be said of the job as a whole: done with, reposted, put together of several copies."""
    times = reposts(job)
    said = [_SAID.get(mark.kind, "").format(mark.person or "you") for mark in job.marks]
    again = f"listed anew {times} time{'s' if times > 1 else ''}" if times else ""
    closed = "it has closed" if all(copy.closed_at for copy in job.postings) else ""
    return (*filter(None, (*said, closed, again)), *notes(known, job.id, job.maybe))


_SAID = {
    "saved": "{} saved it",
    "applied": "{} applied to it",
    "dismissed": "{} dismissed it",
    "snoozed": "{} put it off",
}
