"""When: pure arithmetic over times. The clock itself is somewhere else; `now` is always an argument."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
JITTER = 0.1
FIRST_RETRY = timedelta(minutes=2)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d)\w*\s*", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """Read "45m", "2h", "1h 30m" or "90 seconds"; raises ValueError with a sentence."""
    matches = list(_DURATION.finditer(text))
    if not matches or "".join(m.group() for m in matches) != text:
        raise ValueError(f"{text!r} is not a length of time; write it like 45m, 2h or 1d")
    return timedelta(seconds=sum(float(m[1]) * _UNITS[m[2].lower()] for m in matches))


def parse_time(text: str) -> time:
    """Read "07:30"; raises ValueError with a sentence."""
    try:
        hour, minute = text.split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"{text!r} is not a time of day; write it like 07:30") from None


def next_slot(now: datetime, zone: ZoneInfo, at: tuple[time, ...], every: timedelta | None = None) -> datetime:
    """Return the first digest time after `now`, in UTC: the next local time `at`, or the next multiple of `every`.

    Across the DST nights each local time is met once a day: a time that does not exist moves to the hour after,
    one that exists twice counts the first time (datetime's fold=0).
    """
    if every is not None:
        seconds = every.total_seconds()
        return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
    today = now.astimezone(zone).date()
    slots = (
        datetime.combine(today + timedelta(days=day), moment, zone).astimezone(UTC)
        for day in range(-1, 3)
        for moment in sorted(at)
    )
    return min(slot for slot in slots if slot > now)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many calls in any stretch of time that is so long."""

    calls: int
    per: timedelta

    def __str__(self) -> str:
        return f"{self.calls} calls {_PER.get(self.per) or f'in {self.per.days} days'}"


_PER = {DAY: "a day", timedelta(minutes=1): "a minute"}


def free_at(latest: Callable[[int], datetime | None], limits: Iterable[Limit], now: datetime) -> datetime | None:
    """Return when the next call is allowed, None when it is now; `latest(n)` is the time of the n-th call back."""
    times = [call + limit.per for limit in limits if (call := latest(limit.calls))]
    return max((time for time in times if time > now), default=None)


def jittered(every: timedelta, floor: timedelta, name: str, now: datetime) -> timedelta:
    """Return `every` ±10 %; what would fall below the floor is as far above it instead."""
    return floor + abs(every * _jitter(name, now) - floor)


def next_retry(
    now: datetime, every: timedelta, floor: timedelta, name: str, failures: int, retry_after: float | None
) -> datetime:
    """Return when to ask a failing source again: doubling from two minutes, slowly to once a day; never given up.

    At least as late as it asked for, and never more often than `floor` allows a healthy one.
    """
    backoff = min(max(every, FIRST_RETRY), FIRST_RETRY * int(2 ** min(failures - 1, 12)))
    if failures > 6:
        backoff = min(DAY, every * int(2 ** min(failures - 6, 12)))
    asked = timedelta(seconds=retry_after or 0)
    return now + min(DAY, max(jittered(max(backoff, floor), floor, name, now), asked))


def spell(length: timedelta) -> str:
    """Write a length of time as a person does: "45 min", "2.5 h", "3 days"."""
    seconds = length.total_seconds()
    for unit, size, most in (("s", 1, 90), ("min", 60, 90), ("h", 3600, 36)):
        if seconds < size * most:
            return f"{_rounded(seconds / size)} {unit}"
    days = _rounded(seconds / 86400)
    return f"{days} day{'s' if days != '1' else ''}"


def _rounded(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:.0f}"


def _jitter(name: str, now: datetime) -> float:
    """Spread sources over time without a random number: a pure function stays testable."""
    digest = hashlib.blake2s(f"{name}@{now.isoformat()}".encode(), digest_size=4).digest()
    return 1 - JITTER + 2 * JITTER * int.from_bytes(digest) / 0xFFFFFFFF
