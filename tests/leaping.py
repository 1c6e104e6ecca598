"""An event loop whose time leaps to what comes next, but stands still while threads and processes do their work."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 1.0  # real seconds between two looks while somebody works; whoever is ready wakes the loop


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type,unused-ignore] # one of several classes
    """Sleeps only while something real is under way; else what the loop would have slept goes into its time."""

    slept = 0.0
    busy = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.busy or timeout is None:  # None: only at the end, when threads are waited for
            return super().select(0 if timeout == 0 else PATIENCE)
        self.slept += max(timeout, 0.0)
        return super().select(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its time stands still while a thread of `run_in_executor` works, or anything inside `busy()`."""

    def __init__(self) -> None:
        self._leap = _Selector()
        super().__init__(self._leap)

    def time(self) -> float:
        return self._leap.slept

    @contextmanager
    def busy(self) -> Iterator[None]:
        self._leap.busy += 1
        try:
            yield
        finally:
            self._leap.busy -= 1

    def run_in_executor(self, executor: Executor | None, function: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override] # counted
        future = super().run_in_executor(executor, function, *args)
        self._leap.busy += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        self._leap.busy -= 1


def leaping() -> LeapingLoop:
    """Return the loop that runs now."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    return loop
