"""What a poll changes, decided purely and executed by `Store.commit` in one transaction.

From the smallest to the whole: a source's state, its new postings and waiting rows, alerts with their deliveries,
notices, the `Plan` that holds them all, and what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from rolecall.model import Action, Assignment, MessageKind, Print, RawPosting, Reason, Validators
from rolecall.rhythm import Rhythm

SourceHealth = Literal["new", "alive", "empty", "silent", "unreachable", "unreadable", "blocked", "gone"]


@dataclass(frozen=True, slots=True)
class Move:
    """An address that leads elsewhere for good, by its own words; `settled`: said often enough to ask there."""

    of: str
    to: str
    since: datetime
    times: int = 0
    settled: bool = False


@dataclass(frozen=True, slots=True)
class SourceState:
    """All that is remembered of a source; saved in the same transaction as its postings.

    `validators` by request URL. `baseline`: the first successful poll has been stored.
    `items`: its `Page.items`; not stored, so that after a restart, perhaps of a newer version, all is read once.
    """

    name: str
    due_at: datetime
    validators: Mapping[str, Validators] = field(default_factory=dict)
    baseline: bool = False
    health: SourceHealth = "new"
    since: datetime | None = None  # of this health; one trouble may change its face
    failures: int = 0  # in a row
    last_try: datetime | None = None
    last_success: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    postings: int = 0  # in the last good reply
    skipped: int = 0  # rows that could not be read in the last good reply
    put_off: str = ""  # why it was not asked when it was due, which is no fault of its own
    pace: str = ""  # how often it is asked, and why, in words
    every: timedelta = timedelta(0)  # how often it is asked while it is well
    wait: timedelta = timedelta(0)  # how long it wants to be left alone after an answer
    rhythm: Rhythm = field(default_factory=Rhythm)  # how often it has something new
    move: Move | None = None
    gap: tuple[datetime, datetime] | None = None  # between these two looks, postings may have come and gone
    version: str = ""  # of the program that read it last: another one may read the same words otherwise
    items: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NewPosting:
    """A new or changed posting to be stored. `facts` is the filter's JSON object (for lists and numbers)."""

    raw: RawPosting
    content_hash: str
    print: Print
    facts: Mapping[str, object]
    assignment: Assignment
    closes_at: datetime | None = None  # when applications close; it counts as closed from then on


SETTLED = 1_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of a source's list whose text is still to be asked for: no posting yet, but never forgotten.

    `content_hash` is of the row, and of the posting that it becomes: what is known is not asked again.
    """

    raw: RawPosting
    content_hash: str
    since: datetime
    hopeful: bool = True  # no search is ruled out by what the row says: these are asked first
    baseline: bool = False  # it stood in the source's first list: no news
    listed: bool = True  # in the latest list that was read
    tries: int = 0  # that failed; `SETTLED`: its page is no posting, and not asked again before the row changes

    @property
    def key(self) -> tuple[str, str]:
        return (self.raw.source, self.raw.id)


QUIET = "quiet:"
"""How the names of bundles begin that wait for the end of quiet hours."""

AGAIN = "snooze:"
"""How the names of bundles begin that bring a snoozed job back; they were made when it was snoozed."""

HOURLY = ("hour:", "burst:")
"""How the names of bundles begin that gather the alerts of an hour: too often for more than their jobs."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an alert goes. Alerts with the same `bundle` on one channel travel in one message while it is pending.

    `due` is the earliest time to send: now for an alert, the next local digest time for a digest. `loud`: quiet hours
    do not hold it back. `text` stands above the vacancies.
    """

    channel: str
    bundle: str
    kind: MessageKind
    due: datetime
    loud: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class NewAlert:
    """One (search, job) pair that must reach a person; written once, however often it is planned."""

    search: str
    job: str
    key: tuple[str, str]  # the posting that matched
    action: Action
    reasons: tuple[Reason, ...]
    rank: float
    deliveries: tuple[Delivery, ...]
    person: str = ""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A word to the owner ("source X is gone"). `key` makes it once only; one that is `urgent` breaks a silence."""

    key: str
    channel: str
    subject: str
    text: str
    due: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """What the owner was told of a source, and when last. `open`: it still stands."""

    at: datetime
    open: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one poll changes, executed by `Store.commit` in ONE transaction.

    `seen`: ids present in the replies (their last_seen moves); `gone`: ids missing from a complete list, which closes
    them when they were missing the last time too; `unchanged`: the list is as it was, so it still lacks what it lacked.
    `merges`: (job, other job whose postings it takes in).
    `waiting`: rows to remember until they are stored as `postings`, or `dropped` (by source and id).
    """

    now: datetime
    source: SourceState | None = None
    postings: tuple[NewPosting, ...] = ()
    seen: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unchanged: bool = False
    alerts: tuple[NewAlert, ...] = ()
    notices: tuple[NewNotice, ...] = ()
    searches: Mapping[str, str] = field(default_factory=dict)  # name → fingerprint, whose baseline this plan makes
    merges: tuple[tuple[str, str], ...] = ()
    waiting: tuple[Waiting, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    reported: Mapping[tuple[str, str], Reported] = field(default_factory=dict)  # (source, what it was about)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit really wrote: alerts that already existed are not counted again."""

    postings: int = 0
    jobs: int = 0
    alerts: int = 0
    messages: int = 0
