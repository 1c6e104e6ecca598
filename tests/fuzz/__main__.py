"""Fuzz by hand: `nice python -m tests.fuzz [TARGET …] [--seconds N]`. Says how many executions there were.

With atheris (`pip install atheris`) inputs are guided by coverage, without it they are only mutated. What raises is
written to the folder `fuzz-findings`, and the traceback is printed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import traceback
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from random import Random

FINDINGS = Path("fuzz-findings")
LARGEST = 20_000  # bytes of an input


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("targets", nargs="*")
    options.add_argument("--seconds", type=int, default=60, help="for each target")
    options.add_argument("--largest", type=int, default=LARGEST, help="bytes of an input: shorter ones run faster")
    options.add_argument("--guided", help=argparse.SUPPRESS)  # one target, in this process
    asked = options.parse_args()
    if asked.guided:
        _guided(asked.guided, asked.seconds, asked.largest)
        return
    from tests.fuzz.targets import targets

    total = 0
    for name in asked.targets or targets():
        run = _in_a_process if find_spec("atheris") else _mutations
        runs = run(name, asked.seconds, asked.largest)
        total += runs
        _say(f"{name:28} {runs:12,} executions")
    how = "guided by coverage (atheris)" if find_spec("atheris") else "mutations only"
    _say(f"{'in all':28} {total:12,} executions, {how}; findings: {_found()}")


def _mutations(name: str, seconds: int, largest: int) -> int:
    from tests.fuzz.targets import mutated, seeds, targets

    target, good, chance = targets()[name], seeds(name), Random()
    runs, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(chance.choice(good), good, chance)[:largest]
        runs += 1
        try:
            target(data)
        except Exception:  # noqa: BLE001 # to find whatever is raised is the purpose
            _keep(name, data)
    return runs


def _in_a_process(name: str, seconds: int, largest: int) -> int:
    """Run atheris, which never returns, in a process of its own; return the number of executions it reports."""
    limits = ("--seconds", str(seconds), "--largest", str(largest))
    command = (sys.executable, "-m", "tests.fuzz", "--guided", name, *limits)
    done = subprocess.run(command, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    if done.returncode:
        _say(said[-3_000:])
    counted = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said) or re.findall(r"^#(\d+)", said, re.MULTILINE)
    return int(counted[-1]) if counted else 0


def _guided(name: str, seconds: int, largest: int) -> None:
    import atheris  # type: ignore[import-not-found,unused-ignore] # only where somebody fuzzes

    with atheris.instrument_imports(include=["rolecall", "feedparser"]):
        from tests.fuzz.targets import seeds, targets, words
    target = targets()[name]

    def once(data: bytes) -> None:
        try:
            target(data)
        except Exception:  # noqa: BLE001 # to find whatever is raised is the purpose; the fuzzer goes on
            _keep(name, data)

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(seeds(name)):
            Path(corpus, str(number)).write_bytes(seed[:largest])
        known = Path(folder, "words.dict")
        known.write_text("\n".join(f'"{_escaped(word)}"' for word in words()), encoding="ascii")
        limits = (f"-max_total_time={seconds}", f"-max_len={largest}", "-timeout=20")
        atheris.Setup([sys.argv[0], f"-dict={known}", *limits, "-print_final_stats=1", str(corpus)], once)
        atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02X}" for byte in word.encode())


def _keep(name: str, data: bytes) -> None:
    """Write down what was raised, each place once."""
    trace = traceback.format_exc()
    where = blake2b("".join(re.findall(r"File .*? line \d+", trace)[-2:]).encode(), digest_size=4).hexdigest()
    path = FINDINGS / f"{name.replace(':', '-')}-{where}"
    if not path.exists():
        FINDINGS.mkdir(exist_ok=True)
        path.write_bytes(data)
        _say(f"{path}\n{trace}")


def _found() -> int:
    return len(list(FINDINGS.iterdir())) if FINDINGS.exists() else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
