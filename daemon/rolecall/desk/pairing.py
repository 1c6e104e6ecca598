"""Binding a chat to a channel by a code, with the daemon or, while it does not run, by the command alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from rolecall import pairing
from rolecall.ports import Store
from rolecall.talk import Paired, Press, Pressed, Reply, Said

NOTE = "paired"
AWAY = "Rolecall is not running at the moment."


async def pair(store: Store, database: Path, channels: Sequence[str], code: str, note: str, now: datetime) -> Paired:
    """Bind a chat to the channel whose code this is: noted first, then the code is used up."""
    channel = await asyncio.to_thread(pairing.channel_of, database, code, now)
    if channel not in channels:
        return Paired("")
    await store.note(channel, NOTE, note)
    await store.resume(channel)  # it waited for a chat
    await asyncio.to_thread(pairing.forget, database)
    return Paired(channel, f"Paired: {escape(channel)} writes here from now on. /help says what I understand.")


@dataclass(frozen=True, slots=True)
class PairingDesk:
    """A desk that does nothing but pair, and then calls `done`."""

    store: Store
    database: Path
    now: Callable[[], datetime]
    done: Callable[[], None]
    commands: Sequence[tuple[str, str]] = ()

    async def press(self, channel: str, press: Press) -> Pressed:
        return Pressed(AWAY)

    async def say(self, channel: str, said: Said) -> Sequence[Reply]:
        return (Reply(AWAY),) if said.to_us else ()

    async def pair(self, channels: Sequence[str], code: str, note: str) -> Paired:
        paired = await pair(self.store, self.database, channels, code, note, self.now())
        if paired.channel:
            self.done()
        return paired
