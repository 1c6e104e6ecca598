"""What employers say in all their adverts: learned from stored ones when it is asked for, remembered for half a day."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rolecall.dedupe import Boilerplate, learn
from rolecall.ports import Store
from rolecall.thinking import think_if

LEARN_AGAIN = timedelta(hours=12)
MOST_COMPANIES = 2_000  # at some 600 bytes each
FEW = 30  # adverts that are learned from in less than a millisecond: a change of threads would take longer
TOGETHER = 20  # companies whose adverts are read at a time: a title that half the market uses puts hundreds in doubt


@dataclass(slots=True)
class Learned:
    """The boilerplate of companies asked for of late. What is not known yet is looked for again every time."""

    _known: OrderedDict[str, tuple[datetime, array[int]]] = field(default_factory=OrderedDict)

    async def of(self, companies: Collection[str], store: Store, now: datetime) -> Boilerplate:
        """Return what those of the companies say whose adverts the store knows enough of."""
        unknown = [company for company in companies if not self._is_fresh(company, now)]
        for start in range(0, len(unknown), TOGETHER):
            adverts = await store.beside(unknown[start : start + TOGETHER])
            self._remember(await think_if(len(adverts) > FEW, learn, adverts), now)
        return {company: frozenset(self._known[company][1]) for company in companies if company in self._known}

    def _is_fresh(self, company: str, now: datetime) -> bool:
        at, _ = self._known.get(company, (None, None))
        return at is not None and now - LEARN_AGAIN < at <= now

    def _remember(self, learned: Boilerplate, now: datetime) -> None:
        for company, shingles in learned.items():
            self._known[company] = (now, array("Q", shingles))
            self._known.move_to_end(company)
        while len(self._known) > MOST_COMPANIES:
            self._known.popitem(last=False)
