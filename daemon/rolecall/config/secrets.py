"""Secrets come from a file, the environment or a systemd credential; inline only in a file nobody else can read."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

FORMS = ("file", "env", "credential")


def read_secret(form: str, value: str, config_path: Path | None) -> str:
    """Return the secret that `form` ("inline", "file", "env", "credential") names; raises ValueError."""
    match form:
        case "file":
            return _from_file(_beside(config_path, value))
        case "env":
            if not re.fullmatch(r"[A-Za-z_]\w*", value, re.ASCII):
                raise ValueError("what stands there is not the name of an environment variable")
            if not os.environ.get(value):
                raise ValueError(f"the environment variable {value} is not set")
            return os.environ[value]
        case "credential":
            return _from_file(_credentials(config_path) / value)
        case _:
            _refuse_if_readable(config_path)
            return value


def secret_files(config_path: Path) -> list[Path]:
    """Return the files that the configuration names for its secrets, those that are there."""
    said = tomllib.loads(config_path.read_text(encoding="utf-8-sig"))
    tables = [*said.get("channel", {}).values(), *said.get("source", ()), said.get("deadman", {})]
    named = [str(value) for table in tables for key, value in table.items() if key.endswith("_file")]
    return [path for value in dict.fromkeys(named) if (path := _beside(config_path, value)).is_file()]


def _credentials(config_path: Path | None) -> Path:
    """Where systemd puts them; for root at a command line, where it takes them from (`rolecall service install`)."""
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if directory:
        return Path(directory)
    if config_path is not None and (kept := config_path.parent / "credentials").is_dir():
        return kept
    raise ValueError("there is no $CREDENTIALS_DIRECTORY; it is set by systemd for units with LoadCredential=")


def _beside(config_path: Path | None, value: str) -> Path:
    return (config_path.parent if config_path else Path()) / Path(value).expanduser()


def _from_file(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ValueError(f"the secret in {path} cannot be read: {reason}") from None
    if not secret:
        raise ValueError(f"the secret in {path} is empty")
    return secret


def _refuse_if_readable(config_path: Path | None) -> None:
    if config_path is None:
        return
    mode = config_path.stat().st_mode
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        raise ValueError(
            f"a secret stands in {config_path}, which other users can read; "
            f"run `chmod 600 {config_path}`, or keep it in a file of its own (…_file)"
        )
