"""What new and changed postings mean: understood, recognised, judged by the searches; everything but the writing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rolecall import alerts, decide, dedupe, vacancy
from rolecall.alerts import Judged, Pair
from rolecall.config import Config
from rolecall.decide import Change, Understood
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import Posting, RawPosting
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from rolecall.people import Muted
from rolecall.plan import Plan
from rolecall.recognise import Recognised, recognise
from rolecall.repeats import Repeats
from rolecall.route import HOUR
from rolecall.thinking import FEW, think, think_if

BATCH = 200  # postings understood per step in the worker thread

Pace = Literal["news", "digest", "summary"]
"""How fast matches travel: as their searches say; in a digest at most; in the summary of a first run."""


async def plan(fresh: Sequence[Understood], house: House, pace: Pace, *, updates: bool = True) -> Plan:
    """Return what follows from new and changed postings, to be committed while `house.deciding` is held.

    One at a time recognises and writes: two boards with one new vacancy must not both call it new. The searches are
    asked here and not before, so that a reload between asking and writing is not missed. Without `updates` nobody is
    told what changed in known jobs.
    """
    now = house.now()
    if not fresh:
        return Plan(now)
    found = await recognise(fresh, house.store, house.learned, now)
    told = decide.not_done(found.told, found.known, house.config)
    much = bool(found.known) or len(fresh) > FEW
    judged, changed = await think_if(much, _judged, found, house.index, decide.watched(told, house.config), now)
    if not any(each.matches for each in judged):
        return Plan(now, postings=found.postings, merges=found.merges)
    matched = _Matched(judged, changed if updates else [], told, *await _before(judged, house, now))
    return await think(_plan, found, matched, house.config, now, pace)


@dataclass(frozen=True, slots=True)
class _Matched:
    """What the searches say, what changed in jobs that were told of, and what happened before."""

    judged: Sequence[Judged]
    changed: Sequence[Change]
    told: Collection[Pair]
    mutes: Sequence[Muted]
    alerted: Collection[Pair]
    sent_alone: Mapping[str, int]


async def _before(
    judged: Sequence[Judged], house: House, now: datetime
) -> tuple[Sequence[Muted], Collection[Pair], Mapping[str, int]]:
    alerted = await house.store.alerted({each.job for each in judged if each.matches})
    searches = {match.search for each in judged for match in each.matches}
    return await house.mutes(), alerted, await house.store.sent_alone(searches, now - HOUR)


def _plan(found: Recognised, matched: _Matched, config: Config, now: datetime, pace: Pace) -> Plan:
    heard = alerts.unmuted(matched.judged, matched.mutes, config)
    news = alerts.untold(heard, matched.alerted)
    chosen = alerts.calmed(news) if pace == "digest" else news
    baseline = pace == "summary"
    return Plan(
        now=now,
        postings=found.postings,
        alerts=alerts.alerts(chosen, config, now, baseline=baseline, sent_alone=matched.sent_alone),
        notices=decide.updates(matched.changed, heard, matched.told, config, now),
        merges=found.merges,
    )


async def understood(raws: Sequence[tuple[RawPosting, str]], house: House) -> list[Understood]:
    """Understand postings in batches, so that others get their turn between them."""
    done: list[Understood] = []
    for start in range(0, len(raws), BATCH):
        done += await think(_understand_all, raws[start : start + BATCH], house.repeats, house.now())
    return done


def _understand_all(raws: Sequence[tuple[RawPosting, str]], repeats: Repeats, now: datetime) -> list[Understood]:
    return [_understand(raw, content_hash, repeats, now) for raw, content_hash in raws]


def _understand(raw: RawPosting, content_hash: str, repeats: Repeats, now: datetime) -> Understood:
    posting = normalise(raw)
    if distrusted := repeats.distrusted(posting, now):
        posting = normalise(distrusted)
    return Understood(posting, content_hash, dedupe.fingerprint(posting), as_json(posting))


def _judged(
    found: Recognised, index: Index, watched: frozenset[str], now: datetime
) -> tuple[tuple[Judged, ...], list[Change]]:
    """Ask the searches about every posting that is open, and about the best of its job's copies.

    Also say what changed in `watched` jobs.
    """
    pairs: list[tuple[Posting, str]] = []
    changed: list[Change] = []
    for job, postings in found.by_job.items():
        current = [posting for posting in postings if (vacancy.closes_at(posting) or now) >= now]
        known = found.known.get(job)
        pairs += [(posting, job) for posting in current]
        if current and (known or len(current) > 1):
            best = vacancy.merged(known, current).posting if known else dedupe.merge(current).posting
            pairs.append((best, job))
            changed += decide.changes_of(known, best) if known and job in watched else ()
    return alerts.judged(pairs, index), changed
