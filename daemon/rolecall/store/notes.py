"""What a channel remembers: small texts by name."""

from __future__ import annotations

from sqlite_utils import Database

from rolecall.store.rows import writable


def notes(db: Database, channel: str) -> dict[str, str]:
    return dict(db.execute("SELECT name, text FROM note WHERE channel = ?", [channel]))


def note(db: Database, channel: str, name: str, text: str) -> None:
    """Keep a text under a name, in place of the one before; an empty one is forgotten."""
    db.execute("DELETE FROM note WHERE channel = ? AND name = ?", [channel, name])
    if text:
        db.execute("INSERT INTO note (channel, name, text) VALUES (?, ?, ?)", [channel, name, writable(text)])
