"""`doctor`: is this installation sound?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config
from rolecall.render.clean import MAX_URL, line
from rolecall.terminal import colours, dim

if TYPE_CHECKING:
    from rolecall.doctor import Finding


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Look over the database, its files, the disk, the clock and what waits; say what to do.

    Exit 1 when something is bad.
    It changes nothing and asks nobody; `rolecall check` tries the sources and channels.
    """
    from dataclasses import asdict

    from rolecall.doctor import examine_all

    found = examine_all(load_config(config), datetime.now(UTC))
    typer.echo(json.dumps([asdict(each) for each in found], indent=2) if as_json else "\n".join(map(_line, found)))
    if any(each.level == "bad" for each in found):
        raise typer.Exit(1)


def _line(found: Finding) -> str:
    level = f"{found.level:<4}"
    if colours():
        level = f"\x1b[{_COLOURS[found.level]}m{level}\x1b[0m"
    advice = f"\n{'':20}{dim(line(found.advice, MAX_URL))}" if found.advice else ""
    return f"{level}  {found.what:<14}{line(found.said, MAX_URL)}{advice}"


_COLOURS = {"ok": 32, "warn": 33, "bad": 31}
