"""Values as boards write them: amounts, periods and currencies of structured fields, whatever their type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from rolecall.model import Json, Pay, PayKind, Period
from rolecall.normalise.salary_period import by_size, in_pounds

Fields = Mapping[str, Json]

_PERIODS: dict[str, Period] = {
    "hour": "hour",
    "day": "day",
    "dai": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "ann": "year",
}
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,18})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a board's own fields say the job pays. `evidence` is "name=value"; `predicted`: the board's estimate."""

    pay: Pay
    evidence: str
    flags: frozenset[str] = frozenset()
    others: tuple[Pay, ...] = ()
    predicted: bool = False


def ends(row: Fields, low_name: str, high_name: str, currency: str, period: Period) -> Stated | None:
    """Return the range of two fields; 0, null and nonsense are an open end, two of them no pay at all."""
    low, high = number(row.get(low_name)), number(row.get(high_name))
    flags = set[str]()
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high, flags = high, low, {"inverted"}
    if low is None or high is None:
        flags.add("open_min" if low is None else "open_max")
    if low and high and high > 3 * low:
        flags.add("wide")
    named = [f"{name}={row.get(name)}" for name in (low_name, high_name) if row.get(name) is not None]
    return Stated(pay_of(low, high, currency, period), " ".join(named), frozenset(flags))


def sized(found: Stated, period: Period | None = None) -> Stated:
    """Return the pay with the period that its size tells, unless one is given."""
    top = in_pounds(top_of(found.pay), found.pay.currency)
    pay = pay_of(found.pay.min, found.pay.max, found.pay.currency, period or by_size(top))
    return replace(found, pay=pay, flags=found.flags | ({"period_inferred"} if period is None else set()))


def pay_of(low: Decimal | None, high: Decimal | None, currency: str, period: Period) -> Pay:
    kinds: dict[str, PayKind] = {"day": "day_rate", "hour": "hourly"}
    return Pay(kinds.get(period, "base"), low, high, currency, period)


def top_of(pay: Pay) -> Decimal:
    return pay.max if pay.max is not None else cast("Decimal", pay.min)


def number(value: Any) -> Decimal | None:
    """Return a positive amount; strings as boards write them ("45000.00", "45,000"); anything else is None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    written = str(value).strip().replace(",", "")
    if not _AMOUNT.fullmatch(written):
        return None
    return Decimal(written).quantize(Decimal("0.01")).normalize() + 0 or None


def period_of(value: Any) -> Period | None:
    word = str(value).lower() if isinstance(value, str) else ""
    return next((period for part, period in _PERIODS.items() if part in word), None)


def code_of(value: Any) -> str | None:
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if _CURRENCY.fullmatch(code) else None


def rows(value: Any) -> list[Fields]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
