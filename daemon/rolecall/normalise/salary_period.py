"""The period of a figure: inferred where none is written, mended where it cannot be (understanding.md 8.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from rolecall.model import Period
from rolecall.normalise import fx
from rolecall.normalise.money import Figure
from rolecall.normalise.words import load

_BANDS: dict[str, tuple[int, int]] = {period: tuple(ends) for period, ends in load("salary")["plausible"].items()}


def settled(figure: Figure, *, salaried: bool) -> Figure:
    """Return the figure with a period, and flags for what was inferred, mended or is hard to believe.

    The figure's currency must be known. `salaried`: the word "salary" stands right before it.
    Flags: period_inferred, period_repaired, k_assumed, wide, suspect_rate, implausible.
    """
    top = in_pounds(figure.top, figure.currency)
    if figure.period and not figure.beside and not plausible(figure.top, figure.currency, figure.period):
        figure = figure._replace(period=None)  # some words away: it speaks of something else
    figure = _inferred(figure, top, salaried) if figure.period is None else _mended(figure, top)
    return figure._replace(flags=figure.flags | _doubts(figure))


def by_size(pounds: Decimal) -> Period:
    """Return the period that an amount's size tells: £45 is an hour, £450 a day, £4,500 a month, £45,000 a year."""
    return "hour" if pounds < 150 else "day" if pounds < 1500 else "month" if pounds < 9000 else "year"


def plausible(amount: Decimal, currency: str | None, period: str) -> bool:
    """Say whether anybody is paid that."""
    low, high = _BANDS[period]
    return low <= in_pounds(amount, currency) <= high


def in_pounds(amount: Decimal, currency: str | None) -> Decimal:
    return fx.BUNDLED.to_gbp(amount, currency or "GBP") or amount


def _doubts(figure: Figure) -> set[str]:
    doubts = set[str]()
    if not plausible(figure.top, figure.currency, cast("Period", figure.period)):
        doubts.add("implausible")
    if figure.is_range and figure.top > 3 * figure.low:
        doubts.add("wide")
    if figure.period == "day" and figure.top >= 1500 and not figure.beside:
        doubts.add("suspect_rate")
    return doubts


def _inferred(figure: Figure, top: Decimal, salaried: bool) -> Figure:
    if salaried and figure.low >= 20 and top < 300 and figure.low % 1 == 0:  # "Salary: £35-45" leaves out the k
        return _thousands(figure)
    return figure._replace(period=by_size(top), flags=figure.flags | {"period_inferred"})


def _mended(figure: Figure, top: Decimal) -> Figure:
    """Mend what cannot be: "£45 to £55 per annum" is thousands, "£400 per hour" is a day, "£40,000 per day" a year."""
    if figure.period == "year" and 10 <= top < 300:
        return _thousands(figure)
    if (figure.period == "year" and 300 <= top < 1500) or (figure.period == "hour" and 200 <= top < 1500):
        return figure._replace(period="day", flags=figure.flags | {"period_repaired"})
    if figure.period in ("hour", "day", "week") and top >= 15_000:
        return figure._replace(period="year", flags=figure.flags | {"period_repaired"})
    return figure


def _thousands(figure: Figure) -> Figure:
    low, high = (None if end is None else end * 1000 for end in (figure.min, figure.max))
    return figure._replace(min=low, max=high, period="year", flags=figure.flags | {"k_assumed"})
