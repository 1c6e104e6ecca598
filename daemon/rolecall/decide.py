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

from rolecall import people, route
from rolecall.alerts import Judged
from rolecall.config import Channel, Config
from rolecall.model import Assignment, Page, Posting, Print, RawPosting, Reply, Validators
from rolecall.plan import NewNotice, NewPosting
from rolecall.stored import StoredJob
from rolecall.vacancy import changes, closes_at, merged


@dataclass(frozen=True, slots=True)
class Understood:
    """A new or changed posting with everything the pure core says of it alone."""

    posting: Posting
    content_hash: str
    print: Print
    facts: Mapping[str, object]


# --- the postings ---------------------------------------------------------------------------------------------


def content_hash(raw: RawPosting) -> str:
    """Return a hash of what a person reads in a posting; times and addresses may change without a new meaning.

    Not so the day on which it closes: put off, the vacancy is open again.
    """
    closes = raw.closes_at and f"{raw.closes_at:%Y-%m-%d}"
    said = [raw.title, raw.company, raw.location, raw.description, raw.salary_text, raw.fields, raw.tags, raw.country]
    text = json.dumps([*said, closes] if closes else said, sort_keys=True, default=str, ensure_ascii=False)
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
    """Return the validators by the URL that was asked; an unchanged reply keeps the old ones, unless it brings new.

    The same body under another ETag is unchanged too; asked for the old one, the board would send it all for ever.
    """
    kept = {}
    for url, reply in zip(asked, replies, strict=True):
        before = old.get(url, Validators()) if reply.unchanged else Validators(body_hash=reply.body_hash)
        kept[url] = replace(
            before,
            etag=reply.headers.get("etag", before.etag),
            last_modified=reply.headers.get("last-modified", before.last_modified),
        )
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


def not_done(
    told: Iterable[tuple[str, str]], known: Mapping[str, StoredJob], config: Config
) -> frozenset[tuple[str, str]]:
    """Return those (search, job) pairs whose person is not done with the job."""
    pairs = list(told)
    whose = config.whose({search for search, _ in pairs}) if pairs else {}
    return frozenset(
        (search, job)
        for search, job in pairs
        if job not in known or not people.is_done(whose.get(search, ""), known[job].marks)
    )


def watched(told: Iterable[tuple[str, str]], config: Config) -> frozenset[str]:
    """Return the jobs whose changes somebody wants to hear of."""
    wanting = {search.name for search in config.searches if search.updates}
    return frozenset(job for search, job in told if search in wanting)


def changes_of(known: StoredJob, best: Posting) -> tuple[Change, ...]:
    """Return what the best of a job's copies now says otherwise than what was stored."""
    said = changes(merged(known).posting, best, reopened=not known.is_open)
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
        for channel in route.at_once_if_any(config.notified(search))
    )


def _update(change: Change, channel: Channel, config: Config, now: datetime) -> NewNotice:
    raw, what = change.posting.raw, "; ".join(change.said)
    key = hashlib.blake2b(f"{what}\n{change.since}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    subject = f"Update: {raw.title}" + (f" at {raw.company}" if raw.company else "")
    text = "\n".join(filter(None, (f"{what[0].upper()}{what[1:]}.", raw.url, raw.attribution)))
    due = route.digest(channel, config, now).due if channel.digests else now
    return NewNotice(f"update:{change.job}:{key}", channel.name, subject, text, due)
