"""Old texts go, and nothing else: no alert comes again, a repost is known, and the file stops growing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from rolecall.people import Decision
from rolecall.plan import NewPosting
from rolecall.ports import Store
from rolecall.retention import prune
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.house import config_of, house_of
from tests.store_plans import NOW, SOURCE, after, alert, at_once, plan, poll, posting

SOON, LATER = after(days=1), after(days=400)
CONFIG = '[daemon]\ndatabase = "x.db"\n[channel.phone]\nkind = "console"\n'


@pytest.fixture(params=["sqlite", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "rolecall.db")
    yield opened
    await opened.close()


async def pruned(store: Store, before: datetime = SOON, limit: int = 100) -> int:
    """Prune to the end; return how many."""
    total, row = 0, 0
    while True:
        count, row = await store.prune(before, row, limit)
        total += count
        if not row:
            return total


async def texts(store: Store) -> dict[str, str]:
    return {each.raw.id: each.raw.description for each in (await store.postings(NOW))[0]}


def alerted(*postings: NewPosting, now: datetime = NOW) -> object:
    return plan(*postings, now=now, alerts=tuple(alert(new, at_once(new)) for new in postings))


async def test_the_text_goes_and_what_recognises_the_posting_stays(store: Store) -> None:
    new = posting("a")
    new = replace(new, raw=replace(new.raw, fields={**new.raw.fields, "lines": "long " * 100}))
    await store.commit(alerted(new))
    assert await pruned(store) == 1
    (left,) = (await store.postings(NOW))[0]
    assert (left.raw.description, dict(left.raw.fields)) == ("", dict(posting("a").raw.fields))
    assert (left.raw.title, left.raw.url, json.loads(left.facts)) == (new.raw.title, new.raw.url, new.facts)
    assert await store.known(SOURCE, ["a"]) == {"a": "first"}
    assert list(await store.candidates(new.print.keys)) == [(new.print, "job-a")]
    assert await store.alerted(["job-a"]) == {("python", "job-a")}
    again = await store.commit(alerted(new, now=LATER))
    assert (again.jobs, again.alerts, again.messages) == (0, 0, 0)


async def test_what_was_listed_since_stays_and_so_does_what_somebody_saved(store: Store) -> None:
    await store.commit(plan(*map(posting, ("old", "seen", "saved"))))
    await store.commit(poll(now=after(days=2), seen=("seen",)))
    await store.record(Decision("1", "saved", ((SOURCE, "saved"),), NOW, ""))
    assert await pruned(store) == 1
    assert [name for name, text in (await texts(store)).items() if not text] == ["old"]


async def test_each_text_is_dropped_once_in_batches_and_one_that_comes_back_is_kept_anew(store: Store) -> None:
    await store.commit(plan(*(posting(f"{n}") for n in range(25))))
    assert await pruned(store, limit=10) == 25
    assert await pruned(store) == 0
    await store.commit(plan(posting("3", content_hash="second"), now=after(days=3)))
    assert (await texts(store))["3"] != ""
    assert await pruned(store) == 0
    assert await pruned(store, after(days=4)) == 1


async def test_the_daemon_does_it_once_a_day_and_never_with_0(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "rolecall.db")
    await store.commit(plan(posting("a")))
    times = iter([after(days=9), LATER, LATER, after(days=400, hours=23), after(days=401, hours=1)])
    async with house_of(config_of(CONFIG), store) as house:
        house.now = lambda: next(times)
        forever = config_of(CONFIG.replace("[daemon]", "[daemon]\nkeep_days = 0"))
        stop, kept = asyncio.Event(), house.config
        done = [await prune(house, stop)]  # too young
        house.config = forever
        done.append(await prune(house, stop))
        house.config = kept
        done.append(await prune(house, stop))
        await store.commit(plan(posting("b")))
        done += [await prune(house, stop) for _ in range(2)]
    await store.close()
    assert done == [0, 0, 1, 0, 1]


async def test_freed_space_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "rolecall.db"
    store = await SqliteStore.open(path)
    await store.commit(plan(*(_long(n) for n in range(1_000))))
    before = await _pages(store)
    await pruned(store)
    await store.commit(plan(*(_long(n) for n in range(1_000, 1_500)), now=LATER))
    assert await _pages(store) <= before * 1.02
    await store.close()


def _long(number: int) -> NewPosting:
    new = posting(f"{number}")
    text = " ".join(f"{number * 7919 * n % 1_000_003:x}" for n in range(600))  # words that do not compress
    return replace(new, raw=replace(new.raw, description=text))


async def _pages(store: SqliteStore) -> int:
    def count(db) -> int:  # type: ignore[no-untyped-def]  # sqlite-utils' Database
        return int(db.execute("PRAGMA page_count").fetchone()[0])

    return await store._read(count)
