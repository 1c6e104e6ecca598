"""`preview`: what a search would have sent, before it is saved."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config, reading
from rolecall.cli.table import below
from rolecall.errors import RolecallError
from rolecall.terminal import counting, dim, strong

if TYPE_CHECKING:
    from rolecall.config import Config
    from rolecall.match import Search
    from rolecall.rehearse import Missed, Rehearsal
    from rolecall.stored import StoredJob

MOST_A_DAY, MOST_MISSED = 5, 3


def register(app: typer.Typer) -> None:
    app.command()(preview)


def preview(
    search: Annotated[str, typer.Argument(help="The search's name.")],
    config: ConfigOption = None,
    draft: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Read [[search]] from here.")] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How far back.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Show what a search would have sent from the stored adverts, per day, with near misses."""
    from rolecall.config import find

    loaded = load_config(config)
    wanted = _search(search, _with_draft(find(config), draft) if draft else loaded)
    found = asyncio.run(_rehearse(loaded, wanted, datetime.now(UTC) - timedelta(days=days)))
    typer.echo(_json(found, wanted, loaded, days) if as_json else _text(found, wanted, loaded, days))


def _with_draft(path: Path, draft: Path) -> Config:
    """Return the configuration with the draft's searches instead of its own; raises `ConfigError`."""
    from rolecall.config import read, table_of
    from rolecall.plugins import kinds

    searches = table_of(draft).get("search", [])
    whole = table_of(path)
    return read({**whole, "search": searches}, kinds(), path)


def _search(name: str, config: Config) -> Search:
    from rolecall.config.plugin import did_you_mean

    searches = {search.name: search for search in (*config.searches, *config.paused)}
    if name not in searches:
        raise RolecallError(f"there is no search {name!r}. {did_you_mean(name, searches, 'Searches are')}".rstrip())
    return searches[name]


async def _rehearse(config: Config, search: Search, since: datetime) -> Rehearsal:
    from rolecall.rehearse import rehearse

    async with reading(config) as store:
        jobs: dict[str, StoredJob] = {}
        with counting("jobs asked about") as count:
            page, after = await store.postings(since)
            while page:
                new = await store.jobs({posting.job for posting in page} - jobs.keys())
                jobs |= {name: job for name, job in new.items() if job.first_seen >= since}
                count(len(jobs))
                page, after = await store.postings(since, after)
        return rehearse(search, jobs.values())


# --- as text --------------------------------------------------------------------------------------------------


def _text(found: Rehearsal, search: Search, config: Config, days: int) -> str:
    if not found.judged:
        return f"No adverts of the last {days} days are stored yet."
    daily = len(found.told) / days
    often = f", {daily:.1f} a day" if daily >= 0.1 else ""
    head = (
        f"{strong(search.name)} would have told you of {_jobs(len(found.told))} in the last {days} days{often}, "
        f"out of {found.judged:,} looked at."
    )
    return "\n\n".join(filter(None, [head, _days(found, config), _near(found)]))


def _days(found: Rehearsal, config: Config) -> str:
    lines: list[str] = []
    for day, told in found.by_day(config.zone).items():
        lines.append(strong(f"{day:%a} {day.day} {day:%b}  {_jobs(len(told))}"))
        rows = [{**_row(each.posting), "HOW": each.action.value} for each in told[:MOST_A_DAY]]
        lines += below(rows)
        if len(told) > MOST_A_DAY:
            lines.append(dim(f"  and {len(told) - MOST_A_DAY} more"))
    return "\n".join(lines)


def _near(found: Rehearsal) -> str:
    if not found.missed:
        return ""
    lines = [strong(f"Near misses: {_jobs(len(found.missed))} failed on one thing only")]
    for criterion, missed in found.by_criterion().items():
        lines.append(f"{criterion}: {_jobs(len(missed))}")
        lines += below([_missed_row(each) for each in missed[:MOST_MISSED]])
        if len(missed) > MOST_MISSED:
            lines.append(dim(f"  and {len(missed) - MOST_MISSED} more"))
    return "\n".join(lines)


def _jobs(count: int) -> str:
    return f"{count:,} job" if count == 1 else f"{count:,} jobs"


def _row(posting: Any) -> dict[str, object]:
    from rolecall.render.clean import line
    from rolecall.render.facts import level_text
    from rolecall.render.money import pay_text

    raw = posting.raw
    return {
        "TITLE": line(raw.title, 60),
        "COMPANY": line(raw.company, 30),
        "PAY": pay_text(posting.salary, posting.ir35.value) or "-",
        "LEVEL": level_text(posting.level) or "-",
        "PLACE": line(raw.location, 30) or "-",
    }


def _missed_row(missed: Missed) -> dict[str, object]:
    return {**_row(missed.posting), "BECAUSE": missed.because}


# --- as data --------------------------------------------------------------------------------------------------


def _json(found: Rehearsal, search: Search, config: Config, days: int) -> str:
    data = {
        "search": search.name,
        "days": days,
        "judged": found.judged,
        "told": [
            {"day": str(day), "job": each.job, "action": each.action.value, **_fields(each.posting)}
            for day, told in found.by_day(config.zone).items()
            for each in told
        ],
        "missed": [
            {"job": each.job, "criterion": each.criterion, "because": each.because, **_fields(each.posting)}
            for each in found.missed
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _fields(posting: Any) -> dict[str, object]:
    row = _row(posting)
    return {name.lower(): row[name] for name in ("TITLE", "COMPANY", "PAY")} | {"url": posting.raw.url}
