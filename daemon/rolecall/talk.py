"""What people and the daemon say to each other, through a channel that listens: the nouns, and the two sides.

The channel knows chats, buttons and who may press them; the desk knows jobs, searches and what follows. A person's
press or words may be heard more than once (after a kill): each has an id, and the desk acts on it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from rolecall.model import Keyboard
from rolecall.ports import Store


@dataclass(frozen=True, slots=True)
class Press:
    """A button was pressed: what it says, and who did. `id` is the same when the same press is heard again.

    `above`: what stands under the list that the message was opened from.
    """

    id: str
    data: str
    who: str = ""
    above: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote something. `who` tells several people of one chat apart.

    `to_us`: it was meant for the bot, and not perhaps for the others in the room.
    """

    id: str
    text: str
    who: str = ""
    to_us: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back, as Telegram HTML within its limits, or as a picture (PNG) with that caption."""

    html: str
    keyboard: Keyboard = ()
    png: bytes | None = None
    asks: bool = False  # the next line is the answer
    later: Callable[[], Awaitable[Reply]] | None = None  # what takes long is made when it is to be said


@dataclass(frozen=True, slots=True)
class Face:
    """How a message looks from now on: what can be pressed under it, and what its last words say was said of it.

    `state` "": nothing was said; None: its text is as before. `html` takes the place of its whole text.
    """

    keyboard: Keyboard
    state: str | None = None
    html: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The answer to a press: a word at once, then how the message looks from now on (None: as before).

    `above`: how the list looks that the message was opened from.
    """

    word: str
    face: Face | None = None
    replies: tuple[Reply, ...] = ()
    above: Face | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """A chat that was bound to a channel, with a word of welcome; `channel` is "" where the code was no good."""

    channel: str
    word: str = ""


class Desk(Protocol):
    """Carries out what people ask for. Raises `StoreError` when the database cannot be used: ask again later."""

    @property
    def commands(self) -> Sequence[tuple[str, str]]:
        """The commands there are, with a few words about each."""

    async def press(self, channel: str, press: Press) -> Pressed:
        """Do what a button of this channel says, once."""

    async def say(self, channel: str, said: Said) -> Sequence[Reply]:
        """Answer a command or a line of a dialogue; nothing when nothing was meant for us."""

    async def pair(self, channels: Sequence[str], code: str, note: str) -> Paired:
        """Bind a chat to the one of the channels whose code this is; `note` is what its notifier will remember."""


@runtime_checkable
class Listening(Protocol):
    """A notifier that also hears. Those with the same `line` are heard together, as one bot."""

    @property
    def line(self) -> str:
        """What tells one bot from another; "" for a channel that does not listen."""

    async def listen(self, channels: Mapping[str, Listening], desk: Desk, stop: asyncio.Event) -> None:
        """Hear for all channels of the line, by their names, until told to stop. Troubles are logged and waited out."""


class Memory(Protocol):
    """A few small texts by name that outlive the process: a chat that moved, a pairing."""

    async def recall(self) -> Mapping[str, str]: ...

    async def note(self, name: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ChannelMemory:
    """The memory of one channel, in the store."""

    store: Store
    channel: str

    async def recall(self) -> Mapping[str, str]:
        return await self.store.notes(self.channel)

    async def note(self, name: str, text: str) -> None:
        await self.store.note(self.channel, name, text)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A memory to look at: for commands, which do not write beside the daemon."""

    notes: Mapping[str, str]

    async def recall(self) -> Mapping[str, str]:
        return self.notes

    async def note(self, name: str, text: str) -> None:
        """Nothing: the daemon will find out by itself."""


@runtime_checkable
class Remembering(Protocol):
    """A notifier with a memory, which it is given before it is opened."""

    async def remember(self, memory: Memory) -> None: ...
