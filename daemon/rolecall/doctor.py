"""Is everything about this installation sound? Each look ends in findings: ok, warn or bad, and what to do about it.

Nothing is changed and nobody is asked over the network.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Literal

from rolecall.config import Config
from rolecall.config.secrets import secret_files
from rolecall.errors import StoreError
from rolecall.schedule import day
from rolecall.store import examine

LATE = timedelta(hours=1)  # a message that is due for so long, and nobody said why
SKEW = timedelta(minutes=5)  # by which what is written down may lie ahead of the clock
LONG_AGO = timedelta(days=2)
RESET_BUG = (3, 51, 3)  # the first SQLite without the WAL-reset bug
BIG_LOG = 256 * 2**20
LEAST_FREE = 50 * 2**20
SHOWN = 5  # tables


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: how it is, and what to do where it is not well."""

    what: str
    level: Literal["ok", "warn", "bad"]
    said: str
    advice: str = ""


def examine_all(config: Config, now: datetime) -> list[Finding]:
    """Look at everything."""
    found = [*_files(config), *_disk(config.database), *_zones(config, now), _sqlite(), _lock(config.database)]
    if config.database.exists():
        for what, look in _LOOKS.items():
            found += _asked(config, what, look, now)
    else:
        found.append(Finding("database", "warn", f"{config.database} is not there yet", "Start the daemon once."))
    return found


# --- the database ---------------------------------------------------------------------------------------------

Look = Callable[[Connection, Config, datetime], Iterable[Finding]]


def _asked(config: Config, what: str, look: Look, now: datetime) -> list[Finding]:
    """Let one look fail without the others."""
    try:
        with examine.examined(config.database) as db:
            return list(look(db, config, now))
    except StoreError as error:
        return [Finding(what, "bad", str(error), _RESTORE)]


_RESTORE = "Stop the daemon, then `rolecall restore` the latest backup."


def _schema(db: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    if examine.up_to_date(db):
        yield Finding("schema", "ok", "of this version")
    else:
        yield Finding("schema", "warn", "of an older version", "Start the daemon: it backs up and upgrades.")


def _integrity(db: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    if wrong := examine.wrong(db):
        yield Finding("integrity", "bad", "; ".join(wrong[:3]), _RESTORE)
    else:
        yield Finding("integrity", "ok", "sound, and every reference leads somewhere")


def _orphans(db: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    found = examine.orphans(db)
    for what, count in found.items():
        yield Finding("orphans", "bad", f"{count} {what}", "This is a fault in Rolecall: please report it.")
    if not found:
        yield Finding("orphans", "ok", "none")


def _sizes(db: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    path = config.database
    tables = list(examine.table_sizes(db).items())[:SHOWN]
    parts = ", ".join(f"{name} {_size(size)}" for name, size in tables)
    unused = _size(examine.unused(db))
    yield Finding("size", "ok", f"{_size(path.stat().st_size)}, of which {unused} are free for new rows ({parts})")
    log = path.with_name(f"{path.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > BIG_LOG:
        yield Finding("log", "warn", _size(size), "Something reads the database for hours: end it, then it shrinks.")
    else:
        yield Finding("log", "ok", _size(size))


def _clock(db: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    latest = examine.latest(db)
    if latest is not None and latest - now > SKEW:
        said = f"the clock is {_length(latest - now)} behind what the daemon wrote last"
        yield Finding("clock", "bad", said, "Set it right (timedatectl): until then nothing seems due.")
    elif latest is not None and now - latest > LONG_AGO:
        advice = "If the clock is right, the daemon does not run: see `rolecall status` and its log."
        yield Finding("clock", "warn", f"the daemon looked for work {_length(now - latest)} ago, last", advice)
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, in step with what the daemon wrote")


def _outbox(db: Connection, config: Config, now: datetime) -> Iterator[Finding]:
    suspended = examine.suspended(db)
    found = [
        Finding("outbox", "bad", f"{channel} is suspended: {why}", f"Mend it, try `rolecall test {channel}`, restart.")
        for channel, why in suspended.items()
    ]
    for channel, (count, since) in examine.waiting_since(db, now).items():
        if now - since > LATE and channel not in suspended:
            said = f"{_messages(count)} on {channel} due since {since:%Y-%m-%d %H:%M} UTC"
            known = config.channel(channel) is not None
            advice = f"Does the daemon run? Try `rolecall test {channel}`." if known else _NO_CHANNEL
            found.append(Finding("outbox", "warn", said, advice))
    for channel, (count, error) in examine.set_aside(db).items():
        said = f"{_messages(count)} on {channel} could not be sent: {error}"
        found.append(Finding("outbox", "warn", said, "`rolecall status` names them."))
    yield from found or [Finding("outbox", "ok", "nothing is stuck")]


_NO_CHANNEL = "No channel of the configuration has this name any more: what waits for it is kept."


def _messages(count: int) -> str:
    return f"{count} message{'s' if count > 1 else ''}"


_LOOKS: dict[str, Look] = {
    "schema": _schema,
    "integrity": _integrity,
    "orphans": _orphans,
    "size": _sizes,
    "clock": _clock,
    "outbox": _outbox,
}

# --- around it ------------------------------------------------------------------------------------------------


def _files(config: Config) -> Iterator[Finding]:
    """Who else may read or write what is the user's."""
    if config.path is not None:
        yield _mode(config.path, "configuration", stat.S_IWGRP | stat.S_IWOTH, "write")
        for path in secret_files(config.path):
            yield _mode(path, "secret", stat.S_IRWXG | stat.S_IRWXO, "read or write")
    base = config.database
    for path in (base, *(base.with_name(base.name + end) for end in ("-wal", "-shm", ".lock", ".changes.toml"))):
        if path.exists():
            yield _mode(path, "database", stat.S_IRWXG | stat.S_IRWXO, "read or write")


def _mode(path: Path, what: str, forbidden: int, verb: str) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & forbidden:
        to = "600" if forbidden & stat.S_IROTH else "go-w"
        return Finding(what, "bad", f"others may {verb} {path} ({mode:o})", f"chmod {to} {path}")
    return Finding(what, "ok", f"{path} ({mode:o})")


def _disk(database: Path) -> Iterator[Finding]:
    if not database.parent.is_dir():
        yield Finding("disk", "bad", f"the directory {database.parent} does not exist", "Make it, or name another.")
        return
    free = shutil.disk_usage(database.parent).free
    wanted = max(LEAST_FREE, 2 * database.stat().st_size if database.exists() else 0)
    if free < LEAST_FREE:
        yield Finding("disk", "bad", f"{_size(free)} are free", "Make room: polling stops when the disk is full.")
    elif free < wanted:
        yield Finding("disk", "warn", f"{_size(free)} are free", "An upgrade needs room for a copy of the database.")
    else:
        yield Finding("disk", "ok", f"{_size(free)} are free")


def _sqlite() -> Finding:
    version = ".".join(map(str, examine.VERSION))
    if examine.VERSION >= RESET_BUG:
        return Finding("sqlite", "ok", version)
    advice = "Before 3.51.3, two programs that write at once may damage a database: write to it with Rolecall only."
    return Finding("sqlite", "ok", f"{version}; Rolecall writes by one connection, as this version needs", advice)


def _lock(database: Path) -> Finding:
    match examine.holder(database):
        case None:
            return Finding("daemon", "warn", "none holds the database", "Start it, unless you stopped it.")
        case 0:
            return Finding("daemon", "ok", "a process that cannot be seen from here holds the database")
        case process:
            return Finding("daemon", "ok", f"process {process} holds the database")


def _zones(config: Config, now: datetime) -> Iterator[Finding]:
    """Zone data that end too soon, or lack summer time, would move every digest by an hour."""
    for zone in dict.fromkeys((config.zone, *(person.zone for person in config.people))):
        hours = [now + timedelta(hours=hour) for hour in range(24 * 366)]
        offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
        change = next(
            (at for at, one, next_ in zip(hours[1:], offsets, offsets[1:], strict=False) if one != next_), None
        )
        said = f"the clocks change next on {day(change, zone)}" if change else "no change within a year"
        yield Finding("zone", "ok", f"{zone.key}: {now.astimezone(zone):%H:%M} now, {said}")
        if zone.key == "Europe/London" and change is None:
            yield Finding("zone", "bad", "Europe/London has no summer time here", "Install tzdata: pip install tzdata")


def _size(size: float) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"


def _length(of: timedelta) -> str:
    hours = of / timedelta(hours=1)
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"
