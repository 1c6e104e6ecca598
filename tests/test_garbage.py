"""Full rounds of the garbage collector wait until nothing is under way."""

from __future__ import annotations

import ctypes
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rolecall import garbage
from rolecall.garbage import AT_LAST, EVERY, Garbage


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


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


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library gives nothing back on request"
)
def test_what_a_great_digest_leaves_free_goes_back_to_the_system(clock: dict[str, float]) -> None:
    bin_ = Garbage()
    texts = ["x" * 5_000 + str(number) for number in range(20_000)]
    kept = texts[::50]
    held = resident()
    del texts
    assert resident() > held - 20, "left alone it is kept"
    clock["now"] = EVERY
    assert bin_.take_out(busy=False)
    assert resident() < held - 60
    assert len(kept) == 400


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="this C library tells nothing of its heaps")
@pytest.mark.parametrize(("begin", "is_one"), [("", False), ("use_one_heap()", True)])
def test_all_threads_use_one_heap(begin: str, is_one: bool) -> None:
    """Five threads hold a text each; then the C library is asked for its heaps."""
    asked = f"""
import ctypes
from threading import Barrier, Thread
from rolecall.garbage import use_one_heap
{begin}
barrier, held = Barrier(5), []
def hold():
    held.append("x" * 5_000 + str(len(held)))
    barrier.wait()
threads = [Thread(target=hold) for _ in range(4)]
for thread in threads:
    thread.start()
hold()
library = ctypes.CDLL(None)
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert (done.stdout.count("<heap nr=") == 1) is is_one


def resident() -> float:
    """Return this process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
