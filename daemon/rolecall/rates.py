"""Exchange rates, refreshed once a day from the European Central Bank's file and kept beside the database."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from rolecall.errors import SourceError
from rolecall.house import House
from rolecall.model import Request, Validators
from rolecall.normalise import fx, pay

log = logging.getLogger(__name__)

FILE = "eurofxref-daily.xml"
BELIEVABLE = (Decimal("0.5"), Decimal(2))  # a rate that halved or doubled since our table is a fault, not news


def take_kept(database: Path, today: date) -> None:
    """Use the rates kept from the last refresh, if they are newer than ours; warn when the best are stale."""
    with suppress(OSError, ValueError):  # none kept, or damaged: ours are good enough until the next refresh
        _take(fx.parse_ecb((database.parent / FILE).read_bytes()))
    rates = pay.factors_in_use().rates
    if rates.stale(today):
        log.warning("exchange-rates-stale date=%s: set fx_refresh = true under [pay]", rates.on)


async def refresh(house: House) -> datetime | None:
    """Fetch today's file and use it; returns when, None when it could not be had (tomorrow is another day)."""
    try:
        reply = await house.fetcher.fetch(Request(house.config.pay.fx_url), Validators())
        rates = fx.parse_ecb(reply.body)
        _refuse_the_unbelievable(rates)
    except (SourceError, ValueError) as error:
        log.warning("exchange-rates-failed error=%s", error)
        return None
    path = house.config.database.parent / FILE
    path.with_suffix(".new").write_bytes(reply.body)
    path.with_suffix(".new").replace(path)
    _take(rates)
    log.info("exchange-rates date=%s currencies=%d", rates.on, len(rates.per_gbp))
    return house.now()


def _take(rates: fx.Rates) -> None:
    factors = pay.factors_in_use()
    if rates.on > factors.rates.on:
        # Ours know currencies that the Bank does not list.
        both = fx.Rates(rates.on, {**fx.BUNDLED.per_gbp, **rates.per_gbp})
        pay.use(replace(factors, rates=both))


def _refuse_the_unbelievable(rates: fx.Rates) -> None:
    least, most = BELIEVABLE
    for currency, rate in rates.per_gbp.items():
        ours = fx.BUNDLED.per_gbp.get(currency)
        if ours and not least < rate / ours < most:
            raise ValueError(f"{rate} {currency} to the pound is not believable")
