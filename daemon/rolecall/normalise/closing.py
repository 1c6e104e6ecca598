"""When applications close (design: section 16): read as London time, day first, a date alone lasts until midnight."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rolecall.model import UNSTATED, Closing, Fact
from rolecall.normalise.fields import stated
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.rules import evidence, windows
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("closing")
_NEEDS = Phrases(_WORDS["needs"])
_LONDON = ZoneInfo("Europe/London")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_DATE = re.compile(
    r"(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})"
    r"|(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>\d{4}|\d{2})"
    rf"|(?P<d3>\d{{1,2}}) ?(?:st|nd|rd|th)?(?: of)?,? (?P<m3>{_MONTH})[a-z]*,?(?: (?P<y3>\d{{4}}))?"
    rf"|(?P<m4>{_MONTH})[a-z]* (?P<d4>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,? (?P<y4>\d{{4}}))?"
)
_TIME = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?P<half>\s?[ap]m)?|(?P<bare>\d{1,2})\s?(?P<half2>[ap]m)"
    r"|(?P<midnight>midnight)|(?P<noon>midday|noon)"
)
_CUE = re.compile(rf"(?<!\w){_WORDS['cue']}(?!\w)[^\n.;\d]{{0,40}}?(?=\d|{_MONTH}[a-z]* \d|{_WORDS['ongoing']})")
_APPLYING = re.compile("date|deadline|application")  # "from contact to close and ongoing care" is a sales funnel
_ONGOING = re.compile(rf"(?<!\w){_WORDS['ongoing']}(?!\w)")


def read_closing(doc: Doc) -> Fact[Closing]:
    """Return when applications close as aware UTC; `ongoing` where the text says that they do not."""
    if doc.raw.closes_at is not None:
        return Fact(Closing(doc.raw.closes_at), "field", f"closes_at={doc.raw.closes_at.isoformat()}", "closing.field")
    for path, text in stated(doc.raw.fields, _WORDS["fields"]):
        if value := _moment(text) or _closing(text.lower(), doc):
            return Fact(value, "field", f"{path}={text}"[:160], "closing.field")
    return _in_text(doc)


def _in_text(doc: Doc) -> Fact[Closing]:
    for start, end in windows(doc.parts[-1], _NEEDS):
        for cue in _CUE.finditer(doc.low, start, end):
            rest = doc.low[cue.end() : cue.end() + 60]
            ongoing = _ONGOING.match(rest) if _APPLYING.search(cue[0]) else None
            value = Closing(None, ongoing=True) if ongoing else _closing(rest, doc)
            if value:
                words = evidence(doc.body, cue.start(), cue.end() + (ongoing.end() if ongoing else 20))
                return Fact(value, "body", words.partition("\n")[0], "closing.text")
    return UNSTATED


def _moment(text: str) -> Closing | None:
    """Read a date with a time and a zone, as boards with an API state it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Closing(moment.astimezone(UTC)) if moment.tzinfo else None


def _closing(text: str, doc: Doc) -> Closing | None:
    """Read a date at the beginning of `text`, and the time beside it."""
    date = _DATE.search(text[:40])
    if date is None:
        return None
    time = _TIME.search(text, date.end(), date.end() + 20) or _TIME.search(text, 0, date.start())
    try:
        moment = datetime(*_day(date, doc), *_clock(time), tzinfo=_LONDON).astimezone(UTC)
    except (ValueError, OverflowError):  # 31 February, 25 o'clock: no date
        return None
    return Closing(moment, date_only=time is None)


def _day(date: re.Match[str], doc: Doc) -> tuple[int, int, int]:
    form = next(form for form in "1234" if date[f"d{form}"])
    month = date[f"m{form}"]
    number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1
    return _year(date[f"y{form}"], number, doc), number, int(date[f"d{form}"])


def _year(said: str | None, month: int, doc: Doc) -> int:
    """Return the year of "16 August": the one that is nearest to the posting's own date; `ValueError` if unknown."""
    if said:
        return int(said) if len(said) == 4 else 2000 + int(said)
    posted = doc.raw.posted_at
    if posted is None:
        raise ValueError("no year")
    return posted.year + round((posted.month - month) / 12)


def _clock(time: re.Match[str] | None) -> tuple[int, int]:
    """Return hour and minute; without a time the last minute of the day."""
    if time is None or time["midnight"]:
        return 23, 59
    if time["noon"]:
        return 12, 0
    hour, half = int(time["hour"] or time["bare"]), (time["half"] or time["half2"] or "").strip()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour, int(time["minute"] or 0)
