"""A configuration that was checked as a whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rolecall.config.changes import Changes
from rolecall.match import Search
from rolecall.normalise.fx import Rates
from rolecall.normalise.pay import Factors
from rolecall.normalise.place import find, nearest
from rolecall.ports import Notifier, Source
from rolecall.schedule import EVERY_DAY, Days, Hours, Quiet, parse_days, parse_duration, parse_hours, parse_time
from rolecall.secret import Secret

SERVICE_CONFIG, SERVICE_STATE = Path("/etc/rolecall/config.toml"), Path("/var/lib/rolecall")

STRICT = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone; write it like Europe/London") from None


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


def _some(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("no time at all is not possible here; write it like 45m, 2h or 1d")
    return value


def _time(value: object) -> time:
    return value if isinstance(value, time) else parse_time(str(value))


def _hours(value: object) -> Hours:
    return parse_hours(str(value))


def _days(value: object) -> Days:
    if isinstance(value, frozenset):
        return value
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"{value!r} is not a list of days; write it like weekdays, or like mon and thu in a list")
    return parse_days(words)


def _share(value: object) -> object:
    """Read "3%" as 0.03."""
    return Decimal(value[:-1]) / 100 if isinstance(value, str) and value[:-1].isdigit() and value[-1] == "%" else value


def _home(value: str) -> str:
    if value and find(value) is None:
        near = " or ".join(map(repr, nearest(value)[:3]))
        raise ValueError(f"{value!r} is not a place I know" + (f"; did you mean {near}?" if near else ""))
    return value


Share = Annotated[Decimal, BeforeValidator(_share), Field(ge=0, lt=1)]
Home = Annotated[str, AfterValidator(_home)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Interval = Annotated[Duration, AfterValidator(_some)]
OnDays = Annotated[Days, BeforeValidator(_days)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Stretch = Annotated[Hours, BeforeValidator(_hours)]


class DaemonOptions(BaseModel):
    """The `[daemon]` table; config.example.toml explains each option."""

    model_config = STRICT

    database: Path | None = None
    zone: Zone = ZoneInfo("Europe/London")
    digest_at: Annotated[tuple[TimeOfDay, ...], Field(min_length=1)] = (time(7, 30),)
    owner: str | None = None
    contact: str = ""
    allow_private: bool = False
    host_pause: Duration = timedelta(seconds=2)
    summary_wait: Duration = timedelta(seconds=60)
    notice_wait: Duration = timedelta(minutes=10)
    tick: Interval = timedelta(seconds=5)
    grace: Duration = timedelta(seconds=20)
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 365
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class MetricsOptions(BaseModel):
    """The `[metrics]` table: where `/metrics` and `/healthz` are served, if at all."""

    model_config = STRICT

    listen: str | None = None
    allow_remote: bool = False

    @model_validator(mode="after")
    def _is_for_this_machine(self) -> MetricsOptions:
        if self.listen is None:
            return self
        host, _ = self.address
        if not self.allow_remote and not ip_address(host).is_loopback:
            way = "write 127.0.0.1:9464, or allow_remote = true if you mean it"
            raise ValueError(f"{self.listen} may be read by other machines; {way}")
        if find_spec("prometheus_client") is None:
            raise ValueError("prometheus-client is missing: pip install 'rolecall[metrics]'")
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of `listen`; raises ValueError."""
        parts = urlsplit(f"//{self.listen}")
        try:
            return str(ip_address(parts.hostname or "")), parts.port or 0
        except ValueError:
            raise ValueError(f"{self.listen!r} is no address and port; write it like 127.0.0.1:9464") from None


class Regularly(BaseModel):
    """What the `[deadman]` table holds beside its address."""

    model_config = STRICT

    every: Interval = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DeadMan:
    """The address of a dead man's switch: whoever knows it can say that we are well, so it is a secret."""

    url: Secret

    def __post_init__(self) -> None:
        if urlsplit(self.url.reveal()).scheme not in ("http", "https"):
            raise ValueError("url must be a whole http(s) address")


@dataclass(frozen=True, slots=True)
class Switch:
    """The `[deadman]` table: where to say that all is well, and how often."""

    url: Secret
    every: timedelta


class PayOptions(BaseModel):
    """The `[pay]` table: how a rate becomes a year, and where exchange rates come from."""

    model_config = STRICT

    working_days: Annotated[int, Field(ge=1, le=366)] = 220
    hours_per_day: Annotated[Decimal, Field(gt=0, le=24)] = Decimal("7.5")
    employee_hours: Annotated[int, Field(ge=1, le=8784)] = 1950
    contract_weeks: Annotated[int, Field(ge=1, le=53)] = 44
    foreign_tolerance: Share = Decimal("0.03")
    fx_refresh: bool = False
    fx_url: str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"

    def factors(self, rates: Rates) -> Factors:
        """Return the factors the readers of pay use, with these exchange rates."""
        names = ("working_days", "hours_per_day", "employee_hours", "contract_weeks", "foreign_tolerance")
        return Factors(**{name: getattr(self, name) for name in names}, rates=rates)


class TechLine(BaseModel):
    """One `[[vocabulary.tech]]`: a technology of the user's own, or more names for one of ours."""

    model_config = STRICT

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    name: str | None = None
    kind: str | None = None
    aliases: tuple[str, ...] | None = None
    cased: tuple[str, ...] | None = None
    ambiguous: tuple[str, ...] | None = None
    near: tuple[str, ...] | None = None
    before: tuple[str, ...] | None = None
    after: tuple[str, ...] | None = None
    veto_before: tuple[str, ...] | None = None
    veto_after: tuple[str, ...] | None = None
    implies: tuple[str, ...] | None = None
    weak: tuple[str, ...] | None = None


class Pace(BaseModel):
    """What every source table may hold beside its kind's own options."""

    model_config = STRICT

    every: Duration | None = None
    enabled: bool = True


class QuietOptions(BaseModel):
    """What a person's and a channel's table may say of silence."""

    model_config = STRICT

    quiet: Stretch | None = None
    quiet_weekend: Stretch | None = None

    def hours(self, otherwise: Quiet | None = None) -> Quiet | None:
        """Return the quiet hours; `otherwise` where none are given. A weekend is as the week unless it is given."""
        if self.quiet is None and self.quiet_weekend is None:
            return otherwise
        week = self.quiet or ()
        return Quiet(week, week if self.quiet_weekend is None else self.quiet_weekend)


class Times(QuietOptions):
    """What every channel table may hold beside its kind's own options."""

    at: tuple[TimeOfDay, ...] = ()
    on: OnDays = EVERY_DAY
    every: Interval | None = None
    per_search: bool = False
    shared: bool = False


class PersonOptions(QuietOptions):
    """One `[person.NAME]`."""

    zone: Zone | None = None
    channels: tuple[str, ...] = ()
    home: Home = ""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One `[[source]]`: what to ask, and how often; `fixed`: by the user's word."""

    source: Source
    every: timedelta
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class SourceOff:
    """A `[[source]]` that is not asked, because its key is missing: `why` in a sentence."""

    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One `[channel.NAME]`. With `at` or `every` it sends digests; without, each alert at once.

    `on`: the days of its digests. `per_search`: each search has a digest of its own.
    `quiet` None: as its person's. `shared`: several people may name it.
    """

    name: str
    kind: str
    notifier: Notifier
    at: tuple[time, ...] = ()
    every: timedelta | None = None
    quiet: Quiet | None = None
    shared: bool = False
    on: Days = EVERY_DAY
    per_search: bool = False

    @property
    def digests(self) -> bool:
        return bool(self.at) or self.every is not None


@dataclass(frozen=True, slots=True)
class Person:
    """One `[person.NAME]`, or with the name "" the one person of a configuration that names nobody.

    No `channels` are all of them. `home` is where their searches begin that say nothing else.
    """

    name: str
    zone: ZoneInfo
    channels: tuple[str, ...] = ()
    quiet: Quiet = field(default_factory=Quiet)
    home: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the user decided."""

    path: Path | None
    daemon: DaemonOptions
    sources: tuple[SourceEntry, ...] = ()
    off: tuple[SourceOff, ...] = ()
    channels: tuple[Channel, ...] = ()
    searches: tuple[Search, ...] = ()
    database: Path = field(default_factory=Path)
    pay: PayOptions = field(default_factory=PayOptions)
    metrics: MetricsOptions = field(default_factory=MetricsOptions)
    deadman: Switch | None = None
    named: tuple[Person, ...] = ()
    paused: tuple[Search, ...] = ()  # searches that ask for nothing until they are resumed
    changes: Changes = field(default_factory=Changes)  # what was changed from a channel; it is in here already

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is served: those who have names, else the one who needs none."""
        return self.named or (self.person(""),)

    def person(self, name: str) -> Person:
        return next((person for person in self.named if person.name == name), Person("", self.zone))

    def person_of(self, search: str) -> Person:
        """Whose search it is; nobody's where it is gone from the configuration."""
        return self.person(next((each.person for each in (*self.searches, *self.paused) if each.name == search), ""))

    def whose(self, searches: Collection[str]) -> Mapping[str, str]:
        """Return the names of the people whose searches these are, by search."""
        return {each.name: each.person for each in (*self.searches, *self.paused) if each.name in searches}

    def reader_of(self, channel: str) -> Person:
        """Who reads a channel; nobody by name where several people do."""
        readers = [person for person in self.named if channel in person.channels]
        return readers[0] if len(readers) == 1 else self.person("")

    def quiet(self, channel: Channel) -> Quiet:
        """When a channel is to be silent: its own hours, else its reader's."""
        return self.reader_of(channel.name).quiet if channel.quiet is None else channel.quiet

    @property
    def zone(self) -> ZoneInfo:
        return self.daemon.zone

    def channel(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.name == name), None)

    @property
    def owner(self) -> str | None:
        """The channel for notices: the one named, else the first that sends at once, else the first."""
        at_once = [channel.name for channel in self.channels if not channel.digests]
        return self.daemon.owner or next(iter(at_once + [channel.name for channel in self.channels]), None)

    def notified(self, search: Search) -> tuple[Channel, ...]:
        """The channels of one search: those it names, else all of its person's."""
        wanted = search.notify or self.person(search.person).channels
        return tuple(channel for channel in self.channels if channel.name in wanted or not wanted)


def database(daemon: DaemonOptions, config_path: Path | None) -> Path:
    """Return the database file: as configured (relative to the config file), else in the state directory."""
    if daemon.database is not None:
        base = config_path.parent if config_path else Path()
        return base / daemon.database.expanduser()
    if state := os.environ.get("STATE_DIRECTORY"):  # set by systemd
        return Path(state.partition(":")[0]) / "rolecall.db"
    if config_path == SERVICE_CONFIG and os.access(SERVICE_STATE, os.W_OK):  # root looks at the service
        return SERVICE_STATE / "rolecall.db"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "rolecall" / "rolecall.db"
