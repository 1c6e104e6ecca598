"""Telegram's limits, kept on our side: 1 message a second in a chat, 20 a minute in a group, 30 calls a second in all.

Edits count like messages. What Telegram's clocks see is later than ours by the network, so each limit has some air.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable

CHAT_GAP = 1.1  # seconds between two messages in a chat
GROUP_MOST, GROUP_WINDOW = 19, 61.0
BOT_MOST, BOT_WINDOW = 25, 1.1
PATIENCE = 5.0  # seconds to wait for a turn; what takes longer is tried again later


class Busy(Exception):
    """The turn is too far off to wait for it; `seconds` says how far."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram wants a pause of {seconds:.0f} s here")
        self.seconds = seconds


class Pace:
    """Gives turns to what one bot says."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turns = defaultdict[str, asyncio.Lock](asyncio.Lock)
        self._bot_turn = asyncio.Lock()
        self._said = defaultdict[str, deque[float]](lambda: deque(maxlen=GROUP_MOST))
        self._called = deque[float](maxlen=BOT_MOST)
        self._flooded: dict[str, float] = {}  # chat → when it may be written to again
        self._all_after = 0.0

    async def turn(self, chat: int | str, gap: float | None = None) -> None:
        """Wait until something may be said in the chat. Raises `Busy` instead of waiting long.

        `gap`: seconds after the last message, in place of Telegram's limits of a chat.
        """
        name = str(chat)
        async with self._turns[name]:
            await self._until(self._free_at(name, gap))
            await self.call()
            self._said[name].append(self._clock())

    async def call(self) -> None:
        """Wait until the bot may call at all: for what is said to nobody, like the answer to a press."""
        async with self._bot_turn:
            oldest = self._called[0] if len(self._called) == BOT_MOST else 0.0
            await self._until(max(oldest + BOT_WINDOW, self._all_after))
            self._called.append(self._clock())

    def flooded(self, chat: int | str, seconds: float) -> None:
        """Telegram asked for a pause in this chat. When another chat was asked just before, it means the bot."""
        until = self._clock() + seconds
        if any(name != str(chat) and at > self._clock() for name, at in self._flooded.items()):
            self._all_after = max(self._all_after, until)
        self._flooded[str(chat)] = until

    def _free_at(self, chat: str, gap: float | None) -> float:
        said, pause = self._said[chat], self._flooded.get(chat, 0.0)
        if not said or gap is not None:
            return max(pause, said[-1] + (gap or 0.0)) if said else pause
        full = chat.startswith(("-", "@")) and len(said) == GROUP_MOST
        return max(pause, said[-1] + CHAT_GAP, said[0] + GROUP_WINDOW if full else 0.0)

    async def _until(self, at: float) -> None:
        wait = at - self._clock()
        if wait > PATIENCE:
            raise Busy(wait)
        if wait > 0:
            await asyncio.sleep(wait)
