"""Full rounds of the garbage collector wait until nothing is under way."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from rolecall import garbage
from rolecall.garbage import AT_LAST, EVERY, Garbage


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    time = {"now": 0.0}
    monkeypatch.setattr(garbage, "monotonic", lambda: time["now"])
    return time


def full_rounds() -> int:
    return int(gc.get_stats()[2]["collections"])


def test_no_full_round_is_made_while_postings_pile_up_until_there_is_time_for_it(clock: dict[str, float]) -> None:
    bin_ = Garbage()
    bin_.begin()
    before = full_rounds()
    piled_up = [[number] for number in range(300_000)]
    assert full_rounds() == before
    clock["now"] = EVERY
    assert not bin_.take_out(busy=True)
    assert bin_.take_out(busy=False)
    assert full_rounds() == before + 1
    assert piled_up


def test_where_something_is_always_under_way_a_round_is_made_all_the_same(clock: dict[str, float]) -> None:
    bin_ = Garbage()
    clock["now"] = AT_LAST
    assert bin_.take_out(busy=True)
    assert not bin_.take_out(busy=False), "one is enough for a while"
