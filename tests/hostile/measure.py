"""What an answer may cost the daemon: how long its loop is held, and by how much its memory grows."""

from __future__ import annotations

import ctypes
import gc
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.stalls import Stalls, watched

LAG = 0.25  # seconds that this process may hold the loop
MEMORY = 64  # MB by which it may grow


@dataclass
class Measured:
    """How late the loop came, and by how many MB this process was larger at most."""

    stalls: Stalls
    grown: float = 0.0

    def hold(self) -> None:
        """Assert that both are within what is promised."""
        assert self.stalls.worst_own < LAG
        assert self.grown < MEMORY


@asynccontextmanager
async def measured() -> AsyncIterator[Measured]:
    """Measure what happens inside."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = _memory_from_here()
    async with watched() as stalls:
        found = Measured(stalls)
        yield found
    found.grown = _memory("VmHWM") - before


def _memory_from_here() -> float:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted anew
    return _memory("VmRSS")


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1000
