"""Six hours of fifty boards in every run of the tests; and what the soak would say of a daemon that leaks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.shared import ROOT
from tests.soak.curve import Sample, faults

POSTINGS = 12_000


def day(**slopes: float) -> list[Sample]:
    """Return a day in which nothing grows but the database, and what is named, by so much an hour."""
    flat = Sample(0, 110, 35, 2, 2, 500, 50, 13, 18, 5)
    samples = []
    for number in range(1, 49):
        hour = number / 2
        rising = {name: getattr(flat, name) + round(slope * hour) for name, slope in slopes.items()}
        size = 2 + 1.5 * hour
        grown = replace(flat, hour=hour, postings=round(POSTINGS * hour / 24), database=size, predicted=size)
        samples.append(replace(grown, **rising))
    return samples


def test_a_day_in_which_nothing_leaks_is_well() -> None:
    assert faults(day(), POSTINGS) == []


@pytest.mark.parametrize(
    ("leak", "words"),
    [
        ({"memory": 2}, "memory grew by"),
        ({"child": 1}, "the parsing child grew to"),
        ({"database": 5}, "off what was predicted"),
        ({"tasks": 0.1}, "tasks are left over"),
        ({"files": 0.1}, "files are left open"),
        ({"outbox": 3}, "messages wait"),
    ],
)
def test_whatever_grows_is_named(leak: dict[str, float], words: str) -> None:
    (sentence,) = faults(day(**leak), POSTINGS)
    assert words in sentence


def test_a_day_in_which_nothing_happens_proves_nothing() -> None:
    assert "only 12,000 of 20,000 postings" in faults(day(), 20_000)[0]


def test_six_hours_of_fifty_boards_leave_nothing_behind() -> None:
    done = subprocess.run((sys.executable, "-m", "tests.soak", "--small"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2_000:]
