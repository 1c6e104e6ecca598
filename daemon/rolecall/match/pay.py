"""Criteria about pay: a yearly minimum, a daily minimum. A day rate never satisfies the yearly one, nor the reverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rolecall.match.criterion import criterion, no, unknown, yes
from rolecall.match.wants import Annual, Daily, Search
from rolecall.model import ContractType, Fact, Posting, Salary, Verdict
from rolecall.normalise.pay import factors_in_use

_MORE_THAN_PAY = frozenset({"ote", "total_cash", "package"})
ONLY_MIN_COUNTS = frozenset({"wide", "geo_range"})
_SIGNS = {"GBP": "£", "USD": "$", "EUR": "€"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A pay range beside the floor it must reach; None = open end. `text` and `your` are how a person reads them."""

    low: float | None
    high: float | None
    floor: float
    text: str
    your: str

    @property
    def meets(self) -> Verdict:
        return yes("meets_floor", f"{self.text} meets your {self.your}")

    @property
    def below(self) -> Verdict:
        return no("below_floor", f"{self.text} is below your {self.your}")

    @property
    def open_top(self) -> Verdict:
        return unknown("open_top", f"{self.text} may reach your {self.your}", "open_top")

    @property
    def open_bottom(self) -> Verdict:
        return unknown("open_bottom", f"{self.text}: where it starts is not stated", "salary")


@criterion(reads=["salary", "contract"], options=["salary_match", "salary_slack"], unknown="salary")
def min_salary(posting: Posting, wanted: Annual, search: Search) -> Verdict:
    salary = posting.salary.value
    if salary is None or salary.predicted:
        if posting.contract.value is ContractType.CONTRACT and "min_day_rate" in search.wanted:
            return unknown("day_rate_decides", "a contract: your day rate decides")
        return _not_stated(salary)
    if salary.annual_basis == "rate":
        return _rate_against_salary(salary, search)
    if salary.annual_basis is None:
        return unknown("period_unclear", f"{pay_words(salary)}: not clear whether it is a salary", "salary")
    offer = Offer(*salary.annual_gbp, _floor(float(wanted.amount), salary, search), pay_words(salary), pounds(wanted))
    return _judged(offer, posting.salary, search)


@criterion(reads=["salary", "contract"], options=["salary_match", "salary_slack"], unknown="salary")
def min_day_rate(posting: Posting, wanted: Daily, search: Search) -> Verdict:
    salary, contract = posting.salary.value, posting.contract.value
    if contract is not None and contract is not ContractType.CONTRACT:
        return yes("not_a_contract")
    if salary is None or salary.predicted:
        return _not_stated(salary)
    if salary.annual_basis == "salary":
        return _salary_against_rate(salary, search)
    if salary.annual_basis is None:
        return unknown("period_unclear", f"{pay_words(salary)}: not clear whether it is a rate", "salary")
    floor = _floor(float(wanted.amount), salary, search)
    return _judged(Offer(*_a_day(salary), floor, pay_words(salary), f"{pounds(wanted)}/day"), posting.salary, search)


def _judged(offer: Offer, fact: Fact[Salary], search: Search) -> Verdict:
    assert fact.value is not None  # noqa: S101 - both callers have looked
    if offer.low is None and offer.high is None:
        return _not_stated(None)
    if fact.value.pay.kind in _MORE_THAN_PAY:
        return _more_than_pay(offer, fact.value.pay.kind)
    if fact.flags & ONLY_MIN_COUNTS and search.salary_match != "floor":
        return _wide(offer)
    return _COMPARE[search.salary_match](offer)


def _reach(offer: Offer) -> Verdict:
    """The top of the range gets there."""
    if offer.high is None:
        return offer.meets if offer.low is not None and offer.low >= offer.floor else offer.open_top
    if offer.high < offer.floor:
        return offer.below
    if offer.low is None:
        return yes("up_to", f"{offer.text} may reach your {offer.your}")
    return offer.meets if offer.low >= offer.floor else yes("straddles", f"{offer.text} straddles your {offer.your}")


def _bottom(offer: Offer) -> Verdict:
    """The bottom of the range gets there."""
    if offer.low is None:
        return offer.below if offer.high is not None and offer.high < offer.floor else offer.open_bottom
    return offer.meets if offer.low >= offer.floor else offer.below


def _mid(offer: Offer) -> Verdict:
    """The middle of the range gets there."""
    if offer.low is None or offer.high is None:
        return _bottom(offer) if offer.low is None else _reach(offer)
    return offer.meets if (offer.low + offer.high) / 2 >= offer.floor else offer.below


_COMPARE: dict[str, Callable[[Offer], Verdict]] = {"reach": _reach, "floor": _bottom, "mid": _mid}


def _wide(offer: Offer) -> Verdict:
    if offer.low is not None and offer.low >= offer.floor:
        return offer.meets
    return unknown("wide", f"{offer.text} is too wide to compare with your {offer.your}", "salary")


def _more_than_pay(offer: Offer, kind: str) -> Verdict:
    top = offer.high if offer.high is not None else offer.low
    name = {"ote": "on-target earnings", "total_cash": "total cash"}.get(kind, kind)
    if offer.high is not None and top is not None and top < offer.floor:
        return no("below_floor", f"{offer.text} {name} is below your {offer.your}")
    return unknown("only_" + kind, f"{offer.text} is {name}, base pay not stated", "salary")


def _not_stated(salary: Salary | None) -> Verdict:
    if salary is None:
        return unknown("missing", "pay not stated", "salary")
    return unknown("estimate", f"pay not stated, estimated ~{pay_words(salary)}", "salary")


def _rate_against_salary(salary: Salary, search: Search) -> Verdict:
    if not search.takes(ContractType.CONTRACT):
        return no("rate_not_salary", f"{pay_words(salary)} is a contract rate, not a salary")
    if "min_day_rate" in search.wanted:
        return unknown("day_rate_decides", f"{pay_words(salary)}: your day rate decides")
    return unknown("no_min_day_rate", f"{pay_words(salary)}, and you set no min_day_rate", "salary")


def _salary_against_rate(salary: Salary, search: Search) -> Verdict:
    if not search.takes(ContractType.PERMANENT) and not search.takes(ContractType.FIXED_TERM):
        return no("salary_not_rate", f"{pay_words(salary)} is a salary, not a day rate")
    if "min_salary" in search.wanted:
        return unknown("salary_decides", f"{pay_words(salary)}: your yearly minimum decides")
    return unknown("no_min_salary", f"{pay_words(salary)}, and you set no min_salary", "salary")


def foreign_tolerance() -> float:
    """Exchange rates move: a converted figure may miss the floor by this share."""
    return float(factors_in_use().foreign_tolerance)


def _floor(amount: float, salary: Salary, search: Search) -> float:
    tolerance = 0.0 if salary.pay.currency == "GBP" else foreign_tolerance()
    return amount * (1 - float(search.salary_slack)) * (1 - tolerance)


def _a_day(salary: Salary) -> tuple[float | None, float | None]:
    """Return the rate in pounds a day."""
    factors = factors_in_use()
    factor = {"day": 1.0, "hour": float(factors.hours_per_day), "week": 0.2}.get(salary.pay.period)
    if factor is None or salary.pay.currency != "GBP":
        low, high = salary.annual_gbp
        days = factors.working_days
        return (None if low is None else low / days, None if high is None else high / days)
    ends = (salary.pay.min, salary.pay.max)
    return (None if ends[0] is None else float(ends[0]) * factor, None if ends[1] is None else float(ends[1]) * factor)


# --- pay in words ---------------------------------------------------------------------------------------------


def pay_words(salary: Salary) -> str:
    """Return "£55k-£70k", "up to £70k", "£550/day", "$120k (about £90k)", with the actual figure of part-time pay."""
    pay = salary.pay
    sign = _SIGNS.get(pay.currency, f"{pay.currency} ")
    words = _range(pay.min, pay.max, sign) + ("" if pay.period == "year" else f"/{pay.period}")
    about = _range(*salary.annual_gbp, "£")
    if about and (pay.currency != "GBP" or (pay.period != "year" and salary.annual_basis == "salary")):
        words += f" (about {about})"
    return words if salary.actual is None else f"{words} pro rata, {sign}{_short(float(salary.actual))} actual"


def pounds(money: Annual | Daily) -> str:
    return f"£{_short(float(money.amount))}"


def _range(low: object, high: object, sign: str) -> str:
    ends = [None if end is None else f"{sign}{_short(float(str(end)))}" for end in (low, high)]
    if ends[0] is None:
        return f"up to {ends[1]}" if ends[1] else ""
    if ends[1] is None:
        return f"from {ends[0]}"
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


def _short(amount: float) -> str:
    """Return 65000 as "65k", 67500 as "67.5k", 12.5 as "12.50", 550 as "550"."""
    if amount >= 10_000 and amount % 100 == 0:
        return f"{amount / 1000:g}k"
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
