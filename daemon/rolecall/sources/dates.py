"""Dates as boards write them, as aware UTC; a date that cannot be read is None, never an error."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_ZONES = {"UTC": "+0000", "GMT": "+0000", "Z": "+0000", "BST": "+0100"}
_ZONE_WORD = re.compile(r"\s(UTC|GMT|BST|Z)$")
_BROKEN_SECONDS = re.compile(r"(\d\d:\d\d:\d\d):0$")  # NEOGOV: "05:00:00:0"
_FORMATS = ("%d/%m/%Y", "%d/%m/%Y %H:%M:%S", "%d %b %Y %H:%M %z", "%d %b %Y", "%Y-%m-%d %H:%M:%S %z")


def instant(value: object, zone: ZoneInfo | None = None) -> datetime | None:
    """Return the moment that a text names. Without a zone of its own it is read in `zone`, else as UTC."""
    if not isinstance(value, str) or not 4 <= len(text := value.strip()) <= 60:
        return None
    text = _BROKEN_SECONDS.sub(r"\1", _ZONE_WORD.sub(lambda word: f" {_ZONES[word[1]]}", text))
    return _sensible(_iso(text) or _known_format(text) or _rfc_822(text), zone)


def closing(value: object, zone: ZoneInfo | None = None) -> datetime | None:
    """Return the moment when applications close: as `instant`, but a day without a time lasts until its end."""
    at = instant(value, zone)
    return at + timedelta(days=1) if at and ":" not in str(value) else at


def epoch(value: object, unit: Literal["s", "ms"]) -> datetime | None:
    """Return the moment that a number of seconds or milliseconds names."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return _sensible(datetime.fromtimestamp(value / (1 if unit == "s" else 1000), UTC), None)
    except (OverflowError, ValueError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _known_format(text: str) -> datetime | None:
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 # a missing zone is filled in by `_sensible`
        except ValueError:
            continue
    return None


def _rfc_822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _sensible(at: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    """Return `at` in UTC; a year outside 1990 to 2100 is a typing error or an attack, not a date."""
    if at is None or not 1990 < at.year < 2100:
        return None
    return at.replace(tzinfo=at.tzinfo or zone or UTC).astimezone(UTC)
