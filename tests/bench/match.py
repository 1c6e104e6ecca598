"""What matching costs among many saved searches: `python -m tests.bench.match [POSTINGS]`.

The real postings of ../shared/data are judged against invented searches, 1,000 and 20,000 of them, as people save
them: one to three technologies, levels, modes, a floor, a home. Printed is processor time a posting, beside that of
asking every search in turn.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from rolecall.match import Index, read_search
from rolecall.match.judge import judge
from rolecall.match.wants import Search
from rolecall.model import Action, Posting
from rolecall.normalise import normalise
from tests.quality import data

SIZES = (1_000, 20_000)
IN_TURN = 1_000  # searches that are also asked one by one
TECHS = ("python", "java", "typescript", "go", "react", "aws", "kubernetes", "sql", "ruby", "scala", "kotlin", "rust")
LEVELS = ("junior", "mid", "senior", "lead", "principal")
TOWNS = ("London", "Leeds", "Manchester", "Bristol", "Edinburgh", "Cambridge", "Birmingham")


def main(limit: int = 100) -> None:
    raws = [example.raw for example in data.postings("postings_mixed.jsonl.gz")[:limit]]
    postings = [normalise(raw) for raw in raws]
    for size in SIZES:
        searches = list(_searches(size))
        index = Index(searches)
        _line(f"{size:,} searches", postings, lambda posting, index=index: list(index.matches(posting)))
        if size <= IN_TURN:
            _line(f"{size:,}, one by one", postings, lambda posting, all_=searches: _in_turn(posting, all_))


def _in_turn(posting: Posting, searches: Iterable[Search]) -> list[Any]:
    return [match for search in searches if (match := judge(search, posting)).action is not Action.DROP]


def _line(what: str, postings: list[Posting], work: Callable[[Posting], list[Any]]) -> None:
    matches = sum(len(work(posting)) for posting in postings)  # warm: answers are remembered
    started = time.process_time()
    for posting in postings:
        work(posting)
    spent = (time.process_time() - started) / len(postings)
    each = f"{spent * len(postings) / max(matches, 1) * 1e6:,.1f} µs a match"
    sys.stdout.write(
        f"{what:20} {spent * 1e6:10,.1f} µs a posting, {matches / len(postings):6,.1f} matches each: {each}\n"
    )


def _searches(count: int) -> Iterator[Search]:
    chance = Random(count)
    for number in range(count):
        wanted: dict[str, Any] = {"name": f"S{number}", "stack": {"any": chance.sample(TECHS, chance.randint(1, 3))}}
        first = chance.randrange(len(LEVELS))
        wanted["levels"] = list(LEVELS[first : first + 2])
        wanted["modes"] = chance.choice((["remote"], ["remote", "hybrid"], ["hybrid", "onsite"]))
        wanted["min_salary"] = f"£{chance.randrange(40, 120, 5)}k"
        if "remote" not in wanted["modes"] or chance.random() < 0.3:
            wanted |= {"home": chance.choice(TOWNS), "max_miles": 30}
        yield read_search(wanted, "search")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
