"""One source, once: ask, read, see what is new, find out what it means, and write it all down in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rolecall import __version__, decide, details, news
from rolecall.asking import ask, homes
from rolecall.budget import share_of
from rolecall.config import Config, SourceEntry
from rolecall.decide import Understood
from rolecall.errors import NotNow, Refused, SourceError, StoreError, Unreadable
from rolecall.health import Look, after_failure, after_put_off, after_success, readdressed
from rolecall.house import House
from rolecall.model import Page, RawPosting, Reply, Request, Validators
from rolecall.plan import Committed, Plan, SourceState, Waiting
from rolecall.ports import Source, Store
from rolecall.schedule import DAY
from rolecall.thinking import think_if

log = logging.getLogger(__name__)

MAX_PAGES = 20
PART = 500  # postings of a long list that are understood and written together
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def due(config: Config, states: Mapping[str, SourceState], now: datetime) -> Iterator[tuple[SourceEntry, SourceState]]:
    """Yield the sources to ask now, the one that has waited longest first: sources on one budget take turns.

    A due time beyond any interval means that the clock was set back.
    """
    named = ((entry, entry.source.name) for entry in config.sources)
    known = ((entry, states.get(name) or SourceState(name, now)) for entry, name in named)
    found = [(entry, state) for entry, state in known if state.due_at <= now or _far_away(state, entry, now)]
    yield from sorted(found, key=lambda each: each[1].last_try or LONG_AGO)


def _far_away(state: SourceState, entry: SourceEntry, now: datetime) -> bool:
    return state.due_at - now > max(entry.every, DAY) * 1.2


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
    except Exception as error:  # one of the named places (docs/architecture.md): no source may stop the daemon
        log.exception("poll-bug source=%s", entry.source.name)
        return await _failed(entry, state, SourceError(f"a bug in Rolecall: {type(error).__name__}"), house)


async def _poll(entry: SourceEntry, state: SourceState, house: House) -> SourceState:
    look = await _look(entry, state, house)
    found = await _unknown(entry.source.name, look.pages, house.store)
    waiting = await details.waiting(entry.source, found.changed, house, baseline=not state.baseline)
    held = {row.raw.id for row in waiting}
    changed = [(raw, digest) for raw, digest in found.changed if raw.id not in held]
    done = await _in_parts(changed, state, house)
    async with house.understanding if changed else nullcontext():
        fresh = await news.understood(changed, house)
        after, committed = await _commit(entry, state, replace(look, new=found.new), fresh, waiting, house)
    done = (*done, committed)
    log.info(
        "polled source=%s postings=%d new=%d jobs=%d alerts=%d skipped=%d next=%s",
        after.name, len(look.ids), sum(each.postings for each in done), sum(each.jobs for each in done),
        sum(each.alerts for each in done), after.skipped, f"{after.due_at:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    _say_what_is_odd(state, after)
    return after


def _say_what_is_odd(before: SourceState, after: SourceState) -> None:
    if after.gap and after.gap != before.gap:
        since, until = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in after.gap)
        log.warning("gap-possible source=%s from=%s until=%s: nothing known was on its page", after.name, since, until)
    if after.move and after.move.settled and not (before.move and before.move.settled):
        log.warning("moved source=%s to=%s", after.name, after.move.to)


async def _in_parts(changed: list[tuple[RawPosting, str]], state: SourceState, house: House) -> tuple[Committed, ...]:
    """Take all but the last part off a long list, and write it: understood all at once, it would fill the memory.

    Where the source stands is written with the last part; whoever is killed before asks for the whole list again.
    """
    done = []
    while len(changed) > PART:
        async with house.understanding:
            fresh = await news.understood(changed[:PART], house)
            del changed[:PART]
            async with house.deciding:
                done.append(await house.store.commit(await _told(fresh, state, house)))
    return tuple(done)


async def _failed(entry: SourceEntry, state: SourceState, error: SourceError, house: House) -> SourceState:
    now = house.now()
    after = after_failure(state, entry, error, now)
    await house.store.commit(Plan(now=now, source=after))
    log.warning(
        "poll-failed source=%s failures=%d next=%s error=%s",
        after.name, after.failures, f"{after.due_at:%Y-%m-%dT%H:%M:%SZ}", error,
    )  # fmt: skip
    return after


async def _put_off(entry: SourceEntry, state: SourceState, error: NotNow, house: House) -> SourceState:
    now = house.now()
    after = after_put_off(state, error, now)
    await house.store.commit(Plan(now=now, source=after))
    log.info("put-off source=%s next=%s reason=%s", after.name, f"{after.due_at:%Y-%m-%dT%H:%M:%SZ}", error)
    return after


async def _look(entry: SourceEntry, state: SourceState, house: House) -> Look:
    """Ask the source where it should live, else where else it may; the first error is the one to tell of."""
    source, *others = homes(entry.source)
    try:
        return await _look_at(source, state, house)
    except (Refused, Unreadable):
        for other in others:
            with suppress(SourceError):
                return await _look_at(other, state, house)
        raise


async def _look_at(source: Source, state: SourceState, house: House) -> Look:
    """Ask every request of the source, following its pages; unchanged replies give no page.

    A page behind one with postings is asked without conditions: an unchanged one would not say what follows it.
    """
    asked: list[str] = []
    replies: list[Reply] = []
    pages: list[Page] = []
    seen: set[str] = set()
    wanted = [readdressed(request, state) for request in source.requests()]
    waiting = [(request, _known(request, state)) for request in wanted]
    while waiting and len(asked) < MAX_PAGES:
        request, conditions = waiting.pop(0)
        reply = await ask(house, source, request, conditions)
        asked.append(request.url)
        replies.append(reply)
        if not reply.unchanged:
            page = await house.parser.parse(source, replace(reply, known=state.items))
            pages.append(page)
            ids = page.ids
            if not ids or not ids <= seen:  # some lists have no end: they begin anew
                waiting += [(each, Validators() if ids else _known(each, state)) for each in page.following]
            seen |= ids
    return Look(
        tuple(pages),
        frozenset(seen),
        decide.new_validators(replies, asked, state.validators),
        whole=not waiting and len(pages) == len(replies) and all(page.complete for page in pages),
        wait=_asked_for(pages, replies),
        moved_to=replies[0].moved_to if replies else None,
    )


def _known(request: Request, state: SourceState) -> Validators:
    return Validators() if request.always else state.validators.get(request.url, Validators())


def _asked_for(pages: Sequence[Page], replies: Sequence[Reply]) -> timedelta:
    """Return for how long the source wants to be left alone: by its own words (ttl), or while its answer is fresh."""
    words = [page.wait or 0.0 for page in pages] + [reply.fresh_for for reply in replies]
    return min(DAY, timedelta(seconds=max(words, default=0.0)))


@dataclass(frozen=True, slots=True)
class _Found:
    """The postings that are new or changed, with their content hash; how many of them are new."""

    changed: list[tuple[RawPosting, str]]
    new: int


async def _unknown(source: str, pages: Sequence[Page], store: Store) -> _Found:
    if not any(page.postings for page in pages):
        return _Found([], 0)
    many = sum(len(page.postings) for page in pages) > news.BATCH
    hashed = await think_if(many, _hashed, pages)
    known = await store.known(source, [raw.id for raw, _ in hashed])
    changed = [(raw, digest) for raw, digest in hashed if known.get(raw.id) != digest]
    return _Found(changed, sum(raw.id not in known for raw, _ in hashed))


def _hashed(pages: Sequence[Page]) -> list[tuple[RawPosting, str]]:
    return [(raw, decide.content_hash(raw)) for raw in decide.merge(pages)]


async def _commit(
    entry: SourceEntry,
    state: SourceState,
    look: Look,
    fresh: Sequence[Understood],
    waiting: tuple[Waiting, ...],
    house: House,
) -> tuple[SourceState, Committed]:
    """Write what the postings mean together with where the source stands now."""
    async with house.deciding if fresh else nullcontext():  # where nothing is new, nobody needs to wait
        after = after_success(state, entry, look, house.now(), share_of(entry.source, house.config))
        plan = replace(
            await _told(fresh, state, house),
            source=after,
            seen=tuple(look.ids),
            gone=await _gone(state, look, house.store),
            unchanged=not look.pages,
            waiting=waiting,
        )
        return after, await house.store.commit(plan)


async def _told(fresh: Sequence[Understood], state: SourceState, house: House) -> Plan:
    quiet = not state.baseline or state.version != __version__  # another version may read the same words anew
    return await news.plan(fresh, house, "news" if state.baseline else "summary", updates=not quiet)


async def _gone(state: SourceState, look: Look, store: Store) -> tuple[str, ...]:
    """Return the ids missing from a whole list; the second time, they are closed.

    One that drops to nothing is more likely a fault than the end of every job: it closes nothing until a second one
    agrees.
    """
    if not look.whole:
        return ()
    missing = await store.open_ids(state.name) - look.ids
    dropped = not look.ids and state.postings > 0
    return tuple(missing - await store.missing_ids(state.name) if dropped else missing)
