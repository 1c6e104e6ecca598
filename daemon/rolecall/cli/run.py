"""`rolecall run`: the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.cli.options import ConfigOption, load_config

if TYPE_CHECKING:
    from rolecall.config import Config


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    config: ConfigOption = None,
    once: Annotated[bool, typer.Option("--once", help="Poll everything due, deliver it, and end.")] = False,
) -> None:
    """Watch the configured sources and tell about matching jobs, until stopped.

    The configuration is FILE, or else ./config.toml, $XDG_CONFIG_HOME/rolecall/config.toml or
    /etc/rolecall/config.toml. SIGHUP reloads it; SIGTERM and Ctrl-C finish the work in hand and end.
    With --once the exit code is 0 when every source was read and every message sent, else 1.
    """
    import asyncio
    import signal

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload asked for during the start is the start itself

    from rolecall import app, logs
    from rolecall.config import secrets_of

    loaded = load_config(config)
    logs.set_up(loaded.daemon.log_level, secrets_of(loaded))
    _make_state_directory(loaded)
    went_well = asyncio.run(app.run(loaded, once=once))
    if not went_well:
        raise typer.Exit(1)


def _make_state_directory(config: Config) -> None:
    """The default directory is made on the first run; one that the user named must be there, or it is a slip."""
    from rolecall.errors import StoreError

    if config.daemon.database is not None:
        return
    directory = config.database.parent
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory} cannot be made: {error.strerror}") from error
