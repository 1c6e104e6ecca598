"""`service`: Rolecall as a hardened service of systemd."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.errors import ConfigError, RolecallError
from rolecall.terminal import dim

if TYPE_CHECKING:
    from rolecall.errors import Problem
    from rolecall.service.moving import Held
    from rolecall.service.plan import Given, Piece

service = typer.Typer(help="Run Rolecall as a hardened service of systemd.", no_args_is_help=True)

RootOption = Annotated[
    Path, typer.Option("--root", metavar="DIR", help="Install below this directory: for images, and to look at it.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
ROOT = Path("/")


def register(app: typer.Typer) -> None:
    app.add_typer(service, name="service")


@service.command()
def install(
    config: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="The configuration to install, with its secrets.")
    ] = None,
    program: Annotated[
        Path | None, typer.Option("--program", metavar="FILE", help="The `rolecall` to run; default: this one.")
    ] = None,
    root: RootOption = ROOT,
    start: Annotated[bool, typer.Option("--now", help="Then start it, and at every boot (systemctl).")] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the unit, the configuration and the credentials; what is there already stays as it should be.

    Secrets of FILE (in files, in the environment, or in it) go to /etc/rolecall/credentials, for root's eyes only;
    one that is not to be had is asked for. A configuration in /etc/rolecall is yours: it is never overwritten.
    Run again, it brings the unit up to date, or changes nothing.
    """
    from rolecall.service import unit
    from rolecall.service.files import below, changes, make
    from rolecall.service.systemctl import commands

    _need_root(root, dry_run)
    wanted = _wanted(_given(config, root), program, root)
    to_do = changes(wanted.pieces, root)
    for change in to_do:
        typer.echo(_without(wanted.values.values(), str(change)))
    if not to_do:
        typer.echo("Everything is as it should be.")
    if dry_run:
        typer.echo(dim("Nothing was done. After that:"))
    else:
        make(to_do)
    _then(commands(root, "enable"), carry_out=start and not dry_run)
    if not dry_run:
        _say_what_may_go(wanted, below(root, unit.CONFIG))


@service.command()
def uninstall(root: RootOption = ROOT, dry_run: DryRun = False) -> None:
    """Stop the service and remove its unit. Your configuration, secrets and database stay."""
    from rolecall.service import unit
    from rolecall.service.files import below, remove
    from rolecall.service.systemctl import commands

    _need_root(root, dry_run)
    there = [path for path in (unit.UNIT, unit.ADDITION) if below(root, path).exists()]
    if not there:
        typer.echo("It is not installed.")
        return
    _then(commands(root, "disable")[-1:], carry_out=not dry_run)
    for path in there if dry_run else remove(there, root):
        typer.echo(f"{'would remove' if dry_run else 'removed'}  {path}")
    _then(commands(root, "disable")[:-1], carry_out=not dry_run)
    typer.echo(f"Yours, and kept: {unit.CONFIG.parent} and {unit.STATE}")


@service.command()
def status(root: RootOption = ROOT) -> None:
    """Say whether the unit is the one of this Rolecall, and how the service is. Exit 1 when it does not run."""
    from rolecall.service import unit
    from rolecall.service.files import below, changes
    from rolecall.service.plan import Piece
    from rolecall.service.systemctl import run

    place = below(root, unit.UNIT)
    if not place.exists():
        raise RolecallError(f"{place} is not there: `rolecall service install` writes it")
    old = changes([Piece(unit.UNIT, 0o644, unit.shipped())], root)
    typer.echo(f"unit     {'of another version: `rolecall service install`' if old else 'of this Rolecall'}")
    if root != ROOT:
        return
    names = ("ActiveState", "SubState", "StatusText", "NRestarts", "Result")
    shown = run(["systemctl", "show", *(f"--property={name}" for name in names), unit.NAME])
    said = dict(line.partition("=")[::2] for line in shown.splitlines())
    typer.echo(f"service  {said['ActiveState']} ({said['SubState']}), restarted {said['NRestarts']} times")
    if said["StatusText"]:
        typer.echo(f"         {said['StatusText']}")
    if said["ActiveState"] != "active":
        raise typer.Exit(1)


# --- what is given --------------------------------------------------------------------------------------------


def _need_root(root: Path, dry_run: bool) -> None:
    if root == ROOT and not dry_run and os.geteuid() != 0:
        raise RolecallError(
            "only root may do that: use sudo, or see what it would do with --dry-run"
        ) from PermissionError()


def _given(source: Path | None, root: Path) -> Given:
    """Return the configuration: the service's own where there is one, else the one that is named or found."""
    from rolecall.config import find
    from rolecall.service import unit
    from rolecall.service.files import below
    from rolecall.service.plan import Given

    own = below(root, unit.CONFIG)
    if source is None and own.exists():
        return Given(unit.CONFIG, _text(own), stays=True)
    path = find(source)
    if own.exists() and not own.samefile(path):
        raise RolecallError(f"{own} is yours, and stays: edit it, or move it away to have {path} in its place")
    return Given(path, _text(path), stays=False)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an installation is made from, and what it is to be."""

    given: Given
    secrets: list[Held]
    values: Mapping[str, str] = field(repr=False)  # the secrets themselves, by credential
    pieces: list[Piece]


def _wanted(given: Given, program: Path | None, root: Path) -> _Wanted:
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
    return _Wanted(given, secrets, values, plan.pieces(given, secrets, values, runs))


def _text(path: Path) -> str:
    import tomllib

    from rolecall.errors import Problem

    try:
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except OSError as error:
        raise ConfigError([Problem(str(path), f"cannot be read: {error.strerror}.")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(path), f"is not valid TOML: {error}.")]) from None
    return text


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


# --- what is done ---------------------------------------------------------------------------------------------


def _then(steps: list[list[str]], *, carry_out: bool) -> None:
    from rolecall.service.systemctl import run

    for command in steps:
        typer.echo(f"{'' if carry_out else 'then: '}{' '.join(command)}")
        if carry_out:
            run(command)


def _say_what_may_go(wanted: _Wanted, own: Path) -> None:
    """The user's own copies of secrets stay until they remove them."""
    given, secrets = wanted.given, wanted.secrets
    if given.stays:
        return
    copies = [str(given.path.parent / each.value) for each in secrets if each.form == "file"]
    if any(each.form == "inline" for each in secrets) and not own.samefile(given.path):
        copies.append(str(given.path))
    for path in dict.fromkeys(copies):
        typer.echo(f"The service has a copy of its own: `rm {path}` removes the secret where it was.")


def _without(secrets: Iterable[str], text: str) -> str:
    """A line that goes may hold a secret."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
