"""The level of a role: the title's words first, then what is stated, never a bare word of the text."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.model import Confidence, Fact, Level, RawPosting, Rung, Salary
from rolecall.normalise.family import read_family
from rolecall.normalise.level import read_level
from rolecall.normalise.salary import read_salary
from rolecall.normalise.text import prepare


def level(title: str, body: str = "", **raw: Any) -> Fact[Level]:
    return read_level(prepare(RawPosting("", "1", title, description=body, **raw)), Fact(), Fact())[0]


def rungs(title: str, body: str = "", **raw: Any) -> str:
    value = level(title, body, **raw).value
    if value is None:
        return ""
    return value.min.word if value.min == value.max else f"{value.min.word}-{value.max.word}"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Senior Python Developer", "senior"),
        ("Sr. Platform Engineer", "senior"),
        ("Snr Java Engineer", "senior"),
        ("Jnr Web Developer", "junior"),
        ("Graduate Software Engineer", "graduate"),
        ("Software Engineering Placement Year", "intern"),
        ("Software Developer Apprenticeship", "apprentice"),
        ("Entry-level QA Tester", "junior"),
        ("Associate Data Engineer", "junior"),
        ("Midweight Front End Developer", "mid"),
        ("Experienced Go Developer", "mid"),
        ("Experienced Senior Go Developer", "senior"),
        ("Lead Data Engineer", "lead"),
        ("Platform Tech Lead", "lead"),
        ("Staff Engineer, Payments", "staff"),
        ("Senior Staff Engineer", "staff"),
        ("Principal Architect", "principal"),
        ("Head of Engineering", "head"),
        ("VP of Engineering", "head"),
        ("Chief Technology Officer", "exec"),
        ("Senior Member of Technical Staff", "senior"),
        ("Senior Engineering Manager", "lead"),
    ],
)
def test_a_ladder_word_in_the_title_names_the_level(title: str, expected: str) -> None:
    assert rungs(title) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mid / Senior Backend Engineer", "mid-senior"),
        ("Mid-Senior Developer", "mid-senior"),
        ("Junior to Mid Level Developer", "junior-mid"),
        ("Senior or Lead Engineer", "senior-lead"),
        ("Backend Engineer / Senior Backend Engineer", "mid-senior"),
        ("Developer (Senior/Principal)", "senior-principal"),
        ("Staff+ Engineer", "staff-principal"),
        ("Mid Tech Lead", "mid-lead"),
        ("Software Engineer (Graduates welcome)", "graduate-mid"),
    ],
)
def test_several_words_are_a_range_or_contradict_each_other(title: str, expected: str) -> None:
    assert rungs(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Internal Tools Engineer",
        "Member of Technical Staff",
        "Leadership Tools Developer",
        "Engineer, Lead Generation",
        "Founding Engineer",
        "Engineer, Mid-Market Products",
        "Developer, Staffing Platform",
        "Engineer - Midlands",
    ],
)
def test_words_that_only_look_like_levels_say_nothing(title: str) -> None:
    assert rungs(title) == ""


def test_a_word_beats_a_numeral_and_a_numeral_a_grade() -> None:
    assert rungs("Senior Software Engineer II") == "senior"
    assert rungs("Software Engineer II") == "mid"
    assert rungs("Software Engineer (L5)") == "senior"
    assert level("Software Engineer (L5)").confidence is Confidence.LOW
    assert rungs("Software Engineer 2 (Python 3.12)") == "mid"
    assert rungs("Software Engineer II/III") == "mid-senior"


@pytest.mark.parametrize(
    "title", ["Python Developer - 3 Month Contract", "Software Engineer 2 days a week", "Developer 4 x roles"]
)
def test_a_number_with_a_unit_is_no_grade(title: str) -> None:
    assert rungs(title) == ""


def test_managers_of_engineers_are_leads_on_the_management_track() -> None:
    manager, team_lead = level("Engineering Manager").value, level("Java Team Lead").value
    assert manager == Level(Rung.LEAD, Rung.LEAD, "management")
    assert team_lead == Level(Rung.LEAD, Rung.LEAD, "lead")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Software Engineer, Vice President", "senior"),
        ("Java Developer - AVP", "mid-senior"),
        ("Director, Trading Systems", "lead-staff"),
    ],
)
def test_ranks_mean_something_else_at_a_bank(title: str, expected: str) -> None:
    assert rungs(title, company="Barclays") == expected
    assert rungs(title, company="Brightwater Software") != expected


def test_a_statement_of_the_text_says_which_rung_of_a_bank_rank() -> None:
    assert rungs("ETL Developer, AVP", "This is an intermediate-level position.", company="Citi") == "mid"


def test_praise_between_the_article_and_the_level_does_not_hide_whose_level_it_is() -> None:
    assert rungs("Kettle Engineer", "We are looking for a friendly and curious Senior Kettle Engineer.") == "senior"
    assert rungs("Kettle Engineer", "You will need a patient, kind colleague, reporting to a Senior Engineer.") == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("3-5 years of backend experience", "mid"),
        ("1-4 years of hands-on software engineering experience", "junior-mid"),
        ("At least five years' experience with Python", "senior"),
        ("You have 8+ years of experience and a degree, or 11+ years of experience", "senior-staff"),
        ("5+ years of software experience, 2+ years of experience with LLMs", "senior"),
        ("Minimum 3 years of experience, ideally 5+ years of experience", "mid"),
        ("2+ years of experience in a senior engineering role", "senior"),
        ("Experience: 4+ years in data engineering", "mid"),
    ],
)
def test_years_of_experience_map_to_rungs_by_their_lower_figure(body: str, expected: str) -> None:
    assert rungs("Software Engineer", body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "For over 35 years our company has built engines with great experience.",
        "25 days holiday, rising to 28 after 2 years of service",
        "Our team has 50 years of combined experience.",
        "5 years UK residency needed for this experience",
        "Share options vest over 4 years; no experience needed",
        "Working with a company with 20 years experience in energy",
    ],
)
def test_other_years_are_not_experience(body: str) -> None:
    assert rungs("Software Engineer", body) == ""


@pytest.mark.parametrize(
    "body",
    [
        "You will report to the Senior Engineering Manager.",
        "Mentor junior and mid-level engineers.",
        "You will work with senior stakeholders and lead the roadmap.",
        "Supported by a Lead Engineer and learning from senior developers.",
        "A graduate degree is required.",
        "Experience working as a senior developer is welcome.",
    ],
)
def test_a_bare_level_word_in_the_text_says_nothing(body: str) -> None:
    assert rungs("Software Engineer", body) == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("We are looking for a Senior Product Engineer to join us.", "senior"),
        ("As a Junior Developer at Brightwater you will learn a lot.", "junior"),
        ("This is a senior individual contributor role.", "senior"),
        ("This role would suit a junior developer.", "junior"),
        ("We are open to candidates from mid- to staff level.", "mid-staff"),
        ("Senior Platform Engineer\nLeeds", "senior"),
    ],
)
def test_a_statement_about_this_role_counts(body: str, expected: str) -> None:
    assert rungs("Platform Engineer", body) == expected


def test_a_negation_is_a_bound_and_names_no_level() -> None:
    doc = prepare(RawPosting("", "1", "Software Engineer", description="Sorry, no juniors."))
    value, floor = read_level(doc, Fact(), Fact())
    assert (value.value, floor.value) == (None, Rung.MID)


def test_the_title_wins_over_the_field_and_says_that_they_disagree() -> None:
    fact = level("Senior Developer", fields={"seniority": "Entry level"})
    assert (fact.value.min, fact.flags) == (Rung.SENIOR, {"level_conflict"})
    assert rungs("Developer", fields={"seniority": "Entry level"}) == "graduate-junior"
    assert rungs("Developer", fields={"seniority": "Mid-Senior level"}) == ""
    assert rungs("Developer", fields={"graduate": True}) == "graduate"


def test_the_address_keeps_a_level_that_the_title_has_lost() -> None:
    fact = level("Python Developer", url="https://jobs.example/leeds/senior-python-developer-4711")
    assert (fact.value.min, fact.rule, fact.confidence) == (Rung.SENIOR, "level.slug", Confidence.LOW)


def test_pay_alone_gives_a_guess_and_less_of_it_is_needed_outside_london() -> None:
    def guess(location: str) -> Fact[Level]:
        doc = prepare(RawPosting("", "1", "Developer", location=location, salary_text="£66,000", country="GB"))
        salary: Fact[Salary] = read_salary(doc, Fact())
        return read_level(doc, Fact(), salary)[0]

    assert (guess("London").value.min, guess("Leeds").value.min) == (Rung.MID, Rung.SENIOR)
    assert guess("London").confidence is Confidence.GUESS


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("Python Backend Developer", "backend"), ("Full-Stack Engineer", "fullstack"), ("React Developer", "frontend"),
        ("Data Engineer", "data"), ("Site Reliability Engineer", "devops_sre"), ("QA Engineer", "qa"),
        ("Embedded C Engineer", "embedded"), ("iOS Developer", "mobile"), ("Penetration Tester", "security"),
        ("Software Engineer", "general"), ("Solutions Engineer", "solutions_sales"),
        ("Heating Engineer", "non_software"),
        ("Product Manager", "non_software"), ("Staff Accountant", "non_software"), ("Engineer", None),
        ("Acme - social care made easy | Full stack engineer | Leeds", "fullstack"),
    ],
)  # fmt: skip
def test_the_family_is_read_from_the_title(title: str, family: str | None) -> None:
    assert read_family(prepare(RawPosting("", "1", title)), ()).value == family
