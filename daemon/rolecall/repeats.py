"""One pay figure on the postings of several unrelated employers is a neighbour's, not theirs.

Aggregators fill in what stood next to it: one string was seen on 74 postings of 45 employers (design: understanding.md
8.8). Such a figure is not believed; the advert's own words are. Round figures are left alone: that three employers
offer £50,000-£60,000 is no sign of anything. Kept in memory for 30 days, not across a restart.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from rolecall.dedupe import normal_company
from rolecall.model import Pay, Period, Posting, RawPosting

FIELD = "same_field_value_employers_30d"
SUSPICIOUS = 3  # employers
MEMORY = timedelta(days=30)
MOST_FIGURES = 20_000

_ROUND: dict[Period, int] = {"year": 5_000, "month": 500, "week": 100, "day": 25, "hour": 5}

Figure = tuple[str, Pay]


@dataclass(slots=True)
class Repeats:
    """Which employers showed each figure of a source, and when last."""

    seen: OrderedDict[Figure, dict[str, datetime]] = field(default_factory=OrderedDict)

    def distrusted(self, posting: Posting, now: datetime) -> RawPosting | None:
        """Remember the posting's figure; return the posting marked as not to be believed, None when all is well."""
        salary, raw = posting.salary.value, posting.raw
        if salary is None or posting.salary.source != "field" or not raw.company or _round(salary.pay):
            return None
        employers = self._employers((raw.source, salary.pay), now)
        employers[normal_company(raw.company)] = now
        if len(employers) < SUSPICIOUS:
            return None
        return replace(raw, fields={**raw.fields, FIELD: len(employers)})

    def _employers(self, figure: Figure, now: datetime) -> dict[str, datetime]:
        employers = self.seen.setdefault(figure, {})
        self.seen.move_to_end(figure)
        for name in [name for name, at in employers.items() if now - at > MEMORY]:
            del employers[name]
        while len(self.seen) > MOST_FIGURES:
            self.seen.popitem(last=False)
        return employers


def _round(pay: Pay) -> bool:
    ends = [end for end in (pay.min, pay.max) if end is not None]
    return all(end % Decimal(_ROUND[pay.period]) == 0 for end in ends)
