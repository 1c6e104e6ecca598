"""`rolecall same`: which adverts are taken for one job, why, and what to do where they are not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from rolecall.cli.choose import JobArgument, find
from rolecall.cli.options import ConfigOption, JsonOption, load_config
from rolecall.cli.table import table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rolecall.config import Config
    from rolecall.people import Ruling
    from rolecall.stored import StoredJob, StoredPosting


def register(app: typer.Typer) -> None:
    app.command()(same)


def same(job: JobArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show which adverts are taken for one job, and why; what you said of them; what else may be the same."""
    loaded = load_config(config)
    found, maybe, rulings = asyncio.run(_read(loaded, job))
    if as_json:
        typer.echo(json.dumps(_as_json(found, maybe, rulings), indent=2, default=datetime.isoformat))
        return
    typer.echo(table([_line(found, copy, loaded.zone) for copy in found.postings]))
    for said in _said(found, maybe, rulings, loaded.zone):
        typer.echo(said)


async def _read(config: Config, asked: str) -> tuple[StoredJob, Sequence[StoredJob], Sequence[Ruling]]:
    async with find(config, [asked]) as (store, (job,)):
        maybe = await store.jobs(job.maybe) if job.maybe else {}
        return job, list(maybe.values()), await store.rulings(job.id)


def _line(job: StoredJob, copy: StoredPosting, zone: ZoneInfo) -> dict[str, object]:
    from rolecall.render.sameness import because_text
    from rolecall.schedule import day

    return {
        "NO": job.postings.index(copy) + 1,
        "ADVERT": copy.name,
        "TITLE": copy.raw.title,
        "COMPANY": copy.raw.company,
        "PLACE": copy.raw.location,
        "SEEN": day(copy.first_seen, zone),
        "STATE": "closed" if copy.closed_at else "open",
        "BECAUSE": because_text(copy.because) if len(job.postings) > 1 else "",
        "URL": copy.raw.url,
    }


def _said(job: StoredJob, maybe: Sequence[StoredJob], rulings: Sequence[Ruling], zone: ZoneInfo) -> Iterator[str]:
    """Yield what is to be said below the table: the age, the user's own word, and what there is to do."""
    from rolecall.render.card import age_text
    from rolecall.schedule import day
    from rolecall.vacancy import reposts

    if times := reposts(job):
        yield age_text(times, None, job.first_seen, datetime.now(UTC), zone).capitalize() + "."
    for ruling in rulings:
        one, two = ("/".join(key) for key in (ruling.posting, ruling.other))
        word = f"joined {one} and {two}" if ruling.kind == "join" else f"split {one} from {two}"
        yield f"You {word} on {day(ruling.at, zone)}: rolecall undo {job.id}"
    if len(job.postings) > 1:
        yield f"Is one of them another job? rolecall split {job.id} NO"
    for other in maybe:
        first = other.postings[0].raw
        yield f"May be the same as {other.id}, {first.title} - {first.company}: rolecall join {job.id} {other.id}"


def _as_json(job: StoredJob, maybe: Sequence[StoredJob], rulings: Sequence[Ruling]) -> dict[str, Any]:
    from rolecall.vacancy import reposts

    return {
        "job": job.id,
        "first_seen": job.first_seen,
        "reposts": reposts(job),
        "adverts": [
            {
                "source": copy.raw.source,
                "id": copy.raw.id,
                "title": copy.raw.title,
                "company": copy.raw.company,
                "location": copy.raw.location,
                "url": copy.raw.url,
                "first_seen": copy.first_seen,
                "closed_at": copy.closed_at,
                "because": list(copy.because),
            }
            for copy in job.postings
        ],
        "may_be_the_same_as": [other.id for other in maybe],
        "said": [
            {"kind": said.kind, "posting": "/".join(said.posting), "other": "/".join(said.other), "at": said.at}
            for said in rulings
        ],
    }
