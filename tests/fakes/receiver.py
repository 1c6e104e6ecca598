"""Whatever posts JSON can post it here: a server on loopback that keeps what it got and answers as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.board import Board


@dataclass(slots=True)
class Receiver:
    """`status` and `headers` of the next answers; `cut`: take the message and hang up; `silent`: never answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    silent: bool = False
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    _board: Board = field(default_factory=Board)

    async def __aenter__(self) -> Self:
        await self._board.__aenter__()
        self._board.on("/hook/s3cret-path", self._answer)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._board.__aexit__(kind, error, trace)

    @property
    def url(self) -> str:
        return f"{self._board.url}/hook/s3cret-path"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append((request.headers, await request.read()))
        if self.silent:
            await asyncio.Event().wait()
        if self.cut and request.transport is not None:
            request.transport.abort()
        return web.Response(status=self.status, headers=self.headers)
