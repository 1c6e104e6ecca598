"""`stats`: what the adverts seen so far say about pay, place and sources."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config, reading
from rolecall.cli.table import table
from rolecall.errors import RolecallError
from rolecall.terminal import counting, strong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rolecall.charts import Form
    from rolecall.config import Config
    from rolecall.stats import Group, Report, Spread, Standing
    from rolecall.stored import StoredPosting

ADVERTISED = "Advertised is not paid: these are midpoints of stated ranges, estimates left out, each job once."


def register(app: typer.Typer) -> None:
    app.command()(stats)


def stats(
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far back.")] = 90,
    pay: Annotated[str, typer.Option(metavar="SALARY", help="Where does this salary stand? 72000, £72k")] = "",
    level: Annotated[str, typer.Option(help="Only this level: junior, mid, senior …")] = "",
    region: Annotated[str, typer.Option(help="Only London, Scotland, Wales …")] = "",
    stack: Annotated[str, typer.Option(help="Only with this technology.")] = "",
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it (needs rolecall[charts]).")] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it (needs rolecall[charts]).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was collected in numbers: pay by level, region and technology, weeks, sources."""
    from rolecall.stats import place_in, report

    loaded = load_config(config)
    wanted, figure = _group(level, region, stack), _figure(pay)
    postings = asyncio.run(_postings(loaded, datetime.now(UTC) - timedelta(days=days)))
    found = report(postings, loaded.zone, wanted)
    standing = place_in(figure, wanted, report(postings, loaded.zone).samples) if figure else None
    if png is not None:
        _draw(found, png, "png")
    if svg is not None:
        _draw(found, svg, "svg")
    typer.echo(_json(found, figure, standing) if as_json else _text(found, figure, standing))


async def _postings(config: Config, since: datetime) -> list[StoredPosting]:
    async with reading(config) as store:
        found: list[StoredPosting] = []
        with counting("adverts read") as count:
            page, after = await store.postings(since)
            while page:
                found += page
                count(len(found))
                page, after = await store.postings(since, after)
        return found


def _group(level: str, region: str, stack: str) -> Group:
    """Return the group the options name; raises `RolecallError` for a word that is none."""
    from rolecall.model import Rung
    from rolecall.normalise.vocabulary import resolve
    from rolecall.stats import REGIONS, Group

    levels = {rung.word: rung.word for rung in Rung}
    regions = {name.lower(): name for name in REGIONS}
    tech = resolve(stack) if stack else None
    if stack and tech is None:
        raise RolecallError(f"{stack!r} is not a technology Rolecall knows; see `rolecall vocabulary check`")
    return Group(_one_of(level, levels, "level"), _one_of(region, regions, "region"), tech)


def _one_of(word: str, known: Mapping[str, str], what: str) -> str | None:
    if word and word.lower() not in known:
        raise RolecallError(f"{word!r} is not a {what}; it is one of: {', '.join(known.values())}")
    return known[word.lower()] if word else None


def _figure(text: str) -> int | None:
    """Read "£72k", "72,000" or "72000"; raises `RolecallError`."""
    from rolecall.normalise.money import parse_money

    if not text:
        return None
    try:
        money = parse_money(text)
    except ValueError:
        raise RolecallError(f"{text!r} is not a salary; write it like 72000 or £72k") from None
    if money.period not in (None, "year") or not 1_000 <= money.amount <= 10_000_000:
        raise RolecallError(f"{text!r} is not a salary a year; write it like 72000 or £72k")
    return round(money.amount)


# --- as text --------------------------------------------------------------------------------------------------


def _text(found: Report, figure: int | None, standing: Standing | None) -> str:
    from rolecall.render.numbers import columns, counted, days, percent

    if not found.jobs:
        return "Nothing has been collected for this yet."
    parts = [
        f"{counted(found.jobs, 'job')} from {counted(found.postings, 'advert')}, "
        f"seen {days(found.since, found.until)}: "
        f"{percent(found.with_pay)} state their pay, {percent(found.remote)} are remote.",
        _standing(figure, standing, found) if figure else "",
        _spreads("Pay a year", _all(found), found.by_level, found.by_region, found.by_stack),
        _spreads("Pay a day", found.rates),
        "" if found.pay or found.rates else "Too few adverts with stated pay for any figure: fewer than 8.",
        "\n".join([strong("New jobs by week"), *columns({_day(week.start): week.jobs for week in found.weeks})]),
        _sources(found),
        _references(),
        ADVERTISED,
    ]
    return "\n\n".join(filter(None, parts))


def _standing(figure: int | None, standing: Standing | None, found: Report) -> str:
    """Return "£72k is at the 64th percentile of 118 senior Python jobs in London …"."""
    from rolecall.render.numbers import days, ordinal, pounds

    if figure is None:
        return ""
    if standing is None:
        return f"Too few jobs with stated pay to say where {pounds(figure)} stands: at least 8 are needed."
    spread = standing.spread
    return (
        f"{pounds(figure)} is at the {ordinal(standing.percentile)} percentile of {spread.n} {_name(standing.group)}, "
        f"seen {days(found.since, found.until)} ({pounds(spread.lowest)} to {pounds(spread.highest)}, both ends)."
    )


def _all(found: Report) -> dict[str, Spread]:
    return {"all": found.pay} if found.pay else {}


def _name(group: Group) -> str:
    words = [group.level, _technology(group.stack) if group.stack else "", "jobs"]
    return " ".join(filter(None, words)) + (f" in {group.region}" if group.region else " in the UK")


def _technology(tech: str) -> str:
    from rolecall.normalise.vocabulary import name

    return name(tech)


def _spreads(title: str, *groups: Mapping[str, Spread]) -> str:
    from rolecall.render.numbers import bar, pounds

    rows = {name: spread for group in groups for name, spread in group.items()}
    if not rows:
        return ""
    least, most = min(s.p10 for s in rows.values()), max(s.p90 for s in rows.values())
    lines = [
        {
            title.upper(): _technology(name),
            "N": f"{spread.n:,}",
            "10%": pounds(spread.p10),
            "25%": pounds(spread.p25),
            "MEDIAN": pounds(spread.median),
            "75%": pounds(spread.p75),
            "90%": pounds(spread.p90),
            "MIDDLE HALF": bar(spread.p25, spread.p75, least, most, mark=spread.median),
        }
        for name, spread in rows.items()
    ]
    return table(lines)


def _sources(found: Report) -> str:
    from rolecall.render.numbers import percent

    return table([
        {
            "SOURCE": row.source,
            "JOBS": row.jobs,
            "ONLY HERE": row.only_here,
            "STATE PAY": percent(row.with_pay),
            "REMOTE": percent(row.remote),
        }
        for row in found.sources
    ])  # fmt: skip


def _references() -> str:
    from rolecall.render.numbers import pounds
    from rolecall.stats import benchmarks

    return table([
        {
            "FOR REFERENCE": row.what,
            "N": f"{row.n:,}",
            "MEDIAN": pounds(row.median),
            "25%": pounds(row.p25) if row.p25 else "",
            "75%": pounds(row.p75) if row.p75 else "",
            "PUBLISHED": f"{row.source}, {row.kind}, {_day(row.date)} {row.date.year}",
        }
        for row in benchmarks()
    ])  # fmt: skip


def _day(day: Any) -> str:
    return f"{day.day} {day:%b}"


# --- as data --------------------------------------------------------------------------------------------------


def _json(found: Report, figure: int | None, standing: Standing | None) -> str:
    from dataclasses import asdict

    from rolecall.stats import benchmarks

    data = asdict(found)
    del data["samples"]
    data["standing"] = {"figure": figure, **asdict(standing)} if standing else None
    data["references"] = [asdict(row) for row in benchmarks()]
    return json.dumps(data, default=str, indent=2, ensure_ascii=False)


def _draw(found: Report, path: Path, form: Form) -> None:
    from rolecall import charts

    picture = asyncio.run(charts.draw(charts.overview(found), form))
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise RolecallError(f"cannot write {path}: {error.strerror}") from None
    typer.echo(f"drawn: {path}", err=True)
