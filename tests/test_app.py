"""The daemon's life, as the real command against loopback boards and a loopback Telegram."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.board import Board
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.house import greenhouse, job, jobs
from tests.waiting import PATIENCE, until

COMMAND = Path(sys.executable).with_name("rolecall")
PATH = "/v1/boards/{}/jobs"

HEAD = """
[daemon]
database = "rolecall.db"
allow_private = true
host_pause = "0s"
summary_wait = "0s"
tick = "0.1s"
grace = "60s"
"""

TELEGRAM = """
[channel.telegram]
token_env = "TEST_TOKEN"
chat_id = 1
interval = 0
timeout = 60
base_url = "{}"
"""

PAGES = """
[channel.pages]
kind = "html"
folder = "pages"
at = ["07:30"]
"""

SEARCH = """
[[search]]
name = "{name}"
stack.any = ["{stack}"]
"""


def source(board: Board, name: str = "larkspur") -> str:
    return greenhouse(name, board.url).replace('"30m"', '"0.3s"')


@dataclass
class Life:
    """One running `rolecall`."""

    process: asyncio.subprocess.Process
    log: Path

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def said(self, words: str) -> int:
        return self.log.read_text().count(words)

    async def ends(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@asynccontextmanager
async def rolecall(folder: Path, *args: str, **env: str) -> AsyncIterator[Life]:
    """Start the command in a folder that holds its config.toml; it is gone when the context ends."""
    log = folder / "log"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(COMMAND, *args), cwd=folder, stdout=stderr, stderr=stderr,
            env=os.environ | {"TEST_TOKEN": TOKEN} | env,
        )  # fmt: skip
    try:
        yield Life(process, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def configure(folder: Path, *parts: str) -> None:
    (folder / "config.toml").write_text("".join((HEAD, *parts)))


PYTHON = SEARCH.format(name="Python", stack="python")


# --- run --once -----------------------------------------------------------------------------------------------


async def test_once_polls_and_delivers_what_is_due_and_says_by_its_exit_code_whether_all_went_well(
    tmp_path: Path,
) -> None:
    async with Board() as board, FakeTelegram() as telegram:
        board.serve(PATH.format("larkspur"), jobs(job(1), job(2)))
        configure(tmp_path, TELEGRAM.format(telegram.base_url), PAGES, source(board), PYTHON)
        for expected in (0, 0):
            async with rolecall(tmp_path, "run", "--once") as life:
                assert await life.ends() == expected, life.log.read_text()
        assert len(telegram.messages) == 1, "the second run repeats nothing"
        assert "2 jobs" in telegram.messages[0].text
        assert "Senior Python Engineer" in (tmp_path / "pages" / "latest.html").read_text()
        board.serve(PATH.format("larkspur"), "down", status=500)
        async with rolecall(tmp_path, "run", "--once") as life:
            assert await life.ends() == 1, "a source that could not be read"
        assert TOKEN not in life.log.read_text()


async def test_bad_configuration_ends_with_78_and_every_problem(tmp_path: Path) -> None:
    configure(tmp_path, '[chanel.x]\n[[search]]\nname = "x"\nstak = 1\n[[source]]\nkind = "greenhous"\n')
    async with rolecall(tmp_path, "run") as life:
        assert await life.ends() == 78
    assert life.said("rolecall: ") == 3
    assert "Did you mean 'greenhouse'?" in life.log.read_text()


async def test_a_source_without_its_key_is_off_and_the_others_are_polled(tmp_path: Path) -> None:
    keyless = '\n[[source]]\nkind = "reed"\nlabel = "python"\nkey_env = "NOT_SET_ANYWHERE"\n'
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs(job(1)))
        configure(tmp_path, "[channel.console]\n", keyless, source(board), PYTHON)
        async with rolecall(tmp_path, "run", "--once") as life:
            assert await life.ends() == 0, life.log.read_text()
        assert life.said("source-off source=reed:python reason=the environment variable NOT_SET_ANYWHERE is") == 1
        assert life.said("polled source=greenhouse:larkspur") == 1
        async with rolecall(tmp_path, "status") as life:
            assert await life.ends() == 0
        shown = next(line for line in life.log.read_text().splitlines() if line.startswith("reed:python"))
        assert shown.split()[1] == "off"
        assert "NOT_SET_ANYWHERE is not set; not asked until it has its key" in shown
        async with rolecall(tmp_path, "check") as life:
            assert await life.ends() == 1, "not all is well"
        assert any(line.split()[:3] == ["source", "reed:python", "off"] for line in life.log.read_text().splitlines())


# --- the long life --------------------------------------------------------------------------------------------


async def test_a_message_in_hand_is_finished_at_sigterm_and_sent_once(tmp_path: Path) -> None:
    async with Board() as board, SlowTelegram() as telegram:
        board.serve(PATH.format("larkspur"), jobs(job()))
        configure(tmp_path, TELEGRAM.format(telegram.base_url), source(board), PYTHON)
        async with rolecall(tmp_path, "run") as life:
            await asyncio.wait_for(telegram.asked.wait(), PATIENCE)
            life.send(signal.SIGTERM)
            await until(lambda: life.said("stopping"), "the daemon to hear the signal")
            telegram.go_on.set()
            assert await life.ends() == 0, life.log.read_text()
        assert life.said("sent channel=telegram") == 1
        async with rolecall(tmp_path, "run", "--once") as life:
            assert await life.ends() == 0
        assert len(telegram.messages) == 1


async def test_work_that_outlasts_the_grace_period_is_given_up_with_a_word(tmp_path: Path) -> None:
    async with Board() as board, SlowTelegram() as telegram:
        board.serve(PATH.format("larkspur"), jobs(job()))
        configure(tmp_path, TELEGRAM.format(telegram.base_url), source(board), PYTHON)
        text = (tmp_path / "config.toml").read_text().replace('grace = "60s"', 'grace = "0.2s"')
        (tmp_path / "config.toml").write_text(text)
        async with rolecall(tmp_path, "run") as life:
            await asyncio.wait_for(telegram.asked.wait(), PATIENCE)
            life.send(signal.SIGTERM)
            assert await life.ends() == 0, life.log.read_text()
        assert life.said("stopped before the work in hand was finished") == 1
        assert life.said("Traceback") == 0
        telegram.go_on.set()


class SlowTelegram(FakeTelegram):
    """Accepts a message only when it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def _send(self, request: object, form: object) -> object:  # type: ignore[override]
        self.asked.set()
        await self.go_on.wait()
        return await super()._send(request, form)  # type: ignore[arg-type]


async def test_a_reload_adds_a_search_a_source_and_a_channel_and_repeats_nothing(tmp_path: Path) -> None:
    async with Board() as board, FakeTelegram() as telegram:
        board.serve(PATH.format("larkspur"), jobs(job(1)))
        board.serve(
            PATH.format("harebell"),
            jobs(job(2, "Senior Backend Engineer", content="PostgreSQL and Go. Remote within the UK.")),
        )
        channel = TELEGRAM.format(telegram.base_url)
        configure(tmp_path, channel, source(board), PYTHON)
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: telegram.messages, "the first summary")
            new = SEARCH.format(name="Postgres", stack="postgresql")
            configure(tmp_path, channel, PAGES, source(board), source(board, "harebell"), PYTHON, new)
            life.send(signal.SIGHUP)
            await until(lambda: len(telegram.messages) >= 3, "the new search's summary, and the new source's")
            await until(lambda: (tmp_path / "pages" / "latest.html").exists(), "the new channel's page")
            configure(tmp_path, channel, source(board), '[[search]]\nname = "Python"\nstak = 1\nlevel = 2\n')
            life.send(signal.SIGHUP)
            await until(lambda: life.said("reload-refused problem=") == 2, "both problems in the log")
            board.serve(PATH.format("larkspur"), jobs(job(1), job(3)))
            await until(lambda: any("Invented 3 Works" in m.text for m in telegram.messages), "the old searches go on")
            life.send(signal.SIGTERM)
            assert await life.ends() == 0, life.log.read_text()
        assert life.said("reloaded sources=2 searches=2") == 1
        assert sum("Invented 3 Works" in m.text for m in telegram.messages) == 1, "two searches, one message"
        assert sum("Invented 2 Works" in m.text for m in telegram.messages) == 1
        assert len({m.text for m in telegram.messages}) == len(telegram.messages)


async def test_a_channel_that_was_refused_is_tried_again_at_a_reload(tmp_path: Path) -> None:
    async with Board() as board, FakeTelegram() as telegram:
        telegram.then(Fault.BLOCKED)
        board.serve(PATH.format("larkspur"), jobs(job()))
        configure(tmp_path, TELEGRAM.format(telegram.base_url), PAGES, source(board), PYTHON)
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: life.said("channel-suspended channel=telegram"), "the suspension")
            await until(lambda: life.said("sent channel=pages kind=notice"), "the word about it by the other channel")
            life.send(signal.SIGHUP)
            await until(lambda: telegram.messages, "the message that was kept")


async def test_the_daemon_starts_while_telegram_is_down_and_delivers_later(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs(job()))
        configure(tmp_path, TELEGRAM.format(f"http://127.0.0.1:{port}/bot"), source(board), PYTHON)
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: life.said("send-deferred channel=telegram"), "the first try")
            async with FakeTelegram(port=port) as telegram:
                await until(lambda: telegram.messages, "the delivery")
                assert len(telegram.messages) == 1


async def test_a_second_daemon_on_the_same_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    configure(tmp_path, "[channel.console]\n", PYTHON)
    async with rolecall(tmp_path, "run") as first:
        await until(lambda: first.said("starting"), "the first one")
        async with rolecall(tmp_path, "run") as second:
            assert await second.ends() == 1
        assert first.said("another Rolecall is using this database") == 1
        assert first.said("Traceback") == 0
        first.send(signal.SIGINT)
        assert await first.ends() == 0


async def test_systemd_hears_of_start_life_reload_and_stop() -> None:
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        folder = Path(name)  # short enough for a socket's address
        ear.bind(f"{name}/n")
        ear.setblocking(False)
        heard: list[str] = []

        async def hears(word: str) -> None:
            while not any(word in said for said in heard):
                data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(ear, 4096), PATIENCE)
                heard.append(data.decode())

        configure(folder, "[channel.console]\n", PYTHON)
        async with rolecall(folder, "run", NOTIFY_SOCKET=f"{name}/n", WATCHDOG_USEC="200000") as life:
            await hears("READY=1\nSTATUS=watching 0 sources for 1 searches")
            await hears("WATCHDOG=1")
            heard.clear()
            life.send(signal.SIGHUP)
            await hears("RELOADING=1\nMONOTONIC_USEC=")
            await hears("READY=1")
            life.send(signal.SIGTERM)
            await hears("STOPPING=1")
            assert await life.ends() == 0
