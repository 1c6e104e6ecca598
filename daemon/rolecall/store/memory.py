"""The store in memory: a fake for tests that keeps every promise of the real one but survives nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rolecall import people
from rolecall.dedupe import canonical_url
from rolecall.dedupe.boilerplate import Advert, slot
from rolecall.model import Print
from rolecall.plan import SETTLED, Committed, NewAlert, NewPosting, Plan, Reported, SourceState, Waiting
from rolecall.schedule import Limit, free_at
from rolecall.store.content import as_text
from rolecall.store.memory_decisions import MemoryDecisions
from rolecall.store.retention import without_text
from rolecall.stored import PostingPage, StoredAlert, StoredJob, StoredPosting, keys_named

Key = tuple[str, str]


class MemoryStore(MemoryDecisions):
    """`ports.Store` without a file."""

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[str, SourceState] = {}
        self._searches: dict[str, str] = {}
        self._news: dict[Key, NewPosting] = {}  # the latest text of each
        self._missing: set[Key] = set()
        self._notes: dict[str, dict[str, str]] = {}
        self._reported: dict[tuple[str, str], Reported] = {}
        self._calls: dict[str, list[datetime]] = {}
        self._held: dict[str, datetime] = {}
        self._waiting: dict[Key, Waiting] = {}

    async def close(self) -> None:
        """Nothing to close."""

    # polling
    async def source_states(self) -> Mapping[str, SourceState]:
        return dict(self._sources)

    async def reported(self) -> Mapping[tuple[str, str], Reported]:
        return dict(self._reported)

    async def known(self, source: str, ids: Sequence[str]) -> Mapping[str, str]:
        stored = [id_ for id_ in ids if (source, id_) in self._news]
        known = {id_: "" if self._is_gone((source, id_)) else self._news[source, id_].content_hash for id_ in stored}
        return known | {id_: self._waiting[source, id_].content_hash for id_ in ids if (source, id_) in self._waiting}

    async def waiting(self, source: str, limit: int, skip: int = 0) -> Sequence[Waiting]:
        rows = [each for key, each in self._waiting.items() if key[0] == source and each.tries < SETTLED]
        rows.sort(key=lambda row: (not row.hopeful, row.baseline, row.tries, row.since))
        return rows[skip:][:limit]

    def _is_gone(self, key: Key) -> bool:
        return key in self._missing and self._postings[key].closed_at is not None

    async def unread(self) -> Mapping[str, int]:
        return Counter(key[0] for key, row in self._waiting.items() if row.tries < SETTLED)

    async def open_ids(self, source: str) -> frozenset[str]:
        return frozenset(key[1] for key, p in self._postings.items() if key[0] == source and p.closed_at is None)

    async def candidates(self, keys: Collection[str], since: datetime | None = None) -> Sequence[tuple[Print, str]]:
        found = [(new.print, self._postings[key]) for key, new in self._news.items() if new.print.keys & set(keys)]
        return [
            (print_, posting.job)
            for print_, posting in found
            if since is None or (posting.closed_at or posting.last_seen) >= since or self._done_by_somebody(posting.job)
        ]

    def _done_by_somebody(self, job: str) -> bool:
        return any(mark.kind in people.DONE for mark in self._marks.get(job, ()))

    async def beside(self, companies: Collection[str]) -> Sequence[Advert]:
        prints = [new.print for new in self._news.values() if new.print.company in companies]
        found = [Advert(print_.company, print_.title, print_.shingles) for print_ in prints]
        return list({slot(advert.company, advert.title): advert for advert in found}.values())

    async def missing_ids(self, source: str) -> frozenset[str]:
        return await self.open_ids(source) & {key[1] for key in self._missing if key[0] == source}

    async def jobs(self, ids: Collection[str]) -> Mapping[str, StoredJob]:
        return {name: job for name, job in self._jobs().items() if name in ids}

    async def told(self, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
        sent = {row_id for row in self._outbox.values() if row.state == "sent" for row_id in row.alerts}
        return frozenset(pair for pair, (row_id, *_) in self._alerts.items() if row_id in sent and pair[1] in jobs)

    async def alerted(self, jobs: Collection[str]) -> frozenset[tuple[str, str]]:
        return frozenset(pair for pair in self._alerts if pair[1] in jobs)

    async def sent_alone(self, searches: Collection[str], since: datetime) -> Mapping[str, int]:
        alone = {row_id for row in self._outbox.values() if row.kind == "alert" for row_id in row.alerts}
        return Counter(
            search
            for (search, _), (row_id, _, at) in self._alerts.items()
            if search in searches and at >= since and row_id in alone
        )

    async def searches(self) -> Mapping[str, str]:
        return dict(self._searches)

    async def commit(self, plan: Plan) -> Committed:
        messages, jobs = len(self._outbox), {p.job for p in self._postings.values()}
        stored = {posting.print.key for posting in plan.postings}
        for alert in plan.alerts:
            if alert.key not in stored | self._postings.keys():
                raise LookupError(f"an alert for a posting that is not stored: {alert.key}")
        for posting in plan.postings:
            self._store(posting, plan.now)
        new = len({p.job for p in self._postings.values()} - jobs)
        for job, other in plan.merges:
            self._merge(other, job)
        for key in (*stored, *plan.dropped):
            self._waiting.pop(key, None)
        if plan.source is not None:
            self._list_again(plan.source.name, plan.seen)
            self._sources[plan.source.name] = plan.source
            self._touch(plan.source.name, plan.seen, lambda p: replace(p, last_seen=plan.now, closed_at=None))
            self._missing -= {(plan.source.name, id_) for id_ in plan.seen}
            again = await self.missing_ids(plan.source.name) if plan.unchanged else ()
            self._miss(plan.source.name, (*plan.gone, *again), plan.now)
        for row in plan.waiting:
            old = self._waiting.get(row.key, row)
            self._waiting[row.key] = replace(row, since=old.since, baseline=old.baseline)
        self._close_expired(plan.now)
        alerts = sum(self._add_alert(alert, plan.now) for alert in plan.alerts)
        for notice in plan.notices:
            self._add_notice(notice, plan.now)
        self._searches.update(plan.searches)
        self._reported.update(plan.reported)
        return Committed(len(stored), new, alerts, len(self._outbox) - messages)

    def _list_again(self, source: str, seen: Collection[str]) -> None:
        here = [key for key in self._waiting if key[0] == source] if seen else []
        self._waiting |= {key: replace(self._waiting[key], listed=key[1] in seen) for key in here}
        for key in [key for key in here if not self._waiting[key].listed and self._waiting[key].tries >= SETTLED]:
            del self._waiting[key]

    def _store(self, new: NewPosting, now: datetime) -> None:
        key, job = new.print.key, new.assignment.job
        first = StoredPosting(new.raw, job, now, now, None, as_text(new.facts), new.assignment.because)
        old = self._postings.get(key, first)
        self._postings[key] = replace(old, raw=new.raw, facts=as_text(new.facts), last_seen=now, closed_at=None)
        self._news[key] = new
        self._missing.discard(key)
        self._bridges |= {(other, key) for other in new.assignment.bridges}

    def _touch(self, source: str, ids: Iterable[str], change: Callable[[StoredPosting], StoredPosting]) -> None:
        for key in ((source, id_) for id_ in ids):
            if key in self._postings:
                self._postings[key] = change(self._postings[key])

    def _miss(self, source: str, ids: Iterable[str], now: datetime) -> None:
        """Close what was missing the last time too."""
        keys = {(source, id_) for id_ in ids}
        again = [key[1] for key in keys & self._missing]
        self._touch(source, again, lambda p: replace(p, closed_at=p.closed_at or now))
        self._missing |= keys

    def _close_expired(self, now: datetime) -> None:
        for key, new in self._news.items():
            if new.closes_at is not None and new.closes_at <= now and self._postings[key].closed_at is None:
                self._postings[key] = replace(self._postings[key], closed_at=new.closes_at)

    def _add_alert(self, alert: NewAlert, now: datetime) -> bool:
        pair = (alert.search, self._postings[alert.key].job)
        if pair in self._alerts or people.is_done(alert.person, self._marks.get(pair[1], ())):
            return False
        row_id = next(self._alert_ids)
        self._alerts[pair] = (row_id, alert, now)
        for delivery in alert.deliveries:
            row = self._bundle(delivery, now)
            row.alerts += [row_id] if row_id not in row.alerts else []
        return True

    def _drop_alerts(self, ids: Collection[int]) -> None:
        self._alerts = {pair: alert for pair, alert in self._alerts.items() if alert[0] not in ids}

    async def notes(self, channel: str) -> Mapping[str, str]:
        return {name: text for name, text in self._notes.get(channel, {}).items() if text}

    async def note(self, channel: str, name: str, text: str) -> None:
        self._notes.setdefault(channel, {})[name] = text

    async def spend(self, budget: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
        calls = self._calls[budget] = sorted(min(call, now) for call in self._calls.get(budget, []))
        free = free_at(lambda back: calls[-back] if back <= len(calls) else None, limits, now)
        if free is None:
            calls.append(now)
        return free

    async def hold(self, host: str, until: datetime) -> None:
        self._held[host] = until

    async def held(self, now: datetime) -> Mapping[str, datetime]:
        return {host: until for host, until in self._held.items() if until > now}

    async def spent(self, since: datetime) -> Mapping[str, int]:
        counts = {budget: sum(call > since for call in calls) for budget, calls in self._calls.items()}
        return {budget: count for budget, count in counts.items() if count}

    # reading
    async def job(self, id_or_prefix: str) -> StoredJob | None:
        jobs = self._jobs()
        found = [name for name in jobs if name.startswith(id_or_prefix)] if id_or_prefix else []
        if id_or_prefix in found or len(found) == 1:
            return jobs[id_or_prefix if id_or_prefix in found else found[0]]
        joined = [made for made in self._made if made.decision.kind == "join" and made.job == id_or_prefix]
        into = [self._postings[made.decision.keys[0]].job for made in joined if not made.undone]
        return jobs[into[-1]] if into and not found else None

    async def find_url(self, url: str) -> StoredJob | None:
        canonical = canonical_url(url)
        found = [key for key, new in self._news.items() if canonical and new.print.url == canonical]
        return self._jobs()[self._postings[found[-1]].job] if found else None

    async def find_advert(self, name: str) -> StoredJob | None:
        found = [key for key in keys_named(name) if key in self._postings]
        return self._jobs()[self._postings[found[0]].job] if found else None

    async def postings(self, since: datetime, after: int = 0, limit: int = 1_000) -> PostingPage:
        rows = [(n, p) for n, p in enumerate(self._postings.values(), 1) if n > after and p.first_seen >= since][:limit]
        return [posting for _, posting in rows], rows[-1][0] if rows else after

    async def recent(self, since: datetime, limit: int) -> Sequence[StoredJob]:
        newest: dict[str, tuple[datetime, int]] = {}
        for row_id, p in enumerate(self._postings.values()):
            if p.closed_at is None and p.first_seen >= since:
                newest[p.job] = max(newest.get(p.job, (since, -1)), (p.first_seen, row_id))
        jobs = self._jobs()
        return [jobs[name] for name in sorted(newest, key=lambda name: newest[name], reverse=True)[:limit]]

    async def alerts(
        self, limit: int, searches: Collection[str] | None = None, open_only: bool = True, person: str = ""
    ) -> Sequence[StoredAlert]:
        found = [
            alert
            for alert in self._stored_alerts()
            if (searches is None or alert.search in searches)
            and (not open_only or (alert.job.is_open and not people.is_done(person, alert.job.marks)))
        ]
        return sorted(found, key=lambda alert: (self._shown_at(alert.key), alert.id), reverse=True)[:limit]

    def _shown_at(self, key: Key) -> datetime:
        return self._postings[key].raw.posted_at or self._postings[key].first_seen

    async def alerts_with(self, ids: Collection[int]) -> Sequence[StoredAlert]:
        found = (alert for alert in self._stored_alerts() if alert.id in ids)
        return sorted(found, key=lambda alert: alert.id)  # a job that takes in another one takes its alerts last

    async def alerted_jobs(self, searches: Collection[str], limit: int) -> Sequence[str]:
        found = (alert.job.id for alert in reversed(list(self._stored_alerts())) if alert.search in searches)
        return list(dict.fromkeys(found))[:limit]

    async def saved(self, person: str, limit: int) -> Sequence[StoredJob]:
        jobs = self._jobs()
        saved_at = {
            job: max(mark.at for mark in found)
            for job, marks in self._marks.items()
            if (found := [mark for mark in people.of(person, marks) if mark.kind == "saved"])
        }
        return [jobs[job] for job in sorted(saved_at, key=lambda job: saved_at[job], reverse=True)[:limit]]

    async def alerted_at(self, job: str) -> Mapping[str, datetime]:
        return {search: at for (search, of), (_, _, at) in self._alerts.items() if of == job}

    async def prune(self, before: datetime, after: int, limit: int) -> tuple[int, int]:
        old = [key for key, each in self._postings.items() if max(each.last_seen, each.closed_at or before) <= before]
        kept = [key for key in old if not any(m.kind == "saved" for m in self._marks.get(self._postings[key].job, ()))]
        old = [key for key in kept if (raw := self._postings[key].raw) != without_text(raw)]
        for key in old[:limit]:
            self._postings[key] = replace(self._postings[key], raw=without_text(self._postings[key].raw))
        return len(old[:limit]), len(old[:limit])

    async def totals(self) -> Mapping[str, int]:
        postings, jobs = len(self._postings), len(self._jobs())
        sent = sum(row.state == "sent" for row in self._outbox.values())
        return {
            "postings": postings,
            "jobs": jobs,
            "alerts": len(self._alerts),
            "duplicates": postings - jobs,
            "messages": sent,
        }

    def _jobs(self) -> dict[str, StoredJob]:
        postings: dict[str, list[StoredPosting]] = {}
        for posting in self._postings.values():
            postings.setdefault(posting.job, []).append(posting)
        return {
            name: StoredJob(name, found[0].first_seen, tuple(found), self._marks.get(name, ()), self._maybe(name))
            for name, found in postings.items()
        }

    def _maybe(self, name: str) -> tuple[str, ...]:
        pairs = {frozenset((job, self._postings[key].job)) for job, key in self._bridges} - self._apart({name})
        return tuple(sorted(job for pair in pairs if name in pair for job in pair - {name}))

    def _stored_alerts(self) -> list[StoredAlert]:
        jobs = self._jobs()
        return [
            StoredAlert(row_id, search, alert.action, alert.reasons, alert.rank, at, alert.key, jobs[job])
            for (search, job), (row_id, alert, at) in self._alerts.items()
        ]
