"""The text of postings whose list leaves it out: asked one by one, only of new ones, and only a few after each poll.

Such a posting waits as the row that its list gave, in a table of its own: nobody hears of what is half read, and it is
neither forgotten nor asked for again. It is stored, and judged by the searches, when its text is there. A text that
cannot be had after three tries or three days is done without: then the row stands as it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rolecall import news
from rolecall.asking import ask
from rolecall.errors import Refused, SourceError, StoreError, Unreachable, Unreadable
from rolecall.house import House
from rolecall.match import Index, Search
from rolecall.model import RawPosting, Validators
from rolecall.news import Pace
from rolecall.normalise import normalise
from rolecall.ports import SETTLED, Addressed, Detail, Detailed, Plan, Source, Waiting
from rolecall.thinking import think

log = logging.getLogger(__name__)

TRIES = 3
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PATIENCE = timedelta(days=3)
MANY = 200  # rows looked at after one poll


async def waiting(
    source: Source, new: Sequence[tuple[RawPosting, str]], house: House, *, baseline: bool
) -> tuple[Waiting, ...]:
    """Return those of the new and changed rows (given with their hash) that wait for their text."""
    if not new or not isinstance(source, Detailed):
        return ()
    now = house.now()
    rows = [Waiting(raw, digest, now, baseline=baseline) for raw, digest in new if source.detail(raw)]
    index = Index([_open_minded(search) for search in house.config.searches])
    batches = [rows[start : start + news.BATCH] for start in range(0, len(rows), news.BATCH)]
    return tuple([row for batch in batches for row in await think(_with_hope, batch, index)])


def _open_minded(search: Search) -> Search:
    """Return the search as it would be if what an advert does not say were always good enough."""
    return replace(search, unknown=dict.fromkeys(search.unknown, "include"))


def _with_hope(rows: Sequence[Waiting], index: Index) -> list[Waiting]:
    return [replace(row, hopeful=any(index.matches(normalise(_as_it_is(row.raw))))) for row in rows]


def _as_it_is(raw: RawPosting) -> RawPosting:
    """Return a row as a posting: what it does not say may only be missing."""
    return replace(raw, truncated=True)


async def read(source: Source, house: House, stop: asyncio.Event, *, first: bool) -> None:
    """Ask for the text of some rows that wait, each in a transaction of its own, until `stop` is set.

    `first`: this was the first poll of the source, and its matches go into the summary.
    """
    if not isinstance(source, Detailed):
        return
    visit = _Visit(source, house, first)
    overdue = LONG_AGO if isinstance(source, Addressed) else house.now() - PATIENCE
    rows = await house.store.waiting(source.name, overdue, MANY)
    to_ask = [row for row in rows if row.since >= overdue]
    for row in rows[: len(rows) - len(to_ask)]:
        await visit.do_without(row)
    done = await visit.ask(to_ask[: source.details], stop)
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
        that costs every row a try. A host that asks for time says nothing about any posting.
        """
        done, silent = 0, False
        for number, row in enumerate(rows):
            error = None if stop.is_set() else await self.take(row, ask=True)
            if stop.is_set() or (error and error.retry_after is not None):
                break
            away = isinstance(error, Unreachable)
            if error:
                whole = silent and away and not isinstance(self.source, Addressed)
                await self.put_back(rows[number:] if whole else [row], error)
            if silent and away:
                break
            done, silent = done + (error is None), away
        return done

    async def take(self, row: Waiting, *, ask: bool) -> SourceError | None:
        """Store a posting, with its text or without having asked for it; returns what went wrong."""
        try:
            raw = await self._whole(row.raw) if ask else self._without(row.raw)
            await (self._store(raw, row) if raw else self._settle(row))
        except SourceError as error:
            return error
        except StoreError:
            raise
        except Exception as error:  # like `poll.poll`: no source may stop the daemon, and no posting its source
            log.exception("detail-bug source=%s id=%s", self.source.name, row.raw.id)
            return SourceError(f"a bug in Rolecall: {type(error).__name__}")
        return None

    async def do_without(self, row: Waiting) -> None:
        log.warning("detail-missing source=%s id=%s: it is done without", self.source.name, row.raw.id)
        await self.take(row, ask=False)

    async def put_back(self, rows: Sequence[Waiting], error: SourceError) -> None:
        """Let rows wait for another try; after the last one do without. What its list lacks too is gone."""
        log.info("detail-failed source=%s id=%s rows=%d error=%s", self.source.name, rows[0].raw.id, len(rows), error)
        for row in rows:
            again = replace(row, tries=row.tries + 1)
            if isinstance(error, Refused) and error.gone and not row.listed:
                await self.house.store.commit(Plan(self.house.now(), dropped=(row.key,)))
            elif again.tries < TRIES:
                await self.house.store.commit(Plan(self.house.now(), waiting=(again,)))
            else:
                await self.do_without(row)

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

    async def _settle(self, row: Waiting) -> None:
        """Remember that there is no posting, so that it is not asked again."""
        await self.house.store.commit(Plan(self.house.now(), waiting=(replace(row, tries=SETTLED),)))

    async def _store(self, raw: RawPosting, row: Waiting) -> None:
        pace: Pace = "news" if not row.baseline else "summary" if self.first else "digest"
        fresh = await news.understood([(raw, row.content_hash)], self.house)
        async with self.house.deciding:
            plan = await news.plan(fresh, self.house, pace, updates=not row.baseline)
            await self.house.store.commit(plan)
