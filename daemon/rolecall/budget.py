"""How many calls a provider allows: shared by all sources that ask it, searches and details alike.

The figures are the providers' own where they publish any (design: sources.md 2.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from rolecall.config import Config
from rolecall.model import Request
from rolecall.ports import Source
from rolecall.schedule import DAY, Limit

FOR_DETAILS = 0.75  # of a budget: the rest is kept for the lists, so that nothing new is missed


@dataclass(frozen=True, slots=True)
class Budget:
    """What one provider allows; the first limit is the one to tell people of.

    It holds for the sources of the kind that has its name, and for whatever else lies at its hosts (a feed).
    """

    name: str
    hosts: tuple[str, ...]
    limits: tuple[Limit, ...]

    @property
    def for_details(self) -> tuple[Limit, ...]:
        """The limits while the lists must still be asked."""
        return tuple(replace(limit, calls=max(1, int(limit.calls * FOR_DETAILS))) for limit in self.limits)

    @property
    def pause(self) -> timedelta:
        """The time between two calls at which the budget lasts for ever."""
        return max(limit.per / limit.calls for limit in self.limits)


MONTH = 31 * DAY
MINUTE = timedelta(minutes=1)

BUDGETS = (
    Budget("adzuna", ("api.adzuna.com",), (Limit(83, DAY), Limit(2500, MONTH), Limit(25, MINUTE))),
    Budget("reed", ("www.reed.co.uk",), (Limit(1000, DAY),)),
    Budget("remotive", ("remotive.com",), (Limit(4, DAY), Limit(2, MINUTE))),
    Budget("jobicy", ("jobicy.com",), (Limit(4, DAY),)),
)


def budget_of(source: Source, request: Request) -> Budget | None:
    """Return the budget that a request of a source counts against, None where the provider sets none."""
    host = urlsplit(request.url).hostname or ""
    return next((budget for budget in BUDGETS if source.kind == budget.name or host in budget.hosts), None)


@dataclass(frozen=True, slots=True)
class Share:
    """One source's part of a budget: it takes turns with others, so that the day's calls last the day."""

    budget: Budget
    sharing: int  # requests of all sources for one look each

    @property
    def every(self) -> timedelta:
        """The shortest time between two looks at one source."""
        return self.sharing * self.budget.pause


def share_of(source: Source, config: Config) -> Share | None:
    """Return a source's share of the budget it is asked on, None where there is none."""
    own = next(_budgets((source,)), None)
    if own is None:
        return None
    sharing = sum(budget is own for budget in _budgets(entry.source for entry in config.sources))
    return Share(own, max(1, sharing))


def _budgets(sources: Iterable[Source]) -> Iterator[Budget]:
    """Yield the budget of every request for a list."""
    asked = ((source, request) for source in sources for request in source.requests())
    return filter(None, (budget_of(source, request) for source, request in asked))
