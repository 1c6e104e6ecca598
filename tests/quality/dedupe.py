"""How well vacancies are recognised: `python -m tests.quality dedupe`, or `python -m tests.quality.dedupe` for JSON.

Pairs of ../shared/data are labelled by reading them, both adverts in full, as a person would who must be alerted once
for a vacancy and never miss another one. Copies of one advert for several cities are one vacancy. Pairs that a reader
cannot decide are "unsure" and not counted. The rules were made with dedupe_labels.json; dedupe_held_out.json was
labelled later from pairs that nobody had looked at, and weighted towards hard ones. dedupe_fresh.json was drawn by
chance over the whole range of likeness and measured before anything was made with it: precision 0.968, recall 0.714.
dedupe_last.json came after that, drawn and measured likewise: 1.000 and 0.826 (0.478 with the rules of before). The
false joins of held_out and fresh, one each, were read before `dedupe/opening.py` was written: they are blind no more.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rolecall.dedupe import assign, fingerprint, same
from rolecall.dedupe.boilerplate import learn
from rolecall.model import Print
from rolecall.normalise import outline
from rolecall.normalise.facts import raw_from_json
from tests.quality.data import lines
from tests.quality.scores import Outcome, single

PAIRS = "dedupe_pairs_unlabelled.jsonl"
OTHERS = ("postings_mixed.jsonl.gz", "salary_texts.jsonl")
SETS = {
    "pairs": "dedupe_labels.json",
    "held_out": "dedupe_held_out.json",
    "fresh": "dedupe_fresh.json",
    "last": "dedupe_last.json",
}

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was said of the labelled pairs, and what a reader says; by (id, id)."""

    prints: Mapping[str, Print]
    said: Mapping[_Pair, bool]
    wanted: Mapping[_Pair, bool]


@cache
def measure(name: str) -> Measured:
    """Let every posting of every labelled pair go through `assign` together, as in the filter."""
    labels, raws = _labels(name), _postings()
    prints = {each: _print(raws[each]) for each in dict.fromkeys(posting for pair in labels for posting in pair)}
    jobs = {found.key[1]: found.job for found in assign(list(prints.values()), [])}
    said = {pair: jobs[pair[0]] == jobs[pair[1]] for pair in labels}
    return Measured(prints, said, {pair: label == "same" for pair, label in labels.items()})


def outcomes(name: str) -> Iterator[Outcome]:
    """Yield one outcome per labelled pair, for the scoreboard: "same" is the value that is found or missed."""
    measured = measure(name)
    boilerplate = learn(measured.prints.values())
    for pair, wanted in measured.wanted.items():
        a, b = (measured.prints[each] for each in pair)
        why = same(a, b, boilerplate)
        text = f"{a.title} at {a.company} / {b.title} at {b.company}"
        found = "same" if measured.said[pair] else None
        yield single(" ".join(pair), text, "same" if wanted else None, found, why.because[-1].split()[0] if why else "")


def figures(name: str) -> dict[str, float]:
    """Return precision, recall and F1 of the clusters over the labelled pairs, and B-cubed over their postings."""
    measured = measure(name)
    said, wanted = measured.said, measured.wanted
    right = sum(said[pair] and wanted[pair] for pair in said)
    precision, recall = _share(right, sum(said.values())), _share(right, sum(wanted.values()))
    exact, complete = _b_cubed(said, wanted)
    return {
        "precision": precision,
        "recall": recall,
        "f1": _f1(precision, recall),
        "b_cubed_precision": exact,
        "b_cubed_recall": complete,
        "b_cubed_f1": _f1(exact, complete),
    }


def score(name: str) -> dict[str, Any]:
    """Return the figures of one labelled set and its misses."""
    measured = measure(name)
    said, wanted = measured.said, measured.wanted
    return {
        "pairs": len(said),
        "same": sum(wanted.values()),
        **figures(name),
        "wrongly_joined": [" ".join(pair) for pair in said if said[pair] and not wanted[pair]],
        "wrongly_split": [" ".join(pair) for pair in said if wanted[pair] and not said[pair]],
    }


def _labels(name: str) -> dict[_Pair, str]:
    """Return the label of each pair; an id without its board is one of Adzuna's."""
    groups = json.loads(Path(__file__).with_name(SETS[name]).read_text(encoding="utf-8"))
    pairs = {label: (pair.split() for pair in groups[label]) for label in ("same", "different")}
    return {(_id(a), _id(b)): label for label, found in pairs.items() for a, b in found}


def _id(written: str) -> str:
    return written if ":" in written else f"adzuna:{written}"


@cache
def _postings() -> dict[str, dict[str, Any]]:
    paired = (posting for row in lines(PAIRS) for posting in (row["a"], row["b"]))
    return {row["id"]: row for rows in (*map(lines, OTHERS), paired) for row in rows}


def _print(posting: dict[str, Any]) -> Print:
    return fingerprint(outline(raw_from_json(posting)))


def _b_cubed(said: Mapping[_Pair, bool], wanted: Mapping[_Pair, bool]) -> tuple[float, float]:
    """Average precision and recall over postings; each counts itself and the labelled pairs it is in."""
    precision, recall = defaultdict[str, list[bool]](lambda: [True]), defaultdict[str, list[bool]](lambda: [True])
    for pair in said:
        for posting in pair:
            precision[posting] += [wanted[pair]] if said[pair] else []
            recall[posting] += [said[pair]] if wanted[pair] else []
    postings = {posting for pair in said for posting in pair}
    exact, complete = (
        round(sum(sum(of[each]) / len(of[each]) for each in postings) / len(postings), 4) for of in (precision, recall)
    )
    return exact, complete


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0


if __name__ == "__main__":
    json.dump({name: score(name) for name in SETS}, sys.stdout, indent=1)
