"""Soak the daemon: `nice python -m tests.soak [--small]`; a day of 500 boards takes some 20 minutes.

Prints what was measured, exits with 1 when something grew that should not, and with `--picture` draws the curves.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.soak.curve import Sample, faults, growth, quietest
from tests.soak.life import Size, Soak

SMALL = Size(sources=50, postings=5_000, hours=6, searches=50, every=300, idle=900)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", action="store_true", help="as in CI")
    options.add_argument("--sources", type=int, default=Size().sources)
    options.add_argument("--postings", type=int, default=Size().postings)
    options.add_argument("--picture", type=Path, help="draw the curves into this file")
    asked = options.parse_args()
    logging.getLogger("rolecall").setLevel(logging.CRITICAL)  # hundreds of errors are part of the day
    size = SMALL if asked.small else Size(asked.sources, asked.postings)
    began = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        samples = Soak(size, Path(folder), lambda sample: _progress(sample, size.hours)).run()
    _say("\n" if sys.stderr.isatty() else "")
    _report(samples, time.monotonic() - began[0], time.process_time() - began[1])
    if asked.picture:
        from tests.soak.picture import draw

        asked.picture.write_bytes(draw(samples))
    wrong = faults(samples, size.postings)
    for sentence in wrong:
        _say(f"WRONG: {sentence}")
    return bool(wrong)


def _progress(sample: Sample, hours: float) -> None:
    """Draw the bar on a terminal; anywhere else, write what was measured, a line a sample."""
    done = round(40 * sample.hour / hours)
    bar = f"[{'#' * done}{' ' * (40 - done)}] {sample.hour:5.1f} h  {sample.postings:7,} postings"
    sys.stderr.write(f"\r{bar}  {sample.memory:4.0f} MB" if sys.stderr.isatty() else f"{json.dumps(asdict(sample))}\n")
    sys.stderr.flush()


def _report(samples: Sequence[Sample], wall: float, computed: float) -> None:
    last, then = samples[-1], samples[len(samples) // 4]
    _say(f"{last.hour:.1f} simulated hours in {wall / 60:.1f} minutes ({computed / 60:.1f} of computing)")
    _say(f"{last.postings:,} postings, {last.alerts:,} alerts, {last.outbox} messages wait")
    grown = f"{growth(samples):+.1%}"
    _say(f"memory: {then.memory:.0f} MB after {then.hour:.1f} h, {last.memory:.0f} MB at the end ({grown})")
    _say(f"database: {last.database:.1f} MB, predicted {last.predicted:.1f} MB")
    _say(f"at the quietest: {quietest(samples)}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
