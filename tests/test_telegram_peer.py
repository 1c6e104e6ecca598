"""The daemon against a Bot API that others wrote: the npm package telegram-test-api. CI installs it.

It knows neither limits nor HTML, and answers edits with null: for the happy path only.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.board import Board
from tests.fakes.telegram import TOKEN
from tests.house import job, jobs
from tests.shared import ROOT, needs
from tests.test_app import PATH, PYTHON, TELEGRAM, configure, rolecall, source

PACKAGE = Path(os.environ.get("TTA") or ROOT / ".peers" / "node_modules")
SCRIPT = Path(__file__).parent / "peers" / "telegram.js"


@dataclass
class Peer:
    """The test API with a person in front of it."""

    url: str
    session: aiohttp.ClientSession

    async def post(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/{path}", json={"botToken": TOKEN, "token": TOKEN} | body) as response:
            return (await response.json())["result"]

    async def sent(self) -> list[dict[str, Any]]:
        """Return what the bot wrote, with what stands under it now."""
        history = await self.post("getUpdatesHistory")
        texts = [each for each in history if "chat_id" in each.get("message", {})]
        return [each["message"] | {"message_id": each["messageId"]} for each in texts]

    async def until(self, words: str) -> dict[str, Any]:
        """Wait for a message that says this, itself or on its buttons."""
        for _ in range(2400):
            for message in reversed(await self.sent()):
                if words in str(message):
                    return message
            await asyncio.sleep(0.05)
        pytest.fail(f"waited 2 minutes for: {words}")

    async def say(self, text: str) -> None:
        entities = [{"offset": 0, "length": len(text), "type": "bot_command"}]
        await self.post("sendCommand", **PERSON, text=text, date=1, entities=entities)

    async def press(self, words: str, message: dict[str, Any]) -> None:
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if words in button["text"])
        await self.post("sendCallback", **PERSON, data=data, date=1, message=PERSON | message)


PERSON = {
    "from": {"id": 1, "first_name": "A", "is_bot": False},
    "chat": {"id": 1, "first_name": "A", "type": "private"},
}


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    needs(shutil.which("node"), "node")
    needs((PACKAGE / "telegram-test-api").is_dir(), "npm's telegram-test-api")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *("node", SCRIPT, str(port)), env=os.environ | {"NODE_PATH": str(PACKAGE)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stdin
    try:
        ready = (await asyncio.wait_for(process.stdout.readline(), 120)).decode().split()
        async with aiohttp.ClientSession() as session:
            yield Peer(ready[1], session)
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 120)


async def test_an_alert_is_sent_pressed_and_asked_about(tmp_path: Path) -> None:
    async with peer() as api, Board() as board:
        board.serve(PATH.format("larkspur"), jobs(job()))
        configure(tmp_path, TELEGRAM.format(f"{api.url}/bot"), source(board), PYTHON)
        async with rolecall(tmp_path, "run") as life:
            await api.press("1", await api.until("card:"))
            await api.press("✓ Applied", await api.until("✓ Applied"))
            assert "applied" in str(await api.until("· undo"))
            await api.say("/status")
            assert "1 of 1 sources are well" in str(await api.until("sources are well"))
            assert life.said("listening bot=@testnamebot") == 1
        assert life.said("Traceback") == 0, life.log.read_text()
