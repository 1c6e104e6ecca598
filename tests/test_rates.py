"""Exchange rates are refreshed once a day from the European Central Bank's file, where the user asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web

from rolecall import rates
from rolecall.fetch import HttpFetcher
from rolecall.normalise import fx, pay

FILE = """<?xml version="1.0"?><Envelope><Cube><Cube time="2030-01-02">
<Cube currency="USD" rate="1.20"/><Cube currency="GBP" rate="0.80"/><Cube currency="PLN" rate="4.40"/>
</Cube></Cube></Envelope>"""


@pytest.fixture(autouse=True)
def shipped_rates() -> Iterator[None]:
    pay.use(pay.Factors())
    yield
    pay.use(pay.Factors())


@pytest.fixture
async def bank() -> AsyncIterator[SimpleNamespace]:
    """A bank on loopback whose file a test may change."""
    state = SimpleNamespace(text=FILE, status=200, url="")

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=state.text, status=state.status)

    server = web.Application()
    server.router.add_get("/daily.xml", answer)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    state.url = f"http://127.0.0.1:{runner.addresses[0][1]}/daily.xml"
    yield state
    await runner.cleanup()


async def refreshed(bank: SimpleNamespace, folder: Path) -> datetime | None:
    config = SimpleNamespace(pay=SimpleNamespace(fx_url=bank.url), database=folder / "rolecall.db")
    async with HttpFetcher(pause=0, allow_private=True) as fetcher:
        house = SimpleNamespace(fetcher=fetcher, config=config, now=lambda: datetime(2030, 1, 2, tzinfo=UTC))
        return await rates.refresh(house)  # type: ignore[arg-type] # as much of a house as it needs


async def test_the_banks_rates_are_used_and_kept_for_the_next_start(bank: SimpleNamespace, tmp_path: Path) -> None:
    assert await refreshed(bank, tmp_path)
    assert pay.factors_in_use().rates.to_gbp(Decimal(150), "USD") == Decimal(100)
    pay.use(pay.Factors())
    rates.take_kept(tmp_path / "rolecall.db", date(2030, 1, 3))
    assert pay.factors_in_use().rates.on == date(2030, 1, 2)


async def test_a_currency_that_the_bank_does_not_list_keeps_our_rate(bank: SimpleNamespace, tmp_path: Path) -> None:
    await refreshed(bank, tmp_path)
    assert set(fx.BUNDLED.per_gbp) <= set(pay.factors_in_use().rates.per_gbp)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<html>busy</html>", 200),
        ("", 200),
        (FILE, 503),
        (FILE.replace('"1.20"', '"120"'), 200),
    ],
)
async def test_a_bad_answer_leaves_the_rates_as_they_are(
    bank: SimpleNamespace, tmp_path: Path, text: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    bank.text, bank.status = text, status
    assert await refreshed(bank, tmp_path) is None
    assert pay.factors_in_use().rates is fx.BUNDLED
    assert not (tmp_path / rates.FILE).exists()
    assert "exchange-rates-failed" in caplog.text


def test_rates_that_have_aged_are_said_to_be_stale(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rates.take_kept(tmp_path / "rolecall.db", fx.BUNDLED.on)
    assert "stale" not in caplog.text
    rates.take_kept(tmp_path / "rolecall.db", date(2031, 1, 1))
    assert "exchange-rates-stale" in caplog.text
