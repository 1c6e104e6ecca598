"""Asking every source once, as `check` does: within its provider's budget, and not while its host wants to be alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from rolecall.app import open_house, utc_now
from rolecall.asking import ask, homes
from rolecall.budget import share_of
from rolecall.cli.options import reading
from rolecall.details import is_detailed
from rolecall.errors import DatabaseBusy, NotNow, SourceError
from rolecall.model import Page, Validators
from rolecall.ports import Detail
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from rolecall.trouble import when

if TYPE_CHECKING:
    from rolecall.config import Config, SourceEntry
    from rolecall.house import House
    from rolecall.plan import SourceState
    from rolecall.ports import Source, Store

MOST_PAGES = 3


class Tried(NamedTuple):
    """`result`: ok, failed or "put off"; `said`: what came, or why not."""

    result: str
    said: str


@asynccontextmanager
async def house_beside_daemon(config: Config) -> AsyncIterator[tuple[House, Mapping[str, SourceState]]]:
    """Open a house in which sources can be asked, and what a daemon that is running knows of its sources."""
    store, states = await _store(config)
    async with open_house(config, store) as house:
        yield house, states


async def _store(config: Config) -> tuple[Store, Mapping[str, SourceState]]:
    """Return the database, so that calls are counted; where a daemon writes to it, or none has yet, a memory."""
    if not config.database.exists():
        return MemoryStore(), {}
    try:
        return await SqliteStore.open(config.database), {}
    except DatabaseBusy:
        memory = MemoryStore()
        async with reading(config) as store:
            for host, until in (await store.held(utc_now())).items():
                await memory.hold(host, until)
            return memory, await store.source_states()


async def tried(entry: SourceEntry, house: House, known: SourceState | None) -> Tried:
    """Ask a source, where it should live or else where it may; of one on a budget, tell what the daemon knows."""
    share = share_of(entry.source, house.config)
    if known and share:
        return _as_known(known, f"{share.budget.limits[0]} are left to the daemon", house.config)
    failed: list[SourceError] = []
    for source in homes(entry.source):
        try:
            return Tried("ok", await _asked(source, house))
        except NotNow as error:
            return Tried("put off", str(error))
        except SourceError as error:
            failed.append(error)
    return Tried("failed", str(failed[0]))


def _as_known(state: SourceState, why: str, config: Config) -> Tried:
    if state.failures or state.last_success is None:
        return Tried("failed" if state.failures else "put off", f"{state.last_error or state.put_off} ({why})")
    return Tried("ok", f"{state.postings} postings on {when(state.last_success, config)} ({why})")


async def _asked(source: Source, house: House) -> str:
    """Ask for the list, and for one text where the list has none; say what came."""
    pages: list[Page] = []
    waiting = list(source.requests())
    while waiting and len(pages) < MOST_PAGES:
        pages.append(await house.parser.parse(source, await ask(house, source, waiting.pop(0), Validators())))
        waiting.extend(pages[-1].following)
    postings = [posting for page in pages for posting in page.postings]
    skipped = sum(page.skipped for page in pages)
    more = ", and more pages" if waiting else ""
    said = f"{len(postings)} posting{'' if len(postings) == 1 else 's'}{more}" + (
        f", {skipped} unreadable" if skipped else ""
    )
    if is_detailed(source):
        asked = next(((each, wanted) for each in postings if (wanted := source.detail(each))), None)
        if asked:
            reply = await ask(house, source, asked[1], Validators(), detail=True)
            await house.parser.parse(Detail(source, asked[0]), reply)
            said += ", a text too"
    return said
