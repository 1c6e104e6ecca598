"""The plug-in points: Source, Fetcher, Parser, Store, Notifier. What, not how.

A plug-in implements one Protocol and is one line in a dictionary (`sources.KINDS`, `rolecall_notifiers.KINDS`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol, runtime_checkable

from rolecall.dedupe import Advert
from rolecall.model import Message, Page, Print, RawPosting, Reply, Request, Validators
from rolecall.outbox import ChannelState, Claim, DeadMessage, Outcome
from rolecall.people import Decision, Muted, Ruling
from rolecall.plan import Committed, Plan, Reported, SourceState, Waiting
from rolecall.schedule import Limit
from rolecall.stored import PostingPage, StoredAlert, StoredJob


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

    async def hold(self, host: str, until: datetime) -> None:
        """Remember for at most a day that a host wants to be left alone."""

    async def held(self, now: datetime) -> Mapping[str, datetime]:
        """Return which hosts want to be left alone, and until when."""

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

    async def find_advert(self, name: str) -> StoredJob | None:
        """Find a job by the name of one of its postings, "SOURCE/ID"; either may hold a slash of its own."""

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

    async def alerts_with(self, ids: Collection[int]) -> Sequence[StoredAlert]:
        """The alerts with these ids, oldest first; those that are gone are left out."""

    async def alerted_jobs(self, searches: Collection[str], limit: int) -> Sequence[str]:
        """Ids of the jobs that alerts of these searches are about, the latest alerted first."""

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


Showing = Literal["jobs", "overview", "pictures"]
"""The jobs alone; the overview too; its pictures too."""


class Notifier(Protocol):
    """One channel to a person. An implementation is opened once and told to send, one message at a time.

    `shows`: what of a digest's overview it shows, so that the rest is not gathered and drawn for nobody.
    """

    kind: ClassVar[str]
    summary: ClassVar[str]
    shows: ClassVar[Showing]

    async def open(self) -> None:
        """Get ready. Must not fail because the far side is down: the daemon starts while Telegram is away."""

    async def send(self, message: Message) -> str:
        """Send and return the channel's receipt. Raises `Deferred`, `Rejected` or `Unsendable`."""

    async def check(self) -> str:
        """Try the channel without sending; return a sentence. Raises a `DeliveryError`."""

    async def close(self) -> None: ...
