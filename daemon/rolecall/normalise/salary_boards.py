"""Pay in the structured fields of each board: what every source really means (sources.md 2.10).

One small function a board, tolerant of wrong types: a field that cannot be read is a field that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from rolecall.model import Json, Pay, PayKind, Period
from rolecall.normalise.money import figures
from rolecall.normalise.salary_period import by_size, in_pounds, plausible
from rolecall.normalise.text import Doc, short

Fields = Mapping[str, Json]

REWRITES = frozenset({"adzuna"})
"""Boards that rewrite pay: what the text says beats their field (day rates × 260, hourly × 2,080)."""

_PERIODS: dict[str, Period] = {
    "hour": "hour",
    "day": "day",
    "dai": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "ann": "year",
}
_OTE = re.compile(r"\bote\b|on[- ]target", re.IGNORECASE)
_UK = re.compile(r"\b(?:UK|United Kingdom|GB|Britain|England|London|Scotland|Wales)\b")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a board's own fields say the job pays. `evidence` is "name=value"; `predicted`: the board's estimate."""

    pay: Pay
    evidence: str
    flags: frozenset[str] = frozenset()
    others: tuple[Pay, ...] = ()
    predicted: bool = False


def stated(doc: Doc) -> Stated | None:
    """Return the pay of the posting's structured fields, None when the board gives none."""
    fields = doc.raw.fields
    read = _BOARDS.get(doc.raw.board)
    found = (read(fields) if read else None) or _schema_org(fields)
    return found if found and plausible(_top(found.pay), found.pay.currency, found.pay.period) else None


# --- the boards ---------------------------------------------------------------------------------------------------


def _adzuna(fields: Fields) -> Stated | None:
    found = _ends(fields, "salary_min", "salary_max", "GBP", "year")
    if found is None:
        return None
    if str(fields.get("salary_is_predicted", "0")).strip().lower() in ("1", "true"):
        return replace(found, predicted=True, flags=found.flags | {"predicted"})
    if _top(found.pay) < 1500:
        return _sized(found)
    return _de_annualised(found) if fields.get("contract_type") == "contract" else found


def _de_annualised(found: Stated) -> Stated:
    """Undo Adzuna's silent × 260 (days) and × 2,080 (hours), which it applies to contracts."""
    ends = [end for end in (found.pay.min, found.pay.max) if end is not None]
    if all(end % 1000 == 0 and end <= 65_000 for end in ends):
        return found  # as likely a fixed term's salary
    if all(_was_daily(end / 260) for end in ends):
        return _divided(found, 260, "day")
    if all(_was_hourly(end / 2080) for end in ends):
        return _divided(found, 2080, "hour")
    return found


def _was_daily(rate: Decimal) -> bool:
    return 150 <= rate <= 2500 and (rate % 5 == 0 or (rate >= 250 and rate % Decimal("0.5") == 0))


def _was_hourly(rate: Decimal) -> bool:
    return 8 <= rate <= 150 and rate * 100 % 1 == 0


def _divided(found: Stated, factor: int, period: Period) -> Stated:
    low, high = found.pay.min, found.pay.max
    pay = _pay(low and low / factor, high and high / factor, "GBP", period)
    return replace(found, pay=pay, flags=found.flags | {"period_inferred", "period_repaired"})


def _reed(fields: Fields) -> Stated | None:
    period = _period(fields.get("salaryType"))
    found = _ends(fields, "minimumSalary", "maximumSalary", _code(fields.get("currency")) or "GBP", period or "year")
    return found if period or found is None else _sized(found)


def _greenhouse(fields: Fields) -> Stated | None:
    ranges = [(r, found) for r in _maps(fields.get("pay_input_ranges")) if (found := _greenhouse_range(r))]
    here = [found for r, found in ranges if found.pay.currency == "GBP" or _UK.search(str(r.get("title")))]
    if here:
        return here[0]
    if not ranges:
        return None
    widest = max((found for _, found in ranges), key=lambda found: _top(found.pay))
    return replace(widest, flags=widest.flags | {"geo_range"}) if len(ranges) > 1 else widest


def _greenhouse_range(row: Fields) -> Stated | None:
    pence = {name: _number(row.get(name)) for name in ("min_cents", "max_cents")}
    pounds = {name: value / 100 for name, value in pence.items() if value}
    found = _ends(pounds, "min_cents", "max_cents", _code(row.get("currency_type")) or "USD", "year")
    return None if found is None else _sized(found, _period(row.get("title")))


def _lever(fields: Fields) -> Stated | None:
    return _object(fields, "salaryRange", "min", "max", "interval")


def _recruitee(fields: Fields) -> Stated | None:
    return _object(fields, "salary", "min", "max", "period")


def _object(fields: Fields, name: str, low: str, high: str, period: str) -> Stated | None:
    row = fields.get(name)
    if not isinstance(row, Mapping):
        return None
    code = _code(row.get("currency"))
    found = _ends(row, low, high, code, _period(row.get(period)) or "year") if code else None
    return replace(found, evidence=f"{name}.{found.evidence}") if found else None


def _ashby(fields: Fields) -> Stated | None:
    pay = fields.get("compensation")
    if not isinstance(pay, Mapping):
        return None
    found = [s for row in _maps(pay.get("summaryComponents")) if (s := _ashby_component(row))]
    if not found:
        return None
    best = next((s for s in found if s.pay.currency == "GBP"), found[0])
    if _OTE.search(" ".join(_ashby_words(pay))):
        return replace(best, pay=replace(best.pay, kind="ote"), flags=best.flags | {"ote"})
    return replace(best, others=tuple(s.pay for s in found if s is not best))


def _ashby_component(row: Fields) -> Stated | None:
    period, code = _period(row.get("interval")), _code(row.get("currencyCode"))
    if row.get("compensationType") != "Salary" or period is None or code is None:
        return None
    return _ends(row, "minValue", "maxValue", code, period)


def _ashby_words(pay: Fields) -> Iterable[str]:
    for tier in _maps(pay.get("compensationTiers")):
        yield str(tier.get("title"))
        yield from (
            str(c.get("summary")) for c in _maps(tier.get("components")) if c.get("compensationType") == "Salary"
        )


def _remoteok(fields: Fields) -> Stated | None:
    return _ends(fields, "salary_min", "salary_max", "USD", "year")


def _himalayas(fields: Fields) -> Stated | None:
    return _ends(fields, "minSalary", "maxSalary", _code(fields.get("currency")) or "USD", "year")


def _jobicy(fields: Fields) -> Stated | None:
    code = _code(fields.get("salaryCurrency")) or "USD"
    period = _period(fields.get("salaryPeriod")) or "year"
    return _ends(fields, "annualSalaryMin", "annualSalaryMax", code, "year") or _ends(
        fields, "salaryMin", "salaryMax", code, period
    )


def _remotive(fields: Fields) -> Stated | None:
    written = fields.get("salary")
    found = figures(short(written), field=True) if isinstance(written, str) else []
    if len(found) != 1:
        return None
    one = found[0]
    pay = _pay(one.min, one.max, one.currency or "USD", one.period or "year")
    read = Stated(pay, f"salary={written}", one.flags)
    return read if one.period else _sized(read)


def _devitjobs(fields: Fields) -> Stated | None:
    if found := _ends(fields, "annualSalaryFrom", "annualSalaryTo", "GBP", "year"):
        return found
    period = _period(fields.get("contractRateType"))
    return _ends(fields, "contractRateFrom", "contractRateTo", "GBP", period) if period else None


def _pinpoint(fields: Fields) -> Stated | None:
    code, period = _code(fields.get("compensation_currency")), _period(fields.get("compensation_frequency"))
    if fields.get("compensation_visible") is not True or code is None or period is None:
        return None
    return _ends(fields, "compensation_minimum", "compensation_maximum", code, period)


def _schema_org(fields: Fields) -> Stated | None:
    base = fields.get("baseSalary")
    if not isinstance(base, Mapping):
        return None
    value = base.get("value")
    row = value if isinstance(value, Mapping) else {"value": value, "unitText": base.get("unitText")}
    code = _code(base.get("currency")) or _code(row.get("currency"))
    period = _period(row.get("unitText"))
    if code is None:
        return None
    point = {"minValue": row.get("value"), "maxValue": row.get("value")}
    found = _ends(row, "minValue", "maxValue", code, period or "year") or _ends(
        point, "minValue", "maxValue", code, period or "year"
    )
    return found if found is None or period else _sized(found)


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
}


# --- values as boards write them ------------------------------------------------------------------------------------


def _ends(row: Fields, low_name: str, high_name: str, currency: str, period: Period) -> Stated | None:
    """Return the range of two fields; 0, null and nonsense are an open end, two of them no pay at all."""
    low, high = _number(row.get(low_name)), _number(row.get(high_name))
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
    return Stated(_pay(low, high, currency, period), " ".join(named), frozenset(flags))


def _sized(found: Stated, period: Period | None = None) -> Stated:
    """Return the pay with the period that its size tells, unless one is given."""
    top = in_pounds(_top(found.pay), found.pay.currency)
    pay = _pay(found.pay.min, found.pay.max, found.pay.currency, period or by_size(top))
    return replace(found, pay=pay, flags=found.flags | ({"period_inferred"} if period is None else set()))


def _pay(low: Decimal | None, high: Decimal | None, currency: str, period: Period) -> Pay:
    kinds: dict[str, PayKind] = {"day": "day_rate", "hour": "hourly"}
    return Pay(kinds.get(period, "base"), low, high, currency, period)


def _top(pay: Pay) -> Decimal:
    return pay.max if pay.max is not None else cast("Decimal", pay.min)


def _number(value: Any) -> Decimal | None:
    """Return a positive amount; strings as boards write them ("45000.00", "45,000"); anything else is None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    written = str(value).strip().replace(",", "")
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", written):
        return None
    return Decimal(written).normalize() + 0 or None


def _period(value: Any) -> Period | None:
    word = str(value).lower() if isinstance(value, str) else ""
    return next((period for part, period in _PERIODS.items() if part in word), None)


def _code(value: Any) -> str | None:
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if _CURRENCY.fullmatch(code) else None


def _maps(value: Any) -> list[Fields]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
