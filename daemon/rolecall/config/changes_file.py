"""The file that keeps what was changed from a channel: beside the database, where the daemon may write."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from rolecall.config.changes import Changes, written
from rolecall.config.model import DaemonOptions, database
from rolecall.errors import ConfigError, Problem, StoreError
from rolecall.whole import replace_whole

HEADER = (
    "# What was changed from a channel. It is laid over the configuration, which stays as it is: delete a table here,\n"
    "# or this file, to be back at what stands there.\n"
)
_ONE_AT_A_TIME = Lock()


def beside(database: Path) -> Path:
    """Return the file that belongs to a database."""
    return database.with_name(f"{database.name}.changes.toml")


def place(table: Mapping[str, Any], path: Path | None) -> Path:
    """Return the file that belongs to a configuration that is not yet checked."""
    daemon = table.get("daemon")
    named = daemon.get("database") if isinstance(daemon, Mapping) else None
    return beside(database(DaemonOptions(database=Path(named) if isinstance(named, str) else None), path))


def tables(path: Path) -> Mapping[str, Any]:
    """Return the user's file as it stands; empty where it cannot be read, which `load` will say."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def read(file: Path) -> Changes:
    """Read the file; no file is no changes. Raises `ConfigError`."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        change = table.get("change", {})
        return Changes(dict(change.get("search", {})), dict(change.get("channel", {})), tuple(table.get("search", ())))
    except (FileNotFoundError, NotADirectoryError):
        return Changes()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError([Problem(str(file), f"cannot be read: {error}.", "Mend it, or delete it.")]) from None


def update(file: Path, change: Callable[[Changes], Changes], check: Callable[[Changes], None]) -> Changes:
    """Change the file, whole or not at all. `check` raises `ConfigError` where the result would be no good."""
    with _ONE_AT_A_TIME:
        after = change(read(file))
        check(after)
        try:
            replace_whole(file, (HEADER + written(after)).encode())
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror or error}") from error
        return after
