"""What understanding a posting costs: `python -m tests.bench.normalise [POSTINGS]`.

Processor time per posting and per 5 kB of text, by field, over the real postings of ../shared/data; then the memory
that the vocabularies take. Compare two versions within one hour on one machine: `PYTHONPATH=/other/daemon` reads with
the other one. What readers remember of all texts (stems of words, headings) is warm from the first of the runs on, as
it is in a daemon. On a busy machine count instructions instead (`valgrind --tool=callgrind`): times wander by a tenth.
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

SETS = ("postings_labelled.jsonl", "postings_mixed.jsonl.gz")
RUNS = 5
BODY = 5000  # characters


def main(limit: str = "500") -> None:
    megabytes = _memory()
    for name in SETS:
        _bench(name, int(limit))
    sys.stdout.write(f"\n{megabytes:8.1f} MB of vocabularies, with the modules that read them\n")


def _memory() -> float:
    import_module("rolecall.model")
    tracemalloc.start()
    _understand()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken / 1e6


def _understand() -> None:
    """Read one posting that makes every module load its words."""
    model, normalise = import_module("rolecall.model"), import_module("rolecall.normalise").normalise
    body = (
        "Remote or hybrid, 2 days a week in our Leeds office. £60,000, no juniors, Python and Go, SC clearance, PAYE."
    )
    normalise(model.RawPosting("bench", "1", "Senior Python Developer", location="Leeds", description=body))


def _bench(name: str, limit: int) -> None:
    from rolecall.normalise import normalise
    from rolecall.normalise.text import prepare
    from tests.quality import data

    raws = [example.raw for example in data.postings(name)[:limit]]
    size = sum(len(raw.description) for raw in raws) / len(raws)
    sys.stdout.write(f"\n{name}: {len(raws)} postings of {size:,.0f} characters\n")
    _line("normalise", _cost(normalise, raws), size)
    _line("  prepare", _cost(prepare, raws), size)
    docs = [prepare(raw) for raw in raws]
    for field, reader in _readers().items():
        _line(f"  {field}", _cost(reader, docs), size)


def _readers() -> dict[str, Callable[[Any], object]]:
    """Return what reads each field; what a reader needs of others is left out where it changes little of its cost."""
    from rolecall import normalise as all_of
    from rolecall.model import Fact

    def read(name: str, *rest: object) -> Callable[[Any], object]:
        function = getattr(all_of, f"read_{name}")
        return lambda doc: function(doc, *rest)

    none: Fact[Any] = Fact()
    return {
        "location": read("location"),
        "mode": read("mode", none),
        "contract": read("contract"),
        "salary": read("salary"),
        "stack": read("stack"),
        "family": read("family", ()),
        "level": read("level", none, none),
        "uk": read("uk", none, none),
        "ir35": read("ir35", none),
        "clearance": read("clearance"),
        "visa": read("visa"),
        "agency": read("agency"),
        "hours": read("hours", none),
        "closing": read("closing"),
        "flags": read("flags"),
    }


def _cost(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Return the seconds of processor time that one item takes: the median of several runs."""
    runs = []
    for _ in range(RUNS):
        started = time.process_time()
        for item in items:
            work(item)
        runs.append((time.process_time() - started) / len(items))
    return statistics.median(runs)


def _line(what: str, seconds: float, size: float) -> None:
    sys.stdout.write(f"{what:12} {seconds * 1e6:8,.0f} µs a posting {seconds * 1e6 * BODY / size:8,.0f} µs per 5 kB\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
