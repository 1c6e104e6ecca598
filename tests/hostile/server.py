"""A server that speaks in raw bytes, so that it can say what no library would: half answers, lies, and no end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Wire = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes one answer, headers and all, to a connection that is closed afterwards."""


@dataclass
class Rogue:
    """Serves answers by path; `asked` are the paths in order. Use it as an async context manager."""

    answers: dict[str, Wire] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    def on(self, path: str, wire: Wire) -> str:
        """Answer `path` with this from now on; returns the full address."""
        self.answers[path] = wire
        return f"http://127.0.0.1:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split()[1].decode().partition("?")[0]
            self.asked.append(path)
            await self.answers[path](writer)
            await writer.drain()
        writer.close()


def says(raw: bytes) -> Wire:
    """Say exactly these bytes, and close."""

    async def wire(writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(raw), 1_000_000):
            writer.write(raw[start : start + 1_000_000])
            await writer.drain()

    return wire


def http(body: bytes, content_type: str = "application/rss+xml", status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole and honest answer."""
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def trickles(start: bytes, drop: bytes, pause: float = 0.05) -> Wire:
    """Say the beginning, and then a drop at a time, for ever."""

    async def wire(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(pause)

    return wire


def pours(start: bytes, bucket: bytes) -> Wire:
    """Say the beginning, and then the same again and again, as fast as it is taken."""
    return trickles(start, bucket, 0)
