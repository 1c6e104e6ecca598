"""Exchange rates: a small dated table, and a reader of the European Central Bank's daily file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from rolecall.normalise.words import load

_TABLE = load("fx")
STALE_AFTER = timedelta(days=_TABLE["stale_after_days"])

_DAY = re.compile(r"\btime=['\"](\d{4}-\d{2}-\d{2})['\"]")
_CUBE = re.compile(r"\bcurrency=['\"]([A-Z]{3})['\"]\s{1,20}rate=['\"](\d{1,9}(?:\.\d{1,9})?)['\"]")


@dataclass(frozen=True, slots=True)
class Rates:
    """Units of each currency per £1 on one day."""

    on: date
    per_gbp: Mapping[str, Decimal] = field(hash=False)

    def to_gbp(self, amount: Decimal, currency: str) -> Decimal | None:
        """Return `amount` in pounds, None when there is no rate for the currency."""
        if currency == "GBP":
            return amount
        rate = self.per_gbp.get(currency)
        return amount / rate if rate else None

    def stale(self, today: date) -> bool:
        return today - self.on > STALE_AFTER


BUNDLED = Rates(
    date.fromisoformat(_TABLE["date"]),
    {currency: Decimal(rate) for currency, rate in _TABLE["per_gbp"].items()},
)
"""The table that comes with the program."""


def stale(today: date, rates: Rates = BUNDLED) -> bool:
    """Say whether the rates are more than 35 days old on `today`."""
    return rates.stale(today)


def parse_ecb(xml: bytes) -> Rates:
    """Return the rates of the ECB's `eurofxref-daily.xml`, turned from euro to pounds.

    Read with two patterns instead of an XML parser: no entities, no recursion, linear. Raises ValueError when
    the file has no day or no pound.
    """
    text = xml[:200_000].decode("utf-8", "replace")
    day = _DAY.search(text)
    per_eur = {currency: Decimal(rate) for currency, rate in _CUBE.findall(text)}
    pound = per_eur.pop("GBP", Decimal(0))
    if day is None or not pound:
        raise ValueError("not a daily file of the European Central Bank: no day, or no rate for the pound")
    per_gbp = {currency: rate / pound for currency, rate in per_eur.items() if rate}
    return Rates(date.fromisoformat(day[1]), per_gbp | {"EUR": 1 / pound})
