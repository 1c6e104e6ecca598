"""The promise about real adverts, where they are at hand: hardly a different job hidden, hardly a copy sent twice."""

from __future__ import annotations

from tests.quality import dedupe
from tests.shared import shared


def test_labelled_pairs_are_told_apart_as_well_as_promised() -> None:
    shared("data", dedupe.PAIRS)
    found = dedupe.score("pairs")
    assert found["pairs"] >= 150
    assert found["precision"] >= 0.98, found["wrongly_joined"]
    assert found["recall"] >= 0.95, found["wrongly_split"]
