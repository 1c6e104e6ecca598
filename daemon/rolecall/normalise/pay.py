"""Pay as annual pounds: one place for every factor (understanding.md 8.9).

The annual figure is derived and stands beside the stated one; it never replaces it. A rate times a factor orders
a list, but is no salary: `basis` says which of the two it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from rolecall.model import ContractType, Pay
from rolecall.normalise import fx

Basis = Literal["salary", "rate"] | None


@dataclass(frozen=True, slots=True)
class Factors:
    """How a rate becomes a year. All of them are the user's to change (`[pay]` in the configuration)."""

    working_days: int = 220  # 260 weekdays - 8 bank holidays - 25 days of leave - 7 between contracts or ill
    hours_per_day: Decimal = Decimal("7.5")
    employee_hours: int = 1950  # 52 weeks of 37.5 hours, leave is paid
    contract_weeks: int = 44
    foreign_tolerance: Decimal = Decimal("0.03")  # a floor in pounds is lowered by this for converted pay
    rates: fx.Rates = fx.BUNDLED

    @property
    def contract_hours(self) -> Decimal:
        """Hours a contractor works in a year: 220 days of 7.5 hours are 1,650."""
        return self.working_days * self.hours_per_day


_factors = Factors()


def factors_in_use() -> Factors:
    return _factors


def use(factors: Factors) -> None:
    """Let every reader convert pay by these factors from now on: process-wide, as a locale is."""
    global _factors  # set where a configuration is adopted, nowhere else
    _factors = factors


def annual_gbp(
    pay: Pay, contract: ContractType | None, factors: Factors | None = None
) -> tuple[tuple[int | None, int | None], Basis, str | None]:
    """Return `((low, high), basis, fx_date)` in whole pounds a year.

    An open end stays None; both ends are None when there is no exchange rate. `basis` is "salary" where the figure
    may be compared with a permanent minimum, "rate" where it is for sorting only, None where that is not known.
    `fx_date` is the day of the rate used (ISO), None for pounds.
    """
    factors = factors or _factors
    factor, basis = _factor(pay, contract, factors)
    ends = (
        _pounds(pay.min, pay.currency, factor, factors.rates),
        _pounds(pay.max, pay.currency, factor, factors.rates),
    )
    converted = pay.currency != "GBP" and ends != (None, None)
    return ends, basis, factors.rates.on.isoformat() if converted else None


def _factor(pay: Pay, contract: ContractType | None, factors: Factors) -> tuple[int | Decimal, Basis]:
    contracting = contract is ContractType.CONTRACT
    employed = contract is not None and not contracting
    by_type: Basis = "salary" if employed else "rate" if contracting else None
    match pay.period:
        case "year":
            return 1, "salary"
        case "month":
            return 12, "rate" if contracting else "salary"
        case "week":
            return (factors.contract_weeks if contracting else 52), by_type
        case "day":
            return factors.working_days, "rate"
        case "hour":
            return (factors.employee_hours if employed else factors.contract_hours), by_type


def _pounds(amount: Decimal | None, currency: str, factor: int | Decimal, rates: fx.Rates) -> int | None:
    pounds = None if amount is None else rates.to_gbp(amount * factor, currency)
    return None if pounds is None else int(pounds.quantize(Decimal(1), ROUND_HALF_UP))
