"""The scores of the reading never fall: every field on every data set is held against `scores.json`."""

from __future__ import annotations

import pytest

from tests.quality import data, load, record
from tests.quality.fields import FIELDS, scores
from tests.shared import shared

TOLERANCE = 0.0001  # the figures are rounded


@pytest.mark.parametrize("field", FIELDS)
def test_no_score_falls_below_the_recorded_one(field: str) -> None:
    shared("data")
    recorded = record.recorded()
    fallen = [
        f"{score.name}: {key} {score.figures()[key]:.2%}, recorded {recorded[score.name][key]:.2%}"
        for score in scores(field)
        if score.name in recorded
        for key in ("exact", "precision", "recall")
        if score.figures()[key] < recorded[score.name][key] - TOLERANCE
    ]
    assert not fallen, "\n".join(fallen)


def test_real_postings_are_read_without_a_crash() -> None:
    shared("data")
    assert load.cost(400).n == 400


def test_most_pay_strings_found_in_the_wild_hold_a_salary() -> None:
    shared("data")
    total = len((data.DATA / "salary_shapes.txt").read_text(encoding="utf-8").splitlines())
    assert load.shapes() > total * 0.8
