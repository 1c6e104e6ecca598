"""The named points at which a life may be killed, as changes to the daemon in the process that is to die there.

Each waits until its point is reached for the n-th time, so that it strikes now early, now late in a life.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from rolecall.fetch import HttpFetcher
from rolecall.outbox import Claim
from rolecall.plan import Plan
from rolecall.store import SqliteStore, connection, outbox, write
from rolecall_notifiers import email, telegram
from tests.chaos.disk import AFTER, BEFORE, HALF, SYNC, WRITE, Control
from tests.chaos.power import MARK

Install = Callable[[Control, int], None]
Test = Callable[[Any, tuple[Any, ...]], bool]


def _anything(result: object, args: tuple[Any, ...]) -> bool:
    return True


def _news(result: object, args: tuple[Any, ...]) -> bool:
    """Whether what is committed holds news."""
    return any(isinstance(arg, Plan) and arg.alerts for arg in args)


def _after(owner: object, name: str, true: Test = _anything) -> Install:
    """Die just after a method has returned; `true`: only when it returned, or was given, such a thing."""

    def install(control: Control, nth: int) -> None:
        honest: Callable[..., Awaitable[Any]] = getattr(owner, name)
        left = [nth]

        async def then_dies(*args: Any, **kwargs: Any) -> Any:
            result = await honest(*args, **kwargs)
            if true(result, args):
                _count_down(control, left)
            return result

        setattr(owner, name, then_dies)

    return install


def _before(owner: object, name: str, true: Test = _anything) -> Install:
    def install(control: Control, nth: int) -> None:
        honest: Callable[..., Awaitable[Any]] = getattr(owner, name)
        left = [nth]

        async def dies(*args: Any, **kwargs: Any) -> Any:
            if true(None, args):
                _count_down(control, left)
            return await honest(*args, **kwargs)

        setattr(owner, name, dies)

    return install


def _count_down(control: Control, left: list[int]) -> None:
    left[0] -= 1
    if left[0] <= 0:
        control.set(died=1)
        os.kill(os.getpid(), signal.SIGKILL)


def _inside(module: Any, name: str, at: int, when: int, true: Test = _anything) -> Install:
    """Die at the disk, in the transaction that a function of the store writes in."""

    def install(control: Control, nth: int) -> None:
        honest: Callable[..., Any] = getattr(module, name)
        left = [nth]

        def arms(*args: Any, **kwargs: Any) -> Any:
            result = honest(*args, **kwargs)
            if true(result, args):
                left[0] -= 1
                if left[0] == 0:
                    control.die(at, when, after=nth if at == WRITE else 0)
            return result

        setattr(module, name, arms)

    return install


def _inside_a_checkpoint(at: int, when: int) -> Install:
    def install(control: Control, nth: int) -> None:
        control.die(at, when, main=True, after=nth - 1)

    return install


def _inside_an_upgrade(control: Control, nth: int) -> None:
    """Die at the n-th statement of the migrations."""
    honest = connection.migrations.apply

    def counts(db: Any, *args: Any) -> Any:
        left = [nth * 9]
        db.conn.set_trace_callback(lambda statement: _count_down(control, left))
        try:
            return honest(db, *args)
        finally:
            db.conn.set_trace_callback(None)

    connection.migrations.apply = counts  # type: ignore[method-assign] # it dies there


def checkpoint_often() -> None:
    """Let the log be written back after a few commits, not after a thousand pages: there shall be many checkpoints."""
    honest = connection.writer

    def writer(path: Any) -> Any:
        db = honest(path)
        db.execute("PRAGMA wal_autocheckpoint = 20")
        return db

    connection.writer = writer


def _note_what_is_certain(control: Control, nth: int) -> None:
    """Write down, in the record of the disk, what the daemon takes for granted from now on."""
    file = os.open(os.environ["DISK_PREFIX"] + MARK, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
    commit, claim, settle = SqliteStore.commit, SqliteStore.claim, SqliteStore.settle
    in_hand: dict[int, Claim] = {}

    def mark(what: str, *of: object) -> None:
        os.write(file, "".join(f"{what} {each}\n" for each in of).encode())

    async def commits(self: SqliteStore, plan: Plan) -> Any:
        result = await commit(self, plan)
        mark("posting", *(posting.raw.id for posting in plan.postings))
        return result

    async def claims(self: SqliteStore, *args: Any) -> Any:
        if result := await claim(self, *args):
            in_hand[result.id] = result
            mark("claimed", result.id)
        return result

    async def settles(self: SqliteStore, claim_id: int, outcome: Any, now: Any) -> Any:
        alerts = await self.alerts_with([alert for job in in_hand[claim_id].jobs for alert in job])
        told = {copy.raw.id for alert in alerts for copy in alert.job.postings}
        mark(f"told-{in_hand[claim_id].channel}", *told)
        await settle(self, claim_id, outcome, now)
        mark("sent", claim_id)

    SqliteStore.commit, SqliteStore.claim, SqliteStore.settle = commits, claims, settles  # type: ignore[method-assign] # marks


UPGRADE = "inside an upgrade"
MARKS = "what is certain"
POINTS: dict[str, Install] = {
    "after the start, before what was in hand is known": _before(SqliteStore, "release_leases"),
    "after what was in hand is known": _after(SqliteStore, "release_leases"),
    "after a fetch": _after(HttpFetcher, "fetch", lambda reply, args: not reply.unchanged),
    "before a commit": _before(SqliteStore, "commit", _news),
    "inside a commit, in the middle of a write": _inside(write, "execute", WRITE, HALF, _news),
    "inside a commit, between its writes": _inside(write, "execute", WRITE, AFTER, _news),
    "inside a commit, before the disk has it": _inside(write, "execute", SYNC, BEFORE, _news),
    "inside a commit, when the disk has it": _inside(write, "execute", SYNC, AFTER, _news),
    "after a commit, before the claim": _after(SqliteStore, "commit", _news),
    "inside a claim, before the disk has it": _inside(outbox, "claim", SYNC, BEFORE, lambda claim, args: claim),
    "after a claim, before the send": _after(SqliteStore, "claim", lambda claim, args: claim),
    "after Telegram has a message, before it is settled": _after(telegram.Telegram, "send"),
    "after the mail server has a message, before it is settled": _after(email.Email, "send"),
    "inside a settlement, before the disk has it": _inside(outbox, "settle", SYNC, BEFORE),
    "inside a settlement, when the disk has it": _inside(outbox, "settle", SYNC, AFTER),
    "after a settlement": _after(SqliteStore, "settle"),
    "inside a checkpoint, between its writes": _inside_a_checkpoint(WRITE, HALF),
    "inside a checkpoint, before the disk has it": _inside_a_checkpoint(SYNC, BEFORE),
    "inside a checkpoint, when the disk has it": _inside_a_checkpoint(SYNC, AFTER),
    UPGRADE: _inside_an_upgrade,
}
"""What dies by itself. The test kills at the others."""

WITNESSES: dict[str, Install] = {MARKS: _note_what_is_certain}

ASKED, TOLD_BY_TELEGRAM, TOLD_BY_MAIL = (
    "while Telegram is asked to take a message",
    "when Telegram has taken it, before it says so",
    "when the mail server has taken a message, before it says so",
)
STOPPING, ANY_MOMENT = "while it stops", "at any moment"
OTHERS = (ASKED, TOLD_BY_TELEGRAM, TOLD_BY_MAIL, STOPPING, ANY_MOMENT)
