"""Whose chat is whose, and who may act in it. A bot can be found and written to by anybody."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rolecall_notifiers.telegram.updates import Update

if TYPE_CHECKING:
    from rolecall_notifiers.telegram.channel import Telegram

MOST_WRONG_CODES, MOST_REFUSALS = 5, 20  # in `WINDOW`, all strangers together
WINDOW = 600.0  # seconds


class Rarely:
    """Lets something happen at most `most` times in a window."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._times, self._clock = deque[float](maxlen=most), clock

    @property
    def full(self) -> bool:
        times = self._times
        return len(times) == times.maxlen and self._clock() - times[0] < WINDOW

    def happened(self) -> None:
        self._times.append(self._clock())


class Door:
    """The chats of one bot's channels."""

    def __init__(self, channels: Mapping[str, Telegram]) -> None:
        self._channels = dict(channels)
        self._wrong_codes, self._refusals = Rarely(MOST_WRONG_CODES), Rarely(MOST_REFUSALS)

    def __len__(self) -> int:
        return len(self._channels)

    def channel(self, update: Update) -> str | None:
        """Return the channel of a chat; in a group with several topics the one of this topic."""
        here = [name for name, each in self._channels.items() if _is_chat(each.chat.id, update)]
        exact = [name for name in here if self._channels[name].chat.thread_id == update.thread]
        return next(iter(exact or here), None)

    def gap(self, channel: str | None) -> float | None:
        return self._channels[channel].interval if channel else None

    def may_act(self, channel: str, update: Update) -> bool:
        """Is this the owner of the chat: its person, who paired it, or whom the configuration names?"""
        known = self._channels[channel]
        paired = known.binding.user if known.binding else None
        if update.user is None:  # a channel's own post: only its administrators write there
            return update.press == ""
        return (update.private and update.user == update.chat) or update.user in (*known.allowed_users, paired)

    def refusal(self, channel: str | None, update: Update) -> str:
        """Return a word for somebody who may not act here."""
        if channel is None:
            return "This bot works for somebody else. To run your own, see Rolecall's README."
        return f"Only its owner may do that here. (Your Telegram id is {update.user}; see allowed_users.)"

    def may_be_told(self) -> bool:
        """Refusals are few: nobody makes this bot talk at will."""
        if self._refusals.full:
            return False
        self._refusals.happened()
        return True

    # --- pairing

    @property
    def unpaired(self) -> tuple[str, ...]:
        """The channels whose chat is found by pairing."""
        return tuple(name for name, each in self._channels.items() if each.chat_id == "paired")

    def may_try(self) -> bool:
        """May somebody try another code now?"""
        return not self._wrong_codes.full

    def wrong_code(self) -> None:
        self._wrong_codes.happened()

    def bind(self, channel: str, note: str) -> None:
        self._channels[channel].bind(note)


def _is_chat(chat: int | str | None, update: Update) -> bool:
    if isinstance(chat, str) and chat.startswith("@"):
        return chat[1:].lower() == update.username.lower()
    return chat is not None and str(chat) == str(update.chat)
