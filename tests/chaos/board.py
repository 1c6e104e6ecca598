"""Boards that publish when they are asked, answer conditional requests, and fail now and then."""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

BOARDS = 3


class PacedBoards:
    """Greenhouse-shaped boards. Nothing ever leaves their lists, so nothing can scroll off.

    Each question may bring one posting more, as long as some are `left`: the pace is that of the daemon.
    """

    def __init__(self, seed: int, faults: float = 0.0) -> None:
        self.faults = faults
        self.dice = random.Random(seed)
        self.published = self.left = 0
        self.port = 0
        self.unchanged = self.failed = self.asked = 0
        self.up_to_date: set[int] = set()  # the boards that were told of all they have
        self.wake = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> PacedBoards:
        server = web.Application()
        server.router.add_get("/v1/boards/{board}/jobs", self._jobs)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _jobs(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        self.wake.set()
        if self.dice.random() < self.faults:
            return self._fault(request)
        if self.left and self.dice.random() < 0.5:
            self.left -= 1
            self.up_to_date.discard(self.published % BOARDS)
            self.published += 1
        board = int(request.match_info["board"][-1])
        numbers = list(range(board, self.published, BOARDS))
        etag = etag_of(numbers)
        if request.headers.get("If-None-Match") == etag:
            self.unchanged += 1
            self.up_to_date.add(board)  # what it knows was committed, together with what was said then
            return web.Response(status=304, headers={"ETag": etag})
        jobs = [_job(number) for number in numbers]
        return web.json_response({"jobs": jobs, "meta": {"total": len(jobs)}}, headers={"ETag": etag})

    @property
    def has_told_all(self) -> bool:
        """Whether the daemon has asked every board again after it had its latest news."""
        return not self.left and len(self.up_to_date) == BOARDS

    def _fault(self, request: web.Request) -> web.Response:
        self.failed += 1
        if self.dice.random() < 0.5 and request.transport is not None:
            request.transport.abort()
        return web.Response(status=self.dice.choice((500, 502)), text="down")


def etag_of(numbers: list[int]) -> str:
    return f'"{hashlib.sha256(str(numbers).encode()).hexdigest()}"'


def _job(number: int) -> dict[str, Any]:
    """Every posting is a vacancy of its own; its number stands in the title, as N12N."""
    return {
        "id": 1000 + number,
        "internal_job_id": 5000 + number,
        "title": f"Senior Python Engineer N{number}N",
        "company_name": f"Invented {number} Works",
        "absolute_url": f"https://jobs.example.org/{number}",
        "location": {"name": "Remote, UK"},
        "first_published": datetime(2026, 11, 1, tzinfo=UTC).isoformat(),
        "content": f"Python and PostgreSQL for product number {number}. Remote within the UK. £80,000.",
        "departments": [],
        "offices": [],
    }
