"""The daemon and a person in Telegram, through kills, outages and a second listener: the real command."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.fakes.board import Board
from tests.fakes.telegram import FakeTelegram
from tests.house import job, jobs
from tests.test_app import PATH, PYTHON, TELEGRAM, configure, rolecall, source
from tests.waiting import until


async def test_a_press_survives_a_kill_between_the_press_and_its_answer(tmp_path: Path) -> None:
    async with Board() as board, Unanswering() as telegram:
        board.serve(PATH.format("larkspur"), jobs(job()))
        channel = TELEGRAM.format(telegram.base_url).replace("chat_id = 1", "chat_id = 42")
        configure(tmp_path, channel, source(board), PYTHON)
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: telegram.messages, "the summary")
            telegram.press("1")
            await until(lambda: "✓ Applied" in telegram.labels(), "the card")
            telegram.silent = True
            press = telegram.press("✓ Applied")
            await until(lambda: press in telegram.tried, "the answer that does not get through")
            life.send(signal.SIGKILL)
            await life.ends()
        assert telegram.updates.waiting, "it was not confirmed"
        telegram.silent = False
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: any(answer.press == press for answer in telegram.answers), "the answer")
            await until(lambda: telegram.labels()[0].startswith("✓ applied"), "the edit")
            telegram.press("undo")
            await until(lambda: "✓ Applied" in telegram.labels(), "the job to be as before")
            life.send(signal.SIGTERM)
            assert await life.ends() == 0, life.log.read_text()
            assert life.said("Traceback") == 0, life.log.read_text()
        async with rolecall(tmp_path, "why", "https://jobs.example.org/1") as life:
            assert await life.ends() == 0
            assert life.said("you applied to it") == 0


class Unanswering(FakeTelegram):
    """Hangs on answers and edits while it is `silent`, as a network does that fails at the wrong moment."""

    silent = False

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[str] = []

    async def _answer(self, request: object) -> object:  # type: ignore[override] # of aiohttp's types
        method = str(request.match_info["method"]).lower()  # type: ignore[attr-defined]
        if self.silent and method.startswith(("answer", "edit", "getupdates")):
            self.tried.append(str((await request.post()).get("callback_query_id")))  # type: ignore[attr-defined]
            await asyncio.Event().wait()
        return await super()._answer(request)  # type: ignore[arg-type]


async def test_what_is_changed_by_command_is_in_force_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with Board() as board, FakeTelegram() as telegram:
        board.serve(PATH.format("larkspur"), jobs(job()))
        channel = TELEGRAM.format(telegram.base_url).replace("chat_id = 1", "chat_id = 42")
        configure(tmp_path, channel, source(board), PYTHON)
        before = (tmp_path / "config.toml").read_text()
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: telegram.messages, "the summary")
            telegram.say("/quiet 00:00-23:59")
            telegram.say("/search 1 pause")
            await until(lambda: life.said("reloaded sources=1 searches=0"), "the reload")
            telegram.say("/status")
            await until(lambda: "sources are well" in telegram.messages[-1].text, "the bot to hear on")
            assert life.said("listening bot=") == 1, "the same ear"
            life.send(signal.SIGTERM)
            assert await life.ends() == 0, life.log.read_text()
        async with rolecall(tmp_path, "check", "--offline") as life:
            assert await life.ends() == 0
            assert life.said("changes it: search 'Python': paused; channel 'telegram': quiet")
        assert (tmp_path / "config.toml").read_text() == before
