"""Daemons that lose alerts. The chaos test must find each of them out."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from rolecall import deliver
from rolecall.outbox import Sent
from rolecall.plan import Plan
from rolecall.store import SqliteStore, connection
from tests.chaos.disk import Control


def _die(control: Control) -> None:
    control.set(died=1)
    os.kill(os.getpid(), signal.SIGKILL)


def validators_first(control: Control) -> None:
    """The feed's validators are committed before its postings."""
    honest = SqliteStore.commit

    async def commit(self: SqliteStore, plan: Plan) -> Any:
        if plan.source is not None and plan.postings:
            await honest(self, Plan(now=plan.now, source=plan.source))
            _die(control)
        return await honest(self, plan)

    SqliteStore.commit = commit  # type: ignore[method-assign] # a mutant


def settle_first(control: Control) -> None:
    """A message counts as sent before it was."""
    honest = deliver._attempt

    async def attempt(channel: Any, claim: Any, house: Any) -> Any:
        await house.store.settle(claim.id, Sent(), house.now())
        _die(control)
        return await honest(channel, claim, house)

    deliver._attempt = attempt


def _hasty(mode: str) -> Callable[[Control], None]:
    """Return a mutant that does not wait for the disk."""

    def install(control: Control) -> None:
        honest = connection.writer

        def writer(path: Any) -> Any:
            db = honest(path)
            db.execute(f"PRAGMA synchronous = {mode}")
            return db

        connection.writer = writer

    return install


MUTANTS: dict[str, Callable[[Control], None]] = {
    "validators-first": validators_first,
    "settle-first": settle_first,
    "synchronous-off": _hasty("OFF"),
    "synchronous-normal": _hasty("NORMAL"),
}
