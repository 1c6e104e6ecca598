"""Telegram's flood control as the fake Bot API enforces it, with the little slack it has in life."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

CHAT_GAP = 0.95
GROUP_MOST, GROUP_WINDOW = 20, 60.0
BOT_MOST, BOT_WINDOW = 30, 1.0


def _last(number: int) -> Callable[[], deque[float]]:
    return lambda: deque(maxlen=number)


@dataclass
class Limits:
    """Counts what was accepted. `wait` says how long a call has to wait; 0 for now, and then it counts."""

    clock: Callable[[], float] = time.monotonic
    _chats: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(_last(GROUP_MOST)))
    _calls: deque[float] = field(default_factory=_last(BOT_MOST))

    def wait(self, chat: str | None) -> int:
        """Count a call, to a chat or to nobody; or return the whole seconds it is refused for."""
        now = self.clock()
        here = self._chats[chat] if chat is not None else deque[float]()
        if here and now - here[-1] < CHAT_GAP:
            return 1
        if chat is not None and chat.startswith(("-", "@")) and _full(here, GROUP_MOST, now - GROUP_WINDOW):
            return int(here[0] + GROUP_WINDOW - now) + 1
        if _full(self._calls, BOT_MOST, now - BOT_WINDOW):
            return 1
        here.append(now)
        self._calls.append(now)
        return 0


def _full(times: deque[float], most: int, since: float) -> bool:
    return len(times) == most and times[0] > since
