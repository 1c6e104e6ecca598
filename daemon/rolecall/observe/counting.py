"""What is counted, at the two doors through which all that happens goes: the store and the log.

What a poll found is in its `Plan`, what a send came to in its `Outcome`; so neither polling nor delivering knows of it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol, cast

from rolecall.outbox import Claim, Dead, Dropped, Outcome, RetryAt, Sent, Suspend
from rolecall.plan import Committed, Plan, SourceState
from rolecall.ports import Store

_EVENT = re.compile(r"[a-z]+(?:-[a-z]+)*")
_WORDS = {Sent: "sent", RetryAt: "deferred", Dead: "dead", Suspend: "suspended", Dropped: "dropped"}


class Tally(Protocol):
    """Whoever counts."""

    def polled(self, source: str, outcome: str) -> None:
        """A source was asked; `outcome`: "read", "put-off", or its health where it could not be read."""

    def written(self, postings: int, alerts: int) -> None:
        """So many new or changed postings and new alerts were stored."""

    def sent(self, channel: str, outcome: str) -> None:
        """A message was tried: "sent", "deferred", "dead", "suspended" or "dropped"."""

    def fault(self, event: str) -> None:
        """Something was logged as a warning or worse; `event` is the word that it began with."""


class Counted:
    """The store, with a tally kept of what passes through it; everything else is the store's own."""

    def __init__(self, store: Store, tally: Tally) -> None:
        self._store = store
        self._tally = tally
        self._claimed: dict[int, str] = {}

    @classmethod
    def over(cls, store: Store, tally: Tally) -> Store:
        return cast("Store", cls(store, tally))  # the methods that are not below are handed through, one for one

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def commit(self, plan: Plan) -> Committed:
        done = await self._store.commit(plan)
        if plan.source is not None:
            self._tally.polled(plan.source.name, poll_outcome(plan.source))
        if done.postings or done.alerts:
            self._tally.written(done.postings, done.alerts)
        return done

    async def claim(self, channel: str, now: datetime, lease: float, quiet: bool = False) -> Claim | None:
        claim = await self._store.claim(channel, now, lease, quiet)
        if claim is not None:
            self._claimed[claim.id] = channel
        return claim

    async def settle(self, claim_id: int, outcome: Outcome, now: datetime) -> None:
        await self._store.settle(claim_id, outcome, now)
        self._tally.sent(self._claimed.pop(claim_id, ""), _WORDS[type(outcome)])


def poll_outcome(state: SourceState) -> str:
    """Return in a word what became of a poll."""
    if state.put_off:
        return "put-off"
    return state.health if state.failures else "read"


class _Faults(logging.Handler):
    def __init__(self, tally: Tally) -> None:
        super().__init__(logging.WARNING)
        self._tally = tally

    def emit(self, record: logging.LogRecord) -> None:
        word = str(record.msg).partition(" ")[0]
        self._tally.fault(word if _EVENT.fullmatch(word) else "other")


@contextmanager
def faults_counted(tally: Tally) -> Iterator[None]:
    """Count what our own modules log as a warning or worse, by its event."""
    handler = _Faults(tally)
    loggers = [logging.getLogger(name) for name in ("rolecall", "rolecall_notifiers")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
