"""Somebody at the desk: who it is, and what the desk's people look up and write down for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from rolecall import people
from rolecall.config import Config
from rolecall.house import House
from rolecall.model import Keyboard
from rolecall.people import Decision, Muted
from rolecall.ports import Store
from rolecall.render import states
from rolecall.render.buttons import keyboard
from rolecall.stored import StoredJob
from rolecall.talk import Face
from rolecall.vacancy import merged, pressable


class NotUnderstood(Exception):
    """What was asked cannot be done; the text is the answer."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One press or one line. `id` is the same when it is heard again; `who` tells several people of a chat apart."""

    house: House
    channel: str
    id: str
    who: str = ""
    person: str = ""
    adopt: Callable[[Config], None] = field(default=lambda _: None)  # from now on, another configuration counts
    ahead: Config | None = None  # one that was adopted and is not yet in force

    @property
    def store(self) -> Store:
        return self.house.store

    @property
    def config(self) -> Config:
        return self.ahead or self.house.config

    @property
    def zone(self) -> ZoneInfo:
        return self.config.person(self.person).zone

    @property
    def now(self) -> datetime:
        return self.house.now()

    async def record(self, decision: Decision) -> bool:
        """Carry out a decision; False when that changes nothing."""
        async with self.house.deciding:
            try:
                return await self.store.record(decision)
            except LookupError:
                raise NotUnderstood("That job is not stored any more.") from None

    async def job(self, job: str) -> StoredJob:
        """Return a job by its id; raises `NotUnderstood`."""
        found = await self.store.job(job)
        if found is None:
            raise NotUnderstood("That job is not stored any more.")
        return found

    async def face(self, job: StoredJob, *, apart: bool = False) -> Face:
        """Return how a job's message looks now: its buttons, and what was said of it."""
        posting = merged(job).posting
        muted = people.muted(self.person, posting.raw.company, await self.store.mutes(["", self.person]))
        about, marks = pressable(job, posting, muted=muted, apart=apart), people.of(self.person, job.marks)
        return Face(keyboard(about, marks, self.now, self.zone), states.state(about, marks, self.now, self.zone))

    async def list_face(self, numbers: Keyboard) -> Face:
        """Return how a list of jobs looks now: its numbers, and of which of them what was said."""
        jobs = await self.store.jobs(states.jobs_of(numbers))
        mutes = await self.store.mutes(["", self.person])
        said = {
            job.id: states.said_of(people.of(self.person, job.marks), self.now, muted=self._is_muted(job, mutes))
            for job in jobs.values()
        }
        return Face(states.list_keyboard(numbers, said), states.list_state(numbers, said))

    def _is_muted(self, job: StoredJob, mutes: Sequence[Muted]) -> bool:
        return bool(mutes) and people.muted(self.person, merged(job).posting.raw.company, mutes)
