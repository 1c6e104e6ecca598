"""Waiting as long as a slow and busy machine may need: for what has no event of its own, or may never end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

PATIENCE = 120.0  # seconds


async def until(true: Callable[[], object], what: str) -> None:
    """Wait until it is so; fail the test, saying what it waited for, when that takes too long."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited {PATIENCE:.0f} s for: {what}")
        await asyncio.sleep(0.02)


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail what computes for minutes, as what tries every way does; what is right takes a second at most."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < PATIENCE
