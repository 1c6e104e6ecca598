"""`status`, `list`, `why`: looking at what is stored, while the daemon runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rolecall.cli.options import ConfigOption, JsonOption, PersonOption, known_person, load_config, reading
from rolecall.cli.table import Format, table, write
from rolecall.render.clean import MAX_URL, line
from rolecall.terminal import colours, strong

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rolecall.config import Config
    from rolecall.listing import Row
    from rolecall.match import Search
    from rolecall.model import Match
    from rolecall.stored import StoredPosting
    from rolecall.views import BudgetRow, Explanation, SourceRow, Status


TOTALS = ("posting", "job", "duplicate", "alert", "message")
YEARLESS = timedelta(days=300)  # so near, a day needs no year


def register(app: typer.Typer) -> None:
    app.command()(status)
    app.command("list")(list_jobs)
    app.command()(why)


# --- status ---------------------------------------------------------------------------------------------------


def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every source and channel: last success, next due, failures, what waits to be sent."""
    loaded = load_config(config)
    seen = asyncio.run(_status(loaded))
    typer.echo(json.dumps(_status_json(seen, loaded), default=str, indent=2) if as_json else _status_text(seen, loaded))


async def _status(config: Config) -> Status:
    from rolecall import views

    async with reading(config) as store:
        return await views.status(store, config, datetime.now(UTC))


def _status_json(seen: Status, config: Config) -> dict[str, Any]:
    """Return all that is known of how we are; `daemon`: the process that runs, 0 where it is not known which."""
    from dataclasses import asdict

    from rolecall import __version__
    from rolecall.store.examine import holder

    about = {"version": __version__, "at": datetime.now(UTC), "daemon": holder(config.database)}
    searches = [{"name": each.name, "person": each.person, "paused": each.paused} for each in _searches(config)]
    return {**about, "database": config.database, "searches": searches, **asdict(seen)}


def _searches(config: Config) -> list[Search]:
    return [*config.searches, *config.paused]


def _status_text(seen: Status, config: Config) -> str:
    from rolecall.render.numbers import counted
    from rolecall.store.examine import holder

    zone = config.zone
    totals = {name: counted(seen.totals.get(f"{name}s", 0), name) for name in TOTALS}
    parts = [
        "No daemon is running: nothing is asked or told." if holder(config.database) is None else "",
        f"{totals['posting']}, {totals['job']} ({totals['duplicate']} folded), {totals['alert']}, "
        f"{totals['message']} sent",
        table([_source_line(row, zone) for row in seen.sources]) or "No sources.",
        table([_budget_line(row) for row in seen.budgets]),
        table([_channel_line(row, zone) for row in seen.channels]) or "No channels.",
    ]
    if seen.dead:
        dead = [{"SET ASIDE": m.id, "CHANNEL": m.channel, "MESSAGE": m.subject, "WHY": m.error} for m in seen.dead]
        parts.append(table(dead))
    return "\n\n".join(filter(None, parts))


def _source_line(row: SourceRow, zone: ZoneInfo) -> dict[str, object]:
    notes = [f"{count} {what}" for count, what in ((row.skipped, "unreadable"), (row.to_read, "to be read")) if count]
    return {
        "SOURCE": row.name,
        "HEALTH": row.health,
        "SINCE": _when(row.since, zone),
        "READ": _when(row.last_success, zone),
        "POSTINGS": f"{row.postings}" + (f" ({', '.join(notes)})" if notes else ""),
        "NEXT": _when(row.next_due, zone),
        "WHY": "; ".join(filter(None, (row.why, row.what_next))),
    }


def _budget_line(row: BudgetRow) -> dict[str, object]:
    shared = f"{row.sources} sources" if row.sources > 1 else "1 source"
    return {"BUDGET": row.name, "CALLS IN THE LAST DAY": row.used, "ALLOWED": row.limit, "SHARED BY": shared}


def _channel_line(row: Any, zone: ZoneInfo) -> dict[str, object]:
    return {
        "CHANNEL": row.name,
        "WAITING": row.pending,
        "NEXT": _when(row.not_before or row.next_due, zone),
        "SENT": row.sent,
        "SET ASIDE": row.dead,
        "LAST SENT": _when(row.last_sent, zone),
        "TROUBLE": f"suspended: {row.suspended}" if row.suspended else row.last_error,
    }


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return "Mon 5 Jan 17:50"; what is far away has a year instead of a time."""
    from rolecall.schedule import day, when

    if moment is None:
        return "-"
    return when(moment, zone) if abs(moment - datetime.now(UTC)) < YEARLESS else day(moment, zone)


# --- list -----------------------------------------------------------------------------------------------------


def list_jobs(
    config: ConfigOption = None,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="How many jobs.")] = 50,
    form: Annotated[Format, typer.Option("--format", help="table, json, csv, md or html.")] = "table",
    search: Annotated[str | None, typer.Option(help="Only this saved search.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Closed jobs too.")] = False,
    saved: Annotated[bool, typer.Option("--saved", help="Those you saved, last saved first.")] = False,
    person: PersonOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the jobs that matched, newest first."""
    loaded = load_config(config)
    zone = loaded.zone if person is None else known_person(loaded, person).zone
    if search is not None and search not in {s.name for s in loaded.searches}:
        names = ", ".join(repr(s.name) for s in loaded.searches)
        raise typer.BadParameter(f"there is no search {search!r}; searches are {names}")
    rows = asyncio.run(_rows(loaded, top, search, closed, person, saved))
    chosen: Format = "json" if as_json else form
    if not rows and chosen == "table":
        typer.echo(_nothing(saved=saved, closed=asyncio.run(_rows(loaded, 1, search, True, person, saved))))
        return
    exact = chosen in ("json", "csv")
    stated = any(row.state for row in rows)
    lines = [_json_row(row) if exact else _row(row, zone, chosen, stated=stated) for row in rows]
    typer.echo(write(lines, chosen, title=f"{len(rows)} {'saved' if saved else 'current matching'} jobs"))


def _nothing(*, saved: bool, closed: Sequence[Row]) -> str:
    if saved:
        return "Nothing is saved."
    if closed:
        return "Nothing that matched is open. `rolecall list --closed` shows what was."
    return "Nothing has matched yet. `rolecall status` shows what is being watched."


async def _rows(
    config: Config, top: int, search: str | None, closed: bool, person: str | None, saved: bool
) -> list[Row]:
    from rolecall.listing import listing

    async with reading(config) as store:
        return await listing(store, config, datetime.now(UTC), top, search, closed, person=person, saved=saved)


def _row(row: Row, zone: ZoneInfo, form: Format, *, stated: bool = False) -> dict[str, object]:
    card = row.card
    shown: dict[str, object] = {
        "ID": row.job,
        "POSTED": _day(row.posted, zone),
        "TITLE": card.title,
        "COMPANY": card.company,
        "PAY": card.pay or "not stated",
        "PLACE": card.place,
        "MODE": card.mode,
        "SEARCH": row.search,
        "FROM": card.attribution or card.source,
    }
    if stated:
        shown["STATE"] = row.state
    return shown if form == "table" else shown | {"URL": card.url}


def _day(moment: datetime, zone: ZoneInfo) -> str:
    from rolecall.schedule import day

    local, today = moment.astimezone(zone), datetime.now(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}" if today - local < YEARLESS else day(moment, zone)


def _json_row(row: Row) -> dict[str, object]:
    card = row.card
    return {
        "id": row.job,
        "posted_at": row.posted.isoformat(),
        "title": card.title,
        "company": card.company,
        "pay": card.pay,
        "annual_gbp_min": row.annual_gbp[0],
        "annual_gbp_max": row.annual_gbp[1],
        "place": card.place,
        "mode": card.mode,
        "level": card.level,
        "contract": card.contract,
        "stack": ", ".join(card.stack),
        "search": row.search,
        "action": row.action,
        "state": row.state,
        "source": card.source,
        "attribution": card.attribution,
        "also_on": ", ".join(copy.source for copy in card.also_on),
        "url": card.url,
    }


# --- why ------------------------------------------------------------------------------------------------------


def why(
    job: Annotated[
        str, typer.Argument(metavar="[ID|URL|FILE|-]", help="A job's id (or its beginning) or address.")
    ] = "-",
    config: ConfigOption = None,
    text: Annotated[bool, typer.Option("--text", help="Read an advert from FILE or standard input instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Explain what every search thinks of a job, and the words it was read from.

    With --text, or with - for standard input, an advert you paste is shown as Rolecall reads it; its first line is
    the title.
    """
    if text or job == "-":
        from rolecall.cli import advert

        advert.show(job, config, as_json)
        return
    loaded = load_config(config)
    found = asyncio.run(_why(loaded, job))
    if found is None:
        typer.echo(f"rolecall: no stored job has the id or address {job!r}.", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(_why_json(found), indent=2, default=str) if as_json else _why_text(found, loaded))


async def _why(config: Config, job: str) -> Explanation | None:
    from rolecall import views

    async with reading(config) as store:
        return await views.why(store, config, job)


def _why_text(found: Explanation, config: Config) -> str:
    raw = found.posting.raw
    title = f"{found.job.id}  {raw.title} - {raw.company or 'company not stated'}"
    attributions = dict.fromkeys(filter(None, (raw.attribution, *(copy.raw.attribution for copy in found.copies))))
    links = [line(raw.url, MAX_URL), *map(_copy, (copy for copy in found.copies if copy.closed_at is None))]
    closed = sum(copy.closed_at is not None for copy in found.copies)
    links += [f"and {closed} closed: rolecall same {found.job.id}"] if closed else []
    head = [strong(line(title)), *links, *map(line, attributions), *map(line, found.notes)]
    parts = ["\n".join(head)]
    parts += [_match_text(match, found.alerted.get(match.search), config) for match in found.matches]
    return "\n\n".join(parts)


def _copy(stored: StoredPosting) -> str:
    from rolecall.render.sameness import because_text

    because = f"  ({because_text(stored.because)})" if stored.because else ""
    return line(f"also {stored.raw.source}  {stored.raw.url}{because}", MAX_URL)


def _match_text(match: Match, alerted: datetime | None, config: Config) -> str:
    told = f", alerted {_when(alerted, config.person_of(match.search).zone)}" if alerted else ""
    rows = [
        {
            "CRITERION": reason.criterion,
            "VERDICT": reason.verdict.answer.name,
            "BECAUSE": reason.verdict.label or reason.verdict.reason.replace("_", " "),
            "READ FROM": f'{reason.source}: "{reason.evidence}"' if reason.evidence else "",
            "RULE": reason.rule,
        }
        for reason in match.reasons
    ]
    title = f'"{match.search}" -> {match.action.value}{told}'
    return f"{strong(title)}\n{_verdict_colours(table(rows))}"


def _verdict_colours(text: str) -> str:
    if not colours():
        return text
    for word, code in ((" YES ", 32), (" NO ", 31), (" UNKNOWN ", 33)):
        text = text.replace(word, f"\x1b[{code}m{word}\x1b[0m")
    return text


def _why_json(found: Explanation) -> dict[str, object]:
    from rolecall import match
    from rolecall.normalise.facts import as_json
    from rolecall.render.clean import harmless

    return {
        "job": found.job.id,
        "facts": harmless(as_json(found.posting)),
        "postings": [{"source": p.raw.source, "url": p.raw.url, "because": p.because} for p in found.job.postings],
        "attribution": list(dict.fromkeys(filter(None, (p.raw.attribution for p in found.job.postings)))),
        "notes": found.notes,
        "matches": [match.as_json(found.job.id, each) for each in found.matches],
        "alerted": found.alerted,
    }
