"""What a poll costs, beside other readers: `python -m tests.bench.poll [FEEDS] [--reader PYTHON] [--newsboat PROGRAM]`.

One loopback server (a process of its own, not counted), FEEDS feeds of 30 items, three rounds: cold, all answered 304,
two new items in each. Printed is CPU time, the parsing child's included, in milliseconds per feed; what a daemon loads
once at its start is not counted. Beside a feed reader stands what a feed reader does too (fetch, parse, store); what
the postings mean is Rolecall's own affair and stands by itself.

PYTHON is the interpreter of an environment that holds lemon24's `reader` (`pip install reader sgmllib3k`); without it,
and where newsboat is not installed, their rows are left out. All take turns, `--times` over, and the least counts: what
else a machine does only ever makes a figure larger. `--stacks 0.1` prints who holds the loop longer than that.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import partial

from tests.bench import others, ours
from tests.bench.boards import BIG, ITEMS, ROUNDS, server
from tests.bench.others import Costs
from tests.bench.stalls import Stalls, watched

WHOLE, LIKE, BARE = (
    "rolecall, everything",
    "rolecall as a feed reader: fetch, parse, store",
    "rolecall: fetch and parse",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("feeds", nargs="?", type=int, default=100)
    options.add_argument("--cycle", type=int, default=5_000, help="how many unchanged feeds")
    options.add_argument("--times", type=int, default=1, help="how often each cost is taken; the least counts")
    options.add_argument("--runs", type=int, default=1, help="of what is looked at for stalls")
    options.add_argument("--stacks", type=float, default=0.0, help="seconds of a stall that is looked into")
    options.add_argument("--reader", help="the Python of an environment with lemon24's reader")
    options.add_argument("--newsboat", default=shutil.which("newsboat"))
    asked = options.parse_args()
    with server() as url:
        _show_costs(_least([_costs(url, asked) for _ in range(asked.times)]), asked.feeds)
        speed, cost = asyncio.run(ours.unchanged(url, asked.cycle))
        _say(f"\n{asked.cycle} unchanged feeds on {ours.HOSTS} hosts: {speed:.0f} a second, {cost:.2f} CPU ms each")
        _say("\nloop stalls" + " " * 33 + "late: max       p99   our own: max")
        for _ in range(asked.runs):
            _show_stalls(asyncio.run(_stalls(url, asked)))


def _costs(url: str, asked: argparse.Namespace) -> dict[str, Costs]:
    whole = asyncio.run(ours.polls(url, asked.feeds))
    rows = {WHOLE: whole.costs, **{f"  of it: {part}": costs for part, costs in whole.parts.items()}}
    rows[LIKE] = asyncio.run(ours.as_a_reader(url, asked.feeds)).costs
    rows[BARE] = asyncio.run(ours.parsing(url, asked.feeds)).costs
    if asked.reader:
        rows["reader"] = others.reader(asked.reader, url, asked.feeds)
    if asked.newsboat:
        rows["newsboat"] = others.newsboat(asked.newsboat, url, asked.feeds)
    return rows


def _least(runs: Sequence[Mapping[str, Costs]]) -> dict[str, Costs]:
    return {name: {each: min(run[name][each] for run in runs) for each in ROUNDS} for name in runs[0]}


async def _stalls(url: str, asked: argparse.Namespace) -> dict[str, Stalls]:
    watch = partial(watched, asked.stacks)
    whole = await ours.polls(url, asked.feeds, watch=watch)
    return {
        **whole.stalls,
        f"a board of {BIG} jobs": await ours.large(url, watch),
        "hostile feeds": await ours.hostile(url, watch),
    }


def _show_costs(rows: Mapping[str, Costs], feeds: int) -> None:
    _say(f"{f'{feeds} feeds of {ITEMS} items, CPU ms per feed':46}" + "".join(f"{each:>11}" for each in ROUNDS))
    for name, costs in rows.items():
        _say(f"{name:46}" + "".join(f"{costs[each]:11.2f}" for each in ROUNDS))
    for name in ("reader", "newsboat"):
        for mine in (LIKE, WHOLE) if name in rows else ():
            what = "like for like" if mine is LIKE else "all that Rolecall does"
            ratios = "".join(f"{rows[name][each] / rows[mine][each]:10.1f}×" for each in ROUNDS)
            _say(f"{f'{name} takes this many times as long, {what}':60}"[:60].rstrip().ljust(46) + ratios)


def _show_stalls(stalls: Mapping[str, Stalls]) -> None:
    for name, found in stalls.items():
        worst, p99, own = (1000 * each for each in (found.worst, found.percentile(0.99), found.worst_own))
        _say(f"{name:40}{worst:12.0f} ms{p99:7.1f} ms{own:12.0f} ms")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
