"""From pay to annual pounds, and the exchange rates in between."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rolecall.model import ContractType, Pay, Period
from rolecall.normalise import fx
from rolecall.normalise.pay import Factors, annual_gbp

PERMANENT, CONTRACT, FIXED = ContractType.PERMANENT, ContractType.CONTRACT, ContractType.FIXED_TERM


def a(amount: str, period: Period, currency: str = "GBP") -> Pay:
    return Pay("base", Decimal(amount), Decimal(amount), currency, period)


@pytest.mark.parametrize(
    ("pay", "contract", "pounds", "basis"),
    [
        (a("61000", "year"), None, 61_000, "salary"),
        (a("5000", "month"), None, 60_000, "salary"),
        (a("5000", "month"), CONTRACT, 60_000, "rate"),
        (a("1000", "week"), PERMANENT, 52_000, "salary"),
        (a("1000", "week"), CONTRACT, 44_000, "rate"),
        (a("1000", "week"), None, 52_000, None),
        (a("500", "day"), CONTRACT, 110_000, "rate"),
        (a("500", "day"), PERMANENT, 110_000, "rate"),
        (a("20", "hour"), FIXED, 39_000, "salary"),
        (a("20", "hour"), CONTRACT, 33_000, "rate"),
        (a("20", "hour"), None, 33_000, None),
    ],
)
def test_every_unit_has_its_factor_and_says_whether_it_is_a_salary(
    pay: Pay, contract: ContractType | None, pounds: int, basis: str | None
) -> None:
    assert annual_gbp(pay, contract) == ((pounds, pounds), basis, None)


def test_an_open_end_stays_open() -> None:
    pay = Pay("base", None, Decimal(61_000), "GBP", "year")
    assert annual_gbp(pay, None)[0] == (None, 61_000)


def test_foreign_pay_is_converted_with_a_dated_rate() -> None:
    (low, _), basis, day = annual_gbp(a("100000", "year", "USD"), None)
    assert (low, basis, day) == (74_649, "salary", fx.BUNDLED.on.isoformat())


def test_without_a_rate_there_are_no_pounds() -> None:
    assert annual_gbp(a("100000", "year", "XXX"), None) == ((None, None), "salary", None)


def test_factors_are_the_users_to_change() -> None:
    factors = Factors(working_days=200)
    assert annual_gbp(a("500", "day"), None, factors)[0] == (100_000, 100_000)


def test_rates_are_stale_after_35_days() -> None:
    assert not fx.stale(date(2026, 12, 6))
    assert fx.stale(date(2026, 12, 7))


_DAILY = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope><Cube><Cube time='2027-01-05'>
<Cube currency='USD' rate='1.2000'/><Cube currency='GBP' rate='0.8000'/><Cube currency="PLN" rate="4.0"/>
</Cube></Cube></gesmes:Envelope>"""


def test_the_daily_file_of_the_ecb_is_turned_to_pounds() -> None:
    rates = fx.parse_ecb(_DAILY)
    assert rates.on == date(2027, 1, 5)
    assert rates.per_gbp == {"USD": Decimal("1.5"), "PLN": Decimal(5), "EUR": Decimal("1.25")}
    assert rates.to_gbp(Decimal(15), "USD") == 10


@pytest.mark.parametrize("xml", [b"", b"<html>sorry</html>", _DAILY.replace(b"GBP", b"XXX"), b"\xff\x00" * 50])
def test_another_file_is_refused(xml: bytes) -> None:
    with pytest.raises(ValueError, match="European Central Bank"):
        fx.parse_ecb(xml)
