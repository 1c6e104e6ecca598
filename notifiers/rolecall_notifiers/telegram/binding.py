"""What a channel remembers of its chat: the one it was paired with, and where a group moved to. Small JSON texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

PAIRED, MOVED = "paired", "moved"  # names of the notes


@dataclass(frozen=True, slots=True)
class Binding:
    """The chat a channel was paired with, and the person who did it."""

    chat: int
    thread: int | None = None
    user: int | None = None
    title: str = ""

    def written(self) -> str:
        return json.dumps(asdict(self))


def bound(notes: Mapping[str, str]) -> Binding | None:
    """Read the binding from a channel's notes; None where there is none that can be read."""
    try:
        return Binding(**json.loads(notes.get(PAIRED, "")))
    except (ValueError, TypeError):
        return None


def moved(notes: Mapping[str, str], chat: int | str) -> int | str:
    """Return where a chat is now: a group that became a supergroup has another id."""
    try:
        return int(json.loads(notes.get(MOVED, ""))[str(chat)])
    except (ValueError, TypeError, KeyError):
        return chat


def moved_note(old: int | str, new: int | str) -> str:
    return json.dumps({str(old): new})
