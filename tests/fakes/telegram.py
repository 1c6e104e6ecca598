"""A Bot API on loopback that enforces Telegram's limits and fails on demand.

In a test:              async with FakeTelegram() as fake: ... fake.base_url, fake.messages, fake.press(…), fake.say(…)
As a process of its own: python -m tests.fakes.telegram PORT LOGFILE [--limits]
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram_html import CAPTION_LIMIT, LIMIT, Parsed, Refused, check, units
from tests.fakes.telegram_limits import Limits
from tests.fakes.telegram_updates import OWNER, Updates, chat, person

TOKEN = "123456789:AAfake-token-of-no-bot-at-all-000000"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with an error status, as api.telegram.org words it."""

    status: int
    description: str
    parameters: dict[str, int] | None = None


class Fault(Enum):
    """What the next sendMessage meets instead of success."""

    FLOOD = Answer(429, "Too Many Requests: retry after 7", {"retry_after": 7})
    FLOOD_BARE = Answer(429, "Too Many Requests")
    BLOCKED = Answer(403, "Forbidden: bot was blocked by the user")
    DEACTIVATED = Answer(403, "Forbidden: user is deactivated")
    KICKED = Answer(403, "Forbidden: bot was kicked from the supergroup chat")
    CHAT_NOT_FOUND = Answer(400, "Bad Request: chat not found")
    NO_RIGHTS = Answer(400, "Bad Request: not enough rights to send text messages to the chat")
    TOPIC_NOT_FOUND = Answer(400, "Bad Request: message thread not found")
    PARSE = Answer(400, "Bad Request: can't parse entities: Unsupported start tag at byte offset 3")
    TOO_LONG = Answer(400, "Bad Request: message is too long")
    ODD_400 = Answer(400, "Bad Request: something new under the sun")
    MIGRATED = Answer(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -100777})
    UNAUTHORIZED = Answer(401, "Unauthorized")
    NOT_FOUND = Answer(404, "Not Found")
    SERVER_ERROR = Answer(500, "Internal Server Error")
    BAD_GATEWAY = Answer(502, "Bad Gateway")
    GATEWAY_PAGE = "502 with an HTML page of a proxy"
    HTML = "200 with an HTML page; not accepted"
    NOT_OK = "200 with ok: false"
    CUT = "accepted, then the answer is cut in the middle"
    RESET_BEFORE = "the connection is reset before the message is accepted"
    RESET_AFTER = "the connection is reset after the message is accepted"
    HANG = "accepted, then no answer"


FLOOD_ON_EDIT = Answer(429, "Too Many Requests: retry after 1", {"retry_after": 1})
EDIT_TOO_LATE = Answer(400, "Bad Request: message can't be edited")
ODD_REFUSAL = Answer(400, "Bad Request: ENTITY_TEXT_INVALID")
PRESS_TOO_OLD = Answer(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
CONFLICT = Answer(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)

Keyboard = list[list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Received:
    """One accepted message. `text` is what the person reads, `markup` what was sent."""

    id: int
    chat: str
    text: str
    markup: str
    links: tuple[str, ...]
    thread: int | None
    preview: bool
    at: float
    keyboard: Keyboard
    photo: int = 0  # bytes of a picture
    entities: tuple[dict[str, Any], ...] = ()
    to: int | None = None  # the message it answers


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to the press of a button."""

    press: str
    text: str
    alert: bool
    at: float


@dataclass(frozen=True, slots=True)
class Edit:
    """How a message looks from then on."""

    message: int
    text: str
    entities: tuple[dict[str, Any], ...]
    keyboard: Keyboard


@dataclass
class FakeTelegram:
    """`limits` enforces 1 message a second in a chat, 20 a minute in a group and 30 calls a second in all."""

    limits: bool = False
    port: int = 0
    heard: Callable[[Received], None] | None = None
    meets: Callable[[str], Fault | None] = lambda text: None  # what a message meets where nothing is programmed
    messages: list[Received] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    updates: Updates = field(default_factory=Updates)
    requests: int = 0
    conflicts: int = 0  # so many getUpdates to come meet another listener
    floods: int = 0  # 429 answers that were earned, not programmed
    migrated: dict[str, int] = field(default_factory=dict)
    _faults: deque[Fault] = field(default_factory=deque)
    _edit_faults: deque[Answer] = field(default_factory=deque)
    _answer_faults: deque[Answer] = field(default_factory=deque)
    _limits: Limits = field(default_factory=Limits)
    _runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    def then(self, *faults: Fault) -> None:
        """The next sendMessage calls meet these, one each; after them all is well."""
        self._faults.extend(faults)

    def then_edits(self, *faults: Answer) -> None:
        """The next edits meet these."""
        self._edit_faults.extend(faults)

    def then_answers(self, *faults: Answer) -> None:
        """The next answers to presses meet these."""
        self._answer_faults.extend(faults)

    def press(
        self, words: str, *, user: int = OWNER, message: int | None = None, again: str = "", data: str | None = None
    ) -> str:
        """Press the button that says `words`, under the latest message that has it; return the query's id.

        `data`: what the press says instead of what the button says; `again`: the id of a query that is repeated.
        """
        found = [(m, b) for m in self.messages for row in self.keyboard(m.id) for b in row if words in b["text"]]
        shown, button = next((m, b) for m, b in reversed(found) if message in (None, m.id))
        thread = {"message_thread_id": shown.thread, "is_topic_message": True} if shown.thread else {}
        above = {"reply_to_message": self._as_seen(shown.to)} if shown.to in range(1, len(self.messages) + 1) else {}
        where = self._as_seen(shown.id) | thread | above
        return self.updates.press(user, again, button["callback_data"] if data is None else data, where)

    def _as_seen(self, message: int) -> dict[str, Any]:
        """Return a message as updates hold it."""
        shown, now = self.messages[message - 1], self.now(message)
        markup = {"reply_markup": {"inline_keyboard": now.keyboard}} if now.keyboard else {}
        said = {"text": now.text, "entities": [*now.entities]} if now.text else {}
        return {"message_id": message, "date": 1, "chat": chat(_number(shown.chat)), **said, **markup}

    def say(self, text: str, *, user: int = OWNER, to: int | str | None = None, thread: int | None = None) -> int:
        """Write something to the bot; return the update's id."""
        where = chat(user if to is None else to)
        kind = "channel_post" if where["type"] == "channel" else "message"
        content: dict[str, Any] = {"message_id": self.updates.next_id(), "date": 1, "chat": where, "text": text}
        content |= {"message_thread_id": thread, "is_topic_message": True} if thread else {}
        return self.updates.add(**{kind: content if kind == "channel_post" else content | {"from": person(user)}})

    def keyboard(self, message: int) -> Keyboard:
        """Return what can be pressed under a message now."""
        return self.now(message).keyboard

    def text(self, message: int = -1) -> str:
        """Return what a message says now, the latest one by default."""
        return self.now(len(self.messages) if message < 0 else message).text

    def now(self, message: int) -> Edit:
        """Return how a message looks now."""
        sent = self.messages[message - 1]
        edited = [edit for edit in self.edits if edit.message == message]
        return edited[-1] if edited else Edit(message, sent.text, sent.entities, sent.keyboard)

    def labels(self, message: int = -1) -> list[str]:
        """Return the words on the buttons of a message, the latest one by default."""
        return [b["text"] for row in self.keyboard(len(self.messages) if message < 0 else message) for b in row]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(Answer(401, "Unauthorized"))
        form = dict(await request.post())
        method = request.match_info["method"].lower()
        if method != "getupdates" and (refusal := self._flood(method, form)):
            return _error(refusal)
        match method:
            case "getme":
                return _ok({"id": 1, "is_bot": True, "first_name": "Fake", "username": "fake_bot"})
            case "getchat":
                return self._get_chat(form)
            case "sendmessage" | "sendphoto":
                self.requests += 1
                return await self._send(request, form)
            case "editmessagereplymarkup" | "editmessagetext":
                return self._edit(form)
            case "answercallbackquery":
                return self._answer_press(form)
            case "getupdates":
                return await self._get_updates(form)
            case "setmycommands":
                self.commands = [each["command"] for each in json.loads(form["commands"])]
                return _ok(True)
        return _error(Answer(404, "Not Found: method not found"))

    def _flood(self, method: str, form: dict[str, Any]) -> Answer | None:
        """Messages and edits count for their chat; everything counts for the bot."""
        said = method.startswith(("send", "edit"))
        wait = self._limits.wait(str(form["chat_id"]) if said else None) if self.limits else 0
        self.floods += bool(wait)
        return Answer(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait}) if wait else None

    async def _get_updates(self, form: dict[str, Any]) -> web.StreamResponse:
        if self.conflicts:
            self.conflicts -= 1
            return _error(CONFLICT)
        found = await self.updates.get(int(form.get("offset", 0)), float(form.get("timeout", 0)))
        if found is None:
            return _error(CONFLICT)
        return _ok(found)

    def _answer_press(self, form: dict[str, Any]) -> web.Response:
        if self._answer_faults:
            return _error(self._answer_faults.popleft())
        if len(form.get("text", "")) > 200:
            return _error(Answer(400, "Bad Request: MESSAGE_TOO_LONG"))
        shown = form.get("show_alert", "false") == "true"
        self.answers.append(Answered(form["callback_query_id"], form.get("text", ""), shown, time.monotonic()))
        return _ok(True)

    def _edit(self, form: dict[str, Any]) -> web.Response:
        message, fault = int(form["message_id"]), self._edit_faults.popleft() if self._edit_faults else None
        if fault is not None:
            return _error(fault)
        now = self.now(message)
        try:
            said = _said(form) if "text" in form else Parsed(now.text, (), now.entities)
            edit = Edit(message, said.text, said.entities, _keyboard(form))
        except Refused as refused:
            return _error(Answer(400, str(refused)))
        if edit == now:
            return _error(Answer(400, "Bad Request: message is not modified: specified new message content"))
        self.edits.append(edit)
        return _ok({"message_id": message, "date": 1, "chat": {"id": 42, "type": "private"}})

    def _get_chat(self, form: dict[str, Any]) -> web.Response:
        if self._faults:
            return _error(self._faults.popleft().value)
        return _ok(
            {"id": 42, "type": "private", "accent_color_id": 0, "max_reaction_count": 3, "first_name": form["chat_id"]}
        )

    async def _send(self, request: web.Request, form: dict[str, Any]) -> web.StreamResponse:
        fault = self._faults.popleft() if self._faults else self.meets(str(form.get("text", "")))
        if fault is not None and isinstance(fault.value, Answer):
            return _error(fault.value)
        if fault in (Fault.HTML, Fault.GATEWAY_PAGE):
            page = f"<html>{request.path} is not here</html>"  # as some proxies do: the token is in the path
            return web.Response(status=200 if fault is Fault.HTML else 502, text=page, content_type="text/html")
        if fault is Fault.NOT_OK:
            return web.json_response({"ok": False, "error_code": 500, "description": "odd"})
        if fault is Fault.RESET_BEFORE:
            return _reset(request)
        if refusal := self._refusal(form):
            return _error(refusal)
        try:
            received = self._accept(form)
        except Refused as refused:
            return _error(Answer(400, str(refused)))
        return await self._after(request, fault, received)

    async def _after(self, request: web.Request, fault: Fault | None, received: Received) -> web.StreamResponse:
        """The message is in; what becomes of the answer?"""
        if fault is Fault.RESET_AFTER:
            return _reset(request)
        if fault is Fault.HANG:
            await asyncio.sleep(3600)
        answer = _ok({"message_id": received.id, "date": int(time.time()), "chat": {"id": 42, "type": "private"}})
        if fault is Fault.CUT:
            body = answer.body
            assert isinstance(body, bytes)
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        return answer

    def _refusal(self, form: dict[str, Any]) -> Answer | None:
        chat_id = str(form["chat_id"])
        if chat_id in self.migrated:
            return Answer(400, Fault.MIGRATED.value.description, {"migrate_to_chat_id": self.migrated[chat_id]})
        return None

    def _accept(self, form: dict[str, Any]) -> Received:
        photo = form.get("photo")
        text = str(form["text"] if photo is None else form.get("caption", ""))
        parsed = _said(form)
        received = Received(
            id=len(self.messages) + 1,
            chat=str(form["chat_id"]),
            text=parsed.text,
            markup=text,
            links=parsed.links,
            thread=int(form["message_thread_id"]) if "message_thread_id" in form else None,
            preview=not json.loads(form.get("link_preview_options", "{}")).get("is_disabled", False),
            at=time.monotonic(),
            keyboard=_keyboard(form),
            photo=0 if photo is None else len(photo.file.read()),
            entities=parsed.entities,
            to=json.loads(form.get("reply_parameters", "{}")).get("message_id"),
        )
        self.messages.append(received)
        if self.heard is not None:
            self.heard(received)
        return received


def _said(form: dict[str, Any]) -> Parsed:
    """Read a text or a caption; raises `Refused` as Telegram does."""
    photo = "photo" in form
    text, most = (str(form.get("caption", "")), CAPTION_LIMIT) if photo else (str(form["text"]), LIMIT)
    parsed = check(text, markup=form.get("parse_mode") == "HTML", limit=most, empty=photo)
    entities = tuple(json.loads(form.get("entities", "[]")))
    if any(not 0 <= each["offset"] <= units(text) - each["length"] for each in entities):
        raise Refused("Bad Request: ENTITY_BOUNDS_INVALID")
    return replace(parsed, entities=entities) if entities else parsed


def _keyboard(form: dict[str, Any]) -> Keyboard:
    """Read an inline keyboard; raises `Refused` as Telegram does."""
    rows: Keyboard = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if any(len(button.get("callback_data", "").encode()) > 64 for button in buttons):
        raise Refused("Bad Request: BUTTON_DATA_INVALID")
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise Refused("Bad Request: REPLY_MARKUP_TOO_LONG")
    if any(not button["text"].strip() or ("callback_data" in button) == ("url" in button) for button in buttons):
        raise Refused("Bad Request: Text buttons are unallowed in the inline keyboard")
    return rows


def _number(chat_id: str) -> int | str:
    return int(chat_id) if chat_id.removeprefix("-").isdecimal() else chat_id


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(answer: Answer) -> web.Response:
    body: dict[str, object] = {"ok": False, "error_code": answer.status, "description": answer.description}
    if answer.parameters:
        body["parameters"] = answer.parameters
    return web.json_response(body, status=answer.status)


def _reset(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _serve(port: int, log: Path, limits: bool) -> None:
    with log.open("a", encoding="utf-8", buffering=1) as file:

        def write(received: Received) -> None:
            file.write(json.dumps(asdict(received) | {"time": time.time()}, ensure_ascii=False) + "\n")

        stopped = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
        async with FakeTelegram(limits=limits, port=port, heard=write) as fake:
            sys.stdout.write(f"READY {fake.base_url} token {TOKEN}\n")
            sys.stdout.flush()
            await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), "--limits" in sys.argv))
