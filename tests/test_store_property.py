"""Whatever happens between two commits, no alert is lost, none is made twice, and every channel keeps its order.

A machine commits, claims, sends, settles, loses its process and lets leases run out, in any order, on both stores;
what must hold is checked after every step and, at the end, after everything that can be sent was sent.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from rolecall.outbox import Claim, Dead, RetryAt, Sent, Suspend
from rolecall.plan import Delivery, NewAlert
from rolecall.ports import Store
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from rolecall.stored import StoredAlert
from tests.store_plans import NOW, alert, alerts_of, digest, plan, posting

T = TypeVar("T")
CHANNELS = ("phone", "mail")
LEASE = 30.0

deliveries = st.lists(
    st.builds(
        digest,
        bundle=st.sampled_from(["one", "two"]),
        channel=st.sampled_from(CHANNELS),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda delivery: delivery.channel,
)


class Outbox(RuleBasedStateMachine):
    """A model of what was promised beside the store that promised it."""

    persistent: bool

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.directory = tempfile.TemporaryDirectory()
        self.now: datetime = NOW
        self.promised: dict[tuple[str, str], set[str]] = {}  # (search, job) → channels
        self.sent: list[Claim] = []
        self.dead: list[Claim] = []
        self.at_head: dict[str, int] = {}  # the row each channel is at; all are due at once, so rows go in order
        self.done: set[int] = set()
        self.suspended: set[str] = set()
        self.leased: dict[str, datetime] = {}
        self.claims: dict[str, Claim] = {}
        self.may_repeat: Counter[int] = Counter()  # copies that a lost process or an unclear answer may cost
        self.store: Store

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def open(self) -> None:
        path = Path(self.directory.name, "rolecall.db")
        self.store = self.run(self.opened(path)) if self.persistent else MemoryStore()

    async def opened(self, path: Path) -> Store:
        store = await SqliteStore.open(path)
        await store._writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))  # no power cut is tried here
        return store

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.drain()
            self.run(self.store.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.directory.cleanup()

    # what may happen

    @rule(copy=st.integers(0, 3), job=st.integers(0, 30), search=st.sampled_from(["python", "go"]), to=deliveries)
    def commit(self, copy: int, job: int, search: str, to: list[Delivery]) -> None:
        new = posting(f"{job}-{copy}", f"job{job}")
        planned: NewAlert = alert(new, *to, search=search)
        done = self.run(self.store.commit(plan(new, now=self.now, alerts=(planned, planned))))
        pair = (search, new.assignment.job)
        assert done.alerts == (pair not in self.promised)
        self.promised.setdefault(pair, {delivery.channel for delivery in to})

    @rule(channel=st.sampled_from(CHANNELS))
    def claim(self, channel: str) -> None:
        claim = self.run(self.store.claim(channel, self.now, LEASE))
        if claim is None:
            return
        assert channel not in self.suspended, "a suspended channel sends"
        assert self.leased.get(channel, self.now) <= self.now, "two messages of one channel under way"
        self.leased[channel] = self.now + timedelta(seconds=LEASE)
        assert claim.jobs, "an empty message"
        self.may_repeat[claim.id] += claim.again
        self.in_order(claim)
        self.claims[channel] = claim

    def alerts_of(self, claim: Claim) -> Sequence[StoredAlert]:
        return self.run(alerts_of(self.store, claim))

    def in_order(self, claim: Claim) -> None:
        head = self.at_head.get(claim.channel, 0)
        assert claim.id > head if head in self.done else claim.id == head or not head, "one message overtook another"
        self.at_head[claim.channel] = claim.id

    @rule(
        channel=st.sampled_from(CHANNELS),
        outcome=st.sampled_from(["sent", "sent", "sent", "unclear", "unclear", "busy", "dead", "suspend"]),
        wait=st.sampled_from([0, 0, 20]),
        killed=st.sampled_from([False, False, False, True]),
    )
    def send(self, channel: str, outcome: str, wait: int, killed: bool) -> None:
        self.claim(channel)
        claim = self.claims.pop(channel, None)
        if claim is None:
            return
        if outcome in ("sent", "unclear"):
            self.sent.append(claim)
        if killed:  # after the send, before the settlement
            return
        del self.leased[channel]
        at = self.now + timedelta(seconds=wait)
        self.may_repeat[claim.id] += outcome == "unclear"
        self.dead += [claim] if outcome == "dead" else []
        self.done |= {claim.id} if outcome in ("sent", "dead") else set()
        outcomes = {
            "sent": Sent("r"),
            "unclear": RetryAt(at, "no answer", ambiguous=True),
            "busy": RetryAt(at, "busy", counts=False),
            "dead": Dead("no"),
            "suspend": Suspend("blocked"),
        }
        self.suspended |= {channel} if outcome == "suspend" else set()
        self.run(self.store.settle(claim.id, outcomes[outcome], self.now))
        self.run(self.store.settle(claim.id, Dead("late"), self.now))

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        if seconds >= LEASE:
            self.claims.clear()  # whoever held a lease is taken for dead

    @rule()
    def restart(self) -> None:
        self.claims.clear()
        self.leased.clear()
        if self.persistent:
            self.run(self.store.close())
            self.open()
        self.run(self.store.release_leases())

    @rule(channel=st.sampled_from(CHANNELS))
    def resume(self, channel: str) -> None:
        self.suspended.discard(channel)
        self.run(self.store.resume(channel))

    # what must hold

    @invariant()
    def one_alert_for_a_search_and_a_job(self) -> None:
        if hasattr(self, "store"):
            assert self.run(self.store.alerted({f"job{n}" for n in range(31)})) == self.promised.keys()

    @invariant()
    def a_message_arrives_once_and_once_more_for_every_accident(self) -> None:
        for row, copies in Counter(claim.id for claim in self.sent).items():
            assert copies <= 1 + self.may_repeat[row]

    @invariant()
    def a_copy_is_the_same_message(self) -> None:
        seen: dict[int, tuple[str, tuple[tuple[int, ...], ...]]] = {}
        for claim in self.sent:
            content = (claim.message_id, claim.jobs)
            assert seen.setdefault(claim.id, content) == content

    def drain(self) -> None:
        """Send all that is left, in good weather; then everything promised was sent, or set aside with a reason."""
        self.restart()
        self.now += timedelta(days=1)
        for channel in CHANNELS:
            self.resume(channel)
            while claim := self.run(self.store.claim(channel, self.now, LEASE)):
                self.in_order(claim)
                self.done.add(claim.id)
                self.sent.append(claim)
                self.run(self.store.settle(claim.id, Sent("r"), self.now))
        assert {each.id for each in self.run(self.store.dead_messages(10_000))} == {claim.id for claim in self.dead}
        ended = {(each.search, each.job.id, c.channel) for c in self.sent + self.dead for each in self.alerts_of(c)}
        assert ended == {(*pair, channel) for pair, channels in self.promised.items() for channel in channels}


class SqliteOutbox(Outbox):
    persistent = True


class MemoryOutbox(Outbox):
    persistent = False


@pytest.mark.parametrize("machine", [SqliteOutbox, MemoryOutbox])
def test_no_alert_is_lost_or_made_twice_whatever_happens(machine: type[Outbox]) -> None:
    phases = {Phase.generate} if machine.persistent else {Phase.generate, Phase.shrink}  # files are slow to shrink with
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60 if machine.persistent else 80,
            stateful_step_count=40,
            database=None,
            phases=phases,
        ),
    )
