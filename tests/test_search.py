"""A saved search is read as a person writes it; whatever is wrong is said at once, with what may have been meant."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rolecall.errors import ConfigError, Problem
from rolecall.match import CRITERIA, Search, read_search
from rolecall.match.wants import DEFAULT_POLICIES, Mute, Stack
from rolecall.model import ClearanceLevel, ContractType, Mode, Rung

EXAMPLE: dict[str, object] = {
    "name": "Senior Python, remote or near Leeds",
    "levels": ["senior", "lead"],
    "stack": {"any": ["Python"], "none": ["php"]},
    "modes": ["remote", "hybrid"],
    "max_office_days": 2,
    "home": "Leeds",
    "min_salary": 70000,
    "salary_match": "reach",
    "unknown": {"salary": "digest", "level": "include", "mode": "exclude"},
    "contract": ["permanent"],
    "mute": {"companies": ["Acme Recruitment Ltd"], "titles": ["\\bSalesforce\\b"]},
    "notify": ["telegram", "digest"],
}


def read(**changes: object) -> Search:
    return read_search({"name": "a search", **changes}, "search[0]")


def problems(**changes: object) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        read(**changes)
    return list(caught.value.problems)


def test_the_example_of_the_handbook_is_read() -> None:
    search = read_search(EXAMPLE, "search[0]")
    assert search.name == "Senior Python, remote or near Leeds"
    assert search.notify == ("telegram", "digest")
    assert search.wanted["levels"] == {Rung.SENIOR, Rung.LEAD}
    assert search.wanted["stack"] == Stack(any=frozenset({"python"}), none=frozenset({"php"}))  # type: ignore[arg-type] # ids as plain text
    assert search.wanted["modes"] == {Mode.REMOTE, Mode.HYBRID}
    assert search.wanted["max_office_days"] == 2
    assert search.wanted["home"].name == "Leeds"
    assert search.wanted["min_salary"].amount == 70000
    assert search.wanted["contract"] == {ContractType.PERMANENT}
    assert isinstance(search.wanted["mute"], Mute)
    assert search.wanted["mute"].companies == {"acme recruitment"}
    assert search.unknown["mode"] == "exclude"
    assert search.unknown["open_top"] == "include"


def test_a_search_needs_only_a_name() -> None:
    search = read()
    assert dict(search.unknown) == dict(DEFAULT_POLICIES)
    assert set(search.wanted) == {"family", "uk_remote_only"}
    assert search.takes(ContractType.CONTRACT)


@pytest.mark.parametrize("written", [70000, 70000.0, "70000", "70,000", "£70k", "£70,000", "70k"])
def test_money_is_read_as_a_person_writes_it(written: object) -> None:
    assert read(min_salary=written).wanted["min_salary"].amount == 70000


@pytest.mark.parametrize("written", [550, "£550", "£550/day"])
def test_a_day_rate_is_read_as_a_person_writes_it(written: object) -> None:
    assert read(min_day_rate=written).wanted["min_day_rate"].amount == 550


def test_words_are_read_in_any_case_and_slack_as_a_percentage() -> None:
    search = read(levels=["Senior"], clearance_held="sc", min_salary=60000, salary_slack="5%")
    assert search.wanted["levels"] == {Rung.SENIOR}
    assert search.wanted["clearance_held"] is ClearanceLevel.SC
    assert search.salary_slack == Decimal("0.05")


def test_being_eligible_for_clearance_alone_means_that_none_is_held() -> None:
    assert read(clearance_eligible=True).wanted["clearance_held"] is ClearanceLevel.NONE


def test_an_empty_list_asks_nothing() -> None:
    assert "levels" not in read(levels=[]).wanted


@pytest.mark.parametrize(
    ("changes", "path", "suggestion"),
    [
        ({"level": ["senior"]}, "search[0].level", 'Did you mean "levels"?'),
        ({"stack": {"anny": ["python"]}}, "search[0].stack.anny", 'Did you mean "any"?'),
        ({"unknown": {"salry": "digest"}}, "search[0].unknown.salry", 'Did you mean "salary"?'),
        ({"unknown": {"salary": "digests"}}, "search[0].unknown.salary", 'Did you mean "digest"?'),
        ({"levels": ["seniour"]}, "search[0].levels[1]", 'Did you mean "senior"?'),
        ({"modes": ["on-site"]}, "search[0].modes[1]", 'Did you mean "onsite"?'),
        ({"modes": "remote"}, "search[0].modes", 'Write ["remote"].'),
        ({"stack": {"any": ["pythn"]}}, "search[0].stack.any[1]", '"Python"'),
        ({"home": "Leads"}, "search[0].home", '"Leeds"'),
        ({"min_salary": "lots"}, "search[0].min_salary", '"£70k"'),
        ({"min_salary": 70}, "search[0].min_salary", 'Did you mean "£70k"?'),
        ({"min_salary": "£550/day"}, "search[0].min_salary", "Is it meant for min_day_rate?"),
        ({"min_day_rate": 90000}, "search[0].min_day_rate", ""),
        ({"max_office_days": "two"}, "search[0].max_office_days", ""),
        ({"max_office_days": -1}, "search[0].max_office_days", ""),
        ({"uk_remote_only": "yes"}, "search[0].uk_remote_only", ""),
        ({"mute": {"titles": ["("]}}, "search[0].mute.titles[1]", ""),
        ({"mute": ["Acme"]}, "search[0].mute", ""),
        ({"salary_slack": 5, "min_salary": 1e5}, "search[0].salary_slack", 'Write "5%".'),
        ({"max_miles": 30}, "search[0].max_miles", ""),
        ({"unknown": "digest"}, "search[0].unknown", ""),
        ({"name": ""}, "search[0].name", 'Write name = "Senior Python".'),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_was_meant(
    changes: dict[str, object], path: str, suggestion: str
) -> None:
    (problem,) = problems(**changes)
    assert problem.path == path
    assert suggestion in problem.suggestion


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(levels=["seniour", "led"], min_salary="lots", hoem="Leeds", modes=7)
    assert {problem.path for problem in found} == {
        "search[0].levels[1]",
        "search[0].levels[2]",
        "search[0].min_salary",
        "search[0].hoem",
        "search[0].modes",
    }


def test_the_fingerprint_follows_what_matches_and_nothing_else() -> None:
    plain = read(levels=["senior", "mid"]).fingerprint
    assert read(levels=["mid", "senior"], notify=["digest"], name="another").fingerprint == plain
    assert read(levels=["mid", "senior"], unknown={"salary": "digest"}).fingerprint == plain
    assert read(levels=["mid"]).fingerprint != plain
    assert read(levels=["mid", "senior"], level_exact=True).fingerprint != plain
    assert read(levels=["mid", "senior"], unknown={"salary": "include"}).fingerprint != plain


@pytest.mark.parametrize("name", list(CRITERIA))
def test_every_criterion_says_what_is_wrong_with_nonsense(name: str) -> None:
    (problem,) = problems(**{name: object()})
    assert problem.path == f"search[0].{name}"
