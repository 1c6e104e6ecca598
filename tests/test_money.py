"""The grammar of pay: what is written and what it says; many spellings of one pay are one reading."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Period
from rolecall.normalise.money import Figure, Money, figures, parse_money


def only(text: str, *, field: bool = True) -> Figure:
    found = figures(text, field=field)
    assert len(found) == 1, found
    return found[0]


def ends(figure: Figure) -> tuple[float | None, float | None]:
    return (
        None if figure.min is None else float(figure.min),
        None if figure.max is None else float(figure.max),
    )


# --- amounts and ranges -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("£71,500 - £83,250", 71_500, 83_250),
        ("£71500-83250", 71_500, 83_250),
        ("£71,500.00 to £83,250.50", 71_500, 83_250.50),
        ("£71k - £83k", 71_000, 83_000),
        ("£71 - £83k", 71_000, 83_000),
        ("£71k-83", 71_000, 83_000),
        ("£71-83K", 71_000, 83_000),
        ("£71-83,000", 71_000, 83_000),
        ("71-83k", 71_000, 83_000),
        ("£71 500", 71_500, 71_500),
        ("£71.500", 71_500, 71_500),
        ("£71, 500", 71_500, 71_500),
        ("between £71,000 and £83,000", 71_000, 83_000),
        ("£71,000 rising to £83,000", 71_000, 83_000),
        ("£71,000£83,000", 71_000, 83_000),
        ("£71,000,£0", 71_000, 71_000),
        ("71 thousand pounds", 71_000, 71_000),
    ],
)
def test_an_amount_or_a_range_is_read_as_it_is_meant(text: str, low: float, high: float) -> None:
    assert ends(figures(text, field=True)[0]) == (low, high)


def test_ends_the_wrong_way_round_are_swapped_and_flagged() -> None:
    figure = only("£640 - £580 per day")
    assert ends(figure) == (580, 640)
    assert "inverted" in figure.flags


def test_thousands_that_only_one_end_shows_are_flagged_as_assumed() -> None:
    assert "k_assumed" in only("£45 - 52,000").flags


def test_a_zero_low_end_is_an_open_end() -> None:
    figure = only("£0 - £48,000")
    assert ends(figure) == (None, 48_000)
    assert "open_min" in figure.flags


# --- open ends ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["up to £63k", "Upto £63,000", "to £63k", "max. £63k", "£63k max", "not exceeding £63,000"]
)
def test_a_ceiling_leaves_the_low_end_open(text: str) -> None:
    figure = only(text)
    assert ends(figure) == (None, 63_000)
    assert "open_min" in figure.flags


@pytest.mark.parametrize(
    "text",
    ["from £63k", "£63k+", "£63k+ DOE", "£63,000 or more", "minimum of £63,000", "starting at £63k", "£63k upwards"],
)
def test_a_floor_leaves_the_high_end_open(text: str) -> None:
    figure = only(text)
    assert ends(figure) == (63_000, None)
    assert "open_max" in figure.flags


def test_a_plus_before_a_bonus_opens_nothing() -> None:
    assert ends(only("£63k+ bonus")) == (63_000, 63_000)


@pytest.mark.parametrize("text", ["From £44,000 to £51,000", "up to £44,000 - £51,000", "min £44k - max £51k"])
def test_words_before_a_range_do_not_open_it(text: str) -> None:
    assert ends(only(text)) == (44_000, 51_000)


@pytest.mark.parametrize("text", ["circa £63k", "c£63k", "c. £63,000", "~£63k", "approx £63k", "£c63k"])
def test_circa_is_an_amount_with_a_flag(text: str) -> None:
    figure = only(text)
    assert ends(figure) == (63_000, 63_000)
    assert "approx" in figure.flags or text == "£c63k"


# --- periods and currencies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("£430/day", "day"),
        ("£430 a day", "day"),
        ("£430 PD", "day"),
        ("£430 p/d", "day"),
        ("£430 - per day", "day"),
        ("£430/per day", "day"),
        ("day rate: 430", "day"),
        ("£430 per dayLeeds", "day"),
        ("£43ph", "hour"),
        ("£43 p/hr", "hour"),
        ("£43 an hour", "hour"),
        ("£430 per week", "week"),
        ("£4,300 pcm", "month"),
        ("£43,000pa", "year"),
        ("£43,000 P.A.", "year"),
        ("£43,000 per anum", "year"),
        ("£43,000 basic salary per annum", "year"),
        ("£430", None),
    ],
)
def test_the_period_is_read_beside_near_or_before_the_amount(text: str, period: Period | None) -> None:
    assert only(text).period == period


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("GBP 43k", "GBP"),
        ("43,000 GBP", "GBP"),
        ("UKP 430", "GBP"),
        ("43,000 pounds", "GBP"),
        ("PS43,000", "GBP"),
        ("PS43k+", "GBP"),
        ("(£) 43,000", "GBP"),
        ("€43k", "EUR"),
        ("43.000 €", "EUR"),
        ("US$ 43k", "USD"),
        ("$43k", "USD"),
        ("$43k CAD", "CAD"),
        ("CA$43k", "CAD"),
        ("S$43k", "SGD"),
        ("AUD$43,000", "AUD"),
        ("43k PLN", "PLN"),
        ("43k", None),
    ],
)
def test_the_currency_is_read_before_or_behind_the_amount(text: str, currency: str | None) -> None:
    assert only(text).currency == currency


@pytest.mark.parametrize(
    "text",
    [
        "PS5 and PS 4 games",
        "£12 million raised, £3bn of assets",
        "5% pension, 25 days of holiday, 3rd floor, Band 7, IR35, C++17",
        "call 0113 496 0000 before 12/03/2027",
        "401k",
        "£Competitive",
        "£0",
        "",
    ],
)
def test_what_is_no_money_gives_no_figure(text: str) -> None:
    assert figures(text) == []


def test_in_running_text_a_bare_number_is_nothing() -> None:
    assert figures("We answered 400-600 requests with 12 people") == []


# --- every spelling of one pay ------------------------------------------------------------------------------------

_PERIODS: dict[Period, list[str]] = {
    "day": [" per day", "/day", " a day", " PD", "pd", " p/d", " daily"],
    "hour": [" per hour", "/hr", "ph", " p/h", " an hour", " hourly"],
    "year": [" per annum", "pa", " p.a.", "/year", " PER ANNUM", " per year", " a year"],
}
_SEPARATORS = [" - ", "-", " to ", " – ", "- ", " / "]


@st.composite
def pay(draw: st.DrawFn) -> tuple[Period, int, int]:
    period: Period = draw(st.sampled_from(["day", "hour", "year"]))
    low, high = {"day": (150, 900), "hour": (12, 90), "year": (18, 180)}[period]
    first = draw(st.integers(low, high))
    second = draw(st.integers(first + 1, first * 2))
    return (period, first * 1000, second * 1000) if period == "year" else (period, first, second)


@st.composite
def spelling(draw: st.DrawFn) -> tuple[Period, int, int, str]:
    period, low, high = draw(pay())
    sign = draw(st.sampled_from(["£", "GBP ", "&pound;"])).replace("&pound;", "£")
    again = draw(st.booleans())
    styles = ["{:,}", "{}", "{:,}.00"] + (["{}k", "{}K"] if period == "year" else [])
    style = draw(st.sampled_from(styles))
    shown = [style.format(n // 1000 if "k" in style.lower() else n) for n in (low, high)]
    text = sign + shown[0] + draw(st.sampled_from(_SEPARATORS)) + (sign if again else "") + shown[1]
    return period, low, high, text + draw(st.sampled_from(_PERIODS[period])) + draw(st.sampled_from(["", " DOE", "."]))


@given(spelling())
@settings(max_examples=100)
def test_every_spelling_of_one_range_gives_one_reading(written: tuple[Period, int, int, str]) -> None:
    period, low, high, text = written
    for field in (True, False):
        figure = only(text, field=field)
        assert ends(figure) == (low, high)
        assert (figure.period, figure.currency) == (period, "GBP")


@given(st.text(max_size=400), st.booleans())
@settings(max_examples=100)
def test_no_text_makes_it_raise(text: str, field: bool) -> None:
    figures(text, field=field)


@given(st.lists(st.sampled_from(["£", "1", "00", ",", ".", "k", " - ", "per", " day", "PS", "+", "(", "/", "a", "to"])))
@settings(max_examples=100)
def test_no_pile_of_money_words_makes_it_raise(pieces: list[str]) -> None:
    for figure in figures("".join(pieces), field=True):
        assert figure.min is not None or figure.max is not None
        assert 0 <= figure.start < figure.core <= figure.end


# --- what a person writes in the configuration --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "amount", "period"),
    [
        (68_000, 68_000, None),
        (68_000.5, Decimal("68000.5"), None),
        ("68000", 68_000, None),
        ("68,000", 68_000, None),
        ("£68k", 68_000, None),
        ("68K", 68_000, None),
        ("£68,000 per year", 68_000, "year"),
        ("£540/day", 540, "day"),
        ("540 a day", 540, "day"),
        (" £47/hour ", 47, "hour"),
    ],
)
def test_a_person_may_write_money_as_people_do(written: str | float, amount: Decimal, period: Period | None) -> None:
    assert parse_money(written) == Money(Decimal(amount), period)


@pytest.mark.parametrize(
    "written", ["", "lots", "£", "£60k - £70k", "up to £60k", "£60k+", "$60k", "60k EUR", "0", -5, "£60k or so", True]
)
def test_anything_else_is_refused_with_a_sentence(written: str | int) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_money(written)
