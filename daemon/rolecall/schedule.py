"""When: pure arithmetic over times. The clock itself is somewhere else; `now` is always an argument."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
LONGEST = 36_500 * DAY  # that is added to a time
JITTER = 0.1
FIRST_RETRY = timedelta(minutes=2)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d)\w*\s*", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """Read "45m", "2h", "1h 30m" or "90 seconds"; raises ValueError with a sentence."""
    matches = list(_DURATION.finditer(text))
    if not matches or "".join(m.group() for m in matches) != text:
        raise ValueError(f"{text!r} is not a length of time; write it like 45m, 2h or 1d")
    seconds = sum(float(m[1]) * _UNITS[m[2].lower()] for m in matches)
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"{text!r} is too long; a hundred years are the most")
    return timedelta(seconds=seconds)


def parse_time(text: str) -> time:
    """Read "07:30"; raises ValueError with a sentence."""
    try:
        hour, minute = text.split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"{text!r} is not a time of day; write it like 07:30") from None


Days = frozenset[int]
"""Days of the week, Monday is 0."""

EVERY_DAY: Days = frozenset(range(7))
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED = {"daily": EVERY_DAY, "weekdays": frozenset(range(5)), "weekends": frozenset({5, 6}), "weekly": frozenset({0})}


def parse_days(words: Iterable[str]) -> Days:
    """Read "daily", "weekdays", "weekends", "weekly" (Mondays), or days ("mon", "Thursday"); raises ValueError."""
    days: set[int] = set()
    for word in words:
        days |= _NAMED.get(word.strip().lower()) or _day(word)
    return frozenset(days) or EVERY_DAY


def _day(word: str) -> Days:
    folded = word.strip().lower()
    found = frozenset(number for number, day in enumerate(_DAYS) if len(folded) > 2 and day.startswith(folded))
    if not found:
        raise ValueError(f"{word!r} is not a day; write daily, weekdays, weekends, weekly, or days like mon")
    return found


def next_slot(
    now: datetime, zone: ZoneInfo, at: tuple[time, ...], every: timedelta | None = None, on: Days = EVERY_DAY
) -> datetime:
    """Return the first digest time after `now`, in UTC: the next local time `at`, or the next multiple of `every`.

    `on`: only these days of the week, by the zone's calendar.

    Across the DST nights each local time is met once a day: a time that does not exist moves to the hour after,
    one that exists twice counts the first time (datetime's fold=0).
    """
    if every is not None:
        seconds = every.total_seconds()
        return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
    today = now.astimezone(zone).date()
    days = [day for number in range(-1, 9) if (day := today + timedelta(days=number)).weekday() in on]
    return min(slot for day in days for moment in at if (slot := _met(day, moment, zone)) > now)


# --- quiet hours ----------------------------------------------------------------------------------------------

Hours = tuple[time, ...]
"""A stretch of local time: its first and its last moment, or () for none."""


def parse_hours(text: str) -> Hours:
    """Read "22:00-07:30", or "none"; raises ValueError with a sentence."""
    if text.strip().lower() == "none":
        return ()
    try:
        start, end = (parse_time(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError(f"{text!r} is not a stretch of hours; write it like 22:00-07:30, or none") from None
    if start == end:
        raise ValueError(f"{text!r} is no time at all; write it like 22:00-07:30, or none")
    return (start, end)


@dataclass(frozen=True, slots=True)
class Quiet:
    """When there is to be silence, by local time. A stretch across midnight belongs to the day on which it ends:

    `weekend` is for the nights to Saturday and to Sunday, `week` for all others.
    """

    week: Hours = ()
    weekend: Hours = ()

    def ending_on(self, day: date) -> Hours:
        return self.weekend if day.weekday() >= 5 else self.week


def quiet_until(now: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime | None:
    """Return when the silence that holds now is over, in UTC; None where it is not quiet.

    Local times are met on the DST nights as `next_slot` meets them. Stretches that touch are one.
    """
    end, after = None, _end_of_stretch(now, zone, quiet)
    while after is not None:
        end, after = after, _end_of_stretch(after, zone, quiet)
    return end


def _end_of_stretch(now: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime | None:
    today = now.astimezone(zone).date()
    for day in (today, today + DAY):
        if hours := quiet.ending_on(day):
            first = day if hours[0] < hours[1] else day - DAY
            start, end = (_met(on, moment, zone) for on, moment in zip((first, day), hours, strict=True))
            if start <= now < end:
                return end
    return None


def _met(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """Return when a local time is met: the first time where it is twice, an hour later where it is not at all."""
    return datetime.combine(day, moment, zone).astimezone(UTC)


# --- working days ---------------------------------------------------------------------------------------------

CHRISTMAS = ((12, 20), (1, 5))  # its first and its last day
LOOK_BACK = 100 * DAY  # beyond that it does not matter how long ago something was


def working(since: datetime, until: datetime) -> timedelta:
    """Return how much of a stretch of time lies on working days, by UTC, of its last hundred days at most.

    Nobody posts at weekends, nor from 20 December to 5 January. Other bank holidays count as working days: they differ
    from one country to another, and there are hardly ever two of them in a row.
    """
    start = max(since, until - LOOK_BACK)
    worked = timedelta(0)
    while start < until:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        if start.weekday() < 5 and CHRISTMAS[1] < (start.month, start.day) < CHRISTMAS[0]:
            worked += min(midnight, until) - start
        start = midnight
    return worked


# --- budgets --------------------------------------------------------------------------------------------------


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


# --- polling --------------------------------------------------------------------------------------------------


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


def when(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as a person does: "Mon 5 Jan 17:50"."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """Write a day as a person does: "5 Jan 2027"."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


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
