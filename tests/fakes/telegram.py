"""A Bot API on loopback that enforces Telegram's limits and fails on demand.

In a test:              async with FakeTelegram() as fake: ... fake.base_url, fake.messages
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
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram_html import Refused, check

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


@dataclass
class FakeTelegram:
    """`limits` enforces 1 message a second in a chat, 20 a minute in a group and 30 a second in all."""

    limits: bool = False
    port: int = 0
    heard: Callable[[Received], None] | None = None
    messages: list[Received] = field(default_factory=list)
    requests: int = 0
    floods: int = 0  # 429 answers that were earned, not programmed
    migrated: dict[str, int] = field(default_factory=dict)
    _faults: deque[Fault] = field(default_factory=deque)
    _runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    def then(self, *faults: Fault) -> None:
        """The next sendMessage calls meet these, one each; after them all is well."""
        self._faults.extend(faults)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
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
        match request.match_info["method"].lower():
            case "getme":
                return _ok({"id": 1, "is_bot": True, "first_name": "Fake", "username": "fake_bot"})
            case "getchat":
                return self._get_chat(form)
            case "sendmessage":
                self.requests += 1
                return await self._send(request, form)
        return _error(Answer(404, "Not Found: method not found"))

    def _get_chat(self, form: dict[str, Any]) -> web.Response:
        if self._faults:
            return _error(self._faults.popleft().value)
        return _ok(
            {"id": 42, "type": "private", "accent_color_id": 0, "max_reaction_count": 3, "first_name": form["chat_id"]}
        )

    async def _send(self, request: web.Request, form: dict[str, Any]) -> web.StreamResponse:
        fault = self._faults.popleft() if self._faults else None
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
        chat = str(form["chat_id"])
        if chat in self.migrated:
            return Answer(400, Fault.MIGRATED.value.description, {"migrate_to_chat_id": self.migrated[chat]})
        wait = self._wait(chat) if self.limits else 0
        if wait:
            self.floods += 1
            return Answer(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        return None

    def _wait(self, chat: str) -> int:
        """Return the seconds until this chat may receive again, 0 for now. A little slack, as in life."""
        now = time.monotonic()
        here = [m.at for m in self.messages[-40:] if m.chat == chat]
        if here and now - here[-1] < 0.9:
            return 1
        if chat.startswith("-") and len(here) >= 20 and now - here[-20] < 60:
            return int(60 - (now - here[-20])) + 1
        everywhere = [m.at for m in self.messages[-30:]]
        return 1 if len(everywhere) == 30 and now - everywhere[0] < 1 else 0

    def _accept(self, form: dict[str, Any]) -> Received:
        parsed = check(str(form["text"]), markup=form.get("parse_mode") == "HTML")
        received = Received(
            id=len(self.messages) + 1,
            chat=str(form["chat_id"]),
            text=parsed.text,
            markup=str(form["text"]),
            links=parsed.links,
            thread=int(form["message_thread_id"]) if "message_thread_id" in form else None,
            preview=not json.loads(form.get("link_preview_options", "{}")).get("is_disabled", False),
            at=time.monotonic(),
        )
        self.messages.append(received)
        if self.heard is not None:
            self.heard(received)
        return received


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
