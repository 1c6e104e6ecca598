"""`join`, `split`, `save`, `applied`, `dismiss`, `snooze`, `undo`: the user's word on jobs.

They work beside a running daemon, which carries them out within seconds, and without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from rolecall.cli.options import ConfigOption, PersonOption, load_config, reading, whose

if TYPE_CHECKING:
    from rolecall.config import Config
    from rolecall.ports import Store
    from rolecall.stored import StoredJob, StoredPosting

JobArgument = Annotated[
    str, typer.Argument(metavar="ID|URL", help="A job's id (or its beginning), its address, or SOURCE/ID.")
]


NOTHING = "Nothing to change: that is how it is already."


def register(app: typer.Typer) -> None:
    for command in (join, split, save, applied, dismiss, snooze, undo):
        app.command()(command)


def join(
    job: JobArgument,
    other: Annotated[str, typer.Argument(metavar="ID|URL", help="The job that is the same.")],
    config: ConfigOption = None,
) -> None:
    """Say that two jobs are one, for ever."""
    loaded = load_config(config)
    one, two = asyncio.run(_find(loaded, [job, other]))
    if one.id == two.id:
        typer.echo(NOTHING)
        return
    _decide(loaded, "join", [one.postings[0], two.postings[0]], f"{one.id} and {two.id} are one job, {one.id}.")


def split(
    job: JobArgument,
    posting: Annotated[
        str | None, typer.Argument(metavar="[POSTING]", help="Its number in `rolecall same`, its id or its address.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Say that an advert is another job, for ever. Without POSTING it is the one that JOB names, or the newest."""
    loaded = load_config(config)
    (found,) = asyncio.run(_find(loaded, [job]))
    if len(found.postings) < 2:
        raise typer.BadParameter(f"{found.id} has one advert only")
    named = (copy for copy in found.postings if job in (copy.name, copy.raw.url))
    chosen = _chosen(found, posting) if posting else next(named, found.postings[-1])
    _decide(loaded, "split", [chosen], f"{chosen.name} is a job of its own.")


def save(job: JobArgument, config: ConfigOption = None, person: PersonOption = None) -> None:
    """Keep a job: `rolecall list --saved` shows it, also when it has closed."""
    _mark("saved", job, config, person, "is saved: `rolecall list --saved` shows it.")


def applied(job: JobArgument, config: ConfigOption = None, person: PersonOption = None) -> None:
    """Say that you applied: the job never comes again, under whatever id."""
    _mark("applied", job, config, person, "is applied: it never comes again.")


def dismiss(job: JobArgument, config: ConfigOption = None, person: PersonOption = None) -> None:
    """Say that a job is not for you: it never comes again, under whatever id."""
    _mark("dismissed", job, config, person, "is dismissed: it never comes again.")


def snooze(
    job: JobArgument,
    wait: Annotated[str, typer.Option("--for", metavar="TIME", help="How long: 90m, 4h, 2d.")] = "1d",
    config: ConfigOption = None,
    person: PersonOption = None,
) -> None:
    """Put a job off: it comes back once, as an alert, after a day, and not in quiet hours."""
    from rolecall import route
    from rolecall.schedule import parse_duration

    loaded = load_config(config)
    who = whose(loaded, person)
    try:
        now = datetime.now(UTC)
        again = route.again(who, loaded, now, wait=parse_duration(wait))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    until = again.until.astimezone(who.zone)
    back = f"{until:%A} {until.day} {until:%B}{'' if until.year == now.year else f' {until.year}'}, {until:%H:%M}"
    _mark("snoozed", job, config, person, f"comes back on {back}.", again=again)


def undo(job: JobArgument, config: ConfigOption = None, person: PersonOption = None) -> None:
    """Take back your latest word on a job: join, split, save, applied, dismiss, snooze or a mute."""
    loaded = load_config(config)
    who = whose(loaded, person).name
    found, said = asyncio.run(_said_of(loaded, job, who))
    if not said:
        typer.echo(f"Nothing to take back: you have said nothing of {found.id}.")
        return
    done = f"Your latest word on {found.id} is taken back."
    _decide(loaded, "undo", found.postings[:1], done, person=who)


async def _said_of(config: Config, job: str, person: str) -> tuple[StoredJob, bool]:
    """Return the job, and whether anything may have been said of it: what waits to be carried out is not known."""
    from rolecall import people, spool

    async with find(config, [job]) as (store, (found,)):
        said = bool(people.of(person, found.marks) or await store.rulings(found.id))
        return found, said or bool(await store.mutes({"", person})) or not spool.is_empty(config.database)


# --- finding --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def find(config: Config, asked: Sequence[str]) -> AsyncIterator[tuple[Store, list[StoredJob]]]:
    """Open the store and find the job of each id, address or advert; ends the command when one is not stored."""
    from rolecall import views

    async with reading(config) as store:
        found = [await views.find(store, each) for each in asked]
        for each, job in zip(asked, found, strict=True):
            if job is None:
                typer.echo(f"rolecall: no stored job has the id or address {each!r}.", err=True)
                raise typer.Exit(1)
        yield store, [job for job in found if job is not None]


async def _find(config: Config, asked: Sequence[str]) -> list[StoredJob]:
    async with find(config, asked) as (_, found):
        return found


def _chosen(job: StoredJob, asked: str) -> StoredPosting:
    if asked.isdecimal() and 0 < int(asked) <= len(job.postings):
        return job.postings[int(asked) - 1]
    found = [copy for copy in job.postings if asked in (copy.raw.id, copy.raw.url, copy.name)]
    if not found:
        raise typer.BadParameter(f"{job.id} has no advert {asked!r}; `rolecall same {job.id}` lists them")
    return found[0]


# --- deciding -------------------------------------------------------------------------------------------------


def _mark(kind: Any, job: str, config: Any, person: str | None, what: str, **said: Any) -> None:
    loaded = load_config(config)
    (found,) = asyncio.run(_find(loaded, [job]))
    done = f'"{found.postings[0].raw.title}" ({found.id}) {what}'
    _decide(loaded, kind, found.postings[:1], done, person=whose(loaded, person).name, **said)


def _decide(config: Config, kind: Any, postings: Sequence[StoredPosting], done: str, **said: Any) -> None:
    keys = tuple((posting.raw.source, posting.raw.id) for posting in postings)
    decided(config, kind, keys, done, **said)


def decided(config: Config, kind: Any, keys: tuple[tuple[str, str], ...], done: str, **said: Any) -> None:
    """Let a decision be carried out, by the daemon where one runs, and say so."""
    from rolecall.people import Decision

    changed = asyncio.run(_carried_out(config, Decision(uuid4().hex, kind, keys, datetime.now(UTC), **said)))
    if changed is None:
        typer.echo(f"{done} (The daemon notes it within seconds.)")
    else:
        typer.echo(done if changed else NOTHING)


async def _carried_out(config: Config, decision: Any) -> bool | None:
    """Leave the decision, and carry it out unless a daemon is there to do so (None)."""
    from rolecall import spool
    from rolecall.errors import DatabaseBusy
    from rolecall.store import SqliteStore

    spool.leave(config.database, decision)
    try:
        store = await SqliteStore.open(config.database)
    except DatabaseBusy:
        return None
    try:
        return (await spool.carry_out(store, config.database)).get(decision.id, False)
    finally:
        await store.close()
