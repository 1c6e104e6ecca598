"""Sources that tell of news by themselves: a mailbox whose server offers IDLE is listened to, and polled when it rings.

It is polled at its interval all the same: a connection may die without a word.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from rolecall.config import SourceEntry
from rolecall.errors import Refused, SourceError
from rolecall.model import Request
from rolecall.ports import Fetcher

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 10.0, 900.0  # seconds before a lost connection is made again
AFTER_REFUSAL = 86_400.0  # a wrong password is not tried again and again

Ring = Callable[[str], None]


class Watch:
    """Listens to every source that can be listened to; `ring` is called with a source's name when it has news."""

    def __init__(self, fetcher: Fetcher, ring: Ring) -> None:
        self._fetcher = fetcher
        self._ring = ring
        self._entries: Sequence[SourceEntry] = ()
        self._tasks: dict[str, tuple[Request, asyncio.Task[None]]] = {}

    def keep(self, entries: Sequence[SourceEntry], group: asyncio.TaskGroup) -> None:
        """Listen to these sources and to no others; those that were listened to before go on undisturbed."""
        if entries is self._entries:
            return
        self._entries = entries
        mailboxes = {
            each.source.name: request for each in entries for request in filter(_rings, each.source.requests())
        }
        for name, (request, task) in list(self._tasks.items()):
            if mailboxes.get(name) != request:
                task.cancel()
                del self._tasks[name]
        for name in mailboxes.keys() - self._tasks:
            task = group.create_task(self._listen(name, mailboxes[name]), name=f"watch:{name}")
            self._tasks[name] = (mailboxes[name], task)

    def end(self) -> None:
        for _, task in self._tasks.values():
            task.cancel()

    async def _listen(self, name: str, request: Request) -> None:
        """Listen for good, through lost connections; ends only where the server never tells."""
        pause = FIRST_PAUSE
        while True:
            try:
                if not await self._fetcher.listen(request, partial(self._ring, name)):
                    log.info("not-listening source=%s: its server offers no IDLE; it is asked at its interval", name)
                    return
                pause = FIRST_PAUSE
            except Refused as error:
                log.warning("not-listening source=%s error=%s", name, error)
                await asyncio.sleep(AFTER_REFUSAL)
            except SourceError as error:
                log.info("stopped-listening source=%s again=%.0fs error=%s", name, pause, error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)


def _rings(request: Request) -> bool:
    return request.url.startswith(("imap:", "imaps:"))
