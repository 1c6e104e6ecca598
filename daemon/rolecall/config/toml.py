"""Values as they are written in TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def value(given: Any) -> str:
    """Return a text, number, truth, list or table as TOML, on one line."""
    if isinstance(given, Mapping):
        return f"{{ {', '.join(f'{key(name)} = {value(each)}' for name, each in given.items())} }}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(map(value, given))}]"
    return quoted(given) if isinstance(given, str) else json.dumps(given)


def key(name: str) -> str:
    """Return a key, quoted where it must be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def quoted(text: str) -> str:
    """Return a TOML basic string; JSON writes the same, but leaves DEL as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
