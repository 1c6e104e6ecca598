"""Whole postings through `normalise`: that none crashes, and what each costs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rolecall.model import RawPosting
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from tests.quality import data
from tests.quality.reading import Reading


@dataclass(frozen=True, slots=True)
class Cost:
    n: int
    characters: int
    seconds: float

    @property
    def ms_per_posting(self) -> float:
        return 1000 * self.seconds / self.n

    @property
    def ms_per_5kb(self) -> float:
        return 5000 * 1000 * self.seconds / self.characters


def cost(limit: int | None = None) -> Cost:
    """Read the unlabelled postings and return the CPU it took; anything raised is a bug and ends the run."""
    raws = [example.raw for example in data.postings("postings_mixed.jsonl.gz")[:limit]]
    started = time.process_time()
    for raw in raws:
        as_json(normalise(raw))
    return Cost(len(raws), sum(len(raw.description) for raw in raws), time.process_time() - started)


def shapes() -> int:
    """Read every pay string found in the wild; returns how many hold a salary."""
    lines = (data.DATA / "salary_shapes.txt").read_text(encoding="utf-8").splitlines()
    return sum(
        Reading(RawPosting("", str(number), "", salary_text=line, country="GB")).salary.value is not None
        for number, line in enumerate(lines)
    )
