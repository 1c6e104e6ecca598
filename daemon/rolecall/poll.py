"""One source, once: ask, read, understand, recognise, match, and write it all down in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rolecall import decide, dedupe, vacancy
from rolecall.asking import ask
from rolecall.config import Config, SourceEntry
from rolecall.decide import Change, Judged, Understood
from rolecall.errors import NotNow, SourceError, StoreError
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import Page, Posting, RawPosting, Reply, Request, Validators
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from rolecall.ports import Committed, Plan, SourceState, Store
from rolecall.recognise import Recognised, recognise
from rolecall.repeats import Repeats
from rolecall.schedule import DAY

log = logging.getLogger(__name__)

MAX_PAGES = 20
LONG_AGO = datetime.min.replace(tzinfo=UTC)
BATCH = 200  # postings understood per step in the worker thread


def due(config: Config, states: Mapping[str, SourceState], now: datetime) -> Iterator[tuple[SourceEntry, SourceState]]:
    """Yield the sources to ask now, the one that has waited longest first: sources on one budget take turns.

    A due time beyond any interval means that the clock was set back.
    """
    found = [(entry, states.get(entry.source.name) or SourceState(entry.source.name, now)) for entry in config.sources]
    for entry, state in sorted(found, key=lambda each: each[1].last_try or LONG_AGO):
        longest = max(entry.every, DAY) * 1.2
        if state.due_at <= now or state.due_at > now + longest:
            yield entry, state


async def poll(entry: SourceEntry, state: SourceState, house: House) -> SourceState:
    """Poll one source and commit what follows; returns its new state. A failing source is a state, not an error."""
    try:
        return await _poll(entry, state, house)
    except NotNow as error:
        return await _put_off(entry, state, error, house)
    except SourceError as error:
        return await _failed(entry, state, error, house)
    except StoreError:
        raise
    except Exception as error:  # one of the two places: no source may stop the daemon
        log.exception("poll-bug source=%s", entry.source.name)
        return await _failed(entry, state, SourceError(f"a bug in Rolecall: {type(error).__name__}"), house)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one round of questions brought. `whole`: together the pages are all that the source lists now."""

    pages: tuple[Page, ...]
    validators: Mapping[str, Validators]
    whole: bool

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all postings listed; those known from last time were not read again."""
        return frozenset[str]().union(*(page.ids for page in self.pages))


async def _poll(entry: SourceEntry, state: SourceState, house: House) -> SourceState:
    answers = await _ask(entry, state, house)
    raws = decide.merge(answers.pages)
    fresh = await _understood(await _unknown(entry.source.name, raws, house.store), house)
    after, committed = await _commit(entry, state, answers, fresh, house)
    log.info(
        "polled source=%s postings=%d new=%d jobs=%d alerts=%d skipped=%d next=%s",
        after.name, len(answers.ids), committed.postings, committed.jobs, committed.alerts,
        after.skipped, f"{after.due_at:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    return after


async def _failed(entry: SourceEntry, state: SourceState, error: SourceError, house: House) -> SourceState:
    now = house.now()
    after = decide.after_failure(state, entry, error, now)
    notices = decide.notice_of(state, after, house.config.owner, now)
    await house.store.commit(Plan(now=now, source=after, notices=notices))
    log.warning(
        "poll-failed source=%s failures=%d next=%s error=%s",
        after.name, after.failures, f"{after.due_at:%Y-%m-%dT%H:%M:%SZ}", error,
    )  # fmt: skip
    return after


async def _put_off(entry: SourceEntry, state: SourceState, error: NotNow, house: House) -> SourceState:
    now = house.now()
    after = decide.after_waiting(state, entry, error, now)
    await house.store.commit(Plan(now=now, source=after))
    log.info("put-off source=%s next=%s reason=%s", after.name, f"{after.due_at:%Y-%m-%dT%H:%M:%SZ}", error)
    return after


async def _ask(entry: SourceEntry, state: SourceState, house: House) -> _Answers:
    """Ask every request of the source, following its pages; unchanged replies give no page."""
    asked: list[str] = []
    replies: list[Reply] = []
    pages: list[Page] = []
    waiting: list[Request] = list(entry.source.requests())
    while waiting and len(asked) < MAX_PAGES:
        request = waiting.pop(0)
        reply = await ask(house, entry.source, request, state.validators.get(request.url, Validators()))
        asked.append(request.url)
        replies.append(reply)
        if not reply.unchanged:
            page = await house.parser.parse(entry.source, replace(reply, known=state.items))
            pages.append(page)
            waiting.extend([page.next] if page.next else [])
    whole = not waiting and len(pages) == len(replies) and all(page.complete for page in pages)
    return _Answers(tuple(pages), decide.new_validators(replies, asked, state.validators), whole)


async def _unknown(source: str, raws: Sequence[RawPosting], store: Store) -> list[tuple[RawPosting, str]]:
    """Return the postings that are new or changed, with their content hash."""
    hashes = {raw.id: decide.content_hash(raw) for raw in raws}
    known = await store.known(source, list(hashes))
    return [(raw, hashes[raw.id]) for raw in raws if known.get(raw.id) != hashes[raw.id]]


async def _understood(raws: Sequence[tuple[RawPosting, str]], house: House) -> list[Understood]:
    """Understand postings in a worker thread, in batches, so that the loop is never held."""
    done: list[Understood] = []
    for start in range(0, len(raws), BATCH):
        done += await asyncio.to_thread(_understand_all, raws[start : start + BATCH], house.repeats, house.now())
    return done


def _understand_all(raws: Sequence[tuple[RawPosting, str]], repeats: Repeats, now: datetime) -> list[Understood]:
    return [_understand(raw, content_hash, repeats, now) for raw, content_hash in raws]


def _understand(raw: RawPosting, content_hash: str, repeats: Repeats, now: datetime) -> Understood:
    posting = normalise(raw)
    if distrusted := repeats.distrusted(posting, now):
        posting = normalise(distrusted)
    return Understood(posting, content_hash, dedupe.fingerprint(posting), as_json(posting))


async def _commit(
    entry: SourceEntry,
    state: SourceState,
    answers: _Answers,
    fresh: Sequence[Understood],
    house: House,
) -> tuple[SourceState, Committed]:
    """Recognise, match and write. One poll at a time: two boards with one new vacancy must not both call it new.

    The searches are asked here and not before, so that a reload between asking and writing is not missed.
    """
    async with house.deciding:
        now = house.now()
        found = await recognise(fresh, house.store, now)
        watched = decide.watched(found.told, house.config)
        judged, changed = await asyncio.to_thread(_judged, found, house.index, watched, now)
        after = decide.after_success(state, entry, answers.pages, answers.validators, now)
        quiet = not state.baseline or state.version != after.version  # another version may read the same words anew
        # A first poll may match a thousand times: the loop is not held for that.
        alerts = await asyncio.to_thread(decide.alerts, judged, house.config, now, baseline=not state.baseline)
        plan = Plan(
            now=now,
            source=after,
            postings=found.postings,
            seen=tuple(answers.ids),
            gone=await _gone(state, answers, house.store),
            alerts=alerts,
            notices=(
                *decide.notice_of(state, after, house.config.owner, now),
                *(() if quiet else decide.updates(changed, judged, found.told, house.config, now)),
            ),
            merges=found.merges,
        )
        return after, await house.store.commit(plan)


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
    return decide.judged(pairs, index), changed


async def _gone(state: SourceState, answers: _Answers, store: Store) -> tuple[str, ...]:
    """Return the ids missing from a whole list; the second time, they are closed.

    A list that is unchanged still lacks what it lacked. One that drops to nothing is more likely a fault than the end
    of every job: it closes nothing until a second one agrees.
    """
    if not answers.pages:
        return tuple(await store.missing_ids(state.name))
    if not answers.whole:
        return ()
    missing = await store.open_ids(state.name) - answers.ids
    dropped = not answers.ids and state.postings > 0
    return tuple(missing - await store.missing_ids(state.name) if dropped else missing)
