"""The index finds exactly the searches that judging every one of them would find."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.match import CRITERIA, Index, Search, judge, nearly_takes, only_objection, read_search, without_guesses
from rolecall.model import (
    Action,
    Confidence,
    ContractType,
    Fact,
    Level,
    Location,
    Mode,
    Need,
    OfficeDays,
    Pay,
    Posting,
    RawPosting,
    Rung,
    Salary,
    Tech,
    UkFit,
    WorkMode,
)
from rolecall.normalise.place import find

TECHS = ["python", "go", "java", "php"]
PLACES = [Location((place,)) for place in map(find, ["Leeds", "London", "Bath"]) if place] + [Location(ambiguous=True)]


def some(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=most, unique=True)


policies = st.dictionaries(
    st.sampled_from(["level", "salary", "open_top", "mode", "uk", "stack", "contract", "place"]),
    st.sampled_from(["include", "digest", "exclude"]),
)
tables = st.fixed_dictionaries(
    {},
    optional={
        "levels": some(st.sampled_from([rung.word for rung in Rung])),
        "level_exact": st.booleans(),
        "stack": st.fixed_dictionaries({key: some(st.sampled_from(TECHS)) for key in ("any", "all", "none")}),
        "modes": some(st.sampled_from(["remote", "hybrid", "onsite"])),
        "max_office_days": st.integers(0, 5),
        "home": st.sampled_from(["Leeds", "London"]),
        "min_salary": st.sampled_from([40_000, 65_000, 90_000]),
        "salary_match": st.sampled_from(["reach", "floor", "mid"]),
        "salary_slack": st.sampled_from(["0%", "10%"]),
        "contract": some(st.sampled_from(["permanent", "contract", "fixed_term"])),
        "uk_remote_only": st.booleans(),
        "family": some(st.sampled_from(["backend", "data", "general"])),
        "unknown": policies,
    },
)


def search(number: int, table: dict[str, object]) -> Search:
    for option, needed in [("level_exact", "levels"), ("salary_match", "min_salary"), ("salary_slack", "min_salary")]:
        if not table.get(needed):
            table.pop(option, None)
    return read_search({"name": f"search {number}", **table}, "search")


def facts(values: st.SearchStrategy[Any], flags: list[str]) -> st.SearchStrategy[Fact[Any]]:
    return st.builds(
        lambda value, flags, sure, other: Fact(
            value, "body", "words", "a.rule", sure, frozenset(flags), (value, other) if "conflict" in flags else ()
        ),
        st.none() | values,
        some(st.sampled_from([*flags, "conflict"])),
        st.sampled_from(Confidence),
        values,
    )


levels = st.lists(st.sampled_from(Rung), min_size=2, max_size=2).map(lambda rungs: Level(min(rungs), max(rungs)))
modes = st.builds(
    WorkMode,
    st.frozensets(st.sampled_from(Mode)),
    st.frozensets(st.sampled_from(Mode), max_size=1),
    st.none() | st.builds(OfficeDays, st.integers(0, 5), st.none()),
)
money = st.sampled_from([None, 38_000, 60_000, 64_000, 95_000])
salaries = st.builds(
    lambda low, high, kind, currency, basis, predicted: Salary(
        Pay(kind, low and Decimal(low), high and Decimal(high), currency, "year"), (low, high), basis, predicted
    ),
    money, money, st.sampled_from(["base", "ote"]), st.sampled_from(["GBP", "USD"]),
    st.sampled_from(["salary", "rate", None]), st.booleans(),
)  # fmt: skip
techs = st.builds(Tech, st.sampled_from(TECHS), st.sampled_from(Need), st.just(1.0), weak=st.booleans())
postings = st.builds(
    Posting,
    raw=st.builds(RawPosting, st.just("reed"), st.just("1"), st.just("Engineer"), truncated=st.booleans()),
    text=st.sampled_from(["", "An advert."]),
    family=facts(st.sampled_from(["backend", "general", "non_software"]), []),
    level=facts(levels, []),
    level_floor=facts(st.sampled_from(Rung), []),
    mode=facts(modes, ["remote_negotiable", "office_optional"]),
    uk=facts(st.sampled_from(UkFit), []),
    salary=facts(salaries, ["wide", "k_assumed"]),
    contract=facts(st.sampled_from(ContractType), []),
    location=facts(st.sampled_from(PLACES), []),
    stack=st.lists(techs, max_size=3).map(tuple),
)


@settings(max_examples=100)
@given(st.lists(tables, max_size=8), st.lists(postings, max_size=3))
def test_the_index_equals_judging_every_search(wishes: list[dict[str, object]], adverts: list[Posting]) -> None:
    searches = [search(number, table) for number, table in enumerate(wishes)]
    index = Index(searches)
    for posting in adverts:
        expected = [match for one in searches if (match := judge(one, posting)).action is not Action.DROP]
        assert list(index.matches(posting)) == expected


@settings(max_examples=200)
@given(tables, postings, st.frozensets(st.sampled_from(sorted(CRITERIA))))
def test_what_a_search_nearly_takes_is_what_judging_it_in_full_shows(
    wish: dict[str, object], posting: Posting, negotiable: frozenset[str]
) -> None:
    one = search(1, wish)
    match = judge(one, posting)
    only = only_objection(one, match)
    takes = match.action is not Action.DROP or (only is not None and only.criterion in negotiable)
    assert nearly_takes(one, without_guesses(posting), negotiable) == takes


@settings(max_examples=100)
@given(
    st.sampled_from(["reach", "floor", "mid"]), st.sampled_from([0, 10]), st.sampled_from(["GBP", "USD"]),
    st.integers(-100, 100), st.sampled_from([(), ("wide",), ("k_assumed",)]), st.sampled_from(["include", "exclude"]),
)  # fmt: skip
def test_a_salary_a_little_above_or_below_the_floor_is_told_apart(
    how: str, slack: int, currency: str, beside: int, flags: tuple[str, ...], policy: str
) -> None:
    wish = {"min_salary": 60_000, "salary_match": how, "salary_slack": f"{slack}%", "unknown": {"salary": policy}}
    top = round(60_000 * (1 - slack / 100) * (1 if currency == "GBP" else 0.97)) + beside
    salary = Salary(Pay("base", Decimal(top), Decimal(top), currency, "year"), (top, top), "salary")
    posting = Posting(
        RawPosting("reed", "1", "Engineer"),
        "An advert.",
        salary=Fact(salary, "body", "words", "a.rule", flags=frozenset(flags)),
    )
    (one,) = searches = [search(0, dict(wish))]
    expected = [match] if (match := judge(one, posting)).action is not Action.DROP else []
    assert list(Index(searches).matches(posting)) == expected


def test_an_index_without_searches_matches_nothing() -> None:
    assert list(Index([]).matches(Posting(RawPosting("reed", "1", "Engineer"), ""))) == []


def test_searches_are_found_in_their_order_however_many_there_are() -> None:
    wanted = Fact(Level(Rung.SENIOR, Rung.SENIOR), "title", "Senior", "level.title.word")
    posting = Posting(RawPosting("reed", "1", "Senior Engineer"), "An advert.", level=wanted)
    searches = [search(number, {"levels": ["senior" if number % 50 == 0 else "junior"]}) for number in range(300)]
    assert [match.search for match in Index(searches).matches(posting)] == [f"search {n}" for n in range(0, 300, 50)]
    assert list(Index(searches).matches(replace(posting, level=Fact(Level(Rung.HEAD, Rung.HEAD), "title")))) == []
