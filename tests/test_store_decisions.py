"""Whatever people decide in whatever order, both stores agree, and undoing it all leaves what was there before."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.people import Again, Decision
from rolecall.ports import Store
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.store_plans import NOW, SOURCE, alert, at_once, plan, posting

IDS = "abcdef"
PEOPLE = ("", "anna", "ben")
MARKS = ("saved", "applied", "dismissed", "snoozed")
KINDS = ("join", "split", *MARKS, "muted_company", "muted_agency", "unmuted", "undo")


class Step(NamedTuple):
    kind: str
    one: str
    other: str
    person: str


def steps(*kinds: str, people: tuple[str, ...] = PEOPLE) -> Any:
    each = (st.sampled_from(kinds), st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(people))
    return st.lists(st.builds(Step, *each), max_size=12)


async def decide(store: Store, step: Step, minute: int) -> bool:
    at = NOW + timedelta(minutes=minute)
    ids = (step.one, step.other)[: 2 if step.kind == "join" else 1]
    again = Again(at + timedelta(days=1), ("python",), ("phone",)) if step.kind == "snoozed" else None
    company = f"{step.other} Ltd" if "mute" in step.kind else ""
    keys = tuple((SOURCE, id_) for id_ in ids)
    kind: Any = step.kind
    return await store.record(Decision(f"{minute}", kind, keys, at, step.person, company, again))


async def after_all(store: Store, taken: list[Step], *, back: bool) -> tuple[Any, Any]:
    """Decide step by step, and perhaps take it back; return the jobs with their marks, and all else that is left."""
    news = [posting(id_, f"job-{'abc'[number // 2]}") for number, id_ in enumerate(IDS)]
    await store.commit(plan(*news, alerts=tuple(alert(new, at_once(new)) for new in news[:3])))
    done = []
    for minute, step in enumerate(taken):
        done += [step] if await decide(store, step, minute) else []
    for minute, step in enumerate(reversed(done) if back else (), len(taken)):
        assert await decide(store, step._replace(kind="undo"), minute)
    jobs = [job for new in news if (job := await store.find_url(new.raw.url))]
    told = sorted(await store.alerted({job.id for job in jobs}))
    saved = [job.id for job in await store.saved("anna", 10)]
    mutes, waiting = await store.mutes(PEOPLE), (await store.channels(NOW))["phone"].pending
    marked = {frozenset(copy.raw.id for copy in job.postings): job.marks for job in jobs}
    return (marked, mutes), (told, saved, waiting, done)


async def on_both(taken: list[Step], *, back: bool = False) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        store = await SqliteStore.open(Path(folder, "rolecall.db"))
        await store._writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))  # no power cut is tried here
        kept = await after_all(store, taken, back=back)
        await store.close()
    return kept, await after_all(MemoryStore(), taken, back=back)


@given(steps(*KINDS))
@settings(max_examples=80)
def test_both_stores_agree_on_every_decision(taken: list[Step]) -> None:
    kept, remembered = asyncio.run(on_both(taken))
    assert kept == remembered


@given(steps("join", "split", *MARKS, "muted_company", "muted_agency"))
@settings(max_examples=60)
def test_what_is_undone_step_by_step_is_as_it_was(taken: list[Step]) -> None:
    (kept, (_, _, waiting, _)), (remembered, _) = asyncio.run(on_both(taken, back=True))
    assert kept == remembered == ({frozenset("ab"): (), frozenset("cd"): (), frozenset("ef"): ()}, [])
    assert waiting == 2, "no snoozed job is left in the outbox"
