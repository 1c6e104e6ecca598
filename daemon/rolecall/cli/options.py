"""The options that several commands share, and how a configuration is found for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rolecall.config import Config, Person
    from rolecall.ports import Store

CONFIG_ERROR = 78  # EX_CONFIG of sysexits(3)


class Commands(TyperGroup):
    """Lists each command with its whole first sentence."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(1000)) for name, each in commands if each])


ConfigOption = Annotated[
    Path | None,
    # readable=False: `load` says why a file cannot be read, with the exit code that systemd knows
    typer.Option(
        "--config", "-c", metavar="FILE", help="The configuration; see `rolecall run --help`.", readable=False
    ),
]
PersonOption = Annotated[
    str | None, typer.Option("--person", metavar="NAME", help="Whose: a [person.NAME] of the configuration.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def load_config(given: Path | None) -> Config:
    """Find and read the configuration; raises ConfigError."""
    from rolecall.config import find, load
    from rolecall.plugins import kinds

    return load(find(given), kinds())


def whose(config: Config, given: str | None) -> Person:
    """Return the person a command speaks for; ends the command where that must be said, or is not known."""
    names = ", ".join(person.name for person in config.named)
    if given is None and len(config.people) == 1:
        return config.people[0]
    if given is None:
        raise typer.BadParameter(f"say whose: --person NAME, one of {names}")
    return known_person(config, given)


def known_person(config: Config, name: str) -> Person:
    """Return the person of that name; ends the command where there is none."""
    found = config.person(name)
    if found.name != name:
        names = ", ".join(person.name for person in config.named)
        raise typer.BadParameter(f"there is no person {name!r}" + (f"; people are {names}" if names else ""))
    return found


@asynccontextmanager
async def reading(config: Config) -> AsyncIterator[Store]:
    """Open the database for reading only: the daemon may be running."""
    from rolecall.store import SqliteStore

    store = await SqliteStore.open(config.database, readonly=True)
    try:
        yield store
    finally:
        await store.close()
