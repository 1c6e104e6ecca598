"""Published figures with their dates, as references beside one's own numbers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Benchmark:
    """£ a year, or a day where `what` says so, of `n` adverts on the page of that day."""

    what: str
    source: str
    kind: str
    date: date
    n: int
    median: int
    p10: int | None = None
    p25: int | None = None
    p75: int | None = None
    p90: int | None = None


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Return the shipped benchmarks."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(Benchmark(**row) for row in table["benchmark"])
