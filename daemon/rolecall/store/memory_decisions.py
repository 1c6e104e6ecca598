"""The user's decisions in the store in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from rolecall.dedupe import job_id
from rolecall.ports import Decision, Mark, NewAlert, StoredPosting
from rolecall.store.memory_outbox import MemoryOutbox

Key = tuple[str, str]


@dataclass(slots=True)
class _Made:
    """A decision that was carried out, and what `undo` needs to know."""

    decision: Decision
    other: Key | None = None
    job: str = ""
    moved: tuple[Key, ...] = ()
    mark: Mark = ""
    other_mark: Mark = ""
    undone: bool = False


class MemoryDecisions(MemoryOutbox):
    """The part of `MemoryStore` that moves postings from job to job."""

    def __init__(self) -> None:
        super().__init__()
        self._postings: dict[Key, StoredPosting] = {}
        self._alerts: dict[tuple[str, str], tuple[int, NewAlert, datetime]] = {}
        self._alert_ids = count(1)
        self._marks: dict[str, Mark] = {}
        self._bridges: set[tuple[str, Key]] = set()
        self._made: list[_Made] = []

    async def apart(self, jobs: Collection[str]) -> frozenset[frozenset[str]]:
        return self._apart(jobs)

    def _apart(self, jobs: Collection[str]) -> frozenset[frozenset[str]]:
        pairs = [
            frozenset((self._postings[made.decision.keys[0]].job, self._postings[made.other].job))
            for made in self._made
            if made.decision.kind == "split" and not made.undone and made.other
        ]
        return frozenset(pair for pair in pairs if len(pair) == 2 and not pair.isdisjoint(jobs))

    async def record(self, decision: Decision) -> bool:
        if any(made.decision.id == decision.id for made in self._made):
            return False
        if not self._postings.keys() >= set(decision.keys):
            raise LookupError(f"a decision about a posting that is not stored: {decision.keys}")
        made = self._carry_out(decision)
        self._made += [made] if made else []
        return made is not None

    def _carry_out(self, decision: Decision) -> _Made | None:
        key, job = decision.keys[0], self._postings[decision.keys[0]].job
        match decision.kind:
            case "join":
                other = self._postings[decision.keys[1]].job
                marks = (self._marks.get(job, ""), self._marks.get(other, ""))
                made = _Made(decision, decision.keys[1], other, self._postings_of(other), *marks)
                self._merge(other, job)
                return made if other != job else None
            case "split":
                rest = [each for each in self._postings_of(job) if each != key]
                names = (job_id((*key, *["apart"] * times)) for times in count())
                self._move((key,) if rest else (), job, next(name for name in names if not self._postings_of(name)))
                return _Made(decision, rest[0]) if rest else None
            case "undo":
                return _Made(decision) if self._undo(job) else None
            case mark:
                before, self._marks[job] = self._marks.get(job, ""), mark
                return _Made(decision, mark=before) if before != mark else None

    def _undo(self, job: str) -> bool:
        standing = [made for made in self._made if not made.undone and made.decision.kind != "undo"]
        standing.reverse()
        for made in sorted(standing, key=lambda made: made.decision.at, reverse=True):
            now = self._postings[made.decision.keys[0]].job
            other = self._postings[made.other].job if made.other else None
            if job not in (now, other):
                continue
            made.undone = True
            match made.decision.kind:
                case "join":
                    self._move(tuple(key for key in made.moved if self._postings[key].job == now), now, made.job)
                    self._marks |= {now: made.mark, made.job: made.other_mark}
                case "split":
                    self._merge(now, other or now)
                case _:
                    self._marks[now] = made.mark
            return True
        return False

    def _postings_of(self, job: str) -> tuple[Key, ...]:
        return tuple(key for key, posting in self._postings.items() if posting.job == job)

    def _merge(self, job: str, into: str) -> None:
        self._move(self._postings_of(job), job, into)

    def _move(self, keys: Collection[Key], old: str, new: str) -> None:
        if not keys or old == new:
            return
        for key in keys:
            self._postings[key] = replace(self._postings[key], job=new)
        emptied = not self._postings_of(old)
        for search, of in [pair for pair in self._alerts if pair[1] == old]:
            row_id, alert, at = self._alerts[search, of]
            if emptied:
                del self._alerts[search, of]
            if (search, new) not in self._alerts:
                first = alert if emptied else replace(alert, key=next(iter(keys)))
                self._alerts[search, new] = (row_id if emptied else next(self._alert_ids), first, at)
        if emptied:
            self._bridges = {(new if job == old else job, key) for job, key in self._bridges}
            self._marks[new] = self._marks.get(new, "") or self._marks.pop(old, "")
