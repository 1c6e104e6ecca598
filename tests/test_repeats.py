"""A figure that a source shows on several unrelated employers is not theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rolecall.model import Posting, RawPosting
from rolecall.normalise import normalise
from rolecall.repeats import FIELD, MOST_FIGURES, Repeats

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def posting(
    company: str, pay: str = "£61,234 - £74,321 per annum", source: str = "wide-board", body: str = ""
) -> Posting:
    return normalise(RawPosting(source, company, "Developer", company=company, salary_text=pay, description=body))


def distrusted(repeats: Repeats, *postings: Posting, days: float = 0) -> list[bool]:
    return [repeats.distrusted(each, NOW + timedelta(days=days)) is not None for each in postings]


def test_the_third_employer_with_one_odd_figure_is_not_believed() -> None:
    assert distrusted(Repeats(), posting("Larkfield"), posting("Tarnside Ltd"), posting("Copperbeck")) == [
        False,
        False,
        True,
    ]


def test_one_employer_may_repeat_its_figure_under_its_several_names() -> None:
    assert not any(distrusted(Repeats(), posting("Larkfield"), posting("Larkfield Ltd"), posting("LARKFIELD LIMITED")))


def test_round_figures_are_left_alone() -> None:
    same = [posting(name, "£50,000 - £60,000 per annum") for name in ("Larkfield", "Tarnside", "Copperbeck")]
    assert not any(distrusted(Repeats(), *same))


def test_what_the_adverts_say_themselves_is_theirs() -> None:
    same = [posting(name, "", body="Salary: £61,234 a year.") for name in ("Larkfield", "Tarnside", "Copperbeck")]
    assert all(each.salary.value for each in same)
    assert not any(distrusted(Repeats(), *same))


def test_sources_are_counted_apart() -> None:
    one, two, other = posting("Larkfield"), posting("Tarnside"), posting("Copperbeck", source="other-board")
    assert not any(distrusted(Repeats(), one, two, other))


def test_after_thirty_days_it_is_forgotten() -> None:
    repeats = Repeats()
    distrusted(repeats, posting("Larkfield"), posting("Tarnside"))
    assert distrusted(repeats, posting("Copperbeck"), days=31) == [False]


def test_a_distrusted_figure_gives_way_to_the_advert() -> None:
    repeats = Repeats()
    distrusted(repeats, posting("Larkfield"), posting("Tarnside"))
    raw = repeats.distrusted(posting("Copperbeck", body="Salary: £45,000 a year."), NOW)
    assert raw is not None
    assert raw.fields[FIELD] == 3
    salary = normalise(raw).salary
    assert salary.value is not None
    assert salary.value.annual_gbp == (45_000, 45_000)
    assert salary.source == "body"


def test_memory_is_bounded() -> None:
    repeats = Repeats()
    for number in range(MOST_FIGURES + 5):
        repeats._employers((str(number), posting_pay), NOW)
    assert len(repeats.seen) == MOST_FIGURES


posting_pay = posting("Larkfield").salary.value.pay  # type: ignore[union-attr] # it states one
