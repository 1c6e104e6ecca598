"""Lives of the real daemon, one fork each: everything is imported once, so that a life costs milliseconds.

Speaks lines on its standard streams: "live SEED MUTANT" → "pid N"; "wait" → "ended STATUS".
Time is squeezed (retries after milliseconds), and the parser runs in the process: the sandbox has tests of its own.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rolecall import app, deliver, logs, schedule
from rolecall.config import load
from rolecall.errors import DeliveryError
from rolecall.model import Page, RawPosting, Reply
from rolecall.normalise import normalise
from rolecall.outbox import Claim, Outcome, RetryAt, Sent
from rolecall.plan import Plan
from rolecall.plugins import kinds
from rolecall.ports import Source
from rolecall.store import SqliteStore
from rolecall_notifiers import email, telegram
from rolecall_notifiers.telegram import chat

KILL_AT_A_POINT = 0.01  # the chance to die at each named point
KILL_IN_A_GAP = 1.0  # … and in the gap that a mutant opens


class InProcess:
    """The sandbox's place, without its process."""

    async def __aenter__(self) -> InProcess:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def parse(self, source: Source, reply: Reply) -> Page:
        return source.parse(reply)


def squeeze_time() -> None:
    schedule.FIRST_RETRY = timedelta(seconds=0.05)
    honest = deliver.settlement

    def settlement(error: DeliveryError, claim: Claim, now: datetime) -> Outcome:
        outcome = honest(error, claim, now)
        return replace(outcome, at=now + timedelta(seconds=0.05)) if isinstance(outcome, RetryAt) else outcome

    deliver.settlement = settlement
    app.Sandbox = InProcess  # type: ignore[misc,assignment] # a test double


def die(chance: float, dice: random.Random) -> None:
    if dice.random() < chance:
        os.kill(os.getpid(), signal.SIGKILL)


def dies_around(method: Callable[..., Awaitable[Any]], dice: random.Random) -> Callable[..., Awaitable[Any]]:
    """Return the method with a chance to be killed just before and just after it."""

    async def around(*args: Any, **kwargs: Any) -> Any:
        die(KILL_AT_A_POINT, dice)
        result = await method(*args, **kwargs)
        die(KILL_AT_A_POINT, dice)
        return result

    return around


def name_the_points(dice: random.Random) -> None:
    """Commit, claim, settle and the send itself are where a kill hurts most."""
    for name in ("commit", "claim", "settle"):
        setattr(SqliteStore, name, dies_around(getattr(SqliteStore, name), dice))
    telegram.Telegram.send = dies_around(telegram.Telegram.send, dice)  # type: ignore[method-assign] # a test double
    email.Email.send = dies_around(email.Email.send, dice)  # type: ignore[method-assign] # a test double


def validators_first(dice: random.Random) -> None:
    """A mutant that must fail: the feed's validators are committed before its postings."""
    honest = SqliteStore.commit

    async def commit(self: SqliteStore, plan: Plan) -> Any:
        if plan.source is not None and plan.postings:
            await honest(self, Plan(now=plan.now, source=plan.source))
            die(KILL_IN_A_GAP, dice)
        return await honest(self, plan)

    SqliteStore.commit = commit  # type: ignore[method-assign] # a mutant


def settle_first(dice: random.Random) -> None:
    """A mutant that must fail: a message counts as sent before it was."""
    honest = deliver._attempt

    async def attempt(channel: Any, claim: Any, house: Any) -> Any:
        await house.store.settle(claim.id, Sent(), house.now())
        die(KILL_IN_A_GAP, dice)
        return await honest(channel, claim, house)

    deliver._attempt = attempt


MUTANTS: dict[str, Callable[[random.Random], None]] = {
    "validators-first": validators_first,
    "settle-first": settle_first,
}


def live(config: Path, seed: int, mutant: str) -> None:
    """One life, until SIGKILL or SIGTERM."""
    squeeze_time()
    if seed:  # 0: a quiet life
        dice = random.Random(seed)
        if mutant in MUTANTS:
            MUTANTS[mutant](dice)
        else:
            name_the_points(dice)
    loaded = load(config, kinds())
    logs.set_up("info")
    asyncio.run(app.run(loaded))


def _say(word: str, number: int) -> None:
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()


def warm_up() -> None:
    """Load what is loaded at first use (vocabularies, the Bot API), so that the lives need not, each anew."""
    assert chat
    normalise(RawPosting("x", "1", "Senior Python Engineer", location="Leeds", description="£80,000. Remote."))


def main() -> None:
    warm_up()
    config, child = Path(sys.argv[1]), 0
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "live":
            child = os.fork()
            if child == 0:
                live(config, int(rest[0]), rest[1])
                os._exit(0)
            _say("pid", child)
        else:
            _say("ended", os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
