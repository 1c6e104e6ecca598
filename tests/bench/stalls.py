"""How late the event loop comes, and who held it.

A loop is late on a busy machine too, so two numbers are kept: how late it came, and how much of that this process
computed meanwhile, in whichever thread: the part that is our own.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import islice

STEP = 0.005  # seconds between two looks


@dataclass
class Stalls:
    """Seconds by which the loop came late, and what this process itself computed of them."""

    late: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    beat: float = 0.0  # when the loop came last

    @property
    def worst(self) -> float:
        return max(self.late, default=0.0)

    @property
    def worst_own(self) -> float:
        return max(self.own, default=0.0)

    def percentile(self, share: float) -> float:
        return sorted(self.late)[int(len(self.late) * share)] if self.late else 0.0


@asynccontextmanager
async def watched(stacks: float = 0.0) -> AsyncIterator[Stalls]:
    """Watch the loop. With `stacks`, it is printed who was at work whenever it is held for longer than that."""
    with _settled():  # first: its own round of the collector is no stall
        stalls = Stalls(beat=time.perf_counter())
        watch = asyncio.create_task(_watch(stalls))
        await asyncio.sleep(0)
        try:
            with _accused(stalls, stacks):
                yield stalls
        finally:
            watch.cancel()


@contextmanager
def _settled() -> Iterator[None]:
    """Spare the collector what thousands of tests left behind: the daemon spares it what it began with (garbage.py)."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@asynccontextmanager
async def unwatched() -> AsyncIterator[Stalls]:
    """Do not watch: looking at the loop costs time of its own."""
    yield Stalls()


async def _watch(stalls: Stalls) -> None:
    while True:
        started, computed = time.perf_counter(), time.process_time()
        await asyncio.sleep(STEP)
        stalls.beat = time.perf_counter()
        late = max(stalls.beat - started - STEP, 0.0)
        stalls.late.append(late)
        stalls.own.append(min(late, time.process_time() - computed))


# --- who it was -----------------------------------------------------------------------------------------------


@contextmanager
def _accused(stalls: Stalls, longest: float) -> Iterator[None]:
    """Look at all threads when the loop is late, and at the garbage collector, which no thread shows."""
    if not longest:
        yield
        return
    over, collecting = threading.Event(), _Collecting(longest)
    thread = threading.Thread(target=_look_around, args=(stalls, longest, over))
    gc.callbacks.append(collecting)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        gc.callbacks.remove(collecting)


def _look_around(stalls: Stalls, longest: float, over: threading.Event) -> None:
    seen = 0.0
    while not over.wait(longest / 4):
        late = time.perf_counter() - stalls.beat
        if late > longest and stalls.beat != seen:
            seen = stalls.beat
            _say(f"late by {late * 1000:.0f} ms; at work:")
            for name, frame in sys._current_frames().items():
                if name != threading.get_ident() and (lines := _own_lines(traceback.extract_stack(frame))):
                    _say("  " + " < ".join(lines))


def _own_lines(stack: traceback.StackSummary) -> list[str]:
    """Return the innermost lines of our own code; nothing for a thread that waits."""
    if stack[-1].name in ("select", "wait", "_worker"):
        return []
    ours = (f"{each.filename.rpartition('rolecall/')[2]}:{each.lineno} {each.name}" for each in reversed(stack))
    return list(islice((line for line in ours if not line.startswith("/")), 4))


class _Collecting:
    def __init__(self, longest: float) -> None:
        self.longest, self.started = longest, 0.0

    def __call__(self, phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            self.started = time.perf_counter()
        elif (took := time.perf_counter() - self.started) > self.longest:
            _say(f"the garbage collector took {took * 1000:.0f} ms (generation {about['generation']})")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
