"""What a posting pays: which figure is believed, where it was read, and what is never taken for pay."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Confidence, ContractType, Fact, RawPosting, Salary
from rolecall.normalise.salary import read_salary
from rolecall.normalise.text import Doc, prepare
from tests.shared import shared

Reading = tuple[float | None, float | None, str, str]


def posting(**given: Any) -> Doc:
    return prepare(RawPosting(**({"source": "acme", "id": "1", "title": "Developer", "country": "GB"} | given)))


def read(**given: Any) -> Fact[Salary]:
    return read_salary(posting(**given))


def pay(fact: Fact[Salary]) -> Reading | None:
    if fact.value is None:
        return None
    low, high = fact.value.pay.min, fact.value.pay.max
    return (
        None if low is None else float(low),
        None if high is None else float(high),
        fact.value.pay.currency,
        fact.value.pay.period,
    )


def body(text: str) -> Reading | None:
    return pay(read(description=text))


def field(text: str) -> Reading | None:
    return pay(read(salary_text=text))


# --- evidence -----------------------------------------------------------------------------------------------------


def test_the_reading_names_its_place_its_words_and_its_rule() -> None:
    fact = read(description="About us.\nSalary: £61,000 to £67,000 per annum plus bonus")
    assert (fact.source, fact.rule) == ("body", "salary.body.range")
    assert fact.evidence == "£61,000 to £67,000 per annum"
    assert fact.confidence is Confidence.HIGH


def test_silence_is_not_stated() -> None:
    assert read(description="A competitive salary and 25 days of holiday.") == Fact()


def test_the_stated_unit_is_kept_and_annual_pounds_stand_beside_it() -> None:
    salary = read(salary_text="£480 - £520 per day").value
    assert salary is not None
    assert (salary.pay.kind, salary.pay.period) == ("day_rate", "day")
    assert (salary.annual_gbp, salary.annual_basis) == ((105_600, 114_400), "rate")


def test_the_contract_decides_what_an_hour_makes_a_year() -> None:
    doc = posting(salary_text="£40 per hour")
    employee = read_salary(doc, Fact(ContractType.PERMANENT)).value
    contractor = read_salary(doc, Fact(ContractType.CONTRACT)).value
    unknown = read_salary(doc, Fact()).value
    assert employee is not None
    assert contractor is not None
    assert unknown is not None
    assert (employee.annual_gbp[0], employee.annual_basis) == (78_000, "salary")
    assert (contractor.annual_gbp[0], contractor.annual_basis) == (66_000, "rate")
    assert (unknown.annual_gbp[0], unknown.annual_basis) == (66_000, None)


def test_a_text_that_says_contract_turns_a_boards_year_back_into_days() -> None:
    fields = {"salary_min": 158_600, "salary_max": 158_600, "salary_is_predicted": "0", "contract_type": "permanent"}
    doc = posting(source="adzuna", fields=fields)
    assert pay(read_salary(doc, Fact(ContractType.CONTRACT))) == (610, 610, "GBP", "day")
    assert pay(read_salary(doc, Fact(ContractType.PERMANENT))) == (158_600, 158_600, "GBP", "year")


# --- the salary field ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("57000 - 62000", (57_000, 62_000, "GBP", "year")),
        ("430 - 470", (430, 470, "GBP", "day")),
        ("£2,700", (2_700, 2_700, "GBP", "month")),
        ("From £47 to £53 per annum", (47_000, 53_000, "GBP", "year")),
        ("£420 - £460 per annum", (420, 460, "GBP", "day")),
        ("£430 per hour, outside IR35", (430, 430, "GBP", "day")),
        ("Band 6: £35,100 to £42,300 pa", (35_100, 42_300, "GBP", "year")),
        ("£35,100 - £42,300 £35,100 to £42,300 per annum", (35_100, 42_300, "GBP", "year")),
        ("£28,400 + £3,000 welcome bonus", (28_400, 28_400, "GBP", "year")),
        ("£16.20 p/h weekdays, £19.40 p/h nights", (16.2, 19.4, "GBP", "hour")),
        ("£0.00 per month + 420-480", (420, 480, "GBP", "day")),
        ("£310 - £330 per annum + £420 - £480 / Day", (420, 480, "GBP", "day")),
        ("€62,000", (62_000, 62_000, "EUR", "year")),
    ],
)
def test_a_salary_field_is_read(text: str, reading: Reading) -> None:
    assert field(text) == reading


@pytest.mark.parametrize(
    "text", ["Competitive", "£Competitive", "DOE", "Band 7", "0", "£0 - £0", "TBC", "£350 a session"]
)
def test_a_field_without_pay_gives_none(text: str) -> None:
    assert field(text) is None


def test_pay_that_cannot_be_is_not_used_but_flagged() -> None:
    fact = read(salary_text="Up to £7,500 per annum")
    assert fact.value is None
    assert "implausible" in fact.flags


def test_a_range_too_wide_to_mean_anything_says_so() -> None:
    fact = read(salary_text="£30,000 - £120,000 per annum")
    assert "wide" in fact.flags
    assert fact.confidence is Confidence.LOW


def test_an_unmarked_figure_is_in_the_currency_of_the_source() -> None:
    assert "currency_inferred" in read(salary_text="57000 - 62000").flags
    assert pay(read(salary_text="57000 - 62000", country="IE")) == (57_000, 62_000, "EUR", "year")
    assert pay(read(salary_text="90-120k", country=None, source="remotive")) == (90_000, 120_000, "USD", "year")


def test_pro_rata_pay_keeps_the_full_time_figure_and_shows_the_actual_one() -> None:
    fact = read(salary_text="£31,400 pro rata, actual £18,840")
    assert fact.value is not None
    assert (float(fact.value.pay.min or 0), fact.value.fte_basis, fact.value.actual) == (31_400, "pro_rata", 18_840)


def test_base_pay_comes_before_on_target_earnings() -> None:
    fact = read(salary_text="£48,000 basic (OTE £75,000)")
    assert fact.value is not None
    assert fact.value.pay.kind == "base"
    assert [(p.kind, p.min) for p in fact.value.others] == [("ote", 75_000)]


@pytest.mark.parametrize("text", ["OTE £75,000", "£48,000 - £75,000 per annum, OTE"])
def test_pay_that_is_only_on_target_says_so(text: str) -> None:
    fact = read(salary_text=text)
    assert fact.value is not None
    assert fact.value.pay.kind == "ote"
    assert "ote" in fact.flags


@pytest.mark.parametrize(
    "text",
    ["£36.10 PAYE / £47.50 Umb ph", "£47.50 umbrella or £36.10 PAYE per hour", "Umbrella £47.50 ph, PAYE £36.10 ph"],
)
def test_paye_is_the_pay_and_umbrella_stands_beside_it(text: str) -> None:
    fact = read(salary_text=text)
    assert pay(fact) == (36.1, 36.1, "GBP", "hour")
    assert fact.value is not None
    assert [(p.kind, float(p.min or 0)) for p in fact.value.others] == [("umbrella", 47.5)]


def test_extras_beside_the_pay_are_left_out_and_said_to_be() -> None:
    fact = read(salary_text="£48,000 + £4,000 car allowance")
    assert pay(fact) == (48_000, 48_000, "GBP", "year")
    assert "extras_ignored" in fact.flags


def test_a_salary_and_a_rate_side_by_side_are_both_kept() -> None:
    fact = read(salary_text="£65k perm or £500 per day")
    assert fact.value is not None
    assert [(p.kind, p.min) for p in fact.value.others] == [("day_rate", 500)]


def test_of_several_countries_the_british_figure_counts() -> None:
    fact = read(salary_text="US: $110,000-$140,000/year, UK: £66,000-£79,000/year")
    assert pay(fact) == (66_000, 79_000, "GBP", "year")
    assert fact.value is not None
    assert [p.currency for p in fact.value.others] == ["USD"]


# --- titles and texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Leeds | Hybrid | £61k", (61_000, 61_000, "GBP", "year")),
        ("We offer up to £61,000 depending on experience", (None, 61_000, "GBP", "year")),
        ("Rate: £430 - £470, inside IR35", (430, 470, "GBP", "day")),
        ("Pay: £14.20 per hour", (14.2, 14.2, "GBP", "hour")),
        ("Salary up to 61K DOE", (None, 61_000, "GBP", "year")),
        ("£61,000 - £67,000 Training Progression", (61_000, 67_000, "GBP", "year")),
        ("Permanent£61,000 One of our clients", (61_000, 61_000, "GBP", "year")),
        ("Annual salary: 61k", (61_000, 61_000, "GBP", "year")),
        ("£430 (Outside)", (430, 430, "GBP", "day")),
        ("Up to £95k DOE or £500-600 inside IR35", (None, 95_000, "GBP", "year")),
        ("€60-70K / £52-61K, Dublin or London", (52_000, 61_000, "GBP", "year")),
        ("Starting salary of £44,200, progressing to £52,800", (44_200, 52_800, "GBP", "year")),
        ("Sales of £2m. You will earn £61,000", (61_000, 61_000, "GBP", "year")),
    ],
)
def test_pay_in_the_text_is_read(text: str, reading: Reading) -> None:
    assert body(text) == reading


@pytest.mark.parametrize(
    "text",
    [
        "£1,200 training budget, £250 towards your home office, £20 a week lunch allowance",
        "A sign-on bonus of £15,000 and life assurance up to £60,000",
        "We raised £40,000 for charity and manage budgets of £500,000",
        "Our turnover is £45,000 per day; revenues of £80.3 billion",
        "The salary threshold is £41,700 for sponsorship",
        "Serving 50k users with 500-700 requests a second",
        "£41,182\nper year - estimated",
        "Up to £200 per year for wellbeing expenses",
        "The prize was £500 and 401k is American",
    ],
)
def test_other_money_in_the_text_is_not_pay(text: str) -> None:
    assert body(text) is None


def test_the_title_is_read_and_the_body_may_widen_it() -> None:
    assert pay(read(title="Developer - £61k - Leeds")) == (61_000, 61_000, "GBP", "year")
    both = read(title="Developer - £67k", description="Salary: £61,000 - £67,000")
    assert pay(both) == (61_000, 67_000, "GBP", "year")


# --- which source to believe --------------------------------------------------------------------------------------


def test_one_pay_string_on_unrelated_employers_is_not_believed() -> None:
    given: dict[str, Any] = {"salary_text": "$180,000", "fields": {"same_field_value_employers_30d": 3}}
    assert read(**given) == Fact(flags=frozenset({"aggregator_pay_suspect"}))
    fact = read(**given, description="Salary: £61,000 per annum")
    assert pay(fact) == (61_000, 61_000, "GBP", "year")
    assert "aggregator_pay_suspect" in fact.flags


def test_a_foreign_field_gives_way_to_pounds_in_the_text() -> None:
    fact = read(salary_text="$88,000", description="Salary: £61,000 per annum")
    assert (pay(fact), fact.source) == ((61_000, 61_000, "GBP", "year"), "body")


def test_an_estimate_counts_only_where_nothing_is_stated() -> None:
    fields = {"salary_min": 51_234.5, "salary_max": 51_234.5, "salary_is_predicted": "1"}
    estimate = read(source="adzuna", fields=fields)
    assert estimate.value is not None
    assert estimate.value.predicted
    stated = read(source="adzuna", fields=fields, description="Salary: £61,000")
    assert stated.value is not None
    assert (stated.value.predicted, pay(stated)) == (False, (61_000, 61_000, "GBP", "year"))


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("adzuna", {"salary_min": 117_000, "salary_max": 130_000, "salary_is_predicted": "0"}),
        ("adzuna", {"salary_min": 51_234, "salary_max": 51_234, "salary_is_predicted": "1"}),
        ("reed", {"minimumSalary": 450, "maximumSalary": 500}),
    ],
)
def test_a_written_pay_string_beats_numbers_whose_unit_is_not_sure(source: str, fields: dict[str, Any]) -> None:
    fact = read(source=source, fields=fields, salary_text="£450 - £500 per day")
    assert (pay(fact), fact.evidence) == ((450, 500, "GBP", "day"), "£450 - £500 per day")


def test_numbers_with_their_unit_beat_a_summary() -> None:
    component = {"compensationType": "Salary", "interval": "1 HOUR", "currencyCode": "GBP", "minValue": 35}
    fact = read(source="ashby", fields={"compensation": {"summaryComponents": [component]}}, salary_text="£35+")
    assert pay(fact) == (35, None, "GBP", "hour")
    assert fact.evidence == "minValue=35"


@pytest.mark.parametrize(
    ("text", "low"), [("£49,230 - £54,700 per annum", 49_230), ("£30,000 - £35,000 a year", 50_000)]
)
def test_a_range_in_the_text_around_adzuna_s_round_figure_says_more(text: str, low: int) -> None:
    fields = {"salary_min": 50_000, "salary_max": 50_000, "salary_is_predicted": "0"}
    fact = read(source="adzuna", fields=fields, description=text)
    assert fact.value is not None
    assert fact.value.pay.min == low


def test_a_day_rate_in_the_text_beats_the_year_that_adzuna_makes_of_it() -> None:
    fields = {"salary_min": 104_000, "salary_max": 117_000, "salary_is_predicted": "0"}
    fact = read(source="adzuna", fields=fields, description="£400 - £450 per day, inside IR35")
    assert pay(fact) == (400, 450, "GBP", "day")


def test_a_foreign_range_on_a_british_post_may_be_for_elsewhere() -> None:
    fact = read(salary_text="$60,000 - $140,000", description="Pay follows our geographic pay ranges.")
    assert "geo_range" in fact.flags
    assert fact.confidence is Confidence.LOW


# --- always -------------------------------------------------------------------------------------------------------

_WORDS = "£ 45 ,000 k per day annum OTE salary up to - | bonus Umbrella PAYE actual pro rata 0 . € IR35 999999999"


@given(st.lists(st.sampled_from(_WORDS.split()), max_size=60), st.text(max_size=200))
@settings(max_examples=80)
def test_no_text_makes_it_raise(words: list[str], noise: str) -> None:
    text = " ".join(words)
    for fact in (read(title=text, salary_text=noise), read(salary_text=text, description=text + noise)):
        assert len(fact.evidence) <= 160
        assert (fact.value is None) == (fact.rule == "none")


# --- measured on what others wrote --------------------------------------------------------------------------------


def _lines(*parts: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in shared(*parts).read_text(encoding="utf-8").splitlines()]


def _expected(label: dict[str, Any]) -> Reading:
    return (label["min"], label["max"], label["currency"], label["period"])


def _raw(row: dict[str, Any]) -> Doc:
    names = ("source", "id", "title", "description", "salary_text", "fields", "country", "location")
    return prepare(RawPosting(**{name: row[name] for name in names if row.get(name) is not None}))


def test_pay_strings_of_boards_are_read_almost_without_a_miss() -> None:
    rows = [row for row in _lines("data", "salary_strings.jsonl") if "doubt" not in row["label"]]
    wanted = {row["id"]: None if row["label"].get("none") else _expected(row["label"]) for row in rows}
    found = {row["id"]: pay(read_salary(_raw(row))) for row in rows}
    invented = [name for name, reading in wanted.items() if reading is None and found[name] is not None]
    right = [name for name, reading in wanted.items() if reading == found[name]]
    assert invented == []
    assert len(right) >= 0.99 * len(rows)


def test_pay_in_adverts_is_read_almost_without_a_miss() -> None:
    rows = [row for row in _lines("data", "salary_texts.jsonl") if "doubt" not in row["label"]]
    right = [row for row in rows if pay(read_salary(_raw(row))) == _expected(row["label"])]
    assert len(right) >= 0.97 * len(rows)


def test_no_pay_is_invented_in_postings_that_state_none() -> None:
    rows = [row for row in _lines("data", "postings_labelled.jsonl") if row["label"]["salary"] is None]
    assert [row["id"] for row in rows if read_salary(_raw(row)).value] == []
