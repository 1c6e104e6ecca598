"""Kill the real daemon again and again: no alert is lost, hardly any comes twice, and two mutants are found out.

The invariants (design: reliability.md), per alert: I1 none is lost; I2 copies <= 1 + kills while it was being sent
+ ambiguous answers; I3 no alert without a posting, one per (search, job); I4 the database is sound; I5 in order.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sqlite3
import sys
import time
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.chaos.board import BOARDS, PacedBoards
from tests.fakes.smtp import FakeSmtp, Mail
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.shared import ROOT

KILLS = int(os.environ.get("ROLECALL_KILLS", "60"))
SEED = int(os.environ.get("ROLECALL_SEED", "7"))

CONFIG = """
[daemon]
database = "chaos.db"
allow_private = true
host_pause = "0s"
summary_wait = "0s"
tick = "0.05s"
grace = "5s"

[channel.telegram]
token_env = "CHAOS_TOKEN"
chat_id = 1
interval = 0
timeout = 2
base_url = "{telegram}"

[channel.mail]
kind = "email"
every = "1s"
host = "127.0.0.1"
port = {smtp}
security = "none"
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
every = "0.05s"
"""


@dataclass
class Record:
    """What happened, by the test's own monotonic clock."""

    kills: list[float] = field(default_factory=list)
    received: dict[str, dict[int, list[float]]] = field(
        default_factory=lambda: {"telegram": defaultdict(list), "mail": defaultdict(list)}
    )
    ambiguous: int = 0
    published: int = 0

    def heard(self, channel: str, text: str) -> None:
        for number in {int(n) for n in re.findall(r"N(\d+)N", text)}:
            self.received[channel][number].append(time.monotonic())

    def lost(self, channel: str) -> set[int]:
        return set(range(self.published)) - set(self.received[channel])

    def unexplained(self, channel: str) -> dict[int, int]:
        """Return the alerts that came oftener than kills and unclear answers explain."""
        return {
            number: len(times)
            for number, times in self.received[channel].items()
            if len(times) - 1 > sum(times[0] < kill < times[-1] for kill in self.kills) + self.ambiguous
        }


class Zygote:
    """The process that forks the lives."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def _ask(self, line: str) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n".encode())
        answer = await asyncio.wait_for(self.process.stdout.readline(), 20)
        return int(answer.split()[1])

    async def live(self, seed: int, mutant: str) -> int:
        return await self._ask(f"live {seed} {mutant or '-'}")

    async def end(self, pid: int, how: signal.Signals) -> int:
        os.kill(pid, how)  # a zombie until waited for, so the number cannot be another's
        return await self._ask("wait")


async def chaos(folder: Path, kills: int, mutant: str = "", faults: float = 0.1) -> Record:
    """Run lives until so many were killed, then a quiet one until everything published is delivered."""
    record = Record()
    dice = random.Random(SEED)
    async with asyncio.timeout(240), AsyncExitStack() as stack:
        boards = await stack.enter_async_context(PacedBoards(0.04, SEED, faults))
        bot = await stack.enter_async_context(FakeTelegram(heard=lambda m: record.heard("telegram", m.text)))
        mail = await stack.enter_async_context(FakeSmtp(heard=lambda m: record.heard("mail", _plain(m))))
        zygote = await _start(folder, boards, bot, mail)
        await _baseline(zygote, boards)
        for number in range(1, kills + 1):
            pid = await zygote.live(number, mutant)
            if number > kills - BOARDS:
                boards.stop()  # a 304 hides what was missed until the next change: at last there must be none
            if number % 3 == 0 and dice.random() < faults * 6:
                record.ambiguous += 1
                bot.then(dice.choice((Fault.RESET_AFTER, Fault.BAD_GATEWAY, Fault.RESET_BEFORE, Fault.CUT)))
            await _begun(boards)
            await asyncio.sleep(dice.uniform(0.05, 0.5))
            await zygote.end(pid, signal.SIGKILL)
            record.kills.append(time.monotonic())
        boards.faults = 0
        record.published = boards.published
        pid = await zygote.live(0, mutant)
        await _until_quiet(record, folder)
        assert await zygote.end(pid, signal.SIGTERM) == 0, "the quiet life did not end well"
        assert boards.unchanged > 0, "no conditional request was answered with 304: the feed proves nothing"
        assert zygote.process.stdin
        zygote.process.stdin.close()
        await zygote.process.wait()
    return record


async def _start(folder: Path, boards: PacedBoards, bot: FakeTelegram, mail: FakeSmtp) -> Zygote:
    sources = "".join(SOURCE.format(number=number, port=boards.port) for number in range(BOARDS))
    config = folder / "config.toml"
    config.write_text(CONFIG.format(telegram=bot.base_url, smtp=mail.port, sources=sources))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.zygote", str(config),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=(folder / "log").open("wb"),
        env=os.environ | {"CHAOS_TOKEN": TOKEN}, cwd=ROOT,
    )  # fmt: skip
    return Zygote(process)


async def _begun(boards: PacedBoards) -> None:
    """Wait until a life asks its first question: however slow the machine, it is killed at work, not at its start."""
    boards.wake.clear()
    with suppress(TimeoutError):  # it may have died at a named point before
        await asyncio.wait_for(boards.wake.wait(), 3)


async def _baseline(zygote: Zygote, boards: PacedBoards) -> None:
    """Let a quiet life see every board empty: what comes after is news, alerted one by one."""
    pid = await zygote.live(0, "")
    for _ in range(3 * BOARDS):
        boards.wake.clear()
        await boards.wake.wait()
    await zygote.end(pid, signal.SIGTERM)
    boards.start()


def _plain(mail: Mail) -> str:
    body = mail.message.get_body(("plain",))
    return str(body.get_content()) if body else ""


async def _until_quiet(record: Record, folder: Path) -> None:
    """Wait until all has come, or until the outbox is empty and nothing new comes any more (a mutant lost it)."""
    quiet_since, heard = time.monotonic(), 0
    while time.monotonic() - quiet_since < 4:
        await asyncio.sleep(0.1)
        now_heard = sum(len(times) for by in record.received.values() for times in by.values())
        if now_heard != heard or _waiting(folder):
            quiet_since, heard = time.monotonic(), now_heard
        elif not any(record.lost(channel) for channel in record.received):
            return


def _waiting(folder: Path) -> int:
    return int(_ask(folder, "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")[0][0])


def _ask(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{folder / 'chaos.db'}?mode=ro", uri=True, timeout=10) as db:
        return db.execute(query).fetchall()  # type: ignore[no-any-return]


# --- the promises ---------------------------------------------------------------------------------------------


async def test_kill_nine_at_any_moment_loses_nothing_and_repeats_hardly_anything(tmp_path: Path) -> None:
    record = await chaos(tmp_path, KILLS)
    copies = {name: sum(len(t) - 1 for t in by.values()) for name, by in record.received.items()}
    print(  # noqa: T201 # the figures are the point; pytest shows them with -s
        f"\nchaos: {len(record.kills)} kills, {record.published} alerts on each of 2 channels, "
        f"{copies['telegram']} + {copies['mail']} extra copies, {record.ambiguous} unclear answers"
    )
    for channel in record.received:
        assert record.lost(channel) == set(), f"I1: lost on {channel}\n{_tail(tmp_path)}"
        assert record.unexplained(channel) == {}, f"I2: too many copies on {channel}"
    assert len(record.kills) >= 50
    assert _ask(tmp_path, "SELECT search, job FROM alert GROUP BY 1, 2 HAVING count(*) > 1") == [], "I3"
    assert _ask(tmp_path, "SELECT id FROM alert WHERE posting NOT IN (SELECT id FROM posting)") == [], "I3"
    assert _ask(tmp_path, "SELECT error FROM outbox WHERE state != 'sent'") == [], "I1: set aside"
    assert _ask(tmp_path, "PRAGMA integrity_check") == [("ok",)], "I4"
    assert _in_order(tmp_path), "I5"


def _in_order(folder: Path) -> bool:
    """Messages of a channel leave in the order in which they fell due."""
    for channel in ("telegram", "mail"):
        rows = _ask(folder, "SELECT channel, due, id FROM outbox ORDER BY settled_at, id")
        sent = [row for row in rows if row[0] == channel]
        if sent != sorted(sent):
            return False
    return True


def _tail(folder: Path) -> str:
    return (folder / "log").read_text()[-3000:]


@pytest.mark.parametrize("mutant", ["validators-first", "settle-first"])
async def test_the_chaos_test_finds_a_daemon_that_loses_alerts(tmp_path: Path, mutant: str) -> None:
    record = await chaos(tmp_path, 12, mutant, faults=0)
    lost = {channel: len(record.lost(channel)) for channel in record.received}
    print(f"\nmutant {mutant}: of {record.published} alerts lost {lost}")  # noqa: T201 # as above
    assert sum(lost.values()) > 0, "this mutant must be found out"
