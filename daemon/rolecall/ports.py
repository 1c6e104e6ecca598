"""The four plug-in points: Source, Fetcher, Store, Notifier. What, not how.

A plug-in implements one Protocol and is one line in a dictionary (`sources.KINDS`, `rolecall_notifiers.KINDS`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol, runtime_checkable

from rolecall.dedupe import Advert
from rolecall.model import (
    Action,
    Assignment,
    Message,
    MessageKind,
    Page,
    Print,
    RawPosting,
    Reason,
    Reply,
    Request,
    Validators,
)
from rolecall.people import Decision, Mark, Muted, Ruling
from rolecall.rhythm import Rhythm
from rolecall.schedule import Limit

# --- sources --------------------------------------------------------------------------------------------------


class Readable(Protocol):
    """Whatever reads a reply without I/O."""

    @property
    def name(self) -> str:
        """Kind and board ("greenhouse:acme"): the first half of every posting's identity."""

    def parse(self, reply: Reply) -> Page:
        """Read one reply; bad rows are skipped and counted. Raises `Unreadable` when it is not what this kind gives."""


class Source(Readable, Protocol):
    """One place that lists jobs. It does no I/O: it says what to ask and reads the answer.

    An implementation is a frozen dataclass whose fields are its options in the configuration. `interval` is how
    often it is asked when the user does not say; `minimum` is what its board asks of us. It may say what a refusal
    means to its users, in `refusals` by HTTP status, and where else it may live, by `elsewhere()`.
    """

    kind: ClassVar[str]
    summary: ClassVar[str]
    interval: ClassVar[timedelta]
    minimum: ClassVar[timedelta]

    def requests(self) -> Sequence[Request]:
        """The requests of one poll."""


@runtime_checkable
class Detailed(Source, Protocol):
    """A source whose list leaves out the text: a new or changed posting is asked for by itself (`details.py`).

    `details`: how many at most after one poll; the rest waits for the next one.
    """

    details: ClassVar[int]

    def detail(self, raw: RawPosting) -> Request | None:
        """What to ask for the rest of a posting of the list; None where the list has told all that is needed."""

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting | None:
        """Return the posting with what the reply adds; None when it shows that there is no posting.

        Raises `Unreadable` when it is not what this kind gives.
        """


@runtime_checkable
class Addressed(Detailed, Protocol):
    """A source whose list holds addresses only: a row is no posting before its page has been read, nor without it."""

    addresses_only: ClassVar[bool]


@dataclass(frozen=True, slots=True)
class Detail:
    """One posting's own page, as the parser reads it: a list of one."""

    source: Detailed
    raw: RawPosting

    @property
    def name(self) -> str:
        return self.source.name

    def parse(self, reply: Reply) -> Page:
        posting = self.source.read_detail(self.raw, reply)
        return Page((posting,) if posting else ())


DIRECTORY = "application/vnd.rolecall.directory+json"
"""Content type of the answer for a directory (file://): a JSON object, file name → its bytes as Latin-1 text."""


class Fetcher(Protocol):
    """Asks a source, politely."""

    async def fetch(self, request: Request, validators: Validators) -> Reply:
        """Return the reply (200, or 304 for "unchanged").

        Raises `Unreachable`, `Unreadable` (too large) or `Refused`.
        """

    async def listen(self, request: Request, ring: Callable[[], None]) -> bool:
        """Call `ring` whenever the answer to a request may have changed, for a while; True: call it again.

        False at once where nobody will say so. Raises what `fetch` raises.
        """


class Parser(Protocol):
    """Reads untrusted bytes where they can do no harm."""

    async def parse(self, source: Readable, reply: Reply) -> Page:
        """Return `source.parse(reply)`, run under limits and a deadline; raises `Unreadable`."""


# --- the store ------------------------------------------------------------------------------------------------

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


@dataclass(frozen=True, slots=True)
class StoredPosting:
    """A posting as the store gives it back."""

    raw: RawPosting
    job: str
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None
    facts: Mapping[str, object]
    because: tuple[str, ...] = ()  # why it belongs to its job


PostingPage = tuple[Sequence[StoredPosting], int]
"""Postings, and where the next page begins."""


@dataclass(frozen=True, slots=True)
class StoredJob:
    """One vacancy: all its postings, first seen first.

    `marks`: what people said of it, in order of time. `maybe`: other jobs that are perhaps the same.
    """

    id: str
    first_seen: datetime
    postings: tuple[StoredPosting, ...]
    marks: tuple[Mark, ...] = ()
    maybe: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return any(posting.closed_at is None for posting in self.postings)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert with its job, as delivery and `rolecall list` need it."""

    id: int
    search: str
    action: Action
    reasons: tuple[Reason, ...]
    rank: float
    created_at: datetime
    key: tuple[str, str]
    job: StoredJob


@dataclass(frozen=True, slots=True)
class Claim:
    """One outbox row under lease: what to send and how often it was tried.

    `message_id` never changes for a row; `ambiguous` counts sends whose outcome is not known, `unclear` those of
    them that the channel answered unclearly: the others were cut off by a kill, which is no fault of the message.
    `again`: the row was found in `sending` after a crash, so a copy may have arrived.
    """

    id: int
    channel: str
    kind: MessageKind
    message_id: str
    subject: str
    text: str
    attempts: int
    ambiguous: int
    again: bool
    created_at: datetime
    alerts: tuple[StoredAlert, ...] = ()
    unclear: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    receipt: str = ""  # the channel's own id for the message


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Back to pending; the whole channel waits until `at`, so that order is kept.

    `counts`: the attempt counts; `ambiguous`: a copy may have arrived.
    """

    at: datetime
    error: str
    counts: bool = True
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """Never to be sent, with the reason shown in `rolecall status`."""

    error: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """The channel is refused: the row goes back to pending and the channel stops until it is resumed."""

    error: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not worth sending any more: every job in it has closed, or the user is done with it."""

    reason: str


Outcome = Sent | RetryAt | Dead | Suspend | Dropped


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as `status` shows it. `oldest`: creation time of the oldest pending row that is due."""

    name: str
    pending: int = 0
    sent: int = 0
    dead: int = 0
    not_before: datetime | None = None
    suspended: str = ""
    last_sent: datetime | None = None
    last_error: str = ""
    next_due: datetime | None = None
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadMessage:
    id: int
    channel: str
    subject: str
    error: str
    at: datetime


class Store(Protocol):
    """All truth is in here: due times, validators, jobs, alerts, the outbox. Every method is one transaction."""

    async def close(self) -> None: ...

    # polling
    async def source_states(self) -> Mapping[str, SourceState]:
        """Every source ever polled, by name."""

    async def reported(self) -> Mapping[tuple[str, str], Reported]:
        """What the owner was told of sources: (source, what it was about) → when."""

    async def known(self, source: str, ids: Sequence[str]) -> Mapping[str, str]:
        """Return id → content hash for those of `ids` that are stored or wait; "" where it had gone from its list."""

    async def waiting(self, source: str, limit: int, skip: int = 0) -> Sequence[Waiting]:
        """Return rows that wait, in the order to ask (hopeful, news, least tried, oldest), but for the first `skip`."""

    async def unread(self) -> Mapping[str, int]:
        """Return how many rows wait, by source."""

    async def open_ids(self, source: str) -> frozenset[str]:
        """Ids of the source's postings that are not closed."""

    async def candidates(self, keys: Collection[str], since: datetime | None = None) -> Sequence[tuple[Print, str]]:
        """Return (print, job) of every stored posting that shares one of the look-up keys.

        With `since`, only of those that were open after it, and of jobs that somebody is done with.
        """

    async def beside(self, companies: Collection[str]) -> Sequence[Advert]:
        """Return late adverts of the companies (normal names), a few of each, under different titles, to learn from."""

    async def missing_ids(self, source: str) -> frozenset[str]:
        """Ids of the source's open postings that its last complete list did not hold."""

    async def jobs(self, ids: Collection[str]) -> Mapping[str, StoredJob]:
        """Return those of the jobs that have postings, by id."""

    async def apart(self, jobs: Collection[str]) -> frozenset[frozenset[str]]:
        """Return the pairs of jobs that the user split, where one of `jobs` is in it."""

    async def rulings(self, job: str) -> Sequence[Ruling]:
        """Return what was said of which adverts are this job and still stands, in the order of time."""

    async def alerted(self, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
        """Return the (search, job) pairs that already have an alert."""

    async def told(self, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
        """Return the (search, job) pairs whose alert was sent on some channel."""

    async def sent_alone(self, searches: Collection[str], since: datetime) -> Mapping[str, int]:
        """Return how many alerts of each of the searches, made since then, travel in a message of their own."""

    async def searches(self) -> Mapping[str, str]:
        """Return name → fingerprint of the searches whose baseline has been made."""

    async def commit(self, plan: Plan) -> Committed:
        """Execute the plan in one transaction. An alert that exists is left as it is, with no new delivery.

        A delivery joins the pending outbox row of its (channel, bundle), or starts one. If that row is no longer
        pending, it starts "bundle~2", "bundle~3" … A job that the alert's person is done with gets none.
        """

    async def record(self, decision: Decision) -> bool:
        """Carry out what a person decided; False when that changes nothing. Raises `LookupError`: not stored.

        A snoozed job gets an outbox row of its own, whose time is to come; undone, that is dropped.
        """

    async def mutes(self, people: Collection[str]) -> Sequence[Muted]:
        """Return whom these people muted, in the order of time."""

    async def spend(self, budget: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
        """Count one call against a budget; where a limit is reached, count nothing and return when it will be free.

        Calls that lie in the future (the clock was set back) count as made now.
        """

    async def spent(self, since: datetime) -> Mapping[str, int]:
        """Return the calls counted since then, by budget."""

    async def notes(self, channel: str) -> Mapping[str, str]:
        """Return what a channel remembers, by name."""

    async def note(self, channel: str, name: str, text: str) -> None:
        """Let a channel remember a small text under a name, in place of the one before; "" forgets it."""

    # delivering
    async def claim(self, channel: str, now: datetime, lease: float, quiet: bool = False) -> Claim | None:
        """Lease the channel's oldest due row (pending, or sending with an expired lease), else None.

        None too while the channel is suspended, must wait (`not_before`), or has a row under lease: one at a time.
        `quiet`: only what is loud or urgent.
        """

    async def settle(self, claim_id: int, outcome: Outcome, now: datetime) -> None:
        """Record what became of a claimed row."""

    async def release_leases(self) -> int:
        """At start: make rows left in `sending` claimable at once, marked `again`; returns how many."""

    async def hurry(self, now: datetime) -> None:
        """Make every pending *summary* due now (for `run --once`)."""

    async def end_silence(self, channel: str, now: datetime) -> None:
        """Make due what waits for the end of a channel's quiet hours: they were changed, and it is not quiet now."""

    async def resume(self, channel: str) -> None:
        """Lift a channel's suspension and its `not_before`."""

    async def channels(self, now: datetime) -> Mapping[str, ChannelState]:
        """Every channel that ever had a row, by name."""

    async def dead_messages(self, limit: int = 20) -> Sequence[DeadMessage]: ...

    # reading
    async def job(self, id_or_prefix: str) -> StoredJob | None:
        """Find a job by its id or an unambiguous beginning of it; one that was joined into another is that one."""

    async def find_url(self, url: str) -> StoredJob | None:
        """Find a job by the address of one of its postings, compared in canonical form."""

    async def recent(self, since: datetime, limit: int) -> Sequence[StoredJob]:
        """Jobs with an open posting first seen since then, newest first."""

    async def postings(self, since: datetime, after: int = 0, limit: int = 1_000) -> PostingPage:
        """Return postings first seen since then, closed ones too, a page at a time, and what to pass as `after` next.

        The last page is empty.
        """

    async def alerts(
        self, limit: int, searches: Collection[str] | None = None, open_only: bool = True, person: str = ""
    ) -> Sequence[StoredAlert]:
        """Alerts of these searches (None: of all), newest posting first (posted_at where known, else first seen).

        `open_only` leaves out jobs that have closed, and those that the person is done with.
        """

    async def saved(self, person: str, limit: int) -> Sequence[StoredJob]:
        """Jobs that a person saved, last saved first, also those that have closed."""

    async def alerted_at(self, job: str) -> Mapping[str, datetime]:
        """Return search → time of the job's alerts."""

    async def prune(self, before: datetime, after: int, limit: int) -> tuple[int, int]:
        """Drop the texts of at most `limit` postings that no list has held since then, but of saved jobs.

        Return of how many, and what to pass as `after` next; 0 at the end. All that recognises them stays.
        """

    async def totals(self) -> Mapping[str, int]:
        """Counts: postings, jobs, alerts, duplicates (postings beyond the first of their job), messages sent."""


# --- notifiers ------------------------------------------------------------------------------------------------


class Notifier(Protocol):
    """One channel to a person. An implementation is opened once and told to send, one message at a time."""

    kind: ClassVar[str]
    summary: ClassVar[str]

    async def open(self) -> None:
        """Get ready. Must not fail because the far side is down: the daemon starts while Telegram is away."""

    async def send(self, message: Message) -> str:
        """Send and return the channel's receipt. Raises `Deferred`, `Rejected` or `Unsendable`."""

    async def check(self) -> str:
        """Try the channel without sending; return a sentence. Raises a `DeliveryError`."""

    async def close(self) -> None: ...
