"""How late the event loop comes, and who held it.

A loop is late on a busy machine too, so two numbers are kept: how late it came, and how much of that this process
computed meanwhile, in whichever thread: the part that is our own.
"""

from __future__ import annotations

import asyncio
import faulthandler
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

STEP = 0.005  # seconds between two looks


@dataclass
class Stalls:
    """Seconds by which the loop came late, and what this process itself computed of them; `seen` looks were taken."""

    late: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

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
    """Watch the loop. With `stacks`, whatever holds it longer is printed, all threads: the first is often not to blame.

    The stacks come from faulthandler, which needs no interpreter lock: it also sees what holds that.
    """
    stalls = Stalls()
    watch = asyncio.create_task(_watch(stalls, stacks))
    await asyncio.sleep(0)
    try:
        yield stalls
    finally:
        watch.cancel()
        faulthandler.cancel_dump_traceback_later()


async def _watch(stalls: Stalls, stacks: float) -> None:
    while True:
        if stacks:
            faulthandler.dump_traceback_later(stacks, file=sys.stderr)
        started, computed = time.perf_counter(), time.process_time()
        await asyncio.sleep(STEP)
        late = max(time.perf_counter() - started - STEP, 0.0)
        stalls.late.append(late)
        stalls.own.append(min(late, time.process_time() - computed))
