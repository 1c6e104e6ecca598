"""The one way to ask a source anything: within its provider's budget."""

from __future__ import annotations

from rolecall.budget import budget_of
from rolecall.errors import NotNow
from rolecall.house import House
from rolecall.model import Reply, Request, Validators
from rolecall.ports import Source


async def ask(house: House, source: Source, request: Request, validators: Validators, *, detail: bool = False) -> Reply:
    """Return the reply, and count the call against the budget it is made on.

    A `detail` leaves a part of the budget to the lists. Raises `NotNow` when the budget is used up, else what the
    fetcher raises.
    """
    if budget := budget_of(source, request):
        now = house.now()
        limits = budget.for_details if detail else budget.limits
        free = await house.store.spend(budget.name, limits, now)
        if free is not None:
            left = (free - now).total_seconds()
            raise NotNow(f"out of budget: {budget.name} allows {budget.limits[0]}", retry_after=left)
    return await house.fetcher.fetch(request, validators)
