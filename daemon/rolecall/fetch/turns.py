"""One request at a time for each host, with a pause between them, and a host that asks for time gets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rolecall.errors import NotNow, Refused

PATIENCE = 30.0  # seconds a poll waits for a host; whoever must wait longer comes back later
SLOWEST = 120.0  # seconds between two requests that are waited for, where a host's robots.txt asks for so many


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    pause: float = 0.0  # what the host itself asks for


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
                host.free_at = max(host.free_at, _now() + max(self._pause, host.pause))

    def slow(self, name: str, pause: float) -> None:
        """Leave so many seconds between two requests to the host from now on: its robots.txt has a Crawl-delay."""
        host = self._hosts.setdefault(name, _Host())
        host.pause = pause
        host.free_at = max(host.free_at, _now() + pause) if pause else host.free_at

    def hold(self, name: str, seconds: float) -> None:
        """Leave the host alone for that long: it has answered 429 or 503 with Retry-After."""
        host = self._hosts.setdefault(name, _Host())
        host.free_at = max(host.free_at, _now() + seconds)


def host_of(url: str) -> str:
    """Return the host (and port) of an http(s) address; raises `Refused` for any other. Never shows a query."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused("the address is not a valid one") from None
    if parts.scheme not in ("http", "https"):
        raise Refused(f"only http and https addresses are asked, not {parts.scheme or 'no scheme'}:")
    if not host:
        raise Refused("the address names no host")
    return f"{host}:{port}" if port else host


def _now() -> float:
    """The loop's clock: nobody can set it, but for a test that squeezes days into seconds."""
    return asyncio.get_running_loop().time()


def _refuse_long_wait(host: _Host, name: str) -> None:
    wait = host.free_at - _now()
    if wait > max(PATIENCE, min(host.pause, SLOWEST)):
        raise NotNow(f"{name} has asked to be left alone for {wait:.0f} s more", retry_after=wait)
