"""What an answer may cost the daemon: by how much its memory grows, and how long its loop is held."""

from __future__ import annotations

import ctypes
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LAG = 0.25  # seconds that this process may hold the loop: `pytest -m timed` says whether it does
MEMORY = 64  # MB by which it may grow


@contextmanager
def little_memory() -> Iterator[None]:
    """Assert that this process grows by no more than is promised."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = _memory_from_here()
    yield
    assert _memory("VmHWM") - before < MEMORY


def _memory_from_here() -> float:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted anew
    return _memory("VmRSS")


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1000
