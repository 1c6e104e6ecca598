"""What a source is called in front of a person."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

_BOARDS: dict[str, str] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))["boards"]


def board_name(source: str, url: str = "") -> str:
    """Return "Greenhouse" for "greenhouse:acme"; the link's host for a kind without a name of its own."""
    kind = source.partition(":")[0].lower()
    return _BOARDS.get(kind) or _host(url) or kind.replace("_", " ").capitalize()


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
