"""The text of postings whose list leaves it out: asked one by one, only of new ones, and only a few after each poll.

Such a posting waits as the row that its list gave, in a table of its own: nobody hears of what is half read, and it is
neither forgotten nor asked for again. It is stored, and judged by the searches, when its text is there. A text that
cannot be had in three tries is done without, as are those at the end of a very long queue: the row stands as it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeGuard

from rolecall import news
from rolecall.asking import ask
from rolecall.errors import Refused, SourceError, StoreError, Unreachable, Unreadable
from rolecall.house import House
from rolecall.match import Index, Search
from rolecall.model import RawPosting, Validators
from rolecall.news import Pace
from rolecall.normalise import normalise
from rolecall.plan import SETTLED, Plan, Waiting
from rolecall.ports import Addressed, Detail, Detailed, Source
from rolecall.thinking import think

log = logging.getLogger(__name__)

TRIES = 3
ROUNDS = 24  # for which rows wait: a longer queue is cut at its end, where no search can want much
PATIENCE = timedelta(days=1)  # with a host that always asks for time
MANY = 1_000  # rows done without after one poll


def is_detailed(source: Source) -> TypeGuard[Detailed]:
    """Ask as `isinstance` would; asking a protocol takes Python 3.11 as long as a statement takes the database."""
    return hasattr(source, "read_detail")


async def waiting(
    source: Source, new: Sequence[tuple[RawPosting, str]], house: House, *, baseline: bool
) -> tuple[Waiting, ...]:
    """Return those of the new and changed rows (given with their hash) that wait for their text."""
    if not new or not is_detailed(source):
        return ()
    now, found = house.now(), list[Waiting]()
    index = Index([_open_minded(search) for search in house.config.searches])
    for start in range(0, len(new), news.BATCH):
        batch = [Waiting(raw, digest, now, baseline=baseline) for raw, digest in new[start : start + news.BATCH]]
        found += await think(_with_hope, source, batch, index)
    return tuple(found)


def _open_minded(search: Search) -> Search:
    """Return the search as it would be if what an advert does not say were always good enough."""
    return replace(search, unknown=dict.fromkeys(search.unknown, "include"))


def _with_hope(source: Detailed, rows: Sequence[Waiting], index: Index) -> list[Waiting]:
    """Return the rows that lack their text, the hopeful ones marked."""
    wait = [row for row in rows if source.detail(row.raw)]
    return [replace(row, hopeful=any(index.matches(normalise(_as_it_is(row.raw))))) for row in wait]


def _as_it_is(raw: RawPosting) -> RawPosting:
    """Return a row as a posting: what it does not say may only be missing."""
    return replace(raw, truncated=True)


async def read(source: Source, house: House, stop: asyncio.Event, *, first: bool) -> None:
    """Ask for the text of some rows that wait, each in a transaction of its own, until `stop` is set.

    `first`: this was the first poll of the source, and its matches go into the summary.
    """
    if not is_detailed(source):
        return
    visit = _Visit(source, house, first)
    if not isinstance(source, Addressed):
        await visit.do_without(await house.store.waiting(source.name, MANY, skip=ROUNDS * source.details))
    rows = await house.store.waiting(source.name, source.details)
    done = await visit.ask(rows, stop)
    if rows:
        log.info("details source=%s read=%d", source.name, done)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One round of questions to one source."""

    source: Detailed
    house: House
    first: bool

    async def ask(self, rows: Sequence[Waiting], stop: asyncio.Event) -> int:
        """Ask for each row's text, as long as the host answers; return how many were read.

        One page without an answer is that page; two in a row are the host: it is left alone until the next poll, and
        that costs every row a try. A host that asks for time gets it, and that costs none a try for a day.
        """
        done, silent = 0, False
        for number, row in enumerate(rows):
            error = None if stop.is_set() else await self.take([row], ask=True)
            if stop.is_set():
                break
            away, later = isinstance(error, Unreachable), error is not None and error.retry_after is not None
            if error:
                await self.put_back(self._blamed(rows[number:], silent=silent and away, later=later), error)
            if later or (silent and away):
                break
            done, silent = done + (error is None), away
        return done

    def _blamed(self, rows: Sequence[Waiting], *, silent: bool, later: bool) -> Sequence[Waiting]:
        """Return the rows that an error with the first of them costs a try."""
        if later:
            return [row for row in rows if row.since < self.house.now() - PATIENCE]
        return rows if silent and not isinstance(self.source, Addressed) else rows[:1]

    async def take(self, rows: Sequence[Waiting], *, ask: bool) -> SourceError | None:
        """Store postings, with their texts or without having asked for them; returns what went wrong."""
        try:
            found = [await self._whole(row.raw) if ask else self._without(row.raw) for row in rows]
            await self._store(rows, found)
        except SourceError as error:
            return error
        except StoreError:
            raise
        except Exception as error:  # like `poll.poll`: no source may stop the daemon, and no posting its source
            log.exception("detail-bug source=%s id=%s", self.source.name, rows[0].raw.id)
            return SourceError(f"a bug in Rolecall: {type(error).__name__}")
        return None

    async def do_without(self, rows: Sequence[Waiting]) -> None:
        for baseline in (False, True):
            if chosen := [row for row in rows if row.baseline is baseline]:
                log.warning("detail-missing source=%s rows=%d: they are done without", self.source.name, len(chosen))
                await self.take(chosen, ask=False)

    async def put_back(self, rows: Sequence[Waiting], error: SourceError) -> None:
        """Let rows wait for another try; after the last one do without. What its list lacks too is gone."""
        log.info("detail-failed source=%s rows=%d error=%s", self.source.name, len(rows), error)
        for row in rows:
            again = replace(row, tries=row.tries + 1)
            if isinstance(error, Refused) and error.gone and not row.listed:
                await self.house.store.commit(Plan(self.house.now(), dropped=(row.key,)))
            elif again.tries < TRIES:
                await self.house.store.commit(Plan(self.house.now(), waiting=(again,)))
            else:
                await self.do_without([row])

    async def _whole(self, raw: RawPosting) -> RawPosting | None:
        """Return the posting with its text, None where its page is no posting."""
        request = self.source.detail(raw)
        if request is None:
            return raw
        reply = await ask(self.house, self.source, request, Validators(), detail=True)
        page = await self.house.parser.parse(Detail(self.source, raw), reply)
        if page.skipped:
            raise Unreadable("nothing is left of the posting's page")
        return replace(page.postings[0], id=raw.id) if page.postings else None

    def _without(self, raw: RawPosting) -> RawPosting | None:
        return None if isinstance(self.source, Addressed) else _as_it_is(raw)

    async def _store(self, rows: Sequence[Waiting], found: Sequence[RawPosting | None]) -> None:
        """Store what the rows became; what is no posting at all is remembered, so that it is not asked again."""
        baseline = rows[0].baseline
        pace: Pace = "news" if not baseline else "summary" if self.first else "digest"
        read = [(raw, row.content_hash) for raw, row in zip(found, rows, strict=True) if raw]
        settled = tuple(replace(row, tries=SETTLED) for raw, row in zip(found, rows, strict=True) if not raw)
        fresh = await news.understood(read, self.house)
        async with self.house.deciding:
            plan = await news.plan(fresh, self.house, pace, updates=not baseline)
            await self.house.store.commit(replace(plan, waiting=settled))
