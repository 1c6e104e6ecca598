"""The commands of Rolecall, one module per group; thin: they read arguments, call a function and print.

Heavy imports stand inside the commands, so that `rolecall --help` stays quick.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Annotated

import typer

from rolecall.cli import (
    check,
    choose,
    demo,
    digest,
    discover,
    doctor,
    filters,
    init,
    keep,
    look,
    mute,
    preview,
    run,
    same,
    service,
    stats,
    telegram,
    vocabulary,
)
from rolecall.cli.options import CONFIG_ERROR, Commands
from rolecall.errors import ConfigError, DatabaseTooNew, RolecallError
from rolecall.logs import complain

NO_PERMISSION = 77  # EX_NOPERM

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # what a write to standard output may meet


app = typer.Typer(
    cls=Commands,
    name="rolecall",
    help="Watches job feeds and tells you, once, about the jobs you would want.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
groups = (
    run, demo, init, check, look, doctor, keep, same, choose, mute, preview, digest, discover, filters, stats, telegram,
    vocabulary, service,
)  # fmt: skip
for group in groups:
    group.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        from rolecall import __version__

        typer.echo(f"rolecall {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run one command; what a user can cause ends with a clear sentence, not with a traceback."""
    _open_streams()
    try:
        app()
    except ConfigError as error:
        for problem in error.problems:
            complain(str(problem))
        raise SystemExit(CONFIG_ERROR) from None
    except RolecallError as error:
        complain(str(error))
        raise SystemExit(_code(error)) from None
    except BrokenPipeError:
        raise SystemExit(141) from None
    except OSError as error:
        if error.errno not in FULL:
            raise
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - else what is left in it fails once more at the end
        complain(f"what was to be said cannot be written: {error.strerror}")
        raise SystemExit(1) from None


def _open_streams() -> None:
    """A stream that was closed (`>&-`) is nobody's; a letter that a terminal cannot show is a question mark there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _code(error: RolecallError) -> int:
    if isinstance(error, DatabaseTooNew):
        return CONFIG_ERROR
    return NO_PERMISSION if isinstance(error.__cause__, PermissionError) else 1
