"""The commands of Rolecall, one module per group; thin: they read arguments, call a function and print.

Heavy imports stand inside the commands, so that `rolecall --help` stays quick.
"""

from __future__ import annotations

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
from rolecall.cli.options import CONFIG_ERROR
from rolecall.errors import ConfigError, DatabaseTooNew, RolecallError
from rolecall.logs import complain

NO_PERMISSION = 77  # EX_NOPERM

app = typer.Typer(
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


def main() -> None:
    """Run one command; what a user can cause ends with a clear sentence, not with a traceback."""
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


def _code(error: RolecallError) -> int:
    if isinstance(error, DatabaseTooNew):
        return CONFIG_ERROR
    return NO_PERMISSION if isinstance(error.__cause__, PermissionError) else 1
