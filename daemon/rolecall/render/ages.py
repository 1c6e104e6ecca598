"""How long ago and how soon, in words, by the calendar of the reader's own zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def ago(then: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return "just now", "3 hours ago", "yesterday", "2 days ago", "3 weeks ago", "5 months ago"."""
    days = _days(then, now, zone)
    if days <= 0:
        return _hours(then, now)
    if days == 1:
        return "yesterday"
    if days < 14:
        return f"{days} days ago"
    if days < 61:
        return f"{days // 7} weeks ago"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"


def closes(at: datetime, now: datetime, zone: ZoneInfo, *, date_only: bool = True) -> str:
    """Return "closes today at 17:00", "closes tomorrow", "closes on Friday", "closes on 12 December"."""
    days = -_days(at, now, zone)
    local = at.astimezone(zone)
    if days < 0 or (not date_only and at < now):
        return f"closed on {_date(local, now.astimezone(zone))}"
    hour = "" if date_only else f" at {local:%H:%M}"
    if days <= 1:
        return ("closes tomorrow" if days else "closes today") + hour
    return f"closes on {local:%A}" if days < 7 else f"closes on {_date(local, now.astimezone(zone))}"


def _days(then: datetime, now: datetime, zone: ZoneInfo) -> int:
    return (now.astimezone(zone).date() - then.astimezone(zone).date()).days


def _hours(then: datetime, now: datetime) -> str:
    passed = now - then
    if _no_clock(then) or passed < timedelta(0):
        return "today"
    if passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return "just now" if minutes < 2 else f"{minutes} minutes ago"
    hours = int(passed.total_seconds() // 3600)
    return "1 hour ago" if hours == 1 else f"{hours} hours ago"


def _no_clock(then: datetime) -> bool:
    """Midnight to the second is how boards write a date without a time."""
    return (then.hour, then.minute, then.second, then.microsecond) == (0, 0, 0, 0)


def _date(local: datetime, now: datetime) -> str:
    year = f" {local.year}" if local.year != now.year else ""
    return f"{local.day} {local:%B}{year}"
