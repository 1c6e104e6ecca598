"""`service`: Rolecall as a hardened service of systemd."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from rolecall.cli import gather
from rolecall.cli.options import Commands
from rolecall.errors import RolecallError
from rolecall.terminal import dim

service = typer.Typer(cls=Commands, help="Run Rolecall as a hardened service of systemd.", no_args_is_help=True)

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
    wanted = gather.wanted(gather.found(config, root), program, root)
    to_do = changes(wanted.pieces, root)
    for change in to_do:
        typer.echo(_without(wanted.values.values(), str(change)))
    if not to_do:
        typer.echo("Everything is as it should be.")
    if dry_run:
        typer.echo(dim("Nothing was done."))
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
    from rolecall.render.numbers import counted
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
    typer.echo(
        f"service  {said['ActiveState']} ({said['SubState']}), restarted {counted(int(said['NRestarts']), 'time')}"
    )
    if said["StatusText"]:
        typer.echo(f"         {said['StatusText']}")
    if said["ActiveState"] != "active":
        raise typer.Exit(1)


def _need_root(root: Path, dry_run: bool) -> None:
    if root == ROOT and not dry_run and os.geteuid() != 0:
        raise RolecallError(
            "only root may do that: use sudo, or see what it would do with --dry-run"
        ) from PermissionError()


def _then(steps: list[list[str]], *, carry_out: bool) -> None:
    from rolecall.service.systemctl import run

    for command in steps:
        typer.echo(f"{'' if carry_out else 'then: '}{' '.join(command)}")
        if carry_out:
            run(command)


def _say_what_may_go(wanted: gather.Wanted, own: Path) -> None:
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
