"""`mute`, `unmute`, `mutes`: employers and agencies that somebody hears no more of."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.cli.choose import decided
from rolecall.cli.options import ConfigOption, JsonOption, PersonOption, known_person, load_config, reading, whose
from rolecall.cli.table import table

if TYPE_CHECKING:
    from rolecall.config import Config
    from rolecall.people import Muted

NameArgument = Annotated[
    str, typer.Argument(metavar="COMPANY", help='Its name in any form: "Acme Ltd" is also "ACME".')
]


def register(app: typer.Typer) -> None:
    for command in (mute, unmute, mutes):
        app.command()(command)


def mute(
    company: NameArgument,
    agency: Annotated[
        bool,
        typer.Option("--agency", help='An agency, under all names that begin so: "Hays" is also "Hays Technology".'),
    ] = False,
    config: ConfigOption = None,
    person: PersonOption = None,
) -> None:
    """Hear no more of an employer or an agency: of what comes, and of what waits to be sent."""
    from rolecall.dedupe import normal_company

    if not normal_company(company):
        raise typer.BadParameter(f"{company!r} is no name")
    loaded = load_config(config)
    kind = "muted_agency" if agency else "muted_company"
    done = f"{company} is muted. `rolecall unmute` takes it back."
    decided(loaded, kind, (), done, person=whose(loaded, person).name, company=company)


def unmute(company: NameArgument, config: ConfigOption = None, person: PersonOption = None) -> None:
    """Hear of an employer or an agency again."""
    from rolecall import spool
    from rolecall.cli.choose import NOTHING
    from rolecall.dedupe import normal_company

    loaded = load_config(config)
    who = whose(loaded, person).name
    muted = {each.name for each in asyncio.run(_mutes(loaded, {"", who}))}
    if normal_company(company) not in muted and spool.is_empty(loaded.database):
        typer.echo(f"{NOTHING} `rolecall mutes` shows who is muted.")
        return
    decided(loaded, "unmuted", (), f"{company} is heard of again.", person=who, company=company)


def mutes(config: ConfigOption = None, person: PersonOption = None, as_json: JsonOption = False) -> None:
    """List who is muted by command or button; what a search mutes itself stands in the configuration."""
    loaded = load_config(config)
    names = {"", *([known_person(loaded, person).name] if person else [each.name for each in loaded.people])}
    found = asyncio.run(_mutes(loaded, names))
    if as_json:
        lines = [{"person": m.person, "kind": m.kind, "name": m.said, "since": m.at.isoformat()} for m in found]
        typer.echo(json.dumps(lines, indent=2, ensure_ascii=False))
    else:
        typer.echo(table([_line(mute, loaded) for mute in found]) or "Nobody is muted.")


async def _mutes(config: Config, names: set[str]) -> Sequence[Muted]:
    async with reading(config) as store:
        return await store.mutes(names)


def _line(mute: Muted, config: Config) -> dict[str, object]:
    from rolecall.schedule import day

    since = day(mute.at, config.person(mute.person).zone)
    shown: dict[str, object] = {"MUTED": mute.said, "KIND": mute.kind, "SINCE": since}
    return {"PERSON": mute.person or "everybody", **shown} if config.named else shown
