"""A job board on loopback: a real server that says what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Board:
    """Serve replies by path. `asked` holds (method, path with query, headers) of every request, in order."""

    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    _handlers: dict[str, Handler] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def serve(
        self,
        path: str,
        body: bytes | str = b"",
        content_type: str = "application/json",
        *,
        status: int = 200,
        **headers: str,
    ) -> str:
        """Answer `path` with this from now on; `headers` by keyword (`retry_after="5"`). Returns the full address."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}

        async def answer(_request: web.Request) -> web.StreamResponse:
            return web.Response(body=content, status=status, headers={"Content-Type": content_type, **named})

        return self.on(path, answer)

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        return self.serve(path, status=status, location=target)

    def on(self, path: str, handler: Handler) -> str:
        """Let `handler` answer `path`. Returns the full address."""
        self._handlers[path] = handler
        return f"{self.url}{path}"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path_qs, dict(request.headers)))
        handler = self._handlers.get(request.path)
        if handler is None:
            return web.Response(status=404)
        return await handler(request)
