"""Whatever the user decides in whatever order, both stores agree, and undoing it all leaves what was there before."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.ports import Decision, Store
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.store_plans import NOW, SOURCE, alert, at_once, plan, posting

IDS = "abcdef"
KINDS = ("join", "split", "applied", "dismissed", "undo")
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(IDS), st.sampled_from(IDS)), max_size=12)


Steps = list[tuple[str, str, str]]
Jobs = dict[frozenset[str], str]


async def decide(store: Store, kind: Any, *ids: str, minute: int) -> bool:
    keys = tuple((SOURCE, id_) for id_ in ids)
    return await store.record(Decision(f"{minute}", kind, keys, NOW + timedelta(minutes=minute)))


async def after_all(store: Store, taken: Steps, *, back: bool) -> tuple[Jobs, Any]:
    """Decide step by step, and perhaps take it back; return the jobs with their marks, and who was told of what."""
    news = [posting(id_, f"job-{'abc'[number // 2]}") for number, id_ in enumerate(IDS)]
    await store.commit(plan(*news, alerts=tuple(alert(new, at_once(new)) for new in news[:3])))
    done = []
    for minute, (kind, one, other) in enumerate(taken):
        ids = (one, other)[: 2 if kind == "join" else 1]
        done += [one] if await decide(store, kind, *ids, minute=minute) else []
    for minute, one in enumerate(reversed(done) if back else (), len(taken)):
        assert await decide(store, "undo", one, minute=minute)
    jobs = [job for new in news if (job := await store.find_url(new.raw.url))]
    told = sorted(await store.alerted({job.id for job in jobs}))
    return {frozenset(copy.raw.id for copy in job.postings): job.mark for job in jobs}, (told, done)


async def on_both(taken: Steps, *, back: bool = False) -> tuple[tuple[Jobs, Any], tuple[Jobs, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        store = await SqliteStore.open(Path(folder, "rolecall.db"))
        await store._writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))  # no power cut is tried here
        kept = await after_all(store, taken, back=back)
        await store.close()
    return kept, await after_all(MemoryStore(), taken, back=back)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_both_stores_agree_on_every_decision(taken: Steps) -> None:
    kept, remembered = asyncio.run(on_both(taken))
    assert kept == remembered


@given(steps)
@settings(max_examples=40, deadline=None)
def test_what_is_undone_step_by_step_is_as_it_was(taken: Steps) -> None:
    (kept, _), (remembered, _) = asyncio.run(on_both([step for step in taken if step[0] != "undo"], back=True))
    assert kept == remembered == {frozenset("ab"): "", frozenset("cd"): "", frozenset("ef"): ""}
