"""Years of experience asked for in the text (design: 6.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.normalise.rules import sentence
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load
from rolecall.normalise.zones import Zone

_WORDS = load("level_body")["years"]
_WORDED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_WORDED)} | {"couple of": 2}
_YEARS = re.compile(r"y(?:ears?|rs?\.?|(?<=[\d+ ]y)oe\b)")  # one letter in front: `re` looks for it alone
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_BEFORE = re.compile(
    rf"(?<![\w.,£$€])(?P<both>between )?(?P<low>{_NUMBER})(?: ?\(\d{{1,2}}\))? ?(?:\+|plus|or more)?"  # "5+"
    rf"(?: ?(?:-|to|or|(?(both)and|-)) ?(?P<high>{_NUMBER}) ?\+?)? ?(?:plus|or more|full|solid)? ?$"  # "3-5"
)
_AFTER = re.compile(
    rf"[^.;\n]{{0,90}}?\b(?:{_WORDS['experience']})|\+?'?s? (?:of )?(?:[\w-]+ ){{0,3}}?(?:{_WORDS['activity']})\b"
    r"| ?\((?:required|preferred)\)"  # "Java: 2 years (required)"
)
_AHEAD = re.compile(  # "experience: 5 years", "you have shipped Go for at least 3 years"
    r"(?:experience|track record|professionally|commercially)[^.;\d\n]{0,40}$"
    r"|(?:\byou(?:'ve| have)|(?:^|(?<=\n)|(?<=\n\* ))have) [^.;\d\n]{0,60}\bfor (?:at least |over |more than |a )?$"
)
_VETO = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS['veto'])})(?!\w)")
_NICE = re.compile(rf"{_WORDS['nice']}[^.;\n]{{0,25}}$")
_WISHED = " (preferred)"
_OR = re.compile(r"(?<!\w)or(?!\w)")
_MOST = 15  # nobody asks for more: larger numbers are the age of a company


@dataclass(frozen=True, slots=True)
class Years:
    """ "3-5 years of backend experience": `low` is what is asked for, `high` the upper figure where one is given."""

    low: int
    high: int | None
    start: int
    end: int
    sentence: str
    nice: bool


def read_years(doc: Doc) -> Years | None:
    """Return the largest lower figure that is asked for; wishes ("ideally 5+") only where nothing else is."""
    found = list(_asked(doc))
    needed = [years for years in found if not years.nice] or found
    return max(needed, key=lambda years: (years.low, -years.start), default=None)


def _asked(doc: Doc) -> Iterator[Years]:
    """Yield the figures that speak of experience; of alternatives ("8+ and a degree, or 11+") the first."""
    last: Years | None = None
    for unit in _YEARS.finditer(doc.low):
        years = _years(doc, unit)
        if years is None:
            continue
        if last and years.sentence == last.sentence and _OR.search(doc.low, last.end, years.start):
            continue
        last = years
        yield years


def _years(doc: Doc, unit: re.Match[str]) -> Years | None:
    low = doc.low
    number = _BEFORE.search(low, max(0, unit.start() - 30), unit.start())
    if number is None:
        return None
    least, most = _int(number["low"]), _int(number["high"]) if number["high"] else None
    after = _AFTER.match(low, unit.end(), unit.end() + 110)
    start, end = number.start(), after.end() if after else unit.end()
    if least > _MOST or not (after or unit[0] == "yoe" or _AHEAD.search(low, max(0, start - 90), start)):
        return None
    around = sentence(low, start, unit.end())
    if _VETO.search(around):
        return None
    nice = bool(_NICE.search(low, max(0, start - 50), start)) or doc.zones.at(start) is Zone.NICE
    nice = nice or low.startswith(_WISHED, unit.end())
    return Years(least, most, start, end, around, nice)


def _int(text: str) -> int:
    return _NUMBERS[text] if text in _NUMBERS else int(text)
