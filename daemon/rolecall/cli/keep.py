"""`backup` and `restore`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; default: beside the database, with the time.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the database into one checked file, also while the daemon runs.

    The file is there whole or not at all, and for your eyes only. Secrets are not in it, nor in the database.
    """
    from rolecall.store import backup as store

    loaded = load_config(config)
    target = file or store.default_name(loaded.database, datetime.now(loaded.zone))
    size = store.backup(loaded.database, target)
    said = {"file": str(target), "bytes": size}
    typer.echo(json.dumps(said) if as_json else f"{target}: {size / 1e6:,.1f} MB, complete and checked")


def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `rolecall backup`, or before an upgrade.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in the place of the database; the daemon must be stopped.

    The file is checked first. The database that was there is kept beside it, under a name that begins like its own.
    """
    from rolecall.render.numbers import counted
    from rolecall.store import backup as store

    loaded = load_config(config)
    done = store.restore(loaded.database, file, datetime.now(loaded.zone))
    if as_json:
        kept = str(done.kept) if done.kept else None
        typer.echo(json.dumps({"database": str(loaded.database), "postings": done.postings, "kept": kept}))
        return
    typer.echo(f"{loaded.database}: restored from {file}, {counted(done.postings, 'posting')}")
    if done.kept:
        typer.echo(f"What was there before is {done.kept}; delete it when you are sure.")
    if done.older:
        typer.echo("It is of an older Rolecall: the daemon will update it when it starts.")
    typer.echo("What was sent since that backup is not known in it, and may be sent once more.")
