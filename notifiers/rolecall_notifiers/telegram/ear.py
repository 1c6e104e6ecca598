"""One bot's ear: long polling, one update after the other, in the order of Telegram's numbers.

An update is acted on before it is confirmed (by the next request), so a kill loses none; it is heard again then, which
is harmless, since the desk acts on each id once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from rolecall.errors import Deferred, StoreError
from rolecall.model import Json
from rolecall.talk import Desk, Press, Reply, Said
from rolecall_notifiers.telegram.binding import Binding
from rolecall_notifiers.telegram.bot import FAILURES, Bot
from rolecall_notifiers.telegram.chat import Chat
from rolecall_notifiers.telegram.door import Door
from rolecall_notifiers.telegram.faults import failure
from rolecall_notifiers.telegram.mouth import Mouth
from rolecall_notifiers.telegram.updates import Update, number, read

log = logging.getLogger(__name__)

LEAST_POLL = 0.5  # seconds
STORE_PAUSE = 5.0  # seconds, while the database cannot be used
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds, while Telegram cannot be reached or another one listens
NO_SUCH_CODE = "That code is not valid (any more). <code>rolecall telegram pair</code> makes a new one."


class Ear:
    """Hears for all channels of one bot. `door` knows whose chat is whose."""

    def __init__(self, bot: Bot, door: Door, desk: Desk, stop: asyncio.Event) -> None:
        self._bot, self._door, self._desk, self._stop = bot, door, desk, stop
        self._name = ""  # the bot's, in lower case
        self._next = 0
        self._pause = 0.0
        self._mouth: Mouth

    async def listen(self) -> None:
        """Hear until told to stop; then finish what is being said."""
        async with asyncio.TaskGroup() as group:
            self._mouth = Mouth(group, self._stop)
            stopped = group.create_task(self._stop.wait())
            while not self._stop.is_set():
                asked = group.create_task(self._updates())
                await asyncio.wait((asked, stopped), return_when=asyncio.FIRST_COMPLETED)
                if not asked.done():
                    asked.cancel()
                    return
                for raw in asked.result():
                    await self._hear(raw)
                    self._next = max(self._next, (number(raw) or 0) + 1)

    async def _updates(self) -> Sequence[Json]:
        """Ask for what is new; on trouble wait, longer each time, and say so once."""
        try:
            if not self._name:
                await self._bot.offer(self._desk.commands)
                self._name = (await self._bot.name()).lower()
                log.info("listening bot=@%s channels=%d", self._name, len(self._door))
            begun = time.monotonic()
            found = await self._bot.updates(self._next)
            if not found and time.monotonic() - begun < LEAST_POLL:  # this Bot API does not wait for news
                await asyncio.sleep(LEAST_POLL)
        except FAILURES as error:
            await self._trouble(error)
            return ()
        if self._pause:
            log.info("listening-again bot=@%s", self._name)
        self._pause = 0.0
        return found

    async def _trouble(self, error: Exception) -> None:
        said = failure(error, self._bot.said(error))
        if not self._pause:
            log.warning("not-listening error=%s", said)
        self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
        asked = said.retry_after or 0.0 if isinstance(said, Deferred) and not said.ambiguous else 0.0
        await asyncio.sleep(max(self._pause, asked))

    async def _hear(self, raw: Json) -> None:
        """Act on one update. One of the places that catch everything: no update keeps those behind it waiting."""
        update = read(raw)
        if update is None:
            log.debug("update-passed-over number=%s", number(raw))
            return
        try:
            while not await self._acted(update) and not self._stop.is_set():
                await self._mouth.pause(STORE_PAUSE)
        except Exception:
            log.exception("hear-bug update=%s", update.id)

    async def _acted(self, update: Update) -> bool:
        """Act; False when the database cannot be used: then nothing was done, and nothing is confirmed."""
        try:
            await (self._press(update) if update.press else self._word(update))
        except StoreError as error:
            log.error("store-trouble error=%s", error)
            return False
        return True

    # --- presses

    async def _press(self, update: Update) -> None:
        channel, chat = self._door.channel(update), self._chat(update)
        if channel is None or not self._door.may_act(channel, update):
            self._mouth.answer(chat, update.press, self._door.refusal(channel, update), alert=True)
            return
        above = update.above.keyboard if update.above else ()
        pressed = await self._desk.press(channel, Press(f"{channel}:{update.id}", update.data, update.who, above))
        self._mouth.answer(chat, update.press, pressed.word)
        for seen, face in ((update.seen, pressed.face), (update.above, pressed.above)):
            if seen is not None and face is not None:
                self._mouth.show(chat, seen, face)
        for reply in pressed.replies:  # a question goes to whoever is there: the pressed message was written by the bot
            self._mouth.reply(chat, reply, None if reply.asks else update.message)

    # --- words

    async def _word(self, update: Update) -> None:
        text = self._to_us(update.text)
        if text is None:
            return
        code = _pairing_code(text)
        if code and await self._paired(update, code):
            return
        channel, to_us = self._door.channel(update), text.startswith("/") or update.private or update.reply
        to = None if update.private else update.message  # in company it is said whom the answer is for
        if channel is not None and self._door.may_act(channel, update):
            said = Said(f"{channel}:{update.id}", text, update.who, to_us)
            self._reply(self._chat(update), await self._desk.say(channel, said), to=to)
        elif to_us and self._door.may_be_told():
            word = NO_SUCH_CODE if code else self._door.refusal(channel, update)
            self._reply(self._chat(update), (Reply(word),), to=to)

    def _to_us(self, text: str) -> str | None:
        """Return the text without "@our_bot" behind its command; None where it is for another bot."""
        command, blank, rest = text.partition(" ")
        word, at, name = command.partition("@")
        if not at or not text.startswith("/"):
            return text
        return f"{word}{blank}{rest}" if name.lower() == self._name else None

    async def _paired(self, update: Update, code: str) -> bool:
        """Bind the chat, if this is a good code; after a few wrong ones nobody may try for a while."""
        if not self._door.may_try():
            return False
        note = Binding(update.chat, update.thread, update.user, update.title).written()
        paired = await self._desk.pair(self._door.unpaired, code, note)
        if not paired.channel:
            self._door.wrong_code()
            return False
        self._door.bind(paired.channel, note)
        log.info("paired channel=%s chat=%s", paired.channel, update.chat)
        self._reply(self._chat(update), (Reply(paired.word),))
        return True

    # --- speaking

    def _chat(self, update: Update) -> Chat:
        return Chat(self._bot, update.chat, update.thread, self._door.gap(self._door.channel(update)))

    def _reply(self, chat: Chat, replies: Sequence[Reply], to: int | None = None) -> None:
        for reply in replies:
            self._mouth.reply(chat, reply, to)


def _pairing_code(text: str) -> str:
    """Return the code of "/start CODE", "" where there is none."""
    command, _, code = text.partition(" ")
    return code.strip() if command == "/start" else ""
