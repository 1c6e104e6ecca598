"""Numbers that say how many adverts they come from, or say nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rolecall import charts
from rolecall.cli import app
from rolecall.cli.stats import _figure, _text
from rolecall.errors import RolecallError
from rolecall.model import RawPosting
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from rolecall.render.numbers import bar, columns, days, ordinal, pounds
from rolecall.stats import FEWEST, Group, benchmarks, place_in, report, samples, spread
from rolecall.store import SqliteStore
from rolecall.store.content import as_text
from rolecall.stored import StoredPosting
from tests.store_plans import plan, posting

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def stored(number: int, pay: str = "£60,000", *, job: str = "", source: str = "feed:a", **raw: Any) -> StoredPosting:
    """Return a stored advert as Rolecall reads it, a day older for each number."""
    words = {"title": "Senior Python Developer", "location": "Leeds", "salary_text": pay} | raw
    read = RawPosting(source=source, id=str(number), url=f"https://x.example/{number}", company="Larkspur", **words)
    at = NOON - timedelta(days=number)
    return StoredPosting(read, job or f"job-{number}", at, at, None, as_text(as_json(normalise(read))))


def test_a_job_on_several_boards_counts_once_with_the_pay_one_of_them_states() -> None:
    (sample,) = samples([stored(1, "", job="j"), stored(2, "£70,000 - £80,000", job="j", source="reed:x")])
    assert sample.pay == (70_000, 80_000)
    assert sample.sources == {"feed:a", "reed:x"}
    assert sample.first_seen == NOON - timedelta(days=2)
    assert (sample.level, sample.region) == ("senior", "England outside London")
    assert "python" in sample.stack


@pytest.mark.parametrize("pay", ["£500 per day", "$120,000", "OTE £90,000", ""])
def test_only_a_stated_salary_in_pounds_is_a_salary(pay: str) -> None:
    (sample,) = samples([stored(1, pay)])
    assert sample.pay is None


def test_a_boards_estimate_is_no_stated_pay() -> None:
    read = RawPosting(
        source="adzuna:x", id="1", title="Developer", url="https://x.example", company="Larkspur",
        fields={"salary_min": 61234.5, "salary_max": 61234.5, "salary_is_predicted": "1"},
    )  # fmt: skip
    at = NOON
    facts = as_json(normalise(read))
    assert facts["salary"]["predicted"] is True
    (sample,) = samples([StoredPosting(read, "j", at, at, None, as_text(facts))])
    assert sample.pay is None


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ("London", "London"), ("Croydon", "London"), ("Manchester", "England outside London"),
        ("Edinburgh", "Scotland"), ("Cardiff", "Wales"), ("Belfast", "Northern Ireland"),
        ("London or Leeds", None), ("Berlin", None),
    ],
)  # fmt: skip
def test_a_place_has_its_region(place: str, region: str | None) -> None:
    (sample,) = samples([stored(1, location=place)])
    assert sample.region == region


@given(st.lists(st.tuples(st.integers(20_000, 90_000), st.integers(0, 30_000)), max_size=40))
def test_a_spread_is_in_order_and_refused_below_eight(found: list[tuple[int, int]]) -> None:
    ranges = [(low, low + more) for low, more in found]
    known = spread(ranges)
    if len(ranges) < FEWEST:
        assert known is None
        return
    assert known is not None
    assert known.n == len(ranges)
    assert known.p10 <= known.p25 <= known.median <= known.p75 <= known.p90
    assert known.median == round(median((low + high) / 2 for low, high in ranges))
    assert known.lowest <= known.p10
    assert known.p90 <= known.highest


def test_a_figure_stands_in_its_own_group_while_that_is_large_enough() -> None:
    known = samples([stored(n, f"£{40 + n},000") for n in range(1, 41)])
    standing = place_in(60_500, Group("senior", "England outside London", "python"), known)
    assert standing is not None
    assert standing.group == Group("senior", "England outside London", "python")
    assert (standing.percentile, standing.spread.n) == (50, 40)


def test_a_small_group_is_widened_by_region_then_by_level() -> None:
    here = [stored(n) for n in range(10)]
    cardiff = [stored(100 + n, location="Cardiff") for n in range(12)]
    juniors = [stored(200 + n, title="Junior Python Developer") for n in range(8)]
    asked = Group("senior", "England outside London", "python")

    def group(*known: StoredPosting) -> Group | None:
        standing = place_in(60_000, asked, samples(known))
        return standing and standing.group

    assert group(*here, *cardiff, *juniors) == Group("senior", None, "python")
    assert group(*here, *juniors) == Group(None, None, "python")
    assert group(*here) == asked  # wider would hold no more
    assert group(*here[:7]) is None


def test_the_report_counts_weeks_without_a_gap_and_sources_by_what_only_they_have() -> None:
    found = report(
        [stored(1), stored(2, ""), stored(30, job="j"), stored(31, job="j", source="reed:x", pay="")], LONDON
    )
    assert (found.jobs, found.postings) == (3, 4)
    assert [week.jobs for week in found.weeks] == [1, 0, 0, 0, 2]
    assert [(row.source, row.jobs, row.only_here) for row in found.sources] == [("feed:a", 3, 2), ("reed:x", 1, 0)]
    assert found.with_pay == pytest.approx(2 / 3)
    assert found.pay is None


def test_what_is_shown_always_says_n_and_the_days() -> None:
    found = report([stored(n, f"£{40 + n},000") for n in range(1, 31)], LONDON)
    text = _text(found, 55_000, place_in(55_000, Group(), found.samples))
    assert (
        "£55k is at the 48th percentile of 30 jobs in the UK, seen 23 Oct to 21 Nov 2026 (£41k to £70k, both ends)."
        in text
    )
    assert "Advertised is not paid" in text
    assert "15 Feb 2026" in text  # a benchmark with its date


def test_too_few_adverts_give_a_sentence_and_no_figure() -> None:
    found = report([stored(n) for n in range(7)], LONDON)
    text = _text(found, 55_000, place_in(55_000, Group(), found.samples))
    assert "Too few jobs with stated pay to say where £55k stands: at least 8 are needed." in text
    assert "MEDIAN" not in text.partition("FOR REFERENCE")[0]


def test_every_benchmark_has_its_date_and_n() -> None:
    assert len(benchmarks()) >= 5
    assert all(row.n > 0 and row.date.year >= 2025 and row.source for row in benchmarks())


@pytest.mark.parametrize(("text", "value"), [("72000", 72_000), ("£72k", 72_000), ("72,500", 72_500), ("", None)])
def test_a_salary_is_read_as_people_write_it(text: str, value: int | None) -> None:
    assert _figure(text) == value


@pytest.mark.parametrize("text", ["lots", "£550", "1e99"])
def test_what_is_no_salary_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(RolecallError, match="salary"):
        _figure(text)


def test_numbers_are_written_as_people_say_them() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 64, 102)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "64th", "102nd",
    ]  # fmt: skip
    assert (pounds(71_900), pounds(550)) == ("£72k", "£550")
    assert days(NOON.date().replace(year=2025), NOON.date()) == "22 Nov 2025 to 22 Nov 2026"
    assert bar(0, 10, 0, 10, width=11) == "├─────────┤"
    assert bar(5, 5, 0, 10, width=11).strip() == "●"
    assert columns({"a": 0, "bb": 2}, width=2) == ["a   0", "bb  ██ 2"]


@given(st.floats(0, 100), st.floats(0, 100), st.floats(-50, 150))
def test_a_bar_keeps_its_width_whatever_it_shows(one: float, other: float, mark: float) -> None:
    assert len(bar(min(one, other), max(one, other), 10, 90, mark=mark)) == 24


async def test_a_picture_is_drawn_in_another_process() -> None:
    known = report([stored(n, f"£{40 + n},000") for n in range(1, 31)], LONDON)
    panels = [*charts.overview(known), charts.Bars("New: $5 & <b>", (("Dev $x$", 50_000, 60_000),), 55_000)]
    picture = await charts.draw(panels)
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) < 300_000
    drawn = ET.fromstring(await charts.draw(panels, "svg"))  # noqa: S314 # our own picture
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"


async def test_nothing_to_draw_and_no_matplotlib_are_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RolecallError, match="too few"):
        await charts.draw([])
    monkeypatch.setattr(charts, "available", lambda: False)
    with pytest.raises(RolecallError, match=r"rolecall\[charts\]"):
        await charts.draw([charts.Bars("x", (("a", 1, 2),))])


async def test_stored_postings_come_in_pages_each_once(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "rolecall.db")
    await store.commit(plan(*(posting(str(n)) for n in range(25))))
    found, after = [], 0
    while (page := await store.postings(NOON - timedelta(days=9_000), after, 10))[0]:
        found += [p.raw.id for p in page[0]]
        after = page[1]
    assert found == [str(n) for n in range(25)]
    assert (await store.postings(NOON, 0, 10))[0] == []
    await store.close()


def test_the_command_answers_on_an_empty_database(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[daemon]\ndatabase = "{tmp_path}/r.db"\n[channel.console]\n[[source]]\nkind = "remoteok"\n')
    result = CliRunner().invoke(app, ["stats", "-c", str(config), "--json"])
    if result.exit_code:
        assert isinstance(result.exception, RolecallError)  # there is no database yet: a sentence
        assert "database" in str(result.exception)
    else:
        assert json.loads(result.stdout)["jobs"] == 0
