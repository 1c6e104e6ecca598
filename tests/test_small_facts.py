"""Clearance, visa, agency, hours, closing date, and the labels that warn."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from rolecall.model import ClearanceLevel, Confidence, Fact, Pay, RawPosting, Salary
from rolecall.normalise.agency import read_agency
from rolecall.normalise.clearance import read_clearance
from rolecall.normalise.closing import read_closing
from rolecall.normalise.hours import read_hours
from rolecall.normalise.quality import read_flags
from rolecall.normalise.text import Doc, prepare
from rolecall.normalise.visa import read_visa


def doc(body: str = "", title: str = "Engineer", **raw: Any) -> Doc:
    return prepare(RawPosting("", "1", title, description=body, **raw))


# --- clearance --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "level", "state"),
    [
        ("You must be SC cleared.", "SC", "held"),
        ("Active DV clearance is a must", "DV", "held"),
        ("Able to obtain SC clearance", "SC", "eligible"),
        ("Eligible for BPSS", "BPSS", "eligible"),
        ("SC clearance would be desirable", "SC", "preferred"),
        ("Security Clearance: Active SC", "SC", "held"),
        ("NPPV3 vetting", "ESC", None),
        ("No security clearance is required.", "NONE", None),
    ],
)
def test_a_clearance_is_read_with_how_it_must_be_held(body: str, level: str, state: str | None) -> None:
    value = read_clearance(doc(body)).value
    assert (value.level.name, value.state) == (level, state)


def test_the_lowest_level_that_is_acceptable_counts_and_the_others_are_named() -> None:
    value = read_clearance(doc("DV clearance or at minimum SC clearance")).value
    assert (value.level, value.also) == (ClearanceLevel.SC, {ClearanceLevel.DV})


def test_a_clearance_without_a_name_is_only_guessed() -> None:
    fact = read_clearance(doc("Government security clearance required"))
    assert (fact.value.level, fact.confidence) == (ClearanceLevel.SC, Confidence.GUESS)


def test_years_of_residency_are_kept() -> None:
    assert read_clearance(doc("SC clearance: 5 years UK residency")).value.residency_years == 5


@pytest.mark.parametrize(
    "body", ["Customs clearance experience", "AWS SCP policies", "Charleston, SC 29401", "DVD and SCSS"]
)
def test_other_clearances_and_letters_say_nothing(body: str) -> None:
    assert read_clearance(doc(body)).value is None


# --- visa -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        ("Leeds, on site, visa sponsors", True),
        ("We are not visa sponsors.", False),
        ("We offer visa sponsorship.", True),
        ("Sponsorship can be provided", True),
        ("Sponsorship\nis\navailable for this role", True),
        ("We cannot offer visa sponsorship.", False),
        ("Unfortunately we are unable to sponsor work visas at this time.", False),
        ("No sponsorship available", False),
        ("Candidates must not require visa sponsorship", False),
        ("If you are not a UK citizen, we offer visa sponsorship", True),
    ],
)
def test_sponsorship_is_offered_or_refused(body: str, offered: bool) -> None:
    assert read_visa(doc(body)).value.offered is offered


def test_the_right_to_work_alone_is_a_no_at_low_confidence() -> None:
    fact = read_visa(doc("You must have the right to work in the UK."))
    assert (fact.value.offered, fact.value.right_to_work, fact.confidence) == (False, True, Confidence.LOW)


def test_an_offer_for_another_country_says_nothing_about_the_uk() -> None:
    value = read_visa(doc("Visa sponsorship is available for Germany", country="GB")).value
    assert (value.offered, value.elsewhere) == (None, {"DE"})


def test_offered_here_and_refused_there_is_a_qualified_yes() -> None:
    fact = read_visa(doc("We can sponsor your visa for senior roles.\nWe cannot sponsor visas for juniors."))
    assert (fact.value.offered, fact.flags) == (True, {"qualified"})


@pytest.mark.parametrize(
    "body",
    [
        "Executive sponsor of the programme",
        "Mentor, sponsor and up-level engineers",
        "Will you require visa sponsorship?",
        "We sponsor local football teams and conferences",
    ],
)
def test_other_sponsors_and_application_questions_say_nothing(body: str) -> None:
    assert read_visa(doc(body)).value is None


# --- agency -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("company", "body", "agency"),
    [
        ("Hays Technology", "", True),
        ("Brightwater Recruitment Ltd", "", True),
        ("Brightwater Software", "Our client is looking for a developer.", True),
        ("Brightwater Software", "No agencies please.", False),
        ("Brightwater Software", "We build tools for our clients.", None),
        ("Reed Smith", "", None),
        ("Natural Resources Wales", "", None),
        ("Brightwater - Recruitment", "", None),
        ("", "A small charity in Leeds is seeking a data analyst.", True),
    ],
)
def test_agencies_are_known_by_name_or_by_how_they_write(company: str, body: str, agency: bool | None) -> None:
    assert read_agency(doc(body, company=company)).value is agency


def test_the_boards_own_word_comes_first() -> None:
    assert read_agency(doc(company="Hays", fields={"postedByDirectEmployer": True})).value is False


# --- hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "patterns"),
    [
        ("Full-time or part-time", {"full_time", "part_time"}),
        ("Job share considered; term-time only", {"job_share", "term_time"}),
        ("We work a four-day week", {"four_day_week"}),
        ("Full time. Salary (pro rata for part time roles)", {"full_time"}),
        ("A nine-day fortnight or compressed hours", {"nine_day_fortnight", "compressed"}),
        ("20 hours per week", {"part_time"}),
        ("0.6 FTE", {"part_time"}),
    ],
)
def test_working_patterns(body: str, patterns: set[str]) -> None:
    assert read_hours(doc(body), Fact()).value.patterns == patterns


def test_figures_of_the_week() -> None:
    value = read_hours(doc("37.5 hours per week, 4.5 day week"), Fact()).value
    assert (value.hours_per_week, value.days_per_week, value.fte) == (37.5, 4.5, None)


def test_actual_pay_below_the_full_time_figure_is_part_time() -> None:
    pay = Pay("base", Decimal(40000), Decimal(40000), "GBP", "year")
    salary = Fact(
        Salary(pay, (40000, 40000), "salary", fte_basis="pro_rata", actual=Decimal(24000)), "field", "£40,000"
    )
    value = read_hours(doc(), salary).value
    assert (value.patterns, value.fte) == ({"part_time"}, 0.6)


# --- closing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("Closing date: 03/04/2027", datetime(2027, 4, 3, 22, 59, tzinfo=UTC)),
        ("Applications close on 5 January 2027 at 12:00", datetime(2027, 1, 5, 12, 0, tzinfo=UTC)),
        ("Apply by 9 th August 2026", datetime(2026, 8, 9, 22, 59, tzinfo=UTC)),
        ("The application deadline is August 16, 2026, 5pm", datetime(2026, 8, 16, 16, 0, tzinfo=UTC)),
        ("Closing date is midnight on 2026-12-01", datetime(2026, 12, 1, 23, 59, tzinfo=UTC)),
    ],
)
def test_closing_dates_are_day_first_and_london_time(body: str, at: datetime) -> None:
    assert read_closing(doc(body)).value.at == at


def test_a_date_without_a_year_is_the_one_nearest_to_the_posting() -> None:
    posted = datetime(2026, 12, 20, tzinfo=UTC)
    assert read_closing(doc("Closing date: 10 January", posted_at=posted)).value.at.year == 2027
    assert read_closing(doc("Closing date: 10 January")).value is None


def test_ongoing_is_said_and_nonsense_is_not_a_date() -> None:
    assert read_closing(doc("Closing date: Ongoing")).value.ongoing
    assert read_closing(doc("Closing date: 31/02/2027")).value is None
    assert read_closing(doc("Closing deals with 5 May customers")).value is None


def test_the_boards_field_is_read_in_its_own_form() -> None:
    assert read_closing(doc(fields={"expirationDate": "14/08/2026"})).value.date_only
    at = read_closing(doc(fields={"validThrough": "2026-08-14T12:00:00+01:00"})).value.at
    assert at == datetime(2026, 8, 14, 11, 0, tzinfo=UTC)


# --- warnings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "body", "flags"),
    [
        ("Talent Pool - Engineers", "", {"evergreen"}),
        ("Engineer", "Join our talent community for future roles.", {"evergreen"}),
        ("Trainee Developer - no experience needed", "", {"training_course"}),
        ("Engineer", "Self-funded programme with a job guarantee", {"training_course"}),
        ("Closer", "This is commission only.", {"commission_only"}),
        ("Engineer", "This is an unpaid internship.", {"unpaid"}),
        ("Engineer", "Send your CV via WhatsApp", {"chat_contact"}),
        ("Interview Team", "", {"not_a_job"}),
        ("Engineer", "We offer unpaid parental leave and two volunteering days.", set()),
        ("Data Pipeline Engineer", "Access to the broadest talent pool.", set()),
    ],
)
def test_labels_that_warn(title: str, body: str, flags: set[str]) -> None:
    assert read_flags(doc(body, title)) == flags


def test_a_posting_without_an_employer_is_no_job() -> None:
    assert read_flags(doc(company="None")) == {"not_a_job"}
