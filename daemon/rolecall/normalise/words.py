"""Words are data: the TOML files beside the modules, read once; a user's own files add to them.

`ROLECALL_VOCABULARY` names a folder of files with the same names. Their lists come before ours (the first match
decides in many), their tables are merged into ours, their single values replace ours. It is an environment variable
because patterns are compiled when a module is first imported, before any configuration is read.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

USER_FOLDER = "ROLECALL_VOCABULARY"


@cache
def load(name: str) -> dict[str, Any]:
    """Return `name`.toml of this package, with the user's additions; raises `tomllib.TOMLDecodeError` with the line."""
    words: dict[str, Any] = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    folder = os.environ.get(USER_FOLDER)
    added = Path(folder, f"{name}.toml") if folder else None
    if added is None or not added.is_file():
        return words
    both: dict[str, Any] = merged(words, tomllib.loads(added.read_text(encoding="utf-8")))
    return both


def merged(ours: Any, theirs: Any) -> Any:
    """Return `ours` with the user's values: lists joined (theirs first), tables merged, anything else replaced."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {**ours, **{key: merged(ours[key], value) if key in ours else value for key, value in theirs.items()}}
    if isinstance(ours, list) and isinstance(theirs, list):
        return [*theirs, *ours]
    return theirs
