"""Waiting for what has no event of its own, as long as a slow machine may need."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

PATIENCE = 120.0  # seconds


async def until(true: Callable[[], object], what: str) -> None:
    """Wait until it is so; fail the test, saying what it waited for, when that takes too long."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited {PATIENCE:.0f} s for: {what}")
        await asyncio.sleep(0.02)
