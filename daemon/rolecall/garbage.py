"""While Python's garbage collector makes a full round, everything else stands still.

Beside a board of 10,000 jobs in hand a round takes half a second. So what stays for good is left out of its rounds
(vocabularies above all), and full rounds wait until nothing is under way; the small ones go on as ever.

After a full round the C library gives back what is free. Left alone it keeps the holes that a great digest or a first
poll leaves behind, and a Raspberry Pi has better uses for them: malloc_trim(3). For the same reason all threads share
one heap, since Python lets but one compute at a time, and what is large is never put into it: mallopt(3). With a heap
each they keep holes each, 20 MB after a day.
"""

from __future__ import annotations

import ctypes
import gc
from time import monotonic

EVERY = 600.0  # seconds between two full rounds, and
AT_LAST = 6 * 3600.0  # seconds after which one is made whatever is under way
_NEVER = 1_000_000_000
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # glibc's malloc.h
LARGE = 128 * 1024  # bytes; left alone, glibc raises it as it likes


def use_one_heap() -> None:
    """Let all threads that come use one heap, and keep large blocks out of it; where the C library can (glibc)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, LARGE)


class Garbage:
    """Decides when full rounds are made; there is one for a process."""

    def __init__(self) -> None:
        self._last = monotonic()

    def begin(self) -> None:
        """Make a full round; leave out what it kept, and make the next one only when told."""
        gc.collect()
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER)

    def take_out(self, *, busy: bool) -> bool:
        """Make a full round if it is time for one; tells whether it did."""
        if monotonic() - self._last < (AT_LAST if busy else EVERY):
            return False
        gc.collect()
        _give_back()
        self._last = monotonic()
        return True


def _give_back() -> None:
    """Return free memory to the system, where the C library can (glibc; not musl, not macOS)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
