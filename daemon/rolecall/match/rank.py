"""How good a match is, for the order of digests and lists: higher is better. How new the posting is, is not known here.

pay       0 to 2   what the top of the stated pay is above the floor: at the floor 0.5, at 1.5 times the floor 2
stack     0 to 2   weights of the technologies asked for, three being a title and a must
level     0 or 1   stated and wanted
unknowns  -0.5     for each thing that cannot be told and matters to the search's policies
agency    -1       where the search says `agencies = "lower"`
"""

from __future__ import annotations

from collections.abc import Iterable

from rolecall.match.wants import Search, Stack
from rolecall.model import Answer, Need, Posting, Verdict


def rank(search: Search, posting: Posting, verdicts: Iterable[Verdict]) -> float:
    """Return the rank of a posting that was judged with these verdicts."""
    doubts = sum(verdict.answer is Answer.UNKNOWN and verdict.policy != "" for verdict in verdicts)
    total = _pay(search, posting) + _stack(search, posting) + _level(search, posting) - 0.5 * doubts
    lowered = search.wanted.get("agencies") == "lower" and posting.agency.value
    return round(total - (1 if lowered else 0), 2)


def _pay(search: Search, posting: Posting) -> float:
    salary = posting.salary.value
    if salary is None or salary.predicted:
        return 0.0
    rate = salary.annual_basis == "rate"
    wanted = search.wanted.get("min_day_rate" if rate else "min_salary")
    top = salary.annual_gbp[1] if salary.annual_gbp[1] is not None else salary.annual_gbp[0]
    if wanted is None or top is None:
        return 0.0
    floor = float(wanted.amount) * (220 if rate else 1)
    return min(2.0, max(0.0, 0.5 + 3 * (top / floor - 1)))


def _stack(search: Search, posting: Posting) -> float:
    stack = search.wanted.get("stack", Stack())
    asked = stack.any | stack.all
    weight = sum(tech.weight for tech in posting.stack if tech.id in asked and tech.need is not Need.NOT)
    return min(2.0, weight / 2.5)


def _level(search: Search, posting: Posting) -> float:
    level, wanted = posting.level.value, search.wanted.get("levels")
    return 1.0 if level and wanted and any(level.min <= rung <= level.max for rung in wanted) else 0.0
