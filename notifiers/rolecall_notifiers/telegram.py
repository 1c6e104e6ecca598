"""Telegram, by the Bot API. The table of what a failure means is in docs/delivery.md."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import httpx
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.model import Message
from rolecall.render.telegram import plain, split, telegram_texts
from rolecall.secret import Secret

log = logging.getLogger(__name__)

PUBLIC_API = "https://api.telegram.org/bot"
WAIT_IF_AMBIGUOUS = 60.0  # seconds
MOST_REPAIRS = 4

# They print the token: httpx in every request line, telegram in its debug records and with every odd answer.
_TALKATIVE = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram": logging.CRITICAL}

_NOT_DELIVERED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.InvalidURL)
_OF_THE_CHANNEL = ("chat", "peer", "user", "rights", "member", "topic", "thread", "forbidden")


@dataclass(slots=True)
class _Session:
    """What lasts from one send to the next: connections, the chat's newest id, what went out of the last message."""

    bot: Bot
    request: HTTPXRequest
    chat_id: int | str
    not_before: float = 0.0  # monotonic
    message_id: str = ""
    parts_sent: int = 0


@dataclass(frozen=True, slots=True)
class _Form:
    """How a text is sent. Each repair changes one field, so no failure is answered twice in the same way."""

    chat_id: int | str
    thread_id: int | None
    html: bool = True
    limit: int = 4000


@dataclass(frozen=True)
class Telegram:
    """Sends to one chat: a person, a group, a topic of a group (`thread_id`) or a channel ("@name").

    `on_ambiguous`: when Telegram's answer got lost, send again (perhaps twice) or hold (perhaps never).
    `interval`: seconds between two messages; by default what Telegram allows, 1 to a person and 3 to a group.
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
        for name, level in _TALKATIVE.items():
            logging.getLogger(name).setLevel(level)
        request = HTTPXRequest(
            connect_timeout=10, read_timeout=self.timeout, write_timeout=self.timeout, pool_timeout=self.timeout
        )
        bot = Bot(self.token.reveal(), base_url=self.base_url, request=request, get_updates_request=request)
        self._open.append(_Session(bot, request, self.chat_id))

    async def close(self) -> None:
        """Close the connections."""
        while self._open:
            await self._open.pop().request.shutdown()

    async def check(self) -> str:
        """Ask Telegram who the bot is and whether it knows the chat."""
        session = self._session
        try:
            me = await session.bot.get_me()
            await session.bot.get_chat(session.chat_id)
        except (TelegramError, KeyError, ValueError) as error:
            raise self._failure(error) from None
        return f"bot @{me.username} may write to chat {session.chat_id}"

    async def send(self, message: Message) -> str:
        """Send the message's texts and return the last one's id. A second try goes on where the first one stopped."""
        session = self._session
        if session.message_id != message.id:
            session.message_id, session.parts_sent = message.id, 0
        receipt = ""
        for text in telegram_texts(message)[session.parts_sent :]:
            receipt = await self._deliver(session, text)
            session.parts_sent += 1
        return receipt

    @property
    def _session(self) -> _Session:
        if not self._open:
            raise RuntimeError("open() comes before send()")
        return self._open[-1]

    async def _deliver(self, session: _Session, text: str) -> str:
        """Send one text, mending what can be mended: the chat moved, the topic is gone, the markup is refused."""
        form = _Form(session.chat_id, self.thread_id)
        for _ in range(MOST_REPAIRS):
            try:
                return await self._post(session, text, form)
            except (TelegramError, KeyError, ValueError) as error:
                repaired = _repaired(form, error)
                if repaired is None:
                    raise self._failure(error) from None
                if repaired.chat_id != form.chat_id:
                    log.warning("telegram-chat-moved: set chat_id = %s in the configuration", repaired.chat_id)
                    session.chat_id = repaired.chat_id
                form = repaired
        raise Unsendable("Telegram refused the message in every form")

    async def _post(self, session: _Session, text: str, form: _Form) -> str:
        receipt = 0
        for piece in [text] if form.html else split(plain(text), form.limit):
            await self._wait_for_turn(session)
            sent = await session.bot.send_message(
                form.chat_id,
                piece,
                parse_mode=ParseMode.HTML if form.html else None,
                message_thread_id=form.thread_id,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
            receipt = sent.message_id
        return str(receipt)

    async def _wait_for_turn(self, session: _Session) -> None:
        group = str(session.chat_id).startswith(("-", "@"))
        interval = self.interval if self.interval is not None else (3.0 if group else 1.0)
        if (wait := session.not_before - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        session.not_before = time.monotonic() + interval

    def _failure(self, error: Exception) -> DeliveryError:
        """Say what a failure means. The order matters: BadRequest and TimedOut are NetworkErrors."""
        said = self._without_token(error)
        match error:
            case RetryAfter():
                return Deferred(said, retry_after=_seconds(error), counts=False)
            case Forbidden():
                return Rejected(f"Telegram refuses the bot: {said}")
            case InvalidToken():
                return Rejected(f"Telegram does not know the bot's token: {said}")
            case BadRequest():
                channel = any(word in said.lower() for word in _OF_THE_CHANNEL)
                return Rejected(f"Telegram refuses the chat: {said}") if channel else Unsendable(f"Telegram: {said}")
            case NetworkError() if isinstance(error.__cause__, _NOT_DELIVERED):
                return Deferred(f"Telegram cannot be reached: {said}")
            case NetworkError() if _answered(error):
                return Deferred(f"Telegram is in trouble: {said}", counts="too many requests" not in said.lower())
            case _:
                return self._ambiguous(said)

    def _ambiguous(self, said: str) -> DeliveryError:
        if self.on_ambiguous == "hold":
            return Unsendable(f"no clear answer from Telegram ({said}); it may have arrived, so it is not sent again")
        return Deferred(f"no clear answer from Telegram: {said}", retry_after=WAIT_IF_AMBIGUOUS, ambiguous=True)

    def _without_token(self, error: Exception) -> str:
        said = str(error).replace(self.token.reveal(), "***")
        return (said or type(error).__name__)[:300]


def _repaired(form: _Form, error: Exception) -> _Form | None:
    """Return the form for one more try, None when nothing is left to mend."""
    said = str(error).lower()
    match error:
        case ChatMigrated():
            return replace(form, chat_id=error.new_chat_id)
        case BadRequest() if "can't parse" in said and form.html:
            return replace(form, html=False)
        case BadRequest() if "too long" in said and form.limit > 2000:
            return replace(form, html=False, limit=2000)
        case BadRequest() if form.thread_id is not None and ("thread not found" in said or "topic" in said):
            return replace(form, thread_id=None)
    return None


def _answered(error: TelegramError) -> bool:
    """Telegram (or a proxy before it) did answer, with an error status; else httpx is the cause, or nothing is."""
    return not isinstance(error, TimedOut) and not isinstance(error.__cause__, httpx.HTTPError)


def _seconds(error: RetryAfter) -> float:
    return error._retry_after.total_seconds()  # the public property warns that its type is about to change
