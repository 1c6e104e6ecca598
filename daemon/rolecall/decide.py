"""What follows from a poll: pure decisions that end in a `Plan`. The store acts on it, once.

Facts come in as arguments (`now` too); nothing here knows a database, a socket or a clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from rolecall import people
from rolecall.config import Channel, Config
from rolecall.match import Index, Search
from rolecall.model import Action, Assignment, Match, Page, Posting, Print, RawPosting, Reply, Validators
from rolecall.ports import Delivery, NewAlert, NewNotice, NewPosting, StoredJob
from rolecall.schedule import next_slot
from rolecall.vacancy import changes, closes_at, merged


@dataclass(frozen=True, slots=True)
class Understood:
    """A new or changed posting with everything the pure core says of it alone."""

    posting: Posting
    content_hash: str
    print: Print
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the saved searches say of one posting of a job; those that drop it say nothing."""

    key: tuple[str, str]
    job: str
    matches: tuple[Match, ...]


# --- the postings ---------------------------------------------------------------------------------------------


def content_hash(raw: RawPosting) -> str:
    """Return a hash of what a person reads in a posting; times and addresses may change without a new meaning."""
    said = [raw.title, raw.company, raw.location, raw.description, raw.salary_text, raw.fields, raw.tags, raw.country]
    text = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def merge(pages: Iterable[Page]) -> tuple[RawPosting, ...]:
    """Return the postings of all pages, each (source, id) once; the first row wins, locations are united."""
    merged: dict[tuple[str, str], RawPosting] = {}
    for page in pages:
        for raw in page.postings:
            first = merged.setdefault((raw.source, raw.id), raw)
            if first is not raw and raw.location and raw.location not in first.location:
                together = "; ".join(filter(None, (first.location, raw.location)))
                merged[(raw.source, raw.id)] = replace(first, location=together)
    return tuple(merged.values())


def new_validators(
    replies: Iterable[Reply], asked: Iterable[str], old: Mapping[str, Validators]
) -> dict[str, Validators]:
    """Return the validators by the URL that was asked; an unchanged reply keeps the old ones."""
    kept = {}
    for url, reply in zip(asked, replies, strict=True):
        fresh = Validators(reply.headers.get("etag"), reply.headers.get("last-modified"), reply.body_hash)
        kept[url] = old.get(url, Validators()) if reply.unchanged else fresh
    return kept


def stored(understood: Understood, assignment: Assignment) -> NewPosting:
    """Return the posting as the store keeps it."""
    return NewPosting(
        raw=understood.posting.raw,
        content_hash=understood.content_hash,
        print=understood.print,
        facts=understood.facts,
        assignment=assignment,
        closes_at=closes_at(understood.posting),
    )


def without_bridges(
    found: Sequence[Assignment], alerted: Collection[str], apart: Collection[frozenset[str]] = ()
) -> tuple[tuple[Assignment, ...], tuple[tuple[str, str], ...]]:
    """Return the assignments, and (job, other job) pairs that new postings show to be one and that become one.

    Never silently after two separate alerts, nor against the user's word: then the bridges stay, to be shown.
    """
    if not any(each.bridges for each in found):
        return tuple(found), ()
    into: dict[str, str] = {}
    settled: list[Assignment] = []
    for each in found:
        jobs = sorted({each.job, *each.bridges}, key=partial(_told_first, each.job, alerted))
        merge_them = bool(each.bridges) and jobs[1] not in alerted and not any(pair <= set(jobs) for pair in apart)
        into |= dict.fromkeys(jobs[1:], jobs[0]) if merge_them else {}
        settled.append(replace(each, bridges=()) if merge_them else each)
    renamed = tuple(replace(each, job=into.get(each.job, each.job)) for each in settled)
    return renamed, tuple((new, old) for old, new in into.items())


def _told_first(own: str, alerted: Collection[str], job: str) -> tuple[bool, bool, str]:
    return (job not in alerted, job != own, job)


# --- updates --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What changed that matters in a job that was told of. `since` tells one reopening from the next."""

    job: str
    posting: Posting
    said: tuple[str, ...]
    since: str = ""


def watched(told: Iterable[tuple[str, str]], config: Config) -> frozenset[str]:
    """Return the jobs whose changes somebody wants to hear of."""
    wanting = {search.name for search in config.searches if search.updates}
    return frozenset(job for search, job in told if search in wanting)


def changes_of(known: StoredJob, best: Posting) -> tuple[Change, ...]:
    """Return what the best of a job's copies now says otherwise than what was stored; none for a job done with."""
    said = () if people.is_done("", known.marks) else changes(merged(known).posting, best, reopened=not known.is_open)
    closed = max((copy.closed_at for copy in known.postings if copy.closed_at), default=None)
    return (Change(known.id, best, said, "" if known.is_open else str(closed)),) if said else ()


def updates(
    changed: Iterable[Change], found: Iterable[Judged], told: Collection[tuple[str, str]], config: Config, now: datetime
) -> tuple[NewNotice, ...]:
    """Return one short word per change, for searches that want it, were told of the job and still match it."""
    matching = {(match.search, each.job) for each in found for match in each.matches}
    wanting = [search for search in config.searches if search.updates]
    return tuple(
        _update(change, channel, config, now)
        for change in changed
        for search in wanting
        if (search.name, change.job) in matching and (search.name, change.job) in told
        for channel in _at_once_if_any(config.notified(search))
    )


def _at_once_if_any(channels: Sequence[Channel]) -> Sequence[Channel]:
    return [channel for channel in channels if not channel.digests] or channels


def _update(change: Change, channel: Channel, config: Config, now: datetime) -> NewNotice:
    raw, what = change.posting.raw, "; ".join(change.said)
    key = hashlib.blake2b(f"{what}\n{change.since}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    subject = f"Update: {raw.title}" + (f" at {raw.company}" if raw.company else "")
    text = "\n".join(filter(None, (f"{what[0].upper()}{what[1:]}.", raw.url, raw.attribution)))
    due = _digest(channel, config, now).due if channel.digests else now
    return NewNotice(f"update:{change.job}:{key}", channel.name, subject, text, due)


# --- the alerts -----------------------------------------------------------------------------------------------


def judged(postings: Iterable[tuple[Posting, str]], index: Index) -> tuple[Judged, ...]:
    """Return what the searches say of each posting, given with its job."""
    return tuple(Judged(posting.key, job, tuple(index.matches(posting))) for posting, job in postings)


def alerts(found: Iterable[Judged], config: Config, now: datetime, *, baseline: bool) -> tuple[NewAlert, ...]:
    """Return one alert per (search, job) among the matches. In a baseline they travel in summaries: no flood."""
    searches = {search.name: search for search in config.searches}
    best: dict[tuple[str, str], tuple[Match, Judged]] = {}
    for each in found:
        for match in each.matches:
            pair = (match.search, each.job)
            if pair not in best or better(match) > better(best[pair][0]):
                best[pair] = (match, each)
    return tuple(
        NewAlert(
            search=match.search,
            job=each.job,
            key=each.key,
            action=match.action,
            reasons=match.reasons,
            rank=match.rank,
            deliveries=deliveries(searches[match.search], each.job, match.action, config, now, baseline=baseline),
        )
        for match, each in best.values()
    )


def calmed(found: Iterable[Judged]) -> tuple[Judged, ...]:
    """Return the same matches as worth a digest at most."""
    return tuple(replace(each, matches=tuple(map(_for_a_digest, each.matches))) for each in found)


def _for_a_digest(match: Match) -> Match:
    return match if match.action is Action.DROP else replace(match, action=Action.DIGEST)


def better(match: Match) -> tuple[int, float]:
    """Order what a search says of the copies of one job: an alert before a digest before silence, then by rank."""
    return ((Action.DROP, Action.DIGEST, Action.ALERT).index(match.action), match.rank)


def deliveries(
    search: Search, job: str, action: Action, config: Config, now: datetime, *, baseline: bool
) -> tuple[Delivery, ...]:
    """Return where one alert goes: at once, into the next digest, or into the summary of a first run.

    What is only worth a digest goes to the search's digest channels; where it has none, to a daily digest on
    its other channels, so that nothing is dropped.
    """
    channels = config.notified(search)
    if baseline:
        return tuple(_summary(channel, search, config, now) for channel in channels)
    if action is Action.DIGEST:
        chosen = [channel for channel in channels if channel.digests] or list(channels)
        return tuple(_digest(channel, config, now) for channel in chosen)
    return tuple(
        _digest(channel, config, now) if channel.digests else Delivery(channel.name, f"job:{job}", "alert", now)
        for channel in channels
    )


def _digest(channel: Channel, config: Config, now: datetime) -> Delivery:
    slot = next_slot(now, config.zone, channel.at or config.daemon.digest_at, channel.every)
    local = slot.astimezone(config.zone)
    # With `every`, slots may be seconds apart; with `at`, the local date and time name the digest once for ever.
    name = slot.isoformat() if channel.every else f"{local:%Y-%m-%dT%H:%M}"
    return Delivery(channel.name, f"digest:{name}", "digest", slot)


def _summary(channel: Channel, search: Search, config: Config, now: datetime) -> Delivery:
    return Delivery(channel.name, f"summary:{search.name}", "summary", now + config.daemon.summary_wait)
