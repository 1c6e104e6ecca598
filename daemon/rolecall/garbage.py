"""While Python's garbage collector makes a full round, everything else stands still.

Beside a board of 10,000 jobs in hand a round takes half a second. So what stays for good is left out of its rounds
(vocabularies above all), and full rounds wait until nothing is under way; the small ones go on as ever.

After a full round the C library gives back what is free. Left alone it keeps the holes that a great digest or a first
poll leaves behind, in an arena per thread, and a Raspberry Pi has better uses for them: malloc_trim(3).
"""

from __future__ import annotations

import ctypes
import gc
from time import monotonic

EVERY = 600.0  # seconds between two full rounds, and
AT_LAST = 6 * 3600.0  # seconds after which one is made whatever is under way
_NEVER = 1_000_000_000


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
