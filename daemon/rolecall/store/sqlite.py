"""The store on SQLite: one thread writes, another reads, and the event loop never waits for the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from rolecall.dedupe import Advert
from rolecall.errors import StoreError
from rolecall.model import Print
from rolecall.outbox import ChannelState, Claim, DeadMessage, Outcome
from rolecall.people import Decision, Muted, Ruling
from rolecall.plan import Committed, Plan, Reported, SourceState, Waiting
from rolecall.schedule import Limit
from rolecall.store import (
    alerts,
    calls,
    connection,
    decisions,
    jobs,
    notes,
    outbox,
    read,
    retention,
    said,
    states,
    waiting,
    write,
)
from rolecall.store.rows import chunks
from rolecall.store.worker import Worker, Writer
from rolecall.stored import PostingPage, StoredAlert, StoredJob
from rolecall.thinking import think

FEW = 50  # postings that are prepared where they are written, since they do not hold up the next one

P = ParamSpec("P")
T = TypeVar("T")


class SqliteStore:
    """`ports.Store` in one file. Open with `await SqliteStore.open(path)`; methods raise `StoreError`."""

    def __init__(self, path: Path, lock: int | None) -> None:
        self._lock = lock
        self._writer = Writer(path)
        self._reader = Worker(path, "read", connection.reader)

    @classmethod
    async def open(cls, path: str | Path, *, readonly: bool = False) -> Self:
        """Open or create the database. Only one process may write: the second one gets `DatabaseBusy`.

        `readonly` works beside a running daemon and refuses a file that does not exist. Raises `StoreError`,
        `DatabaseBusy`, `DatabaseTooNew`.
        """
        path = Path(path)
        store = cls(path, None if readonly else connection.acquire(path))
        try:
            await (store._reader if readonly else store._writer).run(lambda db: None)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close the connections, the reading one first, so that the last checkpoint is the writer's. Twice is fine."""
        await self._reader.close()
        await self._writer.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _read(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def transaction(db: Database) -> T:
            with db.atomic():  # several SELECTs, one moment
                return function(db, *args, **kwargs)

        return await self._reader.run(transaction)

    async def _write(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._lock is None:
            raise StoreError("the database is open for reading only")
        return await self._writer.write(lambda db: function(db, *args, **kwargs))

    # polling
    async def source_states(self) -> Mapping[str, SourceState]:
        return await self._read(states.source_states)

    async def reported(self) -> Mapping[tuple[str, str], Reported]:
        return await self._read(states.reported)

    async def known(self, source: str, ids: Sequence[str]) -> Mapping[str, str]:
        return await self._read(read.known, source, ids)

    async def waiting(self, source: str, limit: int, skip: int = 0) -> Sequence[Waiting]:
        return await self._read(waiting.read, source, limit, skip)

    async def unread(self) -> Mapping[str, int]:
        return await self._read(waiting.counts)

    async def open_ids(self, source: str) -> frozenset[str]:
        return await self._read(read.open_ids, source)

    async def candidates(self, keys: Collection[str], since: datetime | None = None) -> Sequence[tuple[Print, str]]:
        return await self._read(read.candidates, keys, since)

    async def beside(self, companies: Collection[str]) -> Sequence[Advert]:
        return await self._read(read.beside, companies)

    async def missing_ids(self, source: str) -> frozenset[str]:
        return await self._read(read.missing_ids, source)

    async def jobs(self, ids: Collection[str]) -> Mapping[str, StoredJob]:
        return await self._read(jobs.jobs, ids)

    async def apart(self, jobs: Collection[str]) -> frozenset[frozenset[str]]:
        return await self._read(said.apart, jobs)

    async def rulings(self, job: str) -> Sequence[Ruling]:
        return await self._read(decisions.rulings, job)

    async def told(self, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
        return await self._read(read.told, jobs)

    async def alerted(self, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
        return await self._read(read.alerted, jobs)

    async def sent_alone(self, searches: Collection[str], since: datetime) -> Mapping[str, int]:
        return await self._read(read.sent_alone, searches, since)

    async def searches(self) -> Mapping[str, str]:
        return await self._read(read.searches)

    async def commit(self, plan: Plan) -> Committed:
        prepared = None
        if len(plan.postings) > FEW:
            prepared = [posting for part in chunks(plan.postings) for posting in await think(write.prepare, part)]
        return await self._write(write.execute, plan, prepared)

    async def record(self, decision: Decision) -> bool:
        return await self._write(decisions.record, decision)

    async def spend(self, budget: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
        return await self._write(calls.spend, budget, limits, now)

    async def hold(self, host: str, until: datetime) -> None:
        await self._write(calls.hold, host, until)

    async def held(self, now: datetime) -> Mapping[str, datetime]:
        return await self._read(calls.held, now)

    async def spent(self, since: datetime) -> Mapping[str, int]:
        return await self._read(calls.spent, since)

    async def mutes(self, people: Collection[str]) -> Sequence[Muted]:
        return await self._read(said.mutes, people)

    async def notes(self, channel: str) -> Mapping[str, str]:
        return await self._read(notes.notes, channel)

    async def note(self, channel: str, name: str, text: str) -> None:
        await self._write(notes.note, channel, name, text)

    async def prune(self, before: datetime, after: int, limit: int) -> tuple[int, int]:
        found = await self._read(retention.find, before, after, limit)  # most of the work, where no write waits for it
        if not found:
            return 0, 0
        return await self._write(retention.write, found, before), found[-1].posting

    # delivering
    async def claim(self, channel: str, now: datetime, lease: float, quiet: bool = False) -> Claim | None:
        return await self._write(outbox.claim, channel, now, lease, quiet)

    async def settle(self, claim_id: int, outcome: Outcome, now: datetime) -> None:
        await self._write(outbox.settle, claim_id, outcome, now)

    async def release_leases(self) -> int:
        return await self._write(outbox.release_leases)

    async def hurry(self, now: datetime) -> None:
        await self._write(outbox.hurry, now)

    async def end_silence(self, channel: str, now: datetime) -> None:
        await self._write(outbox.end_silence, channel, now)

    async def resume(self, channel: str) -> None:
        await self._write(outbox.resume, channel)

    async def channels(self, now: datetime) -> Mapping[str, ChannelState]:
        return await self._read(outbox.channels, now)

    async def dead_messages(self, limit: int = 20) -> Sequence[DeadMessage]:
        return await self._read(outbox.dead_messages, limit)

    # reading
    async def job(self, id_or_prefix: str) -> StoredJob | None:
        return await self._read(jobs.job, id_or_prefix)

    async def find_url(self, url: str) -> StoredJob | None:
        return await self._read(jobs.find_url, url)

    async def find_advert(self, name: str) -> StoredJob | None:
        return await self._read(jobs.find_advert, name)

    async def recent(self, since: datetime, limit: int) -> Sequence[StoredJob]:
        return await self._read(jobs.recent, since, limit)

    async def postings(self, since: datetime, after: int = 0, limit: int = 1_000) -> PostingPage:
        return await self._read(jobs.postings, since, after, limit)

    async def alerts(
        self, limit: int, searches: Collection[str] | None = None, open_only: bool = True, person: str = ""
    ) -> Sequence[StoredAlert]:
        return await self._read(alerts.alerts, limit, searches, open_only, person)

    async def alerts_with(self, ids: Collection[int]) -> Sequence[StoredAlert]:
        return await self._read(alerts.alerts_with, ids)

    async def alerted_jobs(self, searches: Collection[str], limit: int) -> Sequence[str]:
        return await self._read(alerts.alerted_jobs, searches, limit)

    async def saved(self, person: str, limit: int) -> Sequence[StoredJob]:
        return await self._read(jobs.saved, person, limit)

    async def alerted_at(self, job: str) -> Mapping[str, datetime]:
        return await self._read(alerts.alerted_at, job)

    async def totals(self) -> Mapping[str, int]:
        return await self._read(alerts.totals)
