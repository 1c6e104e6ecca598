"""The one way to ask a source anything: within its provider's budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rolecall.budget import budget_of
from rolecall.errors import NotNow, Refused, Unreachable
from rolecall.house import House
from rolecall.model import Reply, Request, Validators
from rolecall.ports import Fetcher, Source


async def ask(house: House, source: Source, request: Request, validators: Validators, *, detail: bool = False) -> Reply:
    """Return the reply, and count the call against the budget it is made on.

    A `detail` leaves a part of the budget to the lists. Raises `NotNow` when the budget is used up, else what the
    fetcher raises. That a host asks to be left alone is written down: a restart must not forget it.
    """
    if budget := budget_of(source, request):
        now = house.now()
        limits = budget.for_details if detail else budget.limits
        free = await house.store.spend(budget.name, limits, now)
        if free is not None:
            left = (free - now).total_seconds()
            raise NotNow(f"out of budget: {budget.name} allows {budget.limits[0]}", retry_after=left)
    try:
        return await fetch(house.fetcher, source, request, validators)
    except Unreachable as error:
        if error.host and error.retry_after:
            await house.store.hold(error.host, house.now() + timedelta(seconds=error.retry_after))
        raise


async def fetch(fetcher: Fetcher, source: Source, request: Request, validators: Validators) -> Reply:
    """Return the reply; a refusal is explained where the kind of the source knows what it means (`refusals`)."""
    try:
        return await fetcher.fetch(request, validators)
    except Refused as error:
        meaning = getattr(source, "refusals", {}).get(error.status)
        if meaning is None:
            raise
        raise Refused(f"{error}: {meaning}", gone=error.gone, status=error.status) from None


def homes(source: Source) -> Iterator[Source]:
    """Yield the source, and then as it would be where else it may live (`elsewhere`): asked when it is not there."""
    yield source
    other = source.elsewhere() if hasattr(source, "elsewhere") else None
    if other is not None:
        yield other
