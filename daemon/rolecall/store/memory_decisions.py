"""People's decisions in the store in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from rolecall import people
from rolecall.dedupe import job_id, normal_company
from rolecall.people import Decision, Mark, MarkKind, Muted, Ruling
from rolecall.plan import AGAIN, Delivery, NewAlert
from rolecall.store.memory_outbox import MemoryOutbox
from rolecall.stored import StoredPosting

Key = tuple[str, str]


@dataclass(slots=True)
class _Made:
    """A decision that was carried out, and what `undo` needs to know."""

    decision: Decision
    other: Key | None = None
    job: str = ""
    moved: tuple[Key, ...] = ()
    marks: tuple[Mark, ...] = ()
    other_marks: tuple[Mark, ...] = ()
    waits: tuple[tuple[str, int], ...] = ()
    alerted: frozenset[str] = frozenset()  # searches that had told of the one job, and of the other
    other_alerted: frozenset[str] = frozenset()
    undone: bool = False


class MemoryDecisions(MemoryOutbox):
    """The part of `MemoryStore` that moves postings from job to job."""

    def __init__(self) -> None:
        super().__init__()
        self._postings: dict[Key, StoredPosting] = {}
        self._alerts: dict[tuple[str, str], tuple[int, NewAlert, datetime]] = {}
        self._alert_ids = count(1)
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._mutes: dict[tuple[str, str, str], Muted] = {}
        self._bridges: set[tuple[str, Key]] = set()
        self._made: list[_Made] = []

    async def rulings(self, job: str) -> Sequence[Ruling]:
        standing = [made for made in self._made if made.other and not made.undone]
        return [
            Ruling(made.decision.kind, made.decision.keys[0], made.other, made.decision.at)
            for made in sorted(standing, key=lambda made: made.decision.at)
            if made.decision.kind in ("join", "split")
            and made.other
            and job in (self._postings[made.decision.keys[0]].job, self._postings[made.other].job)
        ]

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

    async def mutes(self, people: Collection[str]) -> Sequence[Muted]:
        found = [mute for mute in self._mutes.values() if mute.person in people]
        return sorted(found, key=lambda mute: (mute.at, mute.person, mute.name, mute.kind))

    def _carry_out(self, decision: Decision) -> _Made | None:
        match decision.kind:
            case "muted_company" | "muted_agency":
                return _Made(decision) if self._mute(decision.mute) else None
            case "unmuted":
                return _Made(decision) if self._unmute(decision.person, normal_company(decision.company)) else None
        key, job = decision.keys[0], self._postings[decision.keys[0]].job
        match decision.kind:
            case "join":
                other = self._postings[decision.keys[1]].job
                marks = (self._marks.get(job, ()), self._marks.get(other, ()))
                waits = tuple((search, row) for search, of in self._alerts for row in self._waits(search, of, other))
                told, theirs = (frozenset(search for search, of in self._alerts if of == each) for each in (job, other))
                made = _Made(decision, decision.keys[1], other, self._postings_of(other), *marks, waits, told, theirs)
                self._merge(other, job)
                return made if other != job else None
            case "split":
                rest = [each for each in self._postings_of(job) if each != key]
                names = (job_id((*key, *["apart"] * times)) for times in count())
                self._move((key,) if rest else (), job, next(name for name in names if not self._postings_of(name)))
                return _Made(decision, rest[0]) if rest else None
            case "undo":
                return _Made(decision) if self._undo(job, decision) else None
            case kind:
                return self._mark(job, decision, kind)

    def _waits(self, search: str, of: str, job: str) -> list[int]:
        """Return the rows in which an alert of this job waits."""
        alert = self._alerts[search, of][0]
        return [row.id for row in self._outbox.values() if of == job and alert in row.alerts and row.state == "pending"]

    def _mute(self, new: Muted) -> bool:
        before = len(self._mutes)
        if new.name:
            self._mutes.setdefault((new.person, new.name, new.kind), new)
        return len(self._mutes) > before

    def _unmute(self, person: str, name: str, kind: str | None = None) -> bool:
        held = [each for each in self._mutes if each[0] in ("", person) and each[1] == name and kind in (None, each[2])]
        for each in held:
            del self._mutes[each]
        return bool(held)

    def _mark(self, job: str, decision: Decision, kind: MarkKind) -> _Made | None:
        again = decision.again
        before = people.of(decision.person, self._marks.get(job, ()))
        after = people.say(before, Mark(decision.person, kind, decision.at, again.until if again else None))
        if after == before or (again and not self._come_again(job, decision)):
            return None
        self._put(job, before, after)
        return _Made(decision, marks=before)

    def _put(self, job: str, before: Collection[Mark], after: Collection[Mark]) -> None:
        kept = [mark for mark in self._marks.get(job, ()) if mark not in before]
        self._marks[job] = tuple(sorted((*kept, *after), key=lambda mark: (mark.at, mark.person, mark.kind)))

    def _come_again(self, job: str, decision: Decision) -> bool:
        again = decision.again
        assert again is not None  # noqa: S101 (asked before)
        alerts = [self._alerts[search, job][0] for search in again.searches if (search, job) in self._alerts]
        for channel in again.channels if alerts else ():
            delivery = Delivery(channel, f"{AGAIN}{decision.id}", "alert", again.until)
            self._bundle(delivery, decision.at).alerts += alerts
        return bool(alerts and again.channels)

    def _undo(self, job: str, undo: Decision) -> bool:
        standing = [
            made
            for made in self._made
            if not made.undone
            and made.decision.kind != "undo"
            and made.decision.keys
            and made.decision.person in ("", undo.person)
        ]
        standing.reverse()
        for made in sorted(standing, key=lambda made: made.decision.at, reverse=True):
            now = self._postings[made.decision.keys[0]].job
            other = self._postings[made.other].job if made.other else None
            if job not in (now, other):
                continue
            if undo.of not in (None, made.decision.kind):
                return False
            made.undone = True
            match made.decision.kind:
                case "join":
                    if back := tuple(key for key in made.moved if self._postings[key].job == now):
                        self._part(back, now, made)
                case "split":
                    self._merge(now, other or now)
                case "muted_company" | "muted_agency":
                    mute = made.decision.mute
                    self._unmute(mute.person, mute.name, mute.kind)
                case _:
                    self._put(now, people.of(undo.person, self._marks.get(now, ())), made.marks)
                    self._drop_pending(f"{AGAIN}{made.decision.id}", "taken back", undo.at)
            return True
        return False

    def _part(self, back: tuple[Key, ...], now: str, made: _Made) -> None:
        """Give the other job its postings back, what waits to be told of it, and what was said of it."""
        said = people.parted(self._marks.get(now, ()), made.marks, made.other_marks)
        both_stay = now != made.job and set(back) < set(self._postings_of(now))
        for search in made.other_alerted - made.alerted if both_stay else ():  # alerts that only it had
            if (search, now) in self._alerts and (search, made.job) not in self._alerts:
                self._alerts[search, made.job] = self._alerts.pop((search, now))
        self._move(back, now, made.job)
        for search in made.alerted - made.other_alerted if both_stay else ():
            self._drop_alert(search, made.job)
        for search, row in made.waits:
            if (search, made.job) in self._alerts:
                self._wait_again(self._alerts[search, made.job][0], row)
        self._marks |= {now: said, made.job: made.other_marks}

    def _drop_alert(self, search: str, job: str) -> None:
        dropped, *_ = self._alerts.pop((search, job), (0,))
        for row in self._outbox.values():
            row.alerts = [alert for alert in row.alerts if alert != dropped]

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
                self._wait_too(row_id, self._alerts[search, new][0])
        if emptied:
            self._bridges = {(new if job == old else job, key) for job, key in self._bridges}
            own = self._marks.get(new, ())
            self._put(new, own, people.together(own, self._marks.pop(old, ())))
