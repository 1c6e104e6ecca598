"""robots.txt at the door: read once a day for each host, and only for pages that are made for people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rolecall import robots
from rolecall.errors import Refused, Unreachable, Unreadable
from rolecall.fetch.turns import Turns, host_of
from rolecall.model import Reply, Request
from rolecall.robots import Robots

DAY = 86_400.0


@dataclass(slots=True)
class _Origin:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: Robots = field(default_factory=Robots)
    until: float = -1.0


class Door:
    """Knows what each host allows. A host without the file allows everything, one that cannot say so nothing."""

    def __init__(self, ask: Callable[[Request], Awaitable[Reply]], turns: Turns) -> None:
        self._ask = ask
        self._turns = turns
        self._origins: dict[str, _Origin] = {}

    async def check(self, url: str) -> None:
        """Raise `Refused` where robots.txt forbids an address, `Unreachable` where it cannot be read."""
        host, now = host_of(url), asyncio.get_running_loop().time
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        origin = self._origins.setdefault(site, _Origin())
        async with origin.lock:
            if now() >= origin.until:
                origin.robots = await self._read(f"{site}/robots.txt", host)
                origin.until = now() + DAY
                self._turns.slow(host, origin.robots.delay)
        if not origin.robots.allows(url):
            raise Refused(f"{host} does not want this address to be asked by programs (robots.txt)")

    async def _read(self, url: str, host: str) -> Robots:
        try:
            reply = await self._ask(Request(url))
        except Refused:  # 404 and its like: there is none
            return Robots()
        except (Unreachable, Unreadable) as error:
            asked = error.host if isinstance(error, Unreachable) else ""
            sentence = f"{host} does not say what it allows (robots.txt): {error}"
            raise Unreachable(sentence, retry_after=error.retry_after, host=asked) from None
        return robots.read(reply.body.decode("utf-8", "replace"))
