"""Pay in the structured fields of each board, and what happens to fields that are not what they should be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Fact, RawPosting, Salary
from rolecall.normalise.salary import read_salary
from rolecall.normalise.salary_boards import _BOARDS
from rolecall.normalise.text import prepare

Reading = tuple[float | None, float | None, str, str]


def read(board: str, fields: dict[str, Any]) -> Fact[Salary]:
    return read_salary(prepare(RawPosting(f"{board}:acme", "1", "Developer", fields=fields, country="GB")))


def pay(board: str, fields: dict[str, Any]) -> Reading | None:
    salary = read(board, fields).value
    if salary is None:
        return None
    low, high = (None if end is None else float(end) for end in (salary.pay.min, salary.pay.max))
    return low, high, salary.pay.currency, salary.pay.period


def ashby(*components: dict[str, Any], title: str = "") -> dict[str, Any]:
    return {"compensation": {"summaryComponents": list(components), "compensationTiers": [{"title": title}]}}


def component(low: float | None, high: float | None, code: str = "GBP", interval: str = "1 YEAR") -> dict[str, Any]:
    return {
        "compensationType": "Salary",
        "interval": interval,
        "currencyCode": code,
        "minValue": low,
        "maxValue": high,
    }


@pytest.mark.parametrize(
    ("board", "fields", "reading"),
    [
        ("adzuna", {"salary_min": 61_000, "salary_max": 67_000}, (61_000, 67_000, "GBP", "year")),
        ("adzuna", {"salary_min": 0, "salary_max": 67_000}, (None, 67_000, "GBP", "year")),
        ("adzuna", {"salary_min": 420, "salary_max": 450}, (420, 450, "GBP", "day")),
        ("adzuna", {"salary_min": 123_500, "salary_max": 143_000}, (475, 550, "GBP", "day")),  # × 260, type unsaid
        ("adzuna", {"salary_min": 104_000, "salary_max": 130_000}, (104_000, 130_000, "GBP", "year")),  # may be pay
        ("adzuna", {"salary_min": 104_000, "salary_max": 107_500}, (104_000, 107_500, "GBP", "year")),
        ("reed", {"minimumSalary": 14.2, "maximumSalary": 16.0, "currency": "GBP"}, (14.2, 16, "GBP", "hour")),
        ("reed", {"minimumSalary": 420.0, "maximumSalary": None}, (420, None, "GBP", "day")),
        (
            "reed",
            {"minimumSalary": 420, "maximumSalary": 450, "salaryType": "per day", "currency": "GBP"},
            (420, 450, "GBP", "day"),
        ),
        (
            "greenhouse",
            {"pay_input_ranges": [{"min_cents": 6_100_000, "max_cents": 6_700_000, "currency_type": "GBP"}]},
            (61_000, 67_000, "GBP", "year"),
        ),
        (
            "greenhouse",
            {
                "pay_input_ranges": [
                    {"min_cents": 15_000_000, "max_cents": 19_000_000, "currency_type": "USD", "title": "New York"},
                    {"min_cents": 6_100_000, "max_cents": 6_700_000, "currency_type": "GBP", "title": "London"},
                ]
            },
            (61_000, 67_000, "GBP", "year"),
        ),
        (
            "lever",
            {"salaryRange": {"currency": "GBP", "interval": "per-year-salary", "min": 61_000, "max": 67_000}},
            (61_000, 67_000, "GBP", "year"),
        ),
        (
            "lever",
            {"salaryRange": {"currency": "GBP", "interval": "per-hour-wage", "min": 14, "max": 16}},
            (14, 16, "GBP", "hour"),
        ),
        ("ashby", ashby(component(61_000, 67_000)), (61_000, 67_000, "GBP", "year")),
        ("ashby", ashby(component(150_000, None, "USD"), component(61_000, None)), (61_000, None, "GBP", "year")),
        ("ashby", ashby(component(35, 45, interval="1 HOUR")), (35, 45, "GBP", "hour")),
        ("remoteok", {"salary_min": 80_000, "salary_max": 120_000}, (80_000, 120_000, "USD", "year")),
        ("himalayas", {"minSalary": 61_000, "maxSalary": 67_000, "currency": "GBP"}, (61_000, 67_000, "GBP", "year")),
        (
            "jobicy",
            {"annualSalaryMin": "61000", "annualSalaryMax": "67000", "salaryCurrency": "GBP"},
            (61_000, 67_000, "GBP", "year"),
        ),
        (
            "jobicy",
            {"salaryMin": 4_100, "salaryMax": 4_700, "salaryCurrency": "EUR", "salaryPeriod": "monthly"},
            (4_100, 4_700, "EUR", "month"),
        ),
        (
            "recruitee",
            {"salary": {"min": "61000", "max": "67000", "period": "year", "currency": "GBP"}},
            (61_000, 67_000, "GBP", "year"),
        ),
        ("remotive", {"salary": "$90 - $130 /hour"}, (90, 130, "USD", "hour")),
        ("remotive", {"salary": "€61k - €67k"}, (61_000, 67_000, "EUR", "year")),
        ("devitjobs", {"annualSalaryFrom": 61_000, "annualSalaryTo": 67_000}, (61_000, 67_000, "GBP", "year")),
        (
            "pinpoint",
            {
                "compensation_visible": True,
                "compensation_minimum": 61_000,
                "compensation_maximum": 67_000,
                "compensation_currency": "GBP",
                "compensation_frequency": "year",
            },
            (61_000, 67_000, "GBP", "year"),
        ),
        (
            "acme",
            {"baseSalary": {"currency": "GBP", "value": {"minValue": 420, "maxValue": 450, "unitText": "DAY"}}},
            (420, 450, "GBP", "day"),
        ),
        ("acme", {"baseSalary": {"currency": "GBP", "value": 61_000}}, (61_000, 61_000, "GBP", "year")),
    ],
)
def test_each_board_is_read_by_its_own_rules(board: str, fields: dict[str, Any], reading: Reading) -> None:
    assert pay(board, fields) == reading


@pytest.mark.parametrize(
    ("board", "fields"),
    [
        ("remoteok", {"salary_min": 0, "salary_max": 0}),
        ("reed", {"minimumSalary": None, "maximumSalary": None, "currency": None}),
        ("himalayas", {"minSalary": None, "maxSalary": None, "currency": "USD"}),
        ("ashby", ashby({"compensationType": "EquityPercentage", "interval": "NONE", "minValue": 1, "maxValue": 2})),
        ("remotive", {"salary": ""}),
        ("lever", {"salaryRange": {"interval": "per-year-salary", "min": 61_000}}),
        ("adzuna", {"salary_min": 26, "salary_max": 3}),
    ],
)
def test_hidden_or_empty_pay_is_none_and_never_nothing(board: str, fields: dict[str, Any]) -> None:
    salary = read(board, fields).value
    assert salary is None or salary.pay.period == "hour"


def test_the_evidence_of_a_field_is_its_name_and_value() -> None:
    fact = read("adzuna", {"salary_min": 61_000, "salary_max": 67_000, "salary_is_predicted": "0"})
    assert (fact.source, fact.rule) == ("field", "salary.board.adzuna")
    assert fact.evidence == "salary_min=61000 salary_max=67000"


@pytest.mark.parametrize(
    ("low", "high", "reading"),
    [
        (104_000, 117_000, (400, 450, "GBP", "day")),
        (0, 130_000, (None, 500, "GBP", "day")),
        (29_120, 29_120, (14, 14, "GBP", "hour")),
        (58_760, 58_760, (28.25, 28.25, "GBP", "hour")),
        (61_000, 67_000, (61_000, 67_000, "GBP", "year")),
        (52_000, 65_000, (52_000, 65_000, "GBP", "year")),
        (0, 111_020, (None, 427, "GBP", "day")),
        (27_456, 62_400, (13.2, 30, "GBP", "hour")),
    ],
)
def test_a_contract_of_adzuna_is_a_rate_again(low: int, high: int, reading: Reading) -> None:
    fields = {"salary_min": low, "salary_max": high, "salary_is_predicted": "0", "contract_type": "contract"}
    assert pay("adzuna", fields) == reading
    assert ("period_repaired" in read("adzuna", fields).flags) == (reading[3] != "year")


def test_on_target_earnings_of_ashby_say_so() -> None:
    fact = read("ashby", ashby(component(90_000, 110_000), title="On target earnings"))
    assert fact.value is not None
    assert fact.value.pay.kind == "ote"


_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("GBP") | st.just("1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["min", "value", "title"]), inner),
    max_leaves=6,
)
_NAMES = (
    "salary_min salary_max salary_is_predicted contract_type minimumSalary salaryType currency pay_input_ranges "
    "salaryRange compensation salary baseSalary minSalary annualSalaryMin"
)


@given(st.sampled_from([*_BOARDS, "acme"]), st.dictionaries(st.sampled_from(_NAMES.split()), _VALUE, max_size=6))
@settings(max_examples=100)
def test_no_field_of_any_type_makes_it_raise(board: str, fields: dict[str, Any]) -> None:
    read(board, fields)
