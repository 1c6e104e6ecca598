"""One chat by Telegram's Bot API (python-telegram-bot). The table of what a failure means is in docs/delivery.md."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace

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
from rolecall.render.telegram import plain, split
from rolecall_notifiers.telegram import Telegram

log = logging.getLogger(__name__)

WAIT_IF_AMBIGUOUS = 60.0  # seconds
MOST_REPAIRS = 4
PRIVATE_INTERVAL, GROUP_INTERVAL = 1.0, 3.0  # seconds: Telegram's 1 a second, and 20 a minute in a group

# They print the token: httpx in every request line, telegram in its debug records and with every odd answer.
_TALKATIVE = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram": logging.CRITICAL}

_NOT_DELIVERED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.InvalidURL)
_OF_THE_CHANNEL = ("chat", "peer", "user", "rights", "member", "topic", "thread", "forbidden")
_ODD_ANSWERS = (KeyError, TypeError, ValueError, AttributeError)  # raised on JSON of another shape than Telegram's


@dataclass(frozen=True, slots=True)
class _Form:
    """How a text is sent. Each repair changes one field, so no failure is answered twice in the same way."""

    chat_id: int | str
    thread_id: int | None
    html: bool = True
    limit: int = 4000


class Chat:
    """Sends text to a chat, at the pace Telegram allows."""

    def __init__(self, options: Telegram) -> None:
        for name, level in _TALKATIVE.items():
            logging.getLogger(name).setLevel(level)
        wait = options.timeout
        self._options = options
        self._request = HTTPXRequest(
            connect_timeout=min(10.0, wait), read_timeout=wait, write_timeout=wait, pool_timeout=wait
        )
        self._bot = Bot(
            options.token.reveal(),
            base_url=options.base_url,
            request=self._request,
            get_updates_request=self._request,
        )
        self._chat_id = options.chat_id
        self._not_before = 0.0  # monotonic

    async def close(self) -> None:
        await self._request.shutdown()

    async def describe(self) -> str:
        """Return who writes to whom; raises a `DeliveryError`."""
        try:
            me = await self._bot.get_me()
            await self._bot.get_chat(self._chat_id)
        except (TelegramError, *_ODD_ANSWERS) as error:
            raise self._failure(error) from None  # the chain may hold the token
        return f"bot @{me.username} may write to chat {self._chat_id}"

    async def deliver(self, text: str) -> str:
        """Send one HTML text, mending what can be mended: the chat moved, the topic is gone, the markup is refused."""
        form = _Form(self._chat_id, self._options.thread_id)
        for _ in range(MOST_REPAIRS):
            try:
                return await self._post(text, form)
            except (TelegramError, *_ODD_ANSWERS) as error:
                repaired = _repaired(form, error)
                if repaired is None:
                    raise self._failure(error) from None
                log.warning("telegram-mended chat=%s after=%s", repaired.chat_id, self._without_token(error))
                form, self._chat_id = repaired, repaired.chat_id
        raise Rejected("Telegram moved the chat again and again")

    async def _post(self, text: str, form: _Form) -> str:
        receipt = 0
        for piece in [text] if form.html else split(plain(text), form.limit):
            await self._wait_for_turn()
            sent = await self._bot.send_message(
                form.chat_id,
                piece,
                parse_mode=ParseMode.HTML if form.html else None,
                message_thread_id=form.thread_id,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
            receipt = sent.message_id
        return str(receipt)

    async def _wait_for_turn(self) -> None:
        if (wait := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        self._not_before = time.monotonic() + self._interval

    @property
    def _interval(self) -> float:
        if self._options.interval is not None:
            return self._options.interval
        return GROUP_INTERVAL if str(self._chat_id).startswith(("-", "@")) else PRIVATE_INTERVAL

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
            case BadRequest() if any(word in said.lower() for word in _OF_THE_CHANNEL):
                start = " (is chat_id right, and did you press Start?)" if "chat not found" in said.lower() else ""
                return Rejected(f"Telegram refuses the chat: {said}{start}")
            case BadRequest():
                return Unsendable(f"Telegram refuses the message: {said}")
            case NetworkError() if isinstance(error.__cause__, _NOT_DELIVERED):
                return Deferred(f"Telegram cannot be reached: {said}")
            case NetworkError() if _answered(error):
                return Deferred(f"Telegram is in trouble: {said}", counts="too many requests" not in said.lower())
            case _:
                return self._ambiguous(said)

    def _ambiguous(self, said: str) -> DeliveryError:
        if self._options.on_ambiguous == "hold":
            return Unsendable(f"no clear answer from Telegram ({said}); it may have arrived, so it is not sent again")
        return Deferred(f"no clear answer from Telegram: {said}", retry_after=WAIT_IF_AMBIGUOUS, ambiguous=True)

    def _without_token(self, error: Exception) -> str:
        said = str(error).replace(self._options.token.reveal(), "***")
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
        case BadRequest() if form.thread_id is not None and ("thread" in said or "topic" in said):
            return replace(form, thread_id=None)
    return None


def _answered(error: TelegramError) -> bool:
    """Telegram (or a proxy before it) did answer, with an error status; else httpx is the cause, or nothing is."""
    return not isinstance(error, TimedOut) and not isinstance(error.__cause__, httpx.HTTPError)


def _seconds(error: RetryAfter) -> float:
    return error._retry_after.total_seconds()  # the public property warns that its type is about to change
