"""What people do in the fake Telegram: presses and words, handed out by getUpdates until they are confirmed."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

OWNER = 42


@dataclass
class Updates:
    """The queue of one bot. A second getUpdates ends the first with a conflict, as in life."""

    waiting: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: object = None

    def add(self, **content: Any) -> int:
        """Queue one update and return its id."""
        self.waiting.append({"update_id": next(self._ids), **content})
        self._news.set()
        return int(self.waiting[-1]["update_id"])

    def next_id(self) -> int:
        return next(self._ids)

    def press(self, user: int, again: str, data: str, message: dict[str, Any]) -> str:
        """Queue the press of a button; return the query's id."""
        query = again or str(7_000_000_000_000 + self.next_id())
        self.add(
            callback_query={
                "id": query, "from": person(user), "chat_instance": "1", "data": data, "message": message
            }
        )  # fmt: skip
        return query

    async def get(self, offset: int, seconds: float) -> list[dict[str, Any]] | None:
        """Confirm what came before `offset` and return the rest, when there is some; None: another poll took over."""
        self.polls += 1
        self._poll = mine = object()
        self._news.set()  # wakes the poll before this one
        if offset > 0:
            self.waiting = [each for each in self.waiting if _id(each) >= offset]
        deadline = asyncio.get_running_loop().time() + seconds
        while not self.waiting and self._poll is mine and asyncio.get_running_loop().time() < deadline:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, deadline - asyncio.get_running_loop().time()))
            except TimeoutError:
                break
        return list(self.waiting) if self._poll is mine else None


def _id(update: Any) -> int:
    return int(update["update_id"]) if isinstance(update, dict) else 0


def person(user: int, language: str = "en") -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": f"Person {user}", "language_code": language}


def chat(chat_id: int | str) -> dict[str, Any]:
    if isinstance(chat_id, str):
        return {"id": -1001, "type": "channel", "username": chat_id.removeprefix("@"), "title": "A channel"}
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "A group"}
    return {"id": chat_id, "type": "private", "first_name": f"Person {chat_id}"}
