"""Pay as a person in Britain writes it: £75k–£85k, £550/day, up to £70k, €70k–€80k (≈ £59k–£67k)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rolecall.model import Fact, Ir35, Pay, PayKind, Period, Salary

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "SGD": "S$", "HKD": "HK$"}
_SIGNS |= {"INR": "₹", "JPY": "¥", "BRL": "R$"}
_UNITS: dict[Period, str] = {"hour": "/hour", "day": "/day", "week": "/week", "month": "/month", "year": ""}
_KINDS: dict[PayKind, str] = {"ote": " OTE", "total_cash": " total cash", "package": " package"}
_IR35 = {Ir35.INSIDE: "inside IR35", Ir35.OUTSIDE: "outside IR35", Ir35.TBC: "IR35 to be confirmed"}


def pay_text(salary: Fact[Salary], ir35: Ir35 | None = None, board: str = "") -> str:
    """Return the pay as one phrase, "" when none is stated. `board` names whose estimate a predicted figure is."""
    value = salary.value
    if value is None or (value.pay.min is None and value.pay.max is None):
        return ""
    if value.predicted:
        return f"~{span(_about(value.pay))}, {board} estimate".replace(",  ", ", ")
    circa = "circa " if "approx" in salary.flags else ""
    parts = [circa + span(value.pay) + _pro_rata(value) + _in_pounds(value), *_extras(value)]
    if ir35 is not None:
        parts.append(_IR35[ir35])
    return ", ".join(parts)


def span(pay: Pay) -> str:
    """Return the figures with their unit: "£500–£600/day", "from £60k", "£166k OTE"."""
    unit = _UNITS[pay.period] + _KINDS.get(pay.kind, "")
    low, high = (None if x is None else amount(x, pay.currency, pay.period) for x in (pay.min, pay.max))
    if low is None:
        return f"up to {high}{unit}"
    if high is None:
        return f"from {low}{unit}"
    return f"{low}{unit}" if low == high else f"{low}–{high}{unit}"


def amount(value: Decimal | int, currency: str = "GBP", period: Period = "year") -> str:
    """Return one figure: "£75k", "£72.5k", "£28,950", "£41.11", "70k PLN"."""
    sign = _SIGNS.get(currency)
    number = _thousands(Decimal(value)) if period == "year" else _plain(Decimal(value))
    return f"{sign}{number}" if sign else f"{number} {currency}"


def _thousands(value: Decimal) -> str:
    return f"{_short(value / 1000)}k" if value >= 10_000 and value % 100 == 0 else _plain(value)


def _plain(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def _short(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.1f}"


def _pro_rata(value: Salary) -> str:
    if value.fte_basis != "pro_rata":
        return ""
    actual = f" (actual {amount(value.actual, value.pay.currency)})" if value.actual is not None else ""
    return f" pro rata{actual}"


def _in_pounds(value: Salary) -> str:
    """Say what it is in pounds a year, where it is comparable and not already that."""
    low, high = value.annual_gbp
    yearly = value.pay.period == "year"
    if value.annual_basis != "salary" or (low is None and high is None) or (yearly and value.pay.currency == "GBP"):
        return ""
    figures = span(Pay("base", _rounded(low), _rounded(high), "GBP", "year"))
    return f" (≈ {figures})" if yearly else f" (≈ {figures} a year)"


def _about(pay: Pay) -> Pay:
    """An estimate to the penny pretends too much."""
    return replace(pay, min=_rounded(pay.min), max=_rounded(pay.max))


def _rounded(value: Decimal | int | None) -> Decimal | None:
    """Return a yearly figure to the nearest thousand, smaller figures to the nearest whole one."""
    return None if value is None else round(Decimal(value), -3 if value >= 10_000 else 0)


def _extras(value: Salary) -> list[str]:
    """What is said beside the main figure in the same currency, such as on-target earnings."""
    same = (pay for pay in value.others if pay.currency == value.pay.currency and pay.kind != value.pay.kind)
    return [f"OTE {span(Pay('base', p.min, p.max, p.currency, p.period))}" for p in same if p.kind == "ote"][:1]
