"""The same rounds with other programs: lemon24's `reader` and newsboat."""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
from pathlib import Path

from tests.bench.boards import ITEMS, ROUNDS, ask

Costs = dict[str, float]  # round → CPU ms per feed

READER = """
import json, sys, time, urllib.request
from reader import make_reader
url, feeds, rounds = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
reader = make_reader("reader.db")
for n in range(feeds):
    reader.add_feed(f"{url}/feed/{n}")
costs = {}
for each in rounds:
    urllib.request.urlopen(f"{url}/round/{each}").read()
    started = time.process_time()
    reader.update_feeds(scheduled=False)
    costs[each] = (time.process_time() - started) * 1000 / feeds
found = sum(1 for _ in reader.get_entries())
print(json.dumps({"costs": costs, "entries": found}))
"""


def reader(python: str, url: str, feeds: int) -> Costs:
    """Return what `reader` costs in the environment of this interpreter; its start is not counted."""
    with tempfile.TemporaryDirectory() as place:
        command = (python, "-c", READER, url, str(feeds), *ROUNDS)
        said = subprocess.run(command, cwd=place, stdout=subprocess.PIPE, text=True, check=True).stdout
    answer = json.loads(said)
    assert answer["entries"] == feeds * (ITEMS + 2), answer
    costs: Costs = answer["costs"]
    return costs


def newsboat(program: str, url: str, feeds: int) -> Costs:
    """Return what newsboat costs, its start and the reading of its cache included: it has no other way."""
    costs = {}
    with tempfile.TemporaryDirectory() as place:
        Path(place, "urls").write_text("".join(f"{url}/feed/{n}\n" for n in range(feeds)), encoding="ascii")
        Path(place, "config").write_text("", encoding="ascii")
        command = (program, "-u", f"{place}/urls", "-c", f"{place}/cache.db", "-C", f"{place}/config", "-x", "reload")
        for each in ROUNDS:
            ask(f"{url}/round/{each}")
            before = cpu_of_ended()
            subprocess.run(command, check=True, capture_output=True)
            costs[each] = (cpu_of_ended() - before) * 1000 / feeds
    return costs


def cpu_of_ended() -> float:
    """Return the CPU seconds of child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
