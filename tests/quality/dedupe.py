"""How well vacancies are recognised: `python -m tests.quality.dedupe`.

Pairs of ../shared/data are labelled in dedupe_labels.json by reading them, both adverts in full, as a person would who
must be alerted once for a vacancy and never miss another one. Copies of one advert for several cities are one vacancy.
Pairs that a reader cannot decide are "unsure" and not counted.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.dedupe import assign, fingerprint, same
from rolecall.model import Print
from rolecall.normalise import normalise
from rolecall.normalise.facts import raw_from_json
from tests.quality.data import lines
from tests.quality.scores import Outcome, single

LABELS = Path(__file__).with_name("dedupe_labels.json")
PAIRS = "dedupe_pairs_unlabelled.jsonl"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was said of the labelled pairs, and what a reader says; by (id, id)."""

    prints: dict[str, Print]
    said: dict[tuple[str, str], bool]
    wanted: dict[tuple[str, str], bool]


def measure() -> Measured:
    """Let every posting of every pair go through `assign` in one stream, one at a time, as in the daemon."""
    labels, pairs = _labels(), {row["id"].removeprefix("pair:"): row for row in lines(PAIRS)}
    prints = {each["id"]: _print(each) for row in pairs.values() for each in (row["a"], row["b"])}
    jobs = _stream(prints.values())
    said, wanted = dict[tuple[str, str], bool](), dict[tuple[str, str], bool]()
    for pair, label in labels.items():
        a, b = (f"adzuna:{number}" for number in pair.split(":"))
        said[a, b], wanted[a, b] = jobs[a] == jobs[b], label == "same"
    return Measured(prints, said, wanted)


def outcomes() -> Iterator[Outcome]:
    """Yield one outcome per labelled pair, for the scoreboard: "same" is the value that is found or missed."""
    measured = measure()
    for pair, wanted in measured.wanted.items():
        a, b = (measured.prints[each] for each in pair)
        why = same(a, b)
        text = f"{a.title} at {a.company} / {b.title} at {b.company}"
        found = "same" if measured.said[pair] else None
        yield single(":".join(pair), text, "same" if wanted else None, found, why.because[-1].split()[0] if why else "")


def score() -> dict[str, Any]:
    """Return precision, recall and F1 of the clusters over the labelled pairs, B-cubed F1, and the misses."""
    measured = measure()
    prints, said, wanted = measured.prints, measured.said, measured.wanted
    right = sum(said[pair] and wanted[pair] for pair in said)
    precision, recall = _share(right, sum(said.values())), _share(right, sum(wanted.values()))
    return {
        "pairs": len(said),
        "same": sum(wanted.values()),
        "precision": precision,
        "recall": recall,
        "f1": _f1(precision, recall),
        "b_cubed_f1": _b_cubed(said, wanted),
        "pairwise": _pairwise(prints, wanted),
        "wrongly_joined": [":".join(pair) for pair in said if said[pair] and not wanted[pair]],
        "wrongly_split": [":".join(pair) for pair in said if wanted[pair] and not said[pair]],
    }


def _labels() -> dict[str, str]:
    groups = json.loads(LABELS.read_text(encoding="utf-8"))
    return {pair: label for label in ("same", "different") for pair in groups[label]}


def _print(posting: dict[str, Any]) -> Print:
    return fingerprint(normalise(raw_from_json(posting)))


def _stream(prints: Iterable[Print]) -> dict[str, str]:
    jobs, seen = dict[str, str](), defaultdict[str, list[tuple[Print, str]]](list)
    for each in prints:
        (found,) = assign([each], [pair for key in each.keys for pair in seen[key]])
        jobs[each.id] = found.job
        for key in each.keys:
            seen[key].append((each, found.job))
    return jobs


def _pairwise(prints: dict[str, Print], wanted: dict[tuple[str, str], bool]) -> dict[str, float]:
    """Score `same` alone, without clusters."""
    said = {pair: same(prints[pair[0]], prints[pair[1]]) is not None for pair in wanted}
    right = sum(said[pair] and wanted[pair] for pair in said)
    return {"precision": _share(right, sum(said.values())), "recall": _share(right, sum(wanted.values()))}


def _b_cubed(said: dict[tuple[str, str], bool], wanted: dict[tuple[str, str], bool]) -> float:
    """Average over postings; each counts itself and the labelled pairs it is in."""
    precision, recall = defaultdict[str, list[bool]](lambda: [True]), defaultdict[str, list[bool]](lambda: [True])
    for pair in said:
        for posting in pair:
            precision[posting] += [wanted[pair]] if said[pair] else []
            recall[posting] += [said[pair]] if wanted[pair] else []
    postings = {posting for pair in said for posting in pair}
    means = [sum(_share(sum(of[p]), len(of[p])) for p in postings) / len(postings) for of in (precision, recall)]
    return _f1(*means)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0


if __name__ == "__main__":
    json.dump(score(), sys.stdout, indent=1)
