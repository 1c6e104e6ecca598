"""When what was read equals what a case expects (data/cases/README.md, "Comparison")."""

from __future__ import annotations

import unicodedata
from typing import Any

CONTAINED = {"flags", "implied", "others"}


def same(expected: Any, got: Any, key: str = "") -> bool:
    """Whether `got` is `expected`: lists as sets, numbers within 0.01, dicts on the keys that are expected."""
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(same(value, got.get(name), name) for name, value in expected.items())
    if isinstance(expected, list) and key in {"office_days", "annual_gbp"}:
        return isinstance(got, list | tuple) and len(got) == 2 and all(map(same, expected, got))
    if isinstance(expected, list):
        return isinstance(got, list | tuple | set | frozenset) and _same_set(expected, list(got), key)
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return abs(expected - got) <= 0.01
    if key == "name" and isinstance(got, str):
        return folded(expected) == folded(got)
    return bool(expected == got)


def _same_set(expected: list[Any], got: list[Any], key: str) -> bool:
    found = [next((g for g in got if same(e, g)), None) for e in expected]
    complete = all(f is not None for f in found)
    return complete and (key in CONTAINED or len(got) == len(expected))


def folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))
