"""A little of the fuzzing for every run of the tests; `python -m tests.fuzz` does the rest by hand."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import mutated, seeds, targets

TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_a_changed_input_raises_nothing_that_is_not_expected(name: str, seed: int) -> None:
    good, chance = seeds(name), Random(seed)
    TARGETS[name](mutated(chance.choice(good), good, chance))


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_at_all_can_be_understood_as_a_posting(data: bytes) -> None:
    TARGETS["normalise"](data)
