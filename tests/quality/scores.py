"""What a score is: how many, how many exactly right, precision, recall, the misses, and every rule's record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example measured. `said`, `wanted` and `right` count values (one for a single value, more for lists)."""

    id: str
    text: str
    expected: Any
    got: Any
    rule: str
    exact: bool
    said: int
    wanted: int
    right: int


def single(example_id: str, text: str, expected: Any, got: Any, rule: str = "") -> Outcome:
    """A field with one value, None = not stated."""
    exact = expected == got
    said, wanted = int(got is not None), int(expected is not None)
    return Outcome(example_id, text, expected, got, rule, exact, said, wanted, int(exact and said and wanted))


def several(example_id: str, text: str, expected: Iterable[Any], got: Iterable[Any], rule: str = "") -> Outcome:
    """A field with a set of values."""
    wanted, said = set(expected), set(got)
    return Outcome(
        example_id, text, sorted(wanted), sorted(said), rule, wanted == said, len(said), len(wanted), len(wanted & said)
    )


@dataclass(frozen=True, slots=True)
class Score:
    field: str
    data: str
    outcomes: tuple[Outcome, ...]
    beside: Mapping[str, float] = with_default(default_factory=dict)  # figures of this field alone: F1, B-cubed

    @property
    def name(self) -> str:
        return f"{self.field}/{self.data}"

    @property
    def n(self) -> int:
        return len(self.outcomes)

    @property
    def exact(self) -> float:
        return _share(sum(outcome.exact for outcome in self.outcomes), self.n)

    @property
    def precision(self) -> float:
        return _share(sum(outcome.right for outcome in self.outcomes), sum(outcome.said for outcome in self.outcomes))

    @property
    def recall(self) -> float:
        return _share(sum(outcome.right for outcome in self.outcomes), sum(outcome.wanted for outcome in self.outcomes))

    @property
    def misses(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.exact]

    @property
    def rules(self) -> dict[str, tuple[int, int]]:
        """How often each rule gave the answer, and how often that answer was exactly right."""
        fired = Counter(outcome.rule for outcome in self.outcomes)
        right = Counter(outcome.rule for outcome in self.outcomes if outcome.exact)
        return {rule: (fired[rule], right[rule]) for rule in sorted(fired) if rule}

    def as_json(self, misses: int) -> dict[str, Any]:
        return {
            "field": self.field,
            "data": self.data,
            **self.figures(),
            **self.beside,
            "rules": {rule: {"fired": fired, "right": right} for rule, (fired, right) in self.rules.items()},
            "misses": [
                {"id": o.id, "text": o.text, "expected": o.expected, "got": o.got, "rule": o.rule}
                for o in self.misses[:misses]
            ],
        }

    def figures(self) -> dict[str, float | int]:
        return {"n": self.n, "exact": self.exact, "precision": self.precision, "recall": self.recall}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0
