"""Days in the office: "2-3 days a week on site", "60% in the office", "WFH 3 days" → days a week."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rolecall.model import OfficeDays
from rolecall.normalise.mode_shares import LEAST, MOST, SHARES, oriented
from rolecall.normalise.mode_weekdays import NAMED_BEFORE, WEEK, weekdays
from rolecall.normalise.place_words import word

_NUMBERS = {"a": 1, "one": 1, "once": 1, "a couple of": 2, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5}
_PER = {"week": 1.0, "month": 0.25, "fortnight": 0.5, "quarter": 1 / 13}
_N = r"(?:\d{1,2}x?|one|two|three|four|five|a couple of|a(?= day (?:a|per|each|every) ))"
_UNIT = r"(?:(?:2|two|other|second) weeks?|week|wk|month|fortnight|quarter)"
_LEAD = (
    r"(?P<lead>at least |a minimum of |minimum(?: of)? |min |up to |max(?:imum)?(?: of)? |around |approximately "
    r"|c\.? ?|~)?"
)
_SPAN = rf"{_LEAD}(?P<low>{_N})(?: ?(?:-|/|to|or) ?(?P<high>{_N}))?(?P<plus>\+| plus| or more)?"
_TIME = (
    rf"(?:(?:anchor|core) )?days?(?: ?(?:a|per|each|every|/|in the|of the|p/) ?(?P<unit>{_UNIT})"
    r"| ?(?P<unit2>week|pw|p/w|p/m|pcm)|(?P<week> (?:out of|of|in) (?:five|5)(?! o)))?"
)
_OFFICE = (
    r"(?:office|on[- ]?site|in[- ]person|hub|headquarters|hq|at our|face[- ]to[- ]face|studio|workplace|client site"
    r"|co-?located|in our|presence|premises|campus"
    r"|(?:in |at )?(?:central )?(?:london|manchester|birmingham|leeds|bristol|edinburgh"
    r"|glasgow|cardiff|belfast|sheffield|liverpool|newcastle|nottingham|leicester|cambridge|oxford|brighton"
    r"|southampton|milton keynes))"
)
_HOME = r"(?:wfh|from home|at home|remote(?:ly)?|home[- ]?work\w*|home)"
_BETWEEN = r"(?P<between>[^.;\n\d]{0,45}?)"
_DAYS_IN_TOWN = re.compile(
    rf"\b{_SPAN}[ -]?{_TIME}(?P<between>) ?"
    r"(?P<office>(?:in|at) (?P<town>[a-z][\w'-]{2,}(?: [a-z][\w'-]+)?))(?P<home>)"
)
_COUNT = re.compile(  # behind a number, "plus" or "or more"; "a day a week"
    r"day(?:(?<=[\dxeors+]day)|(?<=[\dxeorsf+][ -]day)|(?<=\ba day)(?= (?:a|per|each|every) ))"
)
_DAYS_THEN_PLACE = re.compile(
    rf"\b{_SPAN}[ -]?{_TIME}{_BETWEEN}\b(?:(?P<office>{_OFFICE})|(?P<home>{_HOME}))"
    rf"(?: (?:a|per|each|every) (?P<unit3>{_UNIT}))?"
)
_PLACE_THEN_DAYS = re.compile(
    rf"\b(?:(?P<office>{_OFFICE}|travel to|commute|come in|attendance|hybrid)|(?P<home>{_HOME}))\b{_BETWEEN}"
    rf"\b{_SPAN}[ -]?{_TIME}"
)
_PLACED_DAYS = re.compile(  # "2 office days", "3 in-office days per week", "2 WFH days"
    rf"\b{_SPAN} (?P<between>)(?:(?P<office>(?:in[- ])?office|on-?site)|(?P<home>wfh|home|remote))"
    rf"[- ](?:based )?{_TIME}"
)
_EACH = r"(?:a|per|every|each)"
_OFTEN = r"once or twice|once|twice|[1-4] ?x|(?:[2-4]|two|three|four) times"
_ONCE = re.compile(
    rf"\b(?:{_OFFICE}|travel to|commute to|com(?:e|ing) in(?:to)?)\b[^.;\n]{{0,40}}?"
    rf"\b(?P<lead>at least |(?:a )?minimum (?:of )?)?(?P<times>{_OFTEN}) (?:{_EACH} (?P<unit>{_UNIT})|weekly)\b"
    rf"|\b(?P<times2>{_OFTEN}) {_EACH} (?P<unit2>{_UNIT})"
    rf"[ ,(-]{{1,3}}(?:(?:in|at|to|from|into)\b[^.,;\n]{{0,25}}? )?\b{_OFFICE}"
)
_REGULAR = re.compile(  # "fortnightly trips to the office"
    r"\b(?P<regular>weekly|fortnightly) (?:trips?|visits?|travel|attendance|days?)\b"
    rf"[^.;\n]{{0,30}}?\b{_OFFICE}"
)
_TIMES = re.compile(
    r"\b(?:(?P<home>remote(?:ly)?|from home|wfh)|hybrid|office(?: days?:)?|on-?site)(?P<between>) \(?"
    r"(?P<lead>up to )?(?P<low>\d)(?:-(?P<high>\d))?x?(?P<plus>) ?(?:days?|times|x)?"
    r" (?:a|per) (?P<unit>week)(?P<unit2>)"
)
_IN_OFFICE = re.compile(rf"\b{_OFFICE}")
_REST = re.compile(r"\b(?:rest|remainder|remaining|otherwise)\b")  # "2 days a week, with the rest of it at home"
_OTHERS = re.compile(r"\b(?:two|three|four)\b")  # "two days in, three at home"
_REST_NEXT = re.compile(r" (?:for |on )?(?:the )?(?:rest|remainder|remaining|other|otherwise)\b")
_PAUSE = re.compile(r"[,(&]| (?:and|with|then)\b")
_JUST_BEFORE = re.compile(  # "in the office two days a week, remote otherwise"; a bare "remote" may name the job
    rf"\b(?:{_OFFICE}|(?P<home>wfh|from home|at home))[ ,:(-]*(?:for |on )?$"
)
_TURN = re.compile(r"\b(?:with|except|plus|but|requiring|apart|first|friendly)\b")
_MIXED = re.compile(r"\b(?:hybrid|home|remote|wfh|week)")
_TREAT = re.compile(r"\b(?:lunch|dinner|breakfast|meal|yoga)")  # "lunch twice a week in the office"
_NOT_WORK = re.compile(
    r"\b(?:holiday|leave|vacation|annual|abroad|(?<!after )(?<!following )probation|volunteer\w*|training days|sick"
    r"|years?|anywhere|off|day (?:working )?week|notice|(?<!contracted )(?<!working )hours?)\b"
)


@dataclass(frozen=True, slots=True)
class Days:
    """Days in the office a week, as read from `start`..`end` of a sentence."""

    office: OfficeDays
    start: int
    end: int


def office_days(sentence: str) -> Days | None:
    """Return the first statement of office days in a sentence in lower case, None where there is none."""
    for needs, pattern, reader in _READERS:
        if not needs(sentence):
            continue
        for match in pattern.finditer(sentence):
            days = None if _NOT_WORK.search(match[0]) else reader(match)
            if days is not None:
                return Days(days, match.start(), match.end())
    named = weekdays(sentence)
    return Days(OfficeDays(named.days, named.days), named.start, named.end) if named else None


def _counted(match: re.Match[str]) -> OfficeDays | None:
    more = match.groupdict()
    unit = match["unit"] or match["unit2"] or more.get("unit3") or (more.get("week") and "week")
    if unit is None and match["low"] in ("1", "one", "a", "an") and _stray(match):
        return None
    unit = unit or "week"
    factor = _per(unit)
    low, high = _number(match["low"]) * factor, _number(match["high"] or match["low"]) * factor
    if not 0 < high <= WEEK or low > high:
        return None
    lead, least = (match["lead"] or "").lower(), bool(match["plus"]) or "minimum" in match["between"]
    home = _at_home(match, unit)
    return oriented(low, high, home=home, least=least or lead.startswith(LEAST), most=lead.startswith(MOST))


def _stray(match: re.Match[str]) -> bool:
    """ "A paid day on site" is an interview, the day of "Mondays and one day of your choice" is not the only one."""
    start = match.start("low")
    return not _MIXED.search(match.string) or bool(NAMED_BEFORE.search(match.string, max(0, start - 20), start))


def _in_town(match: re.Match[str]) -> OfficeDays | None:
    """ "3 days a week in Skipton": a town says as much as an office does."""
    names = match["town"].title(), match["town"].split()[0].title()
    known = any(name is not None and name.kind in ("town", "district") for name in map(word, names))
    return _counted(match) if known else None


def _at_home(match: re.Match[str], unit: str) -> bool:
    """Are the days counted those at home? What stands on both sides of them is asked."""
    between, start = match["between"], match.start("low")
    if match["home"] and match.start("home") < start:
        named = not _IN_OFFICE.search(between) and not _REST.search(between)
        return named and unit == "week" and not _TURN.search(between)  # "remote, with 1 day a month in Leeds"
    if _PAUSE.search(between) and (
        before := _JUST_BEFORE.search(match.string, max(0, match.start() - 30), match.start())
    ):
        return bool(before["home"])
    if not match["home"]:
        return bool(_REST.search(between)) and match.start("office") > start  # "home 3 days, the rest in the office"
    others = _IN_OFFICE.search(between) or _REST.search(between) or _OTHERS.search(between)
    return not others and not _REST_NEXT.match(match.string, match.end())


def _once(match: re.Match[str]) -> OfficeDays | None:
    if _TREAT.search(match.string, max(0, match.start() - 30), match.end()):
        return None
    times, unit = match["times"] or match["times2"], match["unit"] or match["unit2"] or "week"
    days = _number(times.split()[0]) * _per(unit)
    most = None if match["lead"] else 2 * days if " or " in times else days
    return OfficeDays(days, most)


def _regular(match: re.Match[str]) -> OfficeDays:
    days = _PER[match["regular"].removesuffix("ly")]
    return OfficeDays(days, days)


def _per(unit: str) -> float:
    """Return how much of a week a unit is; "2 weeks", "other week": a fortnight."""
    if " week" in unit:
        return _PER["fortnight"]
    return _PER.get("month" if unit in ("p/m", "pcm") else unit, 1.0)


def _number(text: str) -> float:
    text = text.lower()
    return float(_NUMBERS[text]) if text in _NUMBERS else float(text.rstrip("x"))


_READERS = (  # what a sentence must hold, the pattern then tried on it, and what its match means
    (_COUNT.search, _DAYS_THEN_PLACE, _counted),
    (re.compile(r"(?:week|month|fortnight|p/?[wm]) (?:in|at) ").search, _DAYS_IN_TOWN, _in_town),
    (_COUNT.search, _PLACE_THEN_DAYS, _counted),
    (re.compile("week").search, _TIMES, _counted),
    (re.compile("(?:office|site|wfh|home|remote)(?:[- ]based)?[- ]day").search, _PLACED_DAYS, _counted),
    (re.compile(f"(?:ce|x|times) (?:{_EACH} |weekly)").search, _ONCE, _once),
    (re.compile("(?:week|fortnight)ly ").search, _REGULAR, _regular),
    *SHARES,
)
