"""Days in the office by their names: "Tuesdays and Thursdays in the office", "Mon-Fri on site", "WFH on Fridays"."""

from __future__ import annotations

import re
from typing import NamedTuple

WEEK = 5.0
_DAYS = ("mon", "tue", "wed", "thu", "fri")
_NAMED = re.compile("day|tue|thu|fri")  # what a sentence with such names holds; Monday and Wednesday hold "day"
_NEAR = 60  # characters between the days and the office
_WEEKDAY = r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri)(?:day)?s?\b"
_WEEKDAYS = re.compile(_WEEKDAY)
_FROM_TO = re.compile(rf"({_WEEKDAY}) ?(?:-|to|through|until) ?({_WEEKDAY})")
_ONE_DAY = re.compile(  # "we meet in the office every Wednesday"; lunch in the office on Fridays is none
    r"\b(?:meet|come|be|are|we're|work|attend|required|expected)\b[^.]{0,25}"
    r"\b(?:in|into|at|to) (?:the|our) (?:\w+ )?office"
    rf"[^.]{{0,12}}\b(?:every|each|on) {_WEEKDAY}"
)
_ONE_AT_HOME = re.compile(  # "with Fridays at home", "WFH every Friday"
    rf"{_WEEKDAY} (?:is |are )?(?:from|at) home\b|\b(?:from home|wfh)(?: on| every| each)? {_WEEKDAY}"
)
_ANOTHER = re.compile(r"\b(?:plus|and) (?:another|one(?: (?:other|more|further))?|an additional) day\b")
NAMED_BEFORE = re.compile(rf"{_WEEKDAY},? (?:and|plus) $")
_AT_HOME = re.compile(r"\b(?:wfh|home|remote(?:ly)?)\b")
_OFFICE = re.compile(r"\b(?:offices?|studios?|on-?site|in[- ]person|anchor days?)\b")
_WHOLE_WEEK = re.compile(
    r"\b(?:in|from|at) (?:the|our) (?:\w+ )?office\b(?! hours)|\bon-?site\b|\boffice[- ]based\b"
    r"|\bwork(?:ing)? in[- ]person\b"
)


class Weekdays(NamedTuple):
    """How many of the week's days are spent in the office, as read from `start`..`end` of a sentence."""

    days: float
    start: int
    end: int


def weekdays(sentence: str) -> Weekdays | None:
    """Return what a sentence in lower case says by the names of days, None where it says nothing."""
    named = list(_WEEKDAYS.finditer(sentence)) if _NAMED.search(sentence) else []
    if len(named) == 1:
        return _one(sentence)
    if both := _both(sentence, named):
        return both
    office = _OFFICE.search(sentence) if 1 < len(named) <= len(_DAYS) - 1 else None
    if office is None or abs(office.start() - named[0].start()) > _NEAR:
        return None
    count = float(len(named)) + bool(_ANOTHER.search(sentence))
    if span := _FROM_TO.search(sentence):
        count = 1.0 + _DAYS.index(span[2][:3]) - _DAYS.index(span[1][:3])
        if count <= 1 or (count == WEEK and not _WHOLE_WEEK.search(sentence)):
            return None
    last = max(office.start(), named[-1].end())
    if _AT_HOME.search(sentence, named[-1].end(), last):
        count = WEEK - count  # "Mondays and Fridays from home, the rest in the office"
    return Weekdays(count, named[0].start(), max(office.end(), named[-1].end()))


def _both(sentence: str, named: list[re.Match[str]]) -> Weekdays | None:
    """Read days that are named for both places: "in the office Tuesdays and Thursdays, at home Mondays"."""
    office, home = list(_OFFICE.finditer(sentence)), list(_AT_HOME.finditer(sentence))
    if len(office) != 1 or len(home) != 1 or not 1 < len(named) <= WEEK or _FROM_TO.search(sentence):
        return None
    earlier, later = sorted((office[0].start(), home[0].start()))
    first = named[0].start()
    parted = later if earlier < first else earlier  # the days stand behind their place, or before it
    before = sum(day.start() < parted for day in named)
    if before in (0, len(named)):
        return None
    days = before if office[0].start() == earlier else len(named) - before
    return Weekdays(float(days), min(earlier, first), named[-1].end())


def _one(sentence: str) -> Weekdays | None:
    if office := _ONE_DAY.search(sentence):
        return Weekdays(1.0 + bool(_ANOTHER.search(sentence)), *office.span())
    home = _ONE_AT_HOME.search(sentence)
    return Weekdays(WEEK - 1, *home.span()) if home else None
