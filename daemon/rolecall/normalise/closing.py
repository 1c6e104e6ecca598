"""When applications close (design: section 16): read as London time, day first, a date alone lasts until midnight."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rolecall.model import Closing, Confidence, Fact
from rolecall.normalise.fields import stated
from rolecall.normalise.rules import evidence
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("closing")
_LONDON = ZoneInfo("Europe/London")
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*"
_DATE = re.compile(
    r"(?P<iso>(\d{4})-(\d{2})-(\d{2}))|(?P<numbers>(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2}))"
    rf"|(?P<day>(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?,? {_MONTH},?(?: (\d{{4}}))?)|(?P<month>{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}))"
)
_TIME = re.compile(r"(\d{1,2})(?::|\.)(\d{2})(?:\s?:\d{2})?\s?(am|pm)?|(\d{1,2})\s?(am|pm)|(midnight|midday|noon)")
_CUE = re.compile(rf"(?<!\w){_WORDS['cue']}(?!\w)[^\n.;\d]{{0,40}}?(?=\d|{_MONTH} \d|{_WORDS['ongoing']}|[012]?\d)")
_ONGOING = re.compile(rf"(?<!\w){_WORDS['ongoing']}(?!\w)")


def read_closing(doc: Doc) -> Fact[Closing]:
    """Return when applications close as aware UTC; `ongoing` where the text says that they do not."""
    if doc.raw.closes_at is not None:
        return Fact(Closing(doc.raw.closes_at), "field", f"closes_at={doc.raw.closes_at.isoformat()}", "closing.field")
    for path, text in stated(doc.raw.fields, _WORDS["fields"]):
        if value := _closing(text.lower(), doc):
            return Fact(value, "field", f"{path}={text}"[:160], "closing.field")
    return _in_text(doc) if doc.mentions(*_WORDS["needs"]) else Fact()


def _in_text(doc: Doc) -> Fact[Closing]:
    for cue in _CUE.finditer(doc.low):
        rest = doc.low[cue.end() : cue.end() + 60]
        ongoing = _ONGOING.match(rest)
        value = Closing(None, ongoing=True) if ongoing else _closing(rest, doc)
        if value:
            end = cue.end() + (ongoing.end() if ongoing else 20)
            words = evidence(doc.body, cue.start(), min(end, len(doc.body))).partition("\n")[0]
            return Fact(value, "body", words, "closing.text", Confidence.HIGH)
    return Fact()


def _closing(text: str, doc: Doc) -> Closing | None:
    """Read a date, and the time that follows it, at the beginning of `text`."""
    date = _DATE.search(text[:40])
    if date is None:
        return None
    time = _TIME.search(text, date.end(), date.end() + 20) or _TIME.search(text, 0, date.start())
    try:
        year, month, day = _ymd(date, doc)
        hour, minute = _clock(time) if time else (23, 59)
        moment = datetime(year, month, day, hour, minute, tzinfo=_LONDON).astimezone(UTC)
    except (ValueError, OverflowError):  # 31 February, 25 o'clock: no date
        return None
    return Closing(moment, date_only=time is None)


def _ymd(date: re.Match[str], doc: Doc) -> tuple[int, int, int]:
    if date["iso"]:
        return int(date[2]), int(date[3]), int(date[4])
    if date["numbers"]:
        return _century(date[8]), int(date[7]), int(date[6])
    if date["day"]:
        return _year(date[12], _MONTHS[date[11]], doc), _MONTHS[date[11]], int(date[10])
    return int(date[16]), _MONTHS[date[14]], int(date[15])


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _year(stated: str | None, month: int, doc: Doc) -> int:
    """Return the year of "16 August": the one that is nearest to the posting's own date, where that is known."""
    if stated:
        return int(stated)
    posted = doc.raw.posted_at
    if posted is None:
        raise ValueError("no year")
    return posted.year + round((posted.month - month) / 12)


def _clock(time: re.Match[str]) -> tuple[int, int]:
    if time[6]:
        return (23, 59) if time[6] == "midnight" else (12, 0)
    hour, half = int(time[1] or time[4]), time[3] or time[5]
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour, int(time[2] or 0)
