"""A configuration that was checked as a whole."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict

from rolecall.match import Search
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


Duration = Annotated[timedelta, BeforeValidator(_duration)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class DaemonOptions(BaseModel):
    """The `[daemon]` table; config.example.toml explains each option."""

    model_config = STRICT

    database: Path | None = None
    zone: Zone = ZoneInfo("Europe/London")
    digest_at: tuple[TimeOfDay, ...] = (time(7, 30),)
    owner: str | None = None
    contact: str = ""
    allow_private: bool = False
    host_pause: Duration = timedelta(seconds=2)
    summary_wait: Duration = timedelta(seconds=60)
    tick: Duration = timedelta(seconds=5)
    grace: Duration = timedelta(seconds=20)
    log_level: Literal["debug", "info", "warning", "error"] = "info"


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
    """One `[[source]]`: what to ask, and how often."""

    source: Source
    every: timedelta


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
