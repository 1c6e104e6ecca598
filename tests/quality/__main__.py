"""The scoreboard: `python -m tests.quality [field ...] [--json] [--misses N] [--load] [--record]`."""

from __future__ import annotations

import argparse
import json
import sys

from tests.quality import data, load, record
from tests.quality.fields import FIELDS, scores
from tests.quality.scores import Score


def main() -> int:
    options = _options()
    if not data.DATA.exists():
        sys.stderr.write(f"needs {data.DATA}, which is not part of the project\n")
        return 2
    found = [score for field in options.field or FIELDS for score in _scores(field)]
    if options.json:
        _say(json.dumps([score.as_json(options.misses) for score in found], indent=1, default=str))
    else:
        _print(found, options.misses)
    if options.load:
        cost = load.cost()
        _say(f"\n{cost.n} postings: {cost.ms_per_posting:.2f} ms CPU each, {cost.ms_per_5kb:.2f} ms per 5 kB")
    if options.record:
        record.save(found)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description="How well postings are understood.")
    parser.add_argument("field", nargs="*", help=f"which fields (all): {', '.join(FIELDS)}")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--misses", type=int, default=5, metavar="N", help="show N misses per score (5)")
    parser.add_argument("--record", action="store_true", help="record these scores: CI fails below them")
    parser.add_argument("--load", action="store_true", help="also read the unlabelled postings and say what each costs")
    options = parser.parse_args()
    if unknown := set(options.field) - set(FIELDS):
        parser.error(f"no such field: {', '.join(sorted(unknown))}")
    return options


def _scores(field: str) -> list[Score]:
    try:
        return list(scores(field))
    except ModuleNotFoundError as error:
        sys.stderr.write(f"{field}: {error}\n")
        return []


def _print(found: list[Score], misses: int) -> None:
    _say(f"{'field/data':24} {'n':>6} {'exact':>8} {'prec.':>8} {'recall':>8}")
    for score in found:
        _say(f"{score.name:24} {score.n:6} {score.exact:8.2%} {score.precision:8.2%} {score.recall:8.2%}")
    for score in found:
        if score.beside:
            _say(f"\n{score.name}: " + ", ".join(f"{name} {value:.4f}" for name, value in score.beside.items()))
    for score in found:
        _print_rules(score)
        for outcome in score.misses[:misses]:
            _say(f"  {outcome.id}: {outcome.text[:300]!r}")
            _say(f"      expected {outcome.expected}\n      got      {outcome.got}  ({outcome.rule or '-'})")


def _print_rules(score: Score) -> None:
    _say(f"\n{score.name}: {len(score.misses)} misses")
    for rule, (fired, right) in score.rules.items():
        _say(f"  {rule:40} {right:5} of {fired}")


if __name__ == "__main__":
    raise SystemExit(main())
