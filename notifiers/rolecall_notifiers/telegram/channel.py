"""The channel as it is configured: one chat of your own bot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from rolecall.errors import Deferred
from rolecall.model import Message
from rolecall.ports import Showing
from rolecall.render.telegram import Text, telegram_texts
from rolecall.secret import Secret
from rolecall.talk import Desk, Listening, Memory
from rolecall_notifiers.telegram.binding import MOVED, Binding, bound, moved, moved_note

if TYPE_CHECKING:
    from rolecall_notifiers.telegram.chat import Chat

PUBLIC_API = "https://api.telegram.org/bot"


@dataclass(slots=True)
class _Life:
    """What lasts from one send to the next: the chat, what is remembered, how much of the last message went out."""

    chat: Chat | None = None
    memory: Memory | None = None
    notes: dict[str, str] = field(default_factory=dict)
    message_id: str = ""
    texts_said: set[str] = field(default_factory=set)
    jobs_said: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Telegram:
    """Sends to one chat: a person, a group, a topic of a group (`thread_id`) or a channel ("@name").

    `chat_id` "paired": the chat that `rolecall telegram pair` bound. `allowed_users`: who may press and command in a
    group; in your own chat it is you. `interactive`: hear presses and commands.
    `on_ambiguous`: when Telegram's answer got lost, send again (perhaps twice) or hold (perhaps never).
    `interval`: seconds between two messages; by default what Telegram allows, 1 a second and 20 a minute in a group.
    """

    kind: ClassVar[str] = "telegram"
    summary: ClassVar[str] = "sends to a Telegram chat by your own bot"
    shows: ClassVar[Showing] = "jobs"

    token: Secret
    chat_id: int | str = "paired"
    thread_id: int | None = None
    allowed_users: tuple[int, ...] = ()
    interactive: bool = True
    on_ambiguous: Literal["resend", "hold"] = "resend"
    interval: float | None = None
    timeout: float = 20.0
    base_url: str = PUBLIC_API
    _life: _Life = field(init=False, repr=False, compare=False, hash=False, default_factory=_Life)

    async def remember(self, memory: Memory) -> None:
        """Take back what was noted: a pairing, a group that moved."""
        self._life.memory, self._life.notes = memory, dict(await memory.recall())

    async def open(self) -> None:
        """Get ready without asking Telegram anything: the daemon starts while it is away."""
        from rolecall_notifiers.telegram.bot import Bot
        from rolecall_notifiers.telegram.chat import Chat

        await self.close()
        bot = Bot.join(self.token.reveal(), self.base_url, self.timeout)
        self._life.chat = Chat(bot, None, self.thread_id, self.interval, self.on_ambiguous)
        self._find_chat()

    async def close(self) -> None:
        """Close the connections, unless another channel uses them."""
        chat, self._life.chat = self._life.chat, None
        if chat is not None:
            await chat.bot.leave()

    async def check(self) -> str:
        """Ask Telegram who the bot is and whether it knows the chat."""
        return await self.chat.describe()

    async def bot_name(self) -> str:
        """Ask Telegram for the bot's user name."""
        return await self.chat.bot_name()

    async def send(self, message: Message) -> str:
        """Send the message's texts and return the last one's id. A second try goes on where the first one stopped.

        It goes on by the jobs that were told, not by the number of texts: some may have closed or been dismissed
        meanwhile, and then the others stand in other texts.
        """
        life = self._life
        if life.message_id != message.id:
            life.message_id, life.texts_said, life.jobs_said = message.id, set(), set()
        receipt, before = "", len(life.texts_said)
        try:
            for text in telegram_texts(message, frozenset(life.jobs_said)):
                receipt = await self._say(text) or receipt
        except Deferred as error:
            if len(life.texts_said) == before:
                raise
            # It gets on, and the answers that were unclear are not all about one text: no reason to give it up.
            raise Deferred(str(error), retry_after=error.retry_after, counts=error.counts) from None
        await self._note_move()
        return receipt

    async def _say(self, text: Text) -> str:
        """Send one text, unless that was done; return its id."""
        life = self._life
        if text.html in life.texts_said:
            return ""
        receipt = await self.chat.deliver(text.html, text.keyboard if self.interactive else ())
        life.texts_said.add(text.html)
        life.jobs_said.update(text.jobs)
        return receipt

    # --- which chat

    @property
    def chat(self) -> Chat:
        if self._life.chat is None:
            raise RuntimeError("open() comes before send()")
        return self._life.chat

    @property
    def binding(self) -> Binding | None:
        """The chat that was paired; None where the configuration names one."""
        return bound(self._life.notes) if self.chat_id == "paired" else None

    def bind(self, note: str) -> None:
        """Go on in the chat that was just paired."""
        self._life.notes["paired"] = note
        self._find_chat()

    def _find_chat(self) -> None:
        chat, binding = self.chat, self.binding
        if binding is not None:
            chat.thread_id = self.thread_id or binding.thread
        named = binding.chat if binding else None if self.chat_id == "paired" else self.chat_id
        chat.id = None if named is None else moved(self._life.notes, named)

    async def _note_move(self) -> None:
        """Keep the new id of a group that became a supergroup: the old one may stop leading there."""
        named = self.binding.chat if self.binding else self.chat_id
        if self.chat.id not in (None, named, moved(self._life.notes, named)) and self._life.memory is not None:
            note = moved_note(named, self.chat.id or named)
            await self._life.memory.note(MOVED, note)
            self._life.notes[MOVED] = note

    # --- listening

    @property
    def line(self) -> str:
        """One bot may serve several channels."""
        return f"{self.base_url}{self.token.reveal()}" if self.interactive else ""

    async def listen(self, channels: Mapping[str, Listening], desk: Desk, stop: asyncio.Event) -> None:
        """Hear presses and commands for all channels of this bot."""
        from rolecall_notifiers.telegram.bot import Bot
        from rolecall_notifiers.telegram.door import Door
        from rolecall_notifiers.telegram.ear import Ear

        door = Door({name: each for name, each in channels.items() if isinstance(each, Telegram)})
        bot = Bot.join(self.token.reveal(), self.base_url, self.timeout)  # its own: a reload closes channels
        try:
            await Ear(bot, door, desk, stop).listen()
        finally:
            await bot.leave()
