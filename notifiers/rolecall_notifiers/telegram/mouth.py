"""What is said back, in the background: in order within a chat, and a flood in one delays no other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from rolecall.errors import Deferred, DeliveryError
from rolecall.talk import Face, Reply
from rolecall_notifiers.telegram.chat import Chat
from rolecall_notifiers.telegram.faces import Seen

log = logging.getLogger(__name__)

MOST_TRIES = 5
LEAST_WAIT = 1.0  # seconds before the next try

Saying = Callable[[], Awaitable[Any]]


class Mouth:
    """Speaks for one bot until told to stop; then it says what it can say without waiting."""

    def __init__(self, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        self._group, self._stop = group, stop
        self._waiting: dict[object, deque[Saying]] = {}
        self._shown: dict[tuple[object, int], Face] = {}

    def reply(self, chat: Chat, reply: Reply, to: int | None = None) -> None:
        self._soon(chat.id, lambda: chat.reply(reply, to))

    def show(self, chat: Chat, seen: Seen, face: Face) -> None:
        """Change how a message looks; of several changes that wait only the last is made."""
        place = (chat.id, seen.id)
        waits = place in self._shown
        self._shown[place] = face
        if not waits:
            self._soon(chat.id, lambda: chat.change(seen, self._shown.pop(place, face)))

    def answer(self, chat: Chat, press: str, word: str, *, alert: bool = False) -> None:
        """Answer a press at once, before whatever waits in its chat."""
        self._group.create_task(self._say(lambda: chat.answer(press, word, alert=alert)))

    def _soon(self, where: object, saying: Saying) -> None:
        if where in self._waiting:
            self._waiting[where].append(saying)
        else:
            self._waiting[where] = deque([saying])
            self._group.create_task(self._say_all(where))

    async def _say_all(self, where: object) -> None:
        while self._waiting[where]:
            await self._say(self._waiting[where].popleft())
        del self._waiting[where]

    async def _say(self, saying: Saying) -> None:
        for _ in range(MOST_TRIES):
            try:
                await saying()
                return
            except DeliveryError as error:
                if not isinstance(error, Deferred) or error.ambiguous or self._stop.is_set():
                    log.warning("reply-not-sent error=%s", error)
                    return
                await self.pause(max(LEAST_WAIT, error.retry_after or 0.0))

    async def pause(self, seconds: float) -> None:
        """Wait, but not after the word to stop."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return
