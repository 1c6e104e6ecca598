"""What one part of a posting means: a `Fact` of a level, a mode, a salary, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Generic, Literal, NamedTuple, TypeVar

T = TypeVar("T")


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


class Tech(NamedTuple):
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
