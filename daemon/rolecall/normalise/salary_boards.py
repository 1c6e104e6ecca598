"""Pay in the structured fields of each board: what every source really means (sources.md 2.10).

One small function a board, tolerant of wrong types: a field that cannot be read is a field that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from rolecall.model import ContractType, Period
from rolecall.normalise.money import figures
from rolecall.normalise.plain import short
from rolecall.normalise.salary_period import plausible
from rolecall.normalise.salary_values import (
    Fields,
    Stated,
    code_of,
    ends,
    number,
    pay_of,
    period_of,
    rows,
    sized,
    top_of,
)
from rolecall.normalise.text import Doc

REWRITES = frozenset({"adzuna"})
"""Boards that rewrite pay: what the text says beats their field (day rates × 260, hourly × 2,080)."""

_OTE = re.compile(r"\bote\b|on[- ]target", re.IGNORECASE)
_UK = re.compile(r"\b(?:UK|United Kingdom|GB|Britain|England|London|Scotland|Wales)\b")


def stated(doc: Doc, contract: ContractType | None = None) -> Stated | None:
    """Return the pay of the posting's structured fields, None when the board gives none."""
    fields = doc.raw.fields
    read = _BOARDS.get(doc.raw.board)
    found = (read(fields) if read else None) or _schema_org(fields)
    if found and contract is ContractType.CONTRACT and doc.raw.board in REWRITES and not found.predicted:
        found = _de_annualised(found)  # where the text alone says that it is a contract
    return found if found and plausible(top_of(found.pay), found.pay.currency, found.pay.period) else None


# --- the boards ---------------------------------------------------------------------------------------------------


def _adzuna(fields: Fields) -> Stated | None:
    found = ends(fields, "salary_min", "salary_max", "GBP", "year")
    if found is None:
        return None
    if str(fields.get("salary_is_predicted", "0")).strip().lower() in ("1", "true"):
        return replace(found, predicted=True, flags=found.flags | {"predicted"})
    if top_of(found.pay) < 1500:
        return sized(found)
    kind = fields.get("contract_type")
    return _de_annualised(found) if kind == "contract" or (kind is None and _was_rates(found)) else found


def _de_annualised(found: Stated) -> Stated:
    """Undo Adzuna's silent × 260 (days) and × 2,080 (hours), which it applies to contracts."""
    amounts = [end for end in (found.pay.min, found.pay.max) if end is not None]
    if found.pay.period != "year" or all(end % 1000 == 0 and end <= 65_000 for end in amounts):
        return found  # as likely a fixed term's salary
    if all(_was_daily(end / 260) for end in amounts):
        return _divided(found, 260, "day")
    if all(_was_hourly(end / 2080) for end in amounts):
        return _divided(found, 2080, "hour")
    return found


def _was_rates(found: Stated) -> bool:
    """Can this range hardly be a salary: both ends whole rates × 260, one of them no whole thousand?"""
    ends = {end for end in (found.pay.min, found.pay.max) if end is not None}
    whole = all(end % 1000 == 0 for end in ends)
    return len(ends) == 2 and not whole and all(end >= 65_000 and end % 1300 == 0 for end in ends)


def _was_daily(rate: Decimal) -> bool:
    return 150 <= rate <= 2500 and (rate % 5 == 0 or (rate >= 250 and rate % Decimal("0.5") == 0))


def _was_hourly(rate: Decimal) -> bool:
    return 8 <= rate <= 150 and rate * 100 % 1 == 0


def _divided(found: Stated, factor: int, period: Period) -> Stated:
    low, high = found.pay.min, found.pay.max
    pay = pay_of(low and low / factor, high and high / factor, "GBP", period)
    return replace(found, pay=pay, flags=found.flags | {"period_inferred", "period_repaired"})


def _reed(fields: Fields) -> Stated | None:
    period = period_of(fields.get("salaryType"))
    found = ends(fields, "minimumSalary", "maximumSalary", code_of(fields.get("currency")) or "GBP", period or "year")
    return found if period or found is None else sized(found)


def _greenhouse(fields: Fields) -> Stated | None:
    ranges = [(r, found) for r in rows(fields.get("pay_input_ranges")) if (found := _greenhouse_range(r))]
    return _one_of([(str(r.get("title")), found) for r, found in ranges])


def _rippling(fields: Fields) -> Stated | None:
    ranges = [(r, found) for r in rows(fields.get("payRangeDetails")) if (found := _rippling_range(r))]
    return _one_of([(str(r.get("location")), found) for r, found in ranges])


def _rippling_range(row: Fields) -> Stated | None:
    code, period = code_of(row.get("currency")), period_of(row.get("frequency"))
    return ends(row, "rangeStart", "rangeEnd", code, period) if code and period else None


def _one_of(ranges: Sequence[tuple[str, Stated]]) -> Stated | None:
    """Return the range for people in the UK, else the widest, of ranges that are given with their place."""
    here = [found for place, found in ranges if found.pay.currency == "GBP" or _UK.search(place)]
    if here:
        return here[0]
    if not ranges:
        return None
    widest = max((found for _, found in ranges), key=lambda found: top_of(found.pay))
    return replace(widest, flags=widest.flags | {"geo_range"}) if len(ranges) > 1 else widest


def _greenhouse_range(row: Fields) -> Stated | None:
    pence = {name: number(row.get(name)) for name in ("min_cents", "max_cents")}
    pounds = {name: value / 100 for name, value in pence.items() if value}
    found = ends(pounds, "min_cents", "max_cents", code_of(row.get("currency_type")) or "USD", "year")
    return None if found is None else sized(found, period_of(row.get("title")))


def _lever(fields: Fields) -> Stated | None:
    return _object(fields, "salaryRange", "min", "max", "interval")


def _recruitee(fields: Fields) -> Stated | None:
    return _object(fields, "salary", "min", "max", "period")


def _object(fields: Fields, name: str, low: str, high: str, period: str) -> Stated | None:
    row = fields.get(name)
    if not isinstance(row, Mapping):
        return None
    code = code_of(row.get("currency"))
    found = ends(row, low, high, code, period_of(row.get(period)) or "year") if code else None
    return replace(found, evidence=f"{name}.{found.evidence}") if found else None


def _ashby(fields: Fields) -> Stated | None:
    pay = fields.get("compensation")
    if not isinstance(pay, Mapping):
        return None
    found = [s for row in rows(pay.get("summaryComponents")) if (s := _ashby_component(row))]
    if not found:
        return None
    best = next((s for s in found if s.pay.currency == "GBP"), found[0])
    if _OTE.search(" ".join(_ashby_words(pay))):
        return replace(best, pay=replace(best.pay, kind="ote"), flags=best.flags | {"ote"})
    return replace(best, others=tuple(s.pay for s in found if s is not best))


def _ashby_component(row: Fields) -> Stated | None:
    period, code = period_of(row.get("interval")), code_of(row.get("currencyCode"))
    if row.get("compensationType") != "Salary" or period is None or code is None:
        return None
    return ends(row, "minValue", "maxValue", code, period)


def _ashby_words(pay: Fields) -> Iterable[str]:
    for tier in rows(pay.get("compensationTiers")):
        yield str(tier.get("title"))
        yield from (
            str(c.get("summary")) for c in rows(tier.get("components")) if c.get("compensationType") == "Salary"
        )


def _remoteok(fields: Fields) -> Stated | None:
    return ends(fields, "salary_min", "salary_max", "USD", "year")


def _himalayas(fields: Fields) -> Stated | None:
    return ends(fields, "minSalary", "maxSalary", code_of(fields.get("currency")) or "USD", "year")


def _jobicy(fields: Fields) -> Stated | None:
    code = code_of(fields.get("salaryCurrency")) or "USD"
    period = period_of(fields.get("salaryPeriod")) or "year"
    return ends(fields, "annualSalaryMin", "annualSalaryMax", code, "year") or ends(
        fields, "salaryMin", "salaryMax", code, period
    )


def _remotive(fields: Fields) -> Stated | None:
    written = fields.get("salary")
    found = figures(short(written), field=True) if isinstance(written, str) else []
    if len(found) != 1:
        return None
    one = found[0]
    pay = pay_of(one.min, one.max, one.currency or "USD", one.period or "year")
    read = Stated(pay, f"salary={written}", one.flags)
    return read if one.period else sized(read)


def _devitjobs(fields: Fields) -> Stated | None:
    if found := ends(fields, "annualSalaryFrom", "annualSalaryTo", "GBP", "year"):
        return found
    period = period_of(fields.get("contractRateType"))
    return ends(fields, "contractRateFrom", "contractRateTo", "GBP", period) if period else None


def _pinpoint(fields: Fields) -> Stated | None:
    code, period = code_of(fields.get("compensation_currency")), period_of(fields.get("compensation_frequency"))
    if fields.get("compensation_visible") is not True or code is None or period is None:
        return None
    return ends(fields, "compensation_minimum", "compensation_maximum", code, period)


def _schema_org(fields: Fields) -> Stated | None:
    base = fields.get("baseSalary")
    if not isinstance(base, Mapping):
        return None
    value = base.get("value")
    row = value if isinstance(value, Mapping) else {"value": value, "unitText": base.get("unitText")}
    code = code_of(base.get("currency")) or code_of(row.get("currency"))
    period = period_of(row.get("unitText"))
    if code is None:
        return None
    point = {"minValue": row.get("value"), "maxValue": row.get("value")}
    found = ends(row, "minValue", "maxValue", code, period or "year") or ends(
        point, "minValue", "maxValue", code, period or "year"
    )
    return found if found is None or period else sized(found)


_BOARDS: dict[str, Callable[[Fields], Stated | None]] = {
    "adzuna": _adzuna,
    "ashby": _ashby,
    "devitjobs": _devitjobs,
    "greenhouse": _greenhouse,
    "himalayas": _himalayas,
    "jobicy": _jobicy,
    "lever": _lever,
    "pinpoint": _pinpoint,
    "recruitee": _recruitee,
    "reed": _reed,
    "remoteok": _remoteok,
    "remotive": _remotive,
    "rippling": _rippling,
}
