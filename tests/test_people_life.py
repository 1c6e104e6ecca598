"""Two people and one daemon that is killed again and again: each hears what is theirs, when they want it, once."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.fakes.board import Board
from tests.fakes.telegram import FakeTelegram
from tests.house import job, jobs
from tests.test_app import PATH, configure, rolecall, source
from tests.waiting import until

CHANNEL = """
[channel.{name}]
kind = "telegram"
token_env = "TEST_TOKEN"
chat_id = {chat}
interval = 0
base_url = "{url}"
"""

PEOPLE = """
[person.anna]
channels = ["annas"]
quiet = "{quiet}"
[person.ben]
channels = ["bens"]
[[search]]
name = "Anna's"
person = "anna"
stack.any = ["python"]
[[search]]
name = "Ben's"
person = "ben"
stack.any = ["python"]
alerts_per_hour = 2
"""

ANNA, BEN = "1", "2"


def around_now() -> str:
    now = datetime.now(ZoneInfo("Europe/London"))
    return f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"


def set_up(folder: Path, board: Board, telegram: FakeTelegram, quiet: str) -> None:
    channels = [
        CHANNEL.format(name=name, chat=chat, url=telegram.base_url) for name, chat in (("annas", 1), ("bens", 2))
    ]
    configure(folder, *channels, source(board), PEOPLE.format(quiet=quiet))


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "rolecall.db")) as db, db:
        return db.execute(query).fetchall()


def settled(folder: Path) -> int:
    """Return how many messages are known to have been sent: killed earlier, the daemon would send one of them again."""
    return len(rows(folder, "SELECT 1 FROM outbox WHERE state = 'sent'"))


def heard(telegram: FakeTelegram, chat: str) -> list[list[str]]:
    """Return the numbers of the jobs in each message of a chat, as the best come first."""
    texts = [message.text for message in telegram.messages if str(message.chat) == chat]
    return [sorted(re.findall(r"Engineer N(\d+)N", text)) for text in texts]


async def test_what_waits_for_the_end_of_silence_or_of_the_hour_outlives_kills_and_comes_once(tmp_path: Path) -> None:
    async with Board() as board, FakeTelegram() as telegram:
        set_up(tmp_path, board, telegram, around_now())
        board.serve(PATH.format("larkspur"), jobs())
        for count in (0, 2, 4):
            async with rolecall(tmp_path, "run") as life:
                if count:
                    listed = [job(n, title=f"Python Engineer N{n}N") for n in range(1, count + 1)]
                    board.serve(PATH.format("larkspur"), jobs(*listed))
                    await until(lambda n=count: rows(tmp_path, "SELECT 1 FROM alert")[n * 2 - 1 :], f"{count} jobs")
                else:
                    await until(lambda: life.said("polled "), "a first poll")
                await until(lambda n=count: settled(tmp_path) == min(n, 2), "Ben's alerts")
                life.send(signal.SIGKILL)
                await life.ends()
        assert heard(telegram, ANNA) == [], "not a sound"
        assert sorted(heard(telegram, BEN)) == [["1"], ["2"]]
        rows(tmp_path, "UPDATE outbox SET due = 1 WHERE bundle LIKE 'burst:%' RETURNING 1")  # the hour is over
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: settled(tmp_path) == 3, "the others of the hour")
            assert heard(telegram, ANNA) == [], "it is still quiet"
            life.send(signal.SIGKILL)
            await life.ends()
        set_up(tmp_path, board, telegram, "none")  # she wants no silence any more
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: heard(telegram, ANNA), "one message")
            await asyncio.sleep(0.5)
            life.send(signal.SIGTERM)
            assert await life.ends() == 0, life.log.read_text()
        assert heard(telegram, ANNA) == [["1", "2", "3", "4"]]
        assert heard(telegram, BEN)[2:] == [["3", "4"]]
        together = telegram.messages[-2].text
        assert "More than 2 in an hour for Ben's" in together
        assert 'rolecall list --search "Ben\'s"' in together
