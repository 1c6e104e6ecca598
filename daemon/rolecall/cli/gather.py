"""What `service install` is given: a configuration, its secrets, and what follows from them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rolecall.errors import ConfigError, RolecallError

if TYPE_CHECKING:
    from rolecall.errors import Problem
    from rolecall.service.moving import Held
    from rolecall.service.plan import Given, Piece


def found(source: Path | None, root: Path) -> Given:
    """Return the configuration: the service's own where there is one, else the one that is named or found."""
    from rolecall.config import find, text_of
    from rolecall.plugins import kinds
    from rolecall.service import unit
    from rolecall.service.files import below
    from rolecall.service.plan import Given, installed

    own = below(root, unit.CONFIG)
    if source is None and own.exists():
        return Given(unit.CONFIG, text_of(own), stays=True)
    path = find(source)
    if own.exists() and not own.samefile(path):
        if text_of(own) == installed(Given(path, text_of(path), stays=False), kinds()):
            return Given(unit.CONFIG, text_of(own), stays=True)
        raise RolecallError(f"{own} is yours, and stays: edit it, or move it away to have {path} in its place")
    return Given(path, text_of(path), stays=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an installation is made from, and what it is to be."""

    given: Given
    secrets: list[Held]
    values: Mapping[str, str] = field(repr=False)  # the secrets themselves, by credential
    pieces: list[Piece]


def wanted(given: Given, program: Path | None, root: Path) -> Wanted:
    """Return everything that shall be there; raises `ConfigError` with what speaks against it."""
    from rolecall.plugins import kinds
    from rolecall.service import plan

    secrets = plan.wanted_secrets(given, kinds())
    runs = program or Path(sys.prefix, "bin", "rolecall")
    ours = (Path(sys.prefix), Path(sys.base_prefix).resolve(), Path(__file__).resolve())
    hidden = plan.invisible([program] if program else ours)
    _refuse([*hidden, *plan.not_plain(runs, secrets), *plan.not_movable(given, secrets)])
    values = _values(given, secrets, root)
    _refuse(plan.checked(given, secrets, values, kinds()))
    return Wanted(given, secrets, values, plan.pieces(given, secrets, values, runs))


def _values(given: Given, secrets: list[Held], root: Path) -> Mapping[str, str]:
    """Return the secrets by credential; what is not to be had is asked for."""
    from rolecall.config.secrets import read_secret
    from rolecall.service import unit
    from rolecall.service.files import below

    values: dict[str, str] = {}
    for each in secrets:
        if each.credential in values:
            continue
        kept = below(root, unit.CREDENTIALS / each.credential)
        try:
            if each.form == "credential":
                values[each.credential] = read_secret("file", str(kept), None)
            else:
                values[each.credential] = read_secret(each.form, each.value, given.path)
        except ValueError as error:
            values[each.credential] = _asked(each, str(error))
    return values


def _asked(each: Held, why: str) -> str:
    """Ask for a secret that could not be read."""
    if not _somebody_is_there():
        raise RolecallError(f"{each.table}.{each.key}: {why}")
    typer.echo(f"{each.table}.{each.key}: {why}")
    return str(typer.prompt(f"  The secret, for {each.credential}", hide_input=True)).strip()


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ConfigError(problems)
