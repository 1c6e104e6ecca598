"""One chat: a person, a group, a topic or a channel. Mends what can be mended: it moved, its topic is gone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.model import Keyboard
from rolecall.render.telegram import CAPTION_LIMIT, plain, split, units, visible
from rolecall.talk import Face, Reply
from rolecall_notifiers.telegram.bot import FAILURES, Bot
from rolecall_notifiers.telegram.faces import Seen, Wording, with_state
from rolecall_notifiers.telegram.faults import failure, moved_to, refuses

log = logging.getLogger(__name__)

MOST_REPAIRS = 4
NOT_PAIRED = "no chat is paired with this channel yet: run `rolecall telegram pair`"


@dataclass(frozen=True, slots=True)
class _Form:
    """How a text is sent. Each repair changes one field, so no failure is answered twice in the same way."""

    chat_id: int | str
    thread_id: int | None
    html: bool = True
    limit: int = 4000


@dataclass(slots=True)
class Chat:
    """Says things in one chat; `id` is None before it is paired.

    `gap`: seconds between two messages, in place of what Telegram allows. Every method raises a `DeliveryError`.
    """

    bot: Bot
    id: int | str | None
    thread_id: int | None = None
    gap: float | None = None
    on_ambiguous: Literal["resend", "hold"] = "resend"

    async def describe(self) -> str:
        """Return who writes to whom."""
        name = await self.bot_name()
        try:
            await self.bot.knows(self._known())
        except FAILURES as error:
            raise self._failure(error) from None  # the chain may hold the token
        return f"bot @{name} may write to chat {self.id}"

    async def bot_name(self) -> str:
        """Return the user name of the bot that speaks here."""
        try:
            return await self.bot.name()
        except FAILURES as error:
            raise self._failure(error) from None

    async def deliver(self, text: str, keyboard: Keyboard = (), *, asks: bool = False, to: int | None = None) -> str:
        """Send one HTML text and return its id. With `asks` the client opens the line for an answer.

        `to`: the message it answers; one that is gone is no trouble.
        """
        return await self._mended(lambda form: self._post(text, keyboard, form, asks, to))

    async def reply(self, reply: Reply, to: int | None = None) -> None:
        """Say one thing back, in words or as a picture; what is too long to stand below it comes after it."""
        if reply.later is not None:
            reply = await reply.later()
        if reply.png is None:
            await self.deliver(reply.html, reply.keyboard, asks=reply.asks, to=to)
            return
        caption = reply.html if units(visible(reply.html)) <= CAPTION_LIMIT else ""
        await self._mended(lambda form: self._picture(reply.png or b"", caption, form))
        if not caption:
            await self.deliver(reply.html, reply.keyboard)

    async def _mended(self, post: Callable[[_Form], Awaitable[int]]) -> str:
        """Post in the usual form, and again in another one where the refusal says which."""
        form = _Form(self._known(), self.thread_id)
        for _ in range(MOST_REPAIRS):
            try:
                return str(await post(form))
            except FAILURES as error:
                repaired = _repaired(form, error)
                if repaired is None:
                    raise self._failure(error) from None
                log.warning("telegram-mended chat=%s after=%s", repaired.chat_id, self.bot.said(error))
                form, self.id = repaired, repaired.chat_id
        raise Rejected("Telegram moved the chat again and again")

    async def change(self, seen: Seen, face: Face) -> None:
        """Let a message look otherwise; where its text cannot be changed, its buttons are."""
        text = face.html or (with_state(seen, face.state) if face.state is not None else None)
        try:
            await self._change(seen.id, text, face.keyboard)
        except Unsendable as error:
            if not text:
                raise
            log.warning("telegram-text-not-changed chat=%s error=%s", self.id, error)
            await self._change(seen.id, None, face.keyboard)

    async def _change(self, message: int, text: str | Wording | None, keyboard: Keyboard) -> None:
        try:
            await self.bot.change(self._known(), message, text, keyboard, self.gap)
        except FAILURES as error:
            if not refuses(error, "not modified"):
                raise self._failure(error) from None

    async def answer(self, press: str, word: str, *, alert: bool = False) -> None:
        """Answer the press of a button."""
        try:
            await self.bot.answer(press, word, alert=alert)
        except FAILURES as error:
            raise self._failure(error) from None

    async def _post(self, text: str, keyboard: Keyboard, form: _Form, asks: bool, to: int | None) -> int:
        receipt = 0
        pieces = [text] if form.html else split(plain(text), form.limit)
        for number, piece in enumerate(pieces, 1):
            receipt = await self.bot.text(
                form.chat_id,
                piece,
                html=form.html,
                thread=form.thread_id,
                keyboard=keyboard if number == len(pieces) else (),
                gap=self.gap,
                asks=asks,
                to=to,
            )
        return receipt

    async def _picture(self, png: bytes, caption: str, form: _Form) -> int:
        said = caption if form.html else plain(caption)
        return await self.bot.photo(form.chat_id, png, said, html=form.html, thread=form.thread_id, gap=self.gap)

    def _known(self) -> int | str:
        if self.id is None:
            raise Deferred(NOT_PAIRED, retry_after=300, counts=False)
        return self.id

    def _failure(self, error: Exception) -> DeliveryError:
        return failure(error, self.bot.said(error), self.on_ambiguous)


def _repaired(form: _Form, error: Exception) -> _Form | None:
    """Return the form for one more try, None when nothing is left to mend."""
    if new := moved_to(error):
        return replace(form, chat_id=new)
    if refuses(error, "can't parse") and form.html:
        return replace(form, html=False)
    if refuses(error, "too long") and form.limit > 2000:
        return replace(form, html=False, limit=2000)
    if refuses(error, "thread", "topic") and form.thread_id is not None:
        return replace(form, thread_id=None)
    return None
