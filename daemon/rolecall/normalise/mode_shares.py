"""How a week is shared between office and home: "60% in the office", "60/40 home and office", "3 office / 2 home"."""

from __future__ import annotations

import re

from rolecall.model import OfficeDays
from rolecall.normalise.mode_weekdays import WEEK

LEAST = ("at least", "minimum", "min ", "a minimum")
MOST = ("up to", "max")
_SHARE_OF = r"(?P<low>\d{1,3}) ?%?(?: ?(?:-|to) ?(?P<high>\d{1,3}))? ?%"

_SHARE = re.compile(
    rf"(?P<lead>at least |minimum (?:of )?|up to |~|around )?{_SHARE_OF}(?: of)?[^.;\n\d]{{0,60}}?"
    r"\b(?:(?P<office>office|on-?site|in[- ]person|hub|workplace)|(?P<home>remote(?:ly)?|from home|wfh|home))"
)
_SHARE_AFTER = re.compile(
    r"\b(?:(?P<office>office|on-?site)|(?P<home>remote(?: working)?|wfh|home working)) ?\(? ?(?P<lead>up to |~)?"
    + _SHARE_OF
)
_SHARE_OF_TIME = re.compile(  # "attend the office for a minimum of 40% of your time"
    r"\b(?:(?P<office>office|on-?site|workplace)|(?P<home>home))\b[^.;\n\d]{0,25}?"
    rf"(?P<lead>at least |minimum (?:of )?|up to )?{_SHARE_OF} of (?:\w+ ){{0,2}}?(?:time|week|hours|working)\b"
)
_DAYS_EACH = re.compile(  # "3 office / 2 home"
    r"\b(?P<low>[1-4])(?: days?)? (?:(?P<office>office|on-?site)|(?P<home>home|remote|wfh))\b\W{1,3}"
    r"(?:and )?(?P<rest>[1-4])(?: days?)? (?:at |from )?(?:office|on-?site|home|remote|wfh)\b"
)
_SPLIT = re.compile(  # "60/40 split between office and home"
    r"\b(?P<low>[1-9]0) ?[/:-] ?(?P<rest>[1-9]0)\b[^.;\n\d]{0,30}?"
    r"\b(?:(?P<office>office|on-?site)|(?P<home>home|remote|wfh))\b"
)
_PEOPLE = re.compile(r"\b(?:teams?|staff|employees|people|workforce|customers?|clients?|meetings)\b")
_COST = re.compile(r"\b(?:contribut\w+|discount\w*|reimburs\w+|subsid\w+|fees?|costs?|match\w*|off|budget|allowance)\b")


def _share(match: re.Match[str]) -> OfficeDays | None:
    if _PEOPLE.search(match[0]) or _COST.search(match[0]) or "travel" in match.string.lower():
        return None
    low, high = int(match["low"]) / 100 * WEEK, int(match["high"] or match["low"]) / 100 * WEEK
    if not 0 < high <= WEEK or low > high or (match["home"] and low >= WEEK):
        return None  # "100% remote" is no share
    lead = (match["lead"] or "").lower()
    return oriented(low, high, home=bool(match["home"]), least=lead.startswith(LEAST), most=lead.startswith(MOST))


def oriented(low: float, high: float, *, home: bool, least: bool, most: bool) -> OfficeDays | None:
    """Turn a span of days in the office or at home into days in the office."""
    if home:
        low, high, least, most = WEEK - high, WEEK - low, most, least
    if least and low < WEEK:
        return OfficeDays(low, None if not home else WEEK)
    return OfficeDays(0.0 if most else low, high)


def _parts(match: re.Match[str]) -> OfficeDays | None:
    low, rest = int(match["low"]), int(match["rest"])
    days = (low if match["office"] else rest) * WEEK / (low + rest)
    return OfficeDays(days, days) if low + rest in (WEEK, 100) else None


SHARES = (  # what a sentence must hold, the pattern then tried on it, and what its match means
    (re.compile("[1-4] (?:office|on-?site|home|remote|wfh)").search, _DAYS_EACH, _parts),
    (re.compile("%").search, _SHARE, _share),
    (re.compile("%").search, _SHARE_AFTER, _share),
    (re.compile("% of ").search, _SHARE_OF_TIME, _share),
    (re.compile("0(?: ?/|:|-)").search, _SPLIT, _parts),
)
