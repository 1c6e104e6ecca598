"""Every kind of source and notifier: our own, and those that other packages bring by entry points."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from rolecall.config import Kinds
from rolecall.sources import KINDS as SOURCES
from rolecall_notifiers import KINDS as NOTIFIERS


def kinds() -> Kinds:
    """Return the plug-ins by kind; others come from the entry points `rolecall.sources` and `rolecall.notifiers`."""
    return Kinds({**SOURCES, **_others("rolecall.sources")}, {**NOTIFIERS, **_others("rolecall.notifiers")})


def _others(group: str) -> dict[str, Any]:
    return {entry.name: entry.load() for entry in entry_points(group=group)}
