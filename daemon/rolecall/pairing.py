"""Pairing codes on their way to whoever hears the bot: one small file beside the database.

`rolecall telegram pair` leaves a code's hash here and shows the code; the first chat that says it within ten minutes is
bound. A code works once, and a new one replaces the one before.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b32encode
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from rolecall.errors import StoreError

VALID = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Left:
    channel: str
    digest: str
    until: str  # ISO


def leave(database: Path, channel: str, now: datetime) -> str:
    """Leave a new code for a channel and return it. Raises `StoreError`."""
    code = b32encode(secrets.token_bytes(10)).decode()
    path = _file(database)
    left = _Left(channel, _digest(code), (now + VALID).isoformat())
    try:
        handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(left), file)
        if os.geteuid() == 0 and database.exists():  # let the daemon's user read and delete what root leaves
            owner = database.stat()
            os.chown(path.with_suffix(".new"), owner.st_uid, owner.st_gid)
        path.with_suffix(".new").rename(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from error
    return code


def channel_of(database: Path, code: str, now: datetime) -> str:
    """Return the channel whose valid code this is, else ""."""
    try:
        left = _Left(**json.loads(_file(database).read_text(encoding="utf-8")))
        valid = now < datetime.fromisoformat(left.until) and compare_digest(left.digest, _digest(code))
    except (OSError, ValueError, TypeError):
        return ""
    return left.channel if valid else ""


def forget(database: Path) -> None:
    """Let the code not work again."""
    _file(database).unlink(missing_ok=True)


def _digest(code: str) -> str:
    return sha256(code.strip().upper().encode()).hexdigest()


def _file(database: Path) -> Path:
    return database.with_name(f"{database.name}.pairing.json")
