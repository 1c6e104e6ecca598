"""Lives of the real daemon, one fork each: everything is imported, read and counted once, so that a life costs little.

Speaks lines on its standard streams: "live SEED NTH MUTANT POINT" → "pid N", and when that has ended "ended STATUS".
Time is squeezed (retries after milliseconds), and the parser runs in the process: the sandbox has tests of its own.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import sys
import traceback
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from rolecall import app, charts, deliver, logs, schedule
from rolecall.config import Config, load, secrets_of
from rolecall.errors import DeliveryError, RolecallError
from rolecall.life import nurse
from rolecall.model import Page, RawPosting, Reply
from rolecall.normalise import normalise
from rolecall.outbox import Claim, Outcome, RetryAt
from rolecall.plugins import kinds
from rolecall.ports import Source
from rolecall.render.email import _PAGE
from rolecall_notifiers.telegram import chat
from tests.chaos import points
from tests.chaos.disk import Control
from tests.chaos.mutants import MUTANTS

FAULTS = 0.02  # the chance of a write that finds no room, and of a sync that fails: every tenth transaction meets one
BUG = 70  # how a life ends that met what it should not


class InProcess:
    """The sandbox's place, without its process."""

    async def __aenter__(self) -> InProcess:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def parse(self, source: Source, reply: Reply) -> Page:
        return source.parse(reply)


def squeeze_time() -> None:
    schedule.FIRST_RETRY = timedelta(seconds=0.05)
    nurse.STORE_PAUSE = deliver.SETTLE_PAUSE = 0.05
    honest = deliver.settlement

    def settlement(error: DeliveryError, claim: Claim, now: datetime) -> Outcome:
        outcome = honest(error, claim, now)
        return replace(outcome, at=now + timedelta(seconds=0.05)) if isinstance(outcome, RetryAt) else outcome

    deliver.settlement = settlement
    charts.available = lambda: False  # as where matplotlib is not installed: a picture takes seconds
    app.Sandbox = InProcess  # type: ignore[misc,assignment] # a test double


def die_with_the_parent() -> None:
    """Leave no life behind where the test itself is killed (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def live(config: Config, control: Control, seed: int, nth: int, mutant: str, point: str) -> NoReturn:
    """One life, until SIGKILL or SIGTERM."""
    die_with_the_parent()
    squeeze_time()
    points.checkpoint_often()
    if mutant in MUTANTS:
        MUTANTS[mutant](control)
    elif seed:  # 0: a quiet life
        control.unreliable(FAULTS, seed)
    if install := (points.POINTS | points.WITNESSES).get(point):
        install(control, nth)
    logs.set_up(config.daemon.log_level, secrets_of(config))
    status = BUG
    try:
        asyncio.run(app.run(config))
        status = 0
    except RolecallError as error:
        sys.stderr.write(f"rolecall: {error}\n")
        status = 1
    except BaseException:  # noqa: BLE001 # whatever it is, the test must hear of it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _say(word: str, number: int) -> None:
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()


def warm_up() -> None:
    """Load what is loaded at first use (vocabularies, the Bot API, pages), and let no fork copy what it only counts."""
    assert chat
    for name in _PAGE.list_templates():
        _PAGE.get_template(name)
    normalise(RawPosting("x", "1", "Senior Python Engineer", location="Leeds", description="£80,000. Remote."))
    gc.collect()
    gc.freeze()


def main() -> None:
    die_with_the_parent()
    config, control = load(Path(sys.argv[1]), kinds()), Control(Path(os.environ["DISK_CONTROL"]))
    warm_up()
    for line in sys.stdin:
        _, seed, nth, mutant, point = line.rstrip("\n").split(" ", 4)
        child = os.fork()
        if child == 0:
            live(config, control, int(seed), int(nth), mutant, point)
        _say("pid", child)
        _say("ended", os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
