"""The nouns of Rolecall, in the order in which a posting travels.

    Request → Reply → RawPosting → Posting → Job → Alert → Message

A type says how far the data has come, so a signature says which room a function lives in. All of them are
frozen; datetimes are aware UTC; `None` means "not stated", never a magic number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import Enum, IntEnum, StrEnum
from hashlib import blake2b
from typing import Any, Generic, Literal, TypeVar

from rolecall.overview import Overview

T = TypeVar("T")

_DAY = 86_400.0

Json = Any
"""A value as `json.loads` gives it; checked where it is read, never trusted."""


# --- what we ask and what comes back -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """What a source wants to know. `url` is absolute; the scheme says which fetcher answers (https, http, file).

    `url` is stored and logged, so it holds no key: `query` is what is added to it when it is sent, and like `headers`
    it is never shown. `robots`: it is a page made for people, so the host's robots.txt decides. `always`: its answer is
    read even when it is the one of last time, because the source's pages only mean something together.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    robots: bool = False
    always: bool = False

    @classmethod
    def post(cls, url: str, json: str) -> Request:
        """Return a question in JSON. What follows a # in `url` is not sent: it tells the pages of one list apart."""
        return cls(url, "POST", {"Content-Type": "application/json"}, json.encode())


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional: kept with the postings, saved in the same transaction."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one request: status 200 with a body, or 304 without one.

    `headers` have lower-case names; `url` is where the answer came from, after redirects.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    moved_to: str | None = None  # a permanent redirect (301, 308) was followed
    known: Mapping[str, str] = field(default_factory=dict)  # `Page.items` of last time: what need not be read again
    digest: str = ""  # of the body, where it has been computed

    @property
    def unchanged(self) -> bool:
        return self.status == 304

    @property
    def fresh_for(self) -> float:
        """For how many seconds the answer calls itself fresh: at most a day."""
        control = self.headers.get("cache-control", "")
        if found := re.search(r"max-age=(\d{1,9})", control):
            return min(float(found[1]), _DAY)
        if "no-cache" in control or "no-store" in control:
            return 0.0
        return min(max(_seconds_until(self.headers.get("expires", ""), self.received_at), 0.0), _DAY)

    @property
    def body_hash(self) -> str:
        """What `Validators.body_hash` remembers: the same body need not be read twice."""
        return self.digest or digest_of(self.body)


def digest_of(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _seconds_until(date: str, now: datetime) -> float:
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return 0.0
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()


# --- what the source said -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawPosting:
    """One posting as the source said it, field by field, nothing interpreted.

    `source` is the source's kind, or kind and board ("greenhouse:acme"); `id` is the provider's own id, as text.
    `description` is plain text or HTML; `fields` holds the source's structured values under its own names.
    `country` is what the *source* is known for (an ISO code: a UK-only board is "GB").
    """

    source: str
    id: str
    title: str
    url: str = ""
    company: str = ""
    location: str = ""
    description: str = ""
    salary_text: str = ""
    fields: Mapping[str, Json] = field(default_factory=dict)
    country: str | None = None
    posted_at: datetime | None = None
    closes_at: datetime | None = None
    apply_url: str = ""
    tags: tuple[str, ...] = ()
    truncated: bool = False  # the source cuts its texts: what is absent may only be cut off
    attribution: str = ""  # "Jobs by Adzuna": shown with every message about this posting

    @property
    def board(self) -> str:
        """The kind of the source: it decides which rules apply to `fields`."""
        return self.source.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Page:
    """What one reply held. `complete`: this is the source's whole list, so what is absent has gone.

    `skipped` counts rows that could not be read; `following` asks for more pages. `items`: hash of an item in
    the reply → id of its posting; those known from last time (`Reply.known`) are not among `postings` again.
    """

    postings: tuple[RawPosting, ...]
    complete: bool = False
    skipped: int = 0
    following: tuple[Request, ...] = ()
    wait: float | None = None  # seconds until the source itself wants to be asked again (ttl, skipHours)
    items: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all postings in the reply, read now or known before."""
        return frozenset((*(posting.id for posting in self.postings), *self.items.values()))


# --- what it means --------------------------------------------------------------------------------------------


class Confidence(IntEnum):
    GUESS = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


Origin = Literal["field", "title", "body", "inferred", "none"]


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One value and where it was read. `value is None` means not stated; then `rule` is "none".

    `evidence` is the exact span of the prepared text, or "name=value" for a field; at most 160 characters.
    """

    value: T | None = None
    source: Origin = "none"
    evidence: str = ""
    rule: str = "none"
    confidence: Confidence = Confidence.HIGH
    flags: frozenset[str] = frozenset()
    alternatives: tuple[T, ...] = ()  # filled only on conflict


UNSTATED: Fact[Any] = Fact()
"""What is not stated: one for all, as most facts of a posting are it."""


class Rung(IntEnum):
    """The ladder. For matching, lead and staff are one rung unless the search says `level_exact`."""

    INTERN = 0
    APPRENTICE = 1
    GRADUATE = 2
    JUNIOR = 3
    MID = 4
    SENIOR = 5
    LEAD = 6
    STAFF = 7
    PRINCIPAL = 8
    HEAD = 9
    EXEC = 10

    @property
    def word(self) -> str:
        return self.name.lower()


Track = Literal["ic", "lead", "management"]


@dataclass(frozen=True, slots=True)
class Level:
    min: Rung
    max: Rung
    track: Track = "ic"


class Mode(StrEnum):
    REMOTE = "remote"
    HYBRID = "hybrid"
    ONSITE = "onsite"


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """Days a week in the office; `max` None means "at least `min`"."""

    min: float
    max: float | None


@dataclass(frozen=True, slots=True)
class HomeBase:
    """ "Must live in London": the place, and how far from it where that is said."""

    name: str
    miles: float | None = None


@dataclass(frozen=True, slots=True)
class TimeZoneNeed:
    kind: Literal["core", "overlap", "zone"]
    zone: str
    start: str | None = None  # "14:00", for core hours
    end: str | None = None
    hours: float | None = None  # for an overlap


@dataclass(frozen=True, slots=True)
class WorkMode:
    """Where the work is done. `modes` empty = not stated; `ruled_out` comes from negations and can only say NO.

    `regions`: ISO countries and the groups EUROPE, EMEA, EU, WORLD, HOME_COUNTRY that remote work is open to.
    """

    modes: frozenset[Mode] = frozenset()
    ruled_out: frozenset[Mode] = frozenset()
    office_days: OfficeDays | None = None
    regions: frozenset[str] = frozenset()
    home_base: HomeBase | None = None
    tz: TimeZoneNeed | None = None
    uk_hours: Literal["ok", "late", "early"] | None = None
    travel: Literal["none", "occasional", "regular"] | None = None


class UkFit(StrEnum):
    """May a person who lives in the UK take it?"""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


Period = Literal["hour", "day", "week", "month", "year"]
PayKind = Literal["base", "ote", "total_cash", "day_rate", "hourly", "package", "umbrella"]


@dataclass(frozen=True, slots=True)
class Pay:
    """A pay figure in its ORIGINAL unit and currency: `min`/`max` None = open end, equal = one figure."""

    kind: PayKind
    min: Decimal | None
    max: Decimal | None
    currency: str
    period: Period


@dataclass(frozen=True, slots=True)
class Salary:
    """What the posting pays, as stated, and the annual GBP derived from it.

    `annual_basis`: "salary" may be compared with a permanent minimum; "rate" is for sorting only;
    None = it is not known whether it is comparable. `predicted`: a board's estimate, never counts as stated.
    """

    pay: Pay
    annual_gbp: tuple[int | None, int | None]
    annual_basis: Literal["salary", "rate"] | None
    predicted: bool = False
    fte_basis: Literal["full", "pro_rata"] | None = None
    actual: Decimal | None = None
    others: tuple[Pay, ...] = ()  # OTE beside base, umbrella beside PAYE, other countries
    fx_date: str | None = None


class Need(StrEnum):
    MUST = "must"
    NICE = "nice"
    NEUTRAL = "neutral"
    LEGACY = "legacy"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Tech:
    """One technology as the posting speaks of it. `implied_by`: not written, but follows from that id.

    `group` numbers the "one of these" list it stands in; `trainable`: the employer will teach it.
    """

    id: str
    need: Need
    weight: float
    evidence: str = ""
    rule: str = ""
    implied_by: str | None = None
    weak: bool = False  # a weak implication: ranks, but cannot answer YES alone
    group: int | None = None
    trainable: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    country: str | None = None  # ISO 3166 alpha-2
    nation: str | None = None  # ENG, SCT, WLS, NIR
    district: str | None = None
    lat: float | None = None
    lon: float | None = None
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    places: tuple[Place, ...] = ()
    countries: frozenset[str] = frozenset()
    ambiguous: bool = False
    conflict: bool = False
    unresolved: bool = False


class ContractType(StrEnum):
    PERMANENT = "permanent"
    CONTRACT = "contract"
    FIXED_TERM = "fixed_term"


class Ir35(StrEnum):
    INSIDE = "inside"
    OUTSIDE = "outside"
    TBC = "tbc"


class ClearanceLevel(IntEnum):
    """`NONE` is "stated that none is needed"; silence is a fact without value."""

    NONE = 0
    BPSS = 1
    CTC = 2
    SC = 3
    ESC = 4
    DV = 5


@dataclass(frozen=True, slots=True)
class Clearance:
    level: ClearanceLevel
    state: Literal["held", "eligible", "preferred"] | None = None
    also: frozenset[ClearanceLevel] = frozenset()
    residency_years: int | None = None


@dataclass(frozen=True, slots=True)
class Visa:
    """Sponsorship for the UK: `offered` None = not said. `elsewhere`: countries an offer is limited to."""

    offered: bool | None
    right_to_work: bool = False
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hours:
    patterns: frozenset[str] = frozenset()
    days_per_week: float | None = None
    hours_per_week: float | None = None
    fte: float | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """When applications close. `date_only`: the end of that local day; `ongoing`: said to have no end."""

    at: datetime | None
    date_only: bool = False
    ongoing: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting understood: every value a `Fact` with its evidence. Made by `normalise.normalise`, pure."""

    raw: RawPosting
    text: str  # the prepared plain text that evidence spans refer to
    family: Fact[str] = UNSTATED
    level: Fact[Level] = UNSTATED
    level_floor: Fact[Rung] = UNSTATED  # "no juniors": a bound, not a value
    mode: Fact[WorkMode] = UNSTATED
    uk: Fact[UkFit] = UNSTATED
    salary: Fact[Salary] = UNSTATED
    contract: Fact[ContractType] = UNSTATED
    ir35: Fact[Ir35] = UNSTATED
    clearance: Fact[Clearance] = UNSTATED
    visa: Fact[Visa] = UNSTATED
    agency: Fact[bool] = UNSTATED  # True agency, False direct employer
    hours: Fact[Hours] = UNSTATED
    closing: Fact[Closing] = UNSTATED
    location: Fact[Location] = UNSTATED
    stack: tuple[Tech, ...] = ()
    flags: frozenset[str] = frozenset()  # evergreen, training_course, commission_only …

    @property
    def key(self) -> tuple[str, str]:
        """The posting's identity: (source, source id)."""
        return (self.raw.source, self.raw.id)


# --- sameness -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of a posting to recognise its vacancy again: small, comparable, stored as JSON.

    `keys` are the indexed look-up keys: two postings of one vacancy share at least one of them.
    """

    source: str
    id: str
    keys: frozenset[str]
    company: str  # normalised
    title: str  # normalised core, without place, mode and pay words
    level: str  # "senior", "mid-senior", "" = not stated
    places: frozenset[str]
    url: str  # canonical
    shingles: frozenset[int]  # hashes of the description's word runs
    length: int  # words in the description
    pay: tuple[int, ...] = ()  # ends of the stated yearly pay

    @property
    def key(self) -> tuple[str, str]:
        return (self.source, self.id)


@dataclass(frozen=True, slots=True)
class Assignment:
    """To which vacancy a posting belongs, and why. `job` is new when `same_as` is None.

    `bridges`: other known vacancies that this posting shows to be the same; they are shown, never merged silently.
    """

    key: tuple[str, str]
    job: str
    same_as: tuple[str, str] | None = None
    because: tuple[str, ...] = ()
    score: float = 1.0
    bridges: tuple[str, ...] = ()


# --- answers --------------------------------------------------------------------------------------------------


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion says of one posting. `reason` is a key, `label` a person reads it."""

    answer: Answer
    reason: str
    label: str = ""
    policy: str = ""  # which key of the search's `unknown` table decides about an UNKNOWN; "" = it passes


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion's verdict with what it was read from: a line of `rolecall why`."""

    criterion: str
    verdict: Verdict
    evidence: str = ""
    source: str = ""
    rule: str = ""


class Action(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Match:
    """What one saved search says of one posting, and why."""

    search: str
    answer: Answer
    action: Action
    reasons: tuple[Reason, ...]
    rank: float = 0.0  # higher is better; orders digests and lists


# --- what is sent ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copy:
    """Another place where the same vacancy is advertised."""

    source: str
    url: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message: its words, and what a press of it says (at most 64 bytes) or where it leads."""

    label: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons; empty for none."""


@dataclass(frozen=True, slots=True)
class Card:
    """One vacancy as a person sees it: everything a notifier needs to render it, in plain text, nothing more."""

    job: str
    title: str
    company: str
    url: str
    pay: str  # "£75k–£85k" or "£550/day, outside IR35"; "" = not stated
    pay_evidence: str  # the words it was read from
    mode: str  # "Hybrid, 2 days a week"; "" = not stated
    place: str
    level: str
    stack: tuple[str, ...]  # names, those the search asked for first
    contract: str
    why: tuple[str, ...]  # one phrase per criterion, the unknown ones say so
    searches: tuple[str, ...]
    also_on: tuple[Copy, ...] = ()
    age: str = ""  # "posted 2 days ago"
    closes: str = ""
    source: str = ""
    attribution: str = ""
    rank: float = 0.0
    notes: tuple[str, ...] = ()  # "pay stated on Reed", "Adzuna says £60k", "may be the same as …"
    buttons: Keyboard = ()  # for channels that hear a press


MessageKind = Literal["alert", "digest", "summary", "notice"]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to send. Alerts hold one card; digests and summaries many, best first; notices only text.

    `id` is a pure function of the outbox row: a repeated send carries the same one. `total` counts all
    vacancies the message stands for, also those that did not fit on `cards`.
    """

    id: str
    kind: MessageKind
    subject: str
    cards: tuple[Card, ...] = ()
    text: str = ""
    total: int = 0
    created_at: datetime | None = None
    overview: Overview | None = None  # of a digest
