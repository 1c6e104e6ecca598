"""Words are data: the TOML files beside the modules, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Return `name`.toml of this package as a dict; raises `tomllib.TOMLDecodeError` with the line."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
