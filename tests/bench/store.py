"""How fast postings are stored and found: `python -m tests.bench.store [POSTINGS] [BATCH] [DIRECTORY]`.

Put DIRECTORY on a RAM disk to see the processor's share; on a disk, every commit waits for the platter. The texts are
made of invented words, which compress unlike people's prose: sizes are for comparing versions, not for planning.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rolecall.plan import NewPosting, Plan, SourceState
from rolecall.store import SqliteStore
from tests.store_plans import NOW, posting

WORDS = [f"{a}{b}" for a in ("data", "cloud", "clock", "ledger", "signal", "harbour") for b in ("", "s", "ing", "-led")]
LENGTH = 450  # words in a description


def main(total: int = 20_000, batch: int = 500, directory: str | None = None) -> None:
    with tempfile.TemporaryDirectory(dir=directory) as place:
        path = Path(place, "bench.db")
        asyncio.run(_bench(path, total, batch))
        sys.stdout.write(f"{path.stat().st_size / total:12,.0f} bytes a posting\n")


async def _bench(path: Path, total: int, batch: int) -> None:
    store = await SqliteStore.open(path)
    plans = [_plan(start, batch) for start in range(0, total, batch)]
    with _timed("new postings", total):
        for plan in plans:
            await store.commit(plan)
    last = plans[-1]
    source, ids = last.postings[0].raw.source, tuple(new.raw.id for new in last.postings)
    with _timed("known ids", batch):
        await store.known(source, ids)
    with _timed("seen again", batch):
        await store.commit(replace(last, postings=(), seen=ids))
    with _timed("postings compared", batch):
        await store.candidates({key for new in last.postings for key in new.print.keys})
    with _timed("unchanged sources", 200):
        for _ in range(200):
            await store.commit(Plan(NOW, last.source))
    await store.close()


def _plan(start: int, batch: int) -> Plan:
    source = f"feed:bench{start}"
    return Plan(NOW, SourceState(source, NOW), tuple(_posting(source, n) for n in range(start, start + batch)))


def _posting(source: str, number: int) -> NewPosting:
    chance = random.Random(number)
    new = posting(f"{number}", source=source, keys=frozenset({f"c:{number:x}", f"u:{number:x}"}))
    text = " ".join(chance.choices(WORDS, k=LENGTH))
    shingles = frozenset(chance.getrandbits(32) for _ in range(LENGTH // 5))
    facts = {
        "level": {"min": "senior", "evidence": text[:40]},
        "modes": ["hybrid"],
        "stack": chance.choices(WORDS, k=9),
    }
    return replace(
        new, raw=replace(new.raw, description=text), print=replace(new.print, shingles=shingles), facts=facts
    )


@contextmanager
def _timed(what: str, count: int) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sys.stdout.write(f"{count / wall:12,.0f} {what} a second, {cpu / count * 1e6:,.0f} µs of processor time each\n")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(*map(int, arguments[:2]), *arguments[2:])
