"""The channel as it is configured: one chat of your own bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from rolecall.model import Message
from rolecall.render.telegram import telegram_texts
from rolecall.secret import Secret

if TYPE_CHECKING:
    from rolecall_notifiers.telegram.chat import Chat

PUBLIC_API = "https://api.telegram.org/bot"


@dataclass(slots=True)
class _Session:
    """What lasts from one send to the next: the chat, and how much of the last message went out."""

    chat: Chat
    message_id: str = ""
    texts_sent: int = 0


@dataclass(frozen=True)
class Telegram:
    """Sends to one chat: a person, a group, a topic of a group (`thread_id`) or a channel ("@name").

    `on_ambiguous`: when Telegram's answer got lost, send again (perhaps twice) or hold (perhaps never).
    `interval`: seconds between two messages; by default what Telegram allows, 1 a second and 20 a minute in a group.
    """

    kind: ClassVar[str] = "telegram"
    summary: ClassVar[str] = "sends to a Telegram chat by your own bot"

    token: Secret
    chat_id: int | str
    thread_id: int | None = None
    on_ambiguous: Literal["resend", "hold"] = "resend"
    interval: float | None = None
    timeout: float = 20.0
    base_url: str = PUBLIC_API
    _open: list[_Session] = field(init=False, repr=False, compare=False, hash=False, default_factory=list)

    async def open(self) -> None:
        """Get ready without asking Telegram anything: the daemon starts while it is away."""
        from rolecall_notifiers.telegram.bot import Bot
        from rolecall_notifiers.telegram.chat import Chat

        bot = Bot.join(self.token.reveal(), self.base_url, self.timeout)
        self._open.append(_Session(Chat(bot, self.chat_id, self.thread_id, self.interval, self.on_ambiguous)))

    async def close(self) -> None:
        """Close the connections, unless another channel uses them."""
        while self._open:
            await self._open.pop().chat.bot.leave()

    async def check(self) -> str:
        """Ask Telegram who the bot is and whether it knows the chat."""
        return await self._session.chat.describe()

    async def send(self, message: Message) -> str:
        """Send the message's texts and return the last one's id. A second try goes on where the first one stopped."""
        session = self._session
        if session.message_id != message.id:
            session.message_id, session.texts_sent = message.id, 0
        receipt = ""
        for text in telegram_texts(message)[session.texts_sent :]:
            receipt = await session.chat.deliver(text)
            session.texts_sent += 1
        return receipt

    @property
    def _session(self) -> _Session:
        if not self._open:
            raise RuntimeError("open() comes before send()")
        return self._open[-1]
