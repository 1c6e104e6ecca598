"""The recorded scores: what CI holds every change against."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tests.quality.scores import Score

PATH = Path(__file__).with_name("scores.json")


def recorded() -> dict[str, dict[str, float]]:
    """Return name ("level/cases") → n, exact, precision, recall."""
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}  # type: ignore[no-any-return]


def save(found: Iterable[Score]) -> None:
    """Record these scores; those of other fields stay."""
    scores = {**recorded(), **{score.name: score.figures() for score in found}}
    PATH.write_text(json.dumps(dict(sorted(scores.items())), indent=1) + "\n", encoding="utf-8")
