"""What is measured, what may grow and by how much, and the size that a database ought to have."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rolecall.sandbox import Sandbox

MB = 1_000_000
PIPES = 2  # to the parsing child and from it


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the daemon; memory and sizes in MB, `hour` of the simulated day."""

    hour: float
    memory: float
    child: float
    database: float
    predicted: float
    postings: int
    alerts: int
    tasks: int
    files: int
    outbox: int

    @property
    def own_files(self) -> int:
        """Open files but for the pipes to a parsing child, which comes and goes with the work."""
        return self.files - (PIPES if self.child else 0)


class Gauge:
    """Looks at this process, its parsing child and its database."""

    def __init__(self, database: Path, sandbox: Sandbox) -> None:
        self._database, self._sandbox = database, sandbox
        self._last, self._bodies = 0, 0

    def read(self, hour: float) -> Sample:
        with closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)) as db:
            self._last, added = db.execute(_BODIES, [self._last, self._last]).fetchone()
            self._bodies += added
            postings, alerts, outbox = db.execute(_COUNTS).fetchone()
            pages, page = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        return Sample(
            hour=hour,
            memory=_memory("self"),
            child=_memory(str(self._sandbox.pid)) if self._sandbox.pid else 0.0,
            database=pages * page / MB,
            predicted=predicted(postings, alerts, self._bodies),
            postings=postings,
            alerts=alerts,
            tasks=len(asyncio.all_tasks()),
            files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            outbox=outbox,
        )


_BODIES = """
SELECT coalesce(max(posting), ?),
  coalesce(sum(length(print) + length(shingles) + length(because) + length(content)), 0)
FROM posting_body WHERE posting > ?
"""
_COUNTS = """
SELECT (SELECT count(*) FROM posting), (SELECT count(*) FROM alert),
  (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending'))
"""


def _memory(process: str) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except FileNotFoundError:  # the child has just gone
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / MB if found else 0.0


# --- how large a database should be ---------------------------------------------------------------------------

FILLED = 0.91  # of a page of texts: a row that does not fit goes to the next one
POSTING = 430  # bytes of a posting besides its texts: its row, its job, its look-up keys, and their indexes
ALERT = 750  # bytes of an alert, with its reasons and its share of a message
BEGINNING = 0.3  # MB of a new database


def predicted(postings: int, alerts: int, bodies: int) -> float:
    """Return the size in MB of a database that holds so many postings and alerts; `bodies`: bytes of their texts."""
    return BEGINNING + (bodies / FILLED + POSTING * postings + ALERT * alerts) / MB


# --- what may grow --------------------------------------------------------------------------------------------

GROWTH = 0.10  # of memory, from the hours after the beginning to the last ones
TOLERANCE = 0.10  # of the predicted size
"""Neither tasks nor open files may be more at the quietest moment of the end than at that of the beginning."""


def faults(samples: Sequence[Sample], postings: int) -> list[str]:
    """Return what is wrong with a soak, in sentences; nothing where all is well."""
    early, late = _early_and_late(samples)
    early_child, late_child = (max(sample.child for sample in part) for part in (early, late))
    last = samples[-1]
    found = [
        (last.postings < 0.95 * postings, f"only {last.postings:,} of {postings:,} postings were stored"),
        (growth(samples) > GROWTH, f"memory grew by {growth(samples):.1%}"),
        (late_child > early_child * (1 + GROWTH), f"the parsing child grew to {late_child:.0f} MB"),
        (_off(samples) > TOLERANCE, f"the database is {_off(samples):.1%} off what was predicted"),
        (min(s.tasks for s in late) > min(s.tasks for s in early), "tasks are left over"),
        (min(s.own_files for s in late) > min(s.own_files for s in early), "files are left open"),
        (not last.alerts or last.outbox > last.alerts / 4, f"{last.outbox} messages wait"),
    ]
    return [sentence for wrong, sentence in found if wrong]


def growth(samples: Sequence[Sample]) -> float:
    """Return by which share the daemon's memory grew from the second quarter of the time to the last one."""
    early, late = (median(sample.memory for sample in part) for part in _early_and_late(samples))
    return late / early - 1


def quietest(samples: Sequence[Sample]) -> str:
    """Say how many tasks and open files there were at the quietest moments, early and late."""
    early, late = _early_and_late(samples)
    tasks, files = ([min(getattr(s, name) for s in part) for part in (early, late)] for name in ("tasks", "own_files"))
    return f"{tasks[0]} tasks and {files[0]} files early, {tasks[1]} and {files[1]} late"


def _off(samples: Sequence[Sample]) -> float:
    """Return by how much, at most, the database was not as predicted, once it holds anything worth predicting."""
    return max(abs(s.database / s.predicted - 1) for s in samples[len(samples) // 4 :])


def _early_and_late(samples: Sequence[Sample]) -> tuple[Sequence[Sample], Sequence[Sample]]:
    quarter = len(samples) // 4
    return samples[quarter : 2 * quarter], samples[-quarter:]
