"""One bot at Telegram's Bot API (python-telegram-bot): every call waits for its turn and fails in our own words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, ClassVar, Self, TypeVar

from telegram import Bot as Library
from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import RetryAfter, TelegramError

from rolecall.model import Keyboard
from rolecall_notifiers.telegram.faces import Wording
from rolecall_notifiers.telegram.faults import seconds
from rolecall_notifiers.telegram.pace import Busy, Pace
from rolecall_notifiers.telegram.request import AiohttpRequest

T = TypeVar("T")

FAILURES = (TelegramError, Busy, KeyError, TypeError, ValueError, AttributeError)
"""What a call may raise; the last four on JSON of another shape than Telegram's."""

LISTEN = 50  # seconds that Telegram holds an unanswered request for updates
WANTED = ["message", "channel_post", "callback_query"]

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# They print the token: telegram in its debug records and with every odd answer, the others in request lines.
_TALKATIVE = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram": logging.CRITICAL}


class Bot:
    """A bot, shared by all open channels that have its token: one pace, one ear."""

    _running: ClassVar[dict[tuple[str, str], Self]] = {}

    def __init__(self, token: str, base_url: str, timeout: float) -> None:
        for name, level in _TALKATIVE.items():
            logging.getLogger(name).setLevel(level)
        self._key, self._token, self._users = (token, base_url), token, 0
        self._request = AiohttpRequest(timeout)
        self._library = Library(token, base_url, request=self._request, get_updates_request=self._request)
        self.pace = Pace()

    @classmethod
    def join(cls, token: str, base_url: str, timeout: float) -> Self:
        """Return the bot with this token, the one that runs or a new one; each `join` has its `leave`."""
        bot = cls._running.setdefault((token, base_url), cls(token, base_url, timeout))
        bot._users += 1
        return bot

    async def leave(self) -> None:
        """Close the connections when nobody uses the bot any more."""
        self._users -= 1
        if not self._users:
            self._running.pop(self._key, None)
            await self._request.shutdown()

    def said(self, error: Exception) -> str:
        """Return what an error says, without the token."""
        return (str(error).replace(self._token, "***") or type(error).__name__)[:300]

    # --- asking

    async def name(self) -> str:
        """Return the bot's user name."""
        return str((await self._plain(self._library.get_me())).username)

    async def knows(self, chat: int | str) -> None:
        """Raise what Telegram says when it does not know the chat."""
        await self._plain(self._library.get_chat(chat))

    async def updates(self, offset: int) -> list[Any]:
        """Return what was done and said since `offset`, as Telegram wrote it; waits for something to happen."""
        asked = {"offset": offset, "timeout": LISTEN, "allowed_updates": WANTED}
        # Not `get_updates`: one update that it cannot read would hide the whole batch. In small letters, which are
        # the same to Telegram, so that the library does not propose it.
        found = await self._library.do_api_request("getupdates", asked, read_timeout=LISTEN + 10)
        return list(found)

    # --- speaking

    async def text(
        self,
        chat: int | str,
        text: str,
        *,
        html: bool,
        thread: int | None,
        keyboard: Keyboard,
        gap: float | None,
        asks: bool = False,
        to: int | None = None,
    ) -> int:
        """Send a message and return its id; `to`: the message it answers, whose writer is asked."""
        await self.pace.turn(chat, gap)
        call = self._library.send_message(
            chat,
            text,
            parse_mode=ParseMode.HTML if html else None,
            message_thread_id=thread,
            reply_markup=ForceReply(selective=to is not None) if asks else _markup(keyboard),
            reply_parameters=ReplyParameters(to, allow_sending_without_reply=True) if to else None,
            link_preview_options=_NO_PREVIEW,
        )
        return (await self._noting_floods(chat, call)).message_id

    async def photo(
        self, chat: int | str, png: bytes, caption: str, *, html: bool, thread: int | None, gap: float | None
    ) -> int:
        """Send a picture with a caption and return the message's id."""
        await self.pace.turn(chat, gap)
        call = self._library.send_photo(
            chat,
            InputFile(png, filename="rolecall.png"),
            caption=caption,
            parse_mode=ParseMode.HTML if html else None,
            message_thread_id=thread,
        )
        return (await self._noting_floods(chat, call)).message_id

    async def change(
        self, chat: int | str, message: int, text: str | Wording | None, keyboard: Keyboard, gap: float | None
    ) -> None:
        """Put another keyboard under a message, and another text (as HTML, or with entities) in its place."""
        await self.pace.turn(chat, gap)
        await self._noting_floods(chat, self._edit(chat, message, text, _markup(keyboard)))

    def _edit(
        self, chat: int | str, message: int, text: str | Wording | None, markup: InlineKeyboardMarkup | None
    ) -> Awaitable[Any]:
        if text is None:
            return self._library.edit_message_reply_markup(chat, message, reply_markup=markup)
        edit = partial(self._library.edit_message_text, chat_id=chat, message_id=message, reply_markup=markup)
        if isinstance(text, str):
            return edit(text, parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW)
        entities = MessageEntity.de_list(list(text.entities), self._library)
        return edit(text.text, entities=entities, link_preview_options=_NO_PREVIEW)

    async def answer(self, press: str, text: str, *, alert: bool = False) -> None:
        """Answer the press of a button."""
        await self._plain(self._library.answer_callback_query(press, text[:200], show_alert=alert))

    async def offer(self, commands: Sequence[tuple[str, str]]) -> None:
        """Register commands, so that the client completes them."""
        await self._plain(self._library.set_my_commands(commands))

    async def _plain(self, call: Awaitable[T]) -> T:
        await self.pace.call()
        return await call

    async def _noting_floods(self, chat: int | str, call: Awaitable[T]) -> T:
        try:
            return await call
        except RetryAfter as error:
            self.pace.flooded(chat, seconds(error))
            raise


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(each.label, url=each.url or None, callback_data=each.data or None) for each in row]
        for row in keyboard
    ]
    return InlineKeyboardMarkup(rows) if rows else None
