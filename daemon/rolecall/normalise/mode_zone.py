"""Hours and time zones that are asked for, and whether they fit a London day."""

from __future__ import annotations

import re
from typing import Literal

from rolecall.model import TimeZoneNeed
from rolecall.normalise.mode_text import sentences
from rolecall.normalise.text import Doc

HOURS_FROM_LONDON: dict[str, float] = {
    **dict.fromkeys(("GMT", "BST", "UTC", "UK"), 0),
    **dict.fromkeys(("CET", "CEST"), 1),
    **dict.fromkeys(("EST", "EDT", "ET"), -5),
    **dict.fromkeys(("CST", "CDT", "CT"), -6),
    **dict.fromkeys(("MST", "MT"), -7),
    **dict.fromkeys(("PST", "PDT", "PT"), -8),
    "EET": 2,
    "IST": 5.5,
    "SGT": 8,
    "JST": 9,
    "AEST": 10,
}
DAY = (8.0, 19.0)  # the London day in which required hours are no trouble
OFFICE_DAY = (9.0, 17.0)  # what a bare zone asks for

_IN_WORDS = {"Central European": "CET", "Eastern": "ET", "Central": "CT", "Mountain": "MT", "Pacific": "PT"}
_WORDS = re.compile(
    rf"\b(?:US )?({'|'.join(_IN_WORDS)})(?: Standard| Daylight)?(?= [Tt]ime| hours|$|[ .,)]*$)(?: [Tt]ime\b)?"
)
_ZONES = frozenset(map(str.lower, HOURS_FROM_LONDON)) | {"eastern", "central", "mountain", "pacific"}
_ZONE = "|".join(HOURS_FROM_LONDON)
_TIME = r"(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?"
_HOURS = r"(\d{1,2})\+? ?(?:hours?|hrs?)"
_A_ZONE = re.compile(rf"\b(?:{_ZONE})\b")
_CORE = re.compile(
    rf"\b(?:core|working|office)? ?hours?[^.\n]{{0,30}}?\b{_TIME} ?(?:-|to|until|and) ?{_TIME} ?\(?({_ZONE})\b",
    re.IGNORECASE,
)
_OVERLAP = re.compile(
    rf"\boverlap\w*[^.\n]{{0,40}}?{_HOURS}[^.\n]{{0,30}}?\b({_ZONE})\b"
    rf"|\b{_HOURS}[^.\n]{{0,25}}?\boverlap\w*[^.\n]{{0,30}}?\b({_ZONE})\b"
)
_BARE = re.compile(
    rf"\b({_ZONE}) (?:working |business |office )?hours\b"
    rf"|\b(?:working|business|work) (?:in |on |during )?({_ZONE}) (?:hours|time ?zone|time)\b"
    rf"|\b({_ZONE}) time ?zone (?:hours )?(?:is )?required"
)


def time_zone(doc: Doc) -> TimeZoneNeed | None:
    """Return the hours or time zone that are asked for."""
    if doc.parts[-1].words.isdisjoint(_ZONES):
        return None
    for sentence in sentences(doc.parts[-1], "zone_cues"):
        text = _WORDS.sub(lambda zone: _IN_WORDS[zone[1]], sentence.text)
        need = _need(text) if _A_ZONE.search(text) else None
        if need is not None:
            return need
    return None


def uk_hours(need: TimeZoneNeed | None) -> Literal["ok", "late", "early"] | None:
    """Return whether the hours asked fit a London day of 08:00 to 19:00."""
    if need is None or need.zone not in HOURS_FROM_LONDON:
        return None
    start, end = (_hour(need.start), _hour(need.end)) if need.start and need.end else OFFICE_DAY
    start, end = start - HOURS_FROM_LONDON[need.zone], end - HOURS_FROM_LONDON[need.zone]
    if need.hours is not None and min(end, DAY[1]) - max(start, DAY[0]) >= need.hours:
        return "ok"
    if start < DAY[0]:
        return "early"
    return "late" if end > DAY[1] else "ok"


def _need(text: str) -> TimeZoneNeed | None:
    if core := _CORE.search(text):
        start, end = _clock(core[1], core[2], core[3] or core[6]), _clock(core[4], core[5], core[6])
        if start and end and end < start:
            start, end = _clock(core[1], core[2], core[3]), _clock(core[4], core[5], "pm")  # "10-4", "10-4pm"
        return TimeZoneNeed("core", core[7].upper(), start, end) if start and end else None
    if overlap := _OVERLAP.search(text):
        return TimeZoneNeed("overlap", overlap[2] or overlap[4], hours=float(overlap[1] or overlap[3]))
    bare = _BARE.search(text)
    return TimeZoneNeed("zone", bare[1] or bare[2] or bare[3]) if bare else None


def _clock(hour: str, minute: str | None, half: str | None) -> str | None:
    number = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
    return f"{number:02}:{minute or '00'}" if number < 24 else None


def _hour(clock: str) -> float:
    hour, minute = clock.split(":")
    return int(hour) + int(minute) / 60
