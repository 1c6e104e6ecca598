"""One request at a time for each host, with a pause between them, and a host that asks for time gets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rolecall.errors import NotNow

PATIENCE = 30.0  # seconds a poll waits for a host; whoever must wait longer comes back later


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Turns:
    """Knows when each host may be asked again; monotonic time, so that no clock jump matters."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Hold the host for one request. Raises `NotNow` at once while it has asked to be left alone for long."""
        host = self._hosts.setdefault(name, _Host())
        _refuse_long_wait(host, name)
        async with host.lock:
            _refuse_long_wait(host, name)
            await asyncio.sleep(host.free_at - _now())
            try:
                yield
            finally:
                host.free_at = max(host.free_at, _now() + self._pause)

    def hold(self, name: str, seconds: float) -> None:
        """Leave the host alone for that long: it has answered 429 or 503 with Retry-After."""
        host = self._hosts.setdefault(name, _Host())
        host.free_at = max(host.free_at, _now() + seconds)


def _now() -> float:
    """The loop's clock: nobody can set it, but for a test that squeezes days into seconds."""
    return asyncio.get_running_loop().time()


def _refuse_long_wait(host: _Host, name: str) -> None:
    wait = host.free_at - _now()
    if wait > PATIENCE:
        raise NotNow(f"{name} has asked to be left alone for {wait:.0f} s more", retry_after=wait)
