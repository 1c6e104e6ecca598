"""A world for lives that are killed: boards, Telegram and a mail server that fail now and then, and a record of it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from tests.chaos import disk, points
from tests.chaos.board import BOARDS, PacedBoards
from tests.chaos.disk import Control
from tests.chaos.record import Record, in_hand, numbers, waiting
from tests.fakes.smtp import FakeSmtp
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.shared import ROOT

PATIENCE = 120.0  # seconds without any progress, however slow the machine
NEWS = 3  # postings in each life

CONFIG = """
[daemon]
database = "{database}"
allow_private = true
host_pause = "0s"
summary_wait = "0s"
tick = "0.05s"
grace = "20s"

[channel.telegram]
token_env = "CHAOS_TOKEN"
chat_id = 1
interval = 0
timeout = 60
base_url = "{telegram}"

[channel.mail]
kind = "email"
every = "0.5s"
host = "127.0.0.1"
port = {smtp}
security = "none"
timeout = 60
sender = "rolecall@example.org"
to = ["you@example.org"]

{sources}

[[search]]
name = "Python"
stack.any = ["python"]
alerts_per_hour = 0
"""

SOURCE = """
[[source]]
kind = "greenhouse"
board = "board{number}"
base = "http://127.0.0.1:{port}"
every = "0.1s"
"""

UNCLEAR = (Fault.RESET_AFTER, Fault.CUT)  # the message is in, and nobody says so
CLEAR = (Fault.FLOOD, Fault.FLOOD_BARE, Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.RESET_BEFORE)
MAIL_FAULTS = ("after", "before", "451 later", "421 busy")


class Life:
    """One process of the daemon. Its number cannot become another's while `pidfd` is open."""

    def __init__(self, pid: int, ended: asyncio.Task[int]) -> None:
        self.pid, self.ended = pid, ended
        self._handle: int | None = None
        with suppress(ProcessLookupError):  # it may have died already
            self._handle = os.pidfd_open(pid)

    def send(self, how: signal.Signals) -> None:
        if self._handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, how)

    async def end(self) -> int:
        """Return how it ended, as waitpid(2) says it."""
        status = await asyncio.wait_for(asyncio.shield(self.ended), PATIENCE)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        return status


@dataclass
class World:
    """One daemon's world. `faults`: the chance that an answer of a board, Telegram or the mail server is a fault."""

    folder: Path
    seed: int = 7
    faults: float = 0.1
    database: Path = None  # type: ignore[assignment] # in the folder, unless it is given
    record: Record = field(default_factory=Record)
    life: Life | None = None
    kill_when: str = ""
    ear: socket.socket | None = None
    how: signal.Signals = signal.SIGKILL

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.boards = PacedBoards(self.seed)
        self.bot = FakeTelegram(heard=lambda m: self._heard("telegram", m.text), meets=self._telegram_meets)
        self.mail = FakeSmtp(heard=lambda m: self._heard("mail", _plain(m.message)), meets=self._mail_meets)
        self.database = self.database or self.folder / "chaos.db"

    @asynccontextmanager
    async def running(self, log: Path | None = None, **env: str) -> AsyncIterator[World]:
        async with AsyncExitStack() as stack:
            for each in (self.boards, self.bot, self.mail):
                await stack.enter_async_context(each)
            sources = "".join(SOURCE.format(number=number, port=self.boards.port) for number in range(BOARDS))
            config = self.folder / "config.toml"
            config.write_text(
                CONFIG.format(database=self.database, telegram=self.bot.base_url, smtp=self.mail.port, sources=sources)
            )
            environment = disk.before(self.folder, self.database, log=log)
            self.control = Control(self.folder / "control")
            with (self.folder / "log").open("ab") as stderr:
                self.zygote = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.chaos.zygote", str(config), stderr=stderr,
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                    env=os.environ | environment | {"CHAOS_TOKEN": TOKEN} | env, cwd=ROOT,
                )  # fmt: skip
            try:
                yield self
            finally:
                if self.life is not None:
                    self.life.send(signal.SIGKILL)
                    self.life.ended.cancel()
                self.zygote.kill()
                await self.zygote.wait()

    # --- lives

    async def begin(self, seed: int = 0, point: str = "", mutant: str = "", nth: int = 1) -> Life:
        """Start a life; seed 0 is one whose disk does not fail."""
        assert self.zygote.stdin
        self.control.well()
        self.zygote.stdin.write(f"live {seed} {nth} {mutant or '-'} {point or '-'}\n".encode())
        pid = await self._said("pid")
        self.life = Life(pid, asyncio.create_task(self._said("ended")))
        return self.life

    async def _said(self, word: str) -> int:
        assert self.zygote.stdout
        said, number = (await self.zygote.stdout.readline()).split()
        assert said.decode() == word
        return int(number)

    async def first_look(self) -> None:
        """Let a quiet life see every board empty: what comes after is news, alerted one by one."""
        life, faults, self.boards.faults = await self.begin(), self.boards.faults, 0.0
        await self.until_quiet()
        life.send(signal.SIGTERM)
        assert await life.end() == 0, self.tail()
        self.boards.faults = faults

    async def asked(self, times: int = 1) -> None:
        """Wait until the boards were asked so many times more, or the life has ended."""
        assert self.life is not None
        wanted = self.boards.asked + times
        while self.boards.asked < wanted and not self.life.ended.done():
            self.boards.wake.clear()
            wake = asyncio.create_task(self.boards.wake.wait())
            done, _ = await asyncio.wait({wake, self.life.ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            wake.cancel()
            assert done, f"nothing happens any more\n{self.tail()}"

    async def killed(self, point: str, mutant: str = "") -> None:
        """Let a life be killed at a point, or where it is when it does not come there."""
        nth, seed = self.dice.randint(1, 3), self.dice.randint(1, 2**31)
        self.boards.faults = self.faults
        life = await self.begin(seed, point, mutant, nth)
        self.kill_when = point if point in points.OTHERS else ""
        if point in (points.ANY_MOMENT, points.STOPPING):
            await self.asked()
            await asyncio.sleep(self.dice.uniform(0.0, 0.3))
        if point == points.STOPPING:
            life.send(signal.SIGTERM)
            await asyncio.sleep(self.dice.uniform(0.0, 0.1))
        if point in (points.ANY_MOMENT, points.STOPPING):
            self._kill(point)
        await self.until_quiet()  # or dead
        self._kill(points.ANY_MOMENT)
        self._note(point, await life.end())

    def _kill(self, point: str) -> None:
        assert self.life is not None
        self.record.kills[point] += not self.life.ended.done()
        self.life.send(self.how)
        self.kill_when = ""

    def _note(self, point: str, status: int) -> None:
        self.kill_when = ""
        self.record.disk_faults = self.control["failed"]
        self.record.kills[point] += self.control["died"]
        assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) in (0, 1), f"a bug ended it\n{self.tail()}"
        self.record.ended += os.WIFEXITED(status) and os.WEXITSTATUS(status) == 1
        for channel, number in in_hand(self.database):
            self.record.in_hand[channel][number] += 1

    async def last_life(self) -> int:
        """Let a life without faults deliver what is left; return how it ended."""
        self.faults, self.boards.faults, self.boards.left = 0.0, 0.0, 0
        self.record.published = self.boards.published
        life = await self.begin()
        await self.asked()  # where nothing is left it must have begun to live, or the signal finds nobody who hears it
        await self.until_quiet()
        life.send(signal.SIGTERM)
        return await life.end()

    async def until_quiet(self) -> None:
        """Wait until nothing is left to come: no message waits, and every board has nothing new; or until the end."""
        assert self.life is not None
        while not self.life.ended.done() and not (self.boards.has_told_all and not waiting(self.database)):
            await self.asked()

    async def until_all_is_told(self) -> None:
        """Wait until the daemon has all that the boards have, sent or not."""
        while not self.boards.has_told_all:
            await self.asked()

    async def stopped(self, point: str) -> int:
        """Let a life be asked to end at a point, or at any moment; return how it ended."""
        life = await self.begin()
        self.kill_when, self.how = point, signal.SIGTERM
        if point:
            await self.until_quiet()
        else:
            await self.asked()
            await asyncio.sleep(self.dice.uniform(0.0, 0.3))
        if self.kill_when == point:  # it did not come there; asked twice, it would end at once
            life.send(signal.SIGTERM)
        self.kill_when = ""
        return await life.end()

    # --- faults

    def _telegram_meets(self, text: str) -> Fault | None:
        self.record.answers += 1
        if self.kill_when == points.ASKED:
            self._kill(points.ASKED)
        fault = (
            self.dice.choice(CLEAR if self.faults == 1 else UNCLEAR + CLEAR)
            if self.dice.random() < self.faults
            else None
        )
        self.record.faults += fault is not None
        if fault in UNCLEAR:
            self.record.unclear["telegram"].update(numbers(text))
        return fault

    def _mail_meets(self, message: EmailMessage) -> str:
        self.record.answers += 1
        fault = (
            self.dice.choice(MAIL_FAULTS[2:] if self.faults == 1 else MAIL_FAULTS)
            if self.dice.random() < self.faults
            else ""
        )
        self.record.faults += bool(fault)
        if fault == "after":
            self.record.unclear["mail"].update(numbers(_plain(message)))
        return fault

    def _heard(self, channel: str, text: str) -> None:
        self.record.heard(channel, text)
        if self.kill_when == {"telegram": points.TOLD_BY_TELEGRAM, "mail": points.TOLD_BY_MAIL}[channel]:
            self._kill(self.kill_when)

    def tail(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-3000:]


def _plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""
