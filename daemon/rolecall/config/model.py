"""A configuration that was checked as a whole."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from rolecall.match import Search
from rolecall.normalise.fx import Rates
from rolecall.normalise.pay import Factors
from rolecall.ports import Notifier, Source
from rolecall.schedule import parse_duration, parse_time

STRICT = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone; write it like Europe/London") from None


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


def _time(value: object) -> time:
    return value if isinstance(value, time) else parse_time(str(value))


def _share(value: object) -> object:
    """Read "3%" as 0.03."""
    return Decimal(value[:-1]) / 100 if isinstance(value, str) and value[:-1].isdigit() and value[-1] == "%" else value


Share = Annotated[Decimal, BeforeValidator(_share), Field(ge=0, lt=1)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


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
    tick: Duration = timedelta(seconds=5)
    grace: Duration = timedelta(seconds=20)
    log_level: Literal["debug", "info", "warning", "error"] = "info"


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


class Times(BaseModel):
    """What every channel table may hold beside its kind's own options."""

    model_config = STRICT

    at: tuple[TimeOfDay, ...] = ()
    every: Duration | None = None


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One `[[source]]`: what to ask, and how often; `fixed`: by the user's word."""

    source: Source
    every: timedelta
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """One `[channel.NAME]`. With `at` or `every` it sends digests; without, each alert at once."""

    name: str
    kind: str
    notifier: Notifier
    at: tuple[time, ...] = ()
    every: timedelta | None = None

    @property
    def digests(self) -> bool:
        return bool(self.at) or self.every is not None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the user decided."""

    path: Path | None
    daemon: DaemonOptions
    sources: tuple[SourceEntry, ...] = ()
    channels: tuple[Channel, ...] = ()
    searches: tuple[Search, ...] = ()
    database: Path = field(default_factory=Path)
    pay: PayOptions = field(default_factory=PayOptions)

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
        """The channels of one search: those it names, all when it names none."""
        wanted = search.notify or tuple(channel.name for channel in self.channels)
        return tuple(channel for channel in self.channels if channel.name in wanted)


def database(daemon: DaemonOptions, config_path: Path | None) -> Path:
    """Return the database file: as configured (relative to the config file), else in the state directory."""
    if daemon.database is not None:
        base = config_path.parent if config_path else Path()
        return base / daemon.database.expanduser()
    if state := os.environ.get("STATE_DIRECTORY"):  # set by systemd
        return Path(state.partition(":")[0]) / "rolecall.db"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "rolecall" / "rolecall.db"
