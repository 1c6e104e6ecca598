"""What a source and a country are called in front of a person."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

_NAMES: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))


def board_name(source: str, url: str = "") -> str:
    """Return "Greenhouse" for "greenhouse:acme"; for a kind without a name of its own the link's host, or its label."""
    kind, _, label = source.partition(":")
    known = _NAMES["boards"].get(kind.lower())
    return known or _host(url) or label or kind.lower().replace("_", " ").capitalize()


def country_name(code: str) -> str:
    """Return "Ireland" for "IE"; the code itself where it has no name here."""
    return _NAMES["countries"].get(code, code)


def _host(url: str) -> str:
    """Return the host as people name it; a bare address says nothing to anybody."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return "" if host.replace(".", "").isdigit() or ":" in host else host.removeprefix("www.")
