"""Patterns of the user's own, none of which may hold up the daemon.

Python's engine tries every way to split a text over the repeats of a pattern, one after the other, and nothing can stop
it meanwhile: "(a+)+b" takes years on forty letters. So the ways are counted beforehand.
"""

from __future__ import annotations

import re
from math import prod
from re import _parser  # type: ignore[attr-defined]  # private, but the one that knows what a pattern means
from typing import Any

LONGEST = 100  # characters of a title that a pattern is tried on
MOST_WAYS = 4_000_000  # measured: at most 0.4 s, on a text made to be slow; ordinary patterns take microseconds

Node = tuple[Any, Any]


def compiled(text: str) -> re.Pattern[str]:
    """Return the pattern, for any case; raises ValueError with a sentence where it is none, or may take too long."""
    try:
        ways = LONGEST * _ways(_parser.parse(text, re.IGNORECASE))
        found = re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{text!r} is not a pattern: {error}") from None
    if ways > MOST_WAYS:
        raise ValueError(f"{text!r} repeats what repeats, and may take hours on one title; use at most two of * and +")
    return found


def _ways(nodes: Any) -> int:
    """Return how many ways there are, at most, to match these nodes one after the other."""
    return min(prod(map(_ways_of, nodes)), MOST_WAYS + 1)


def _ways_of(node: Node) -> int:
    kind, value = str(node[0]), node[1]
    match kind:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, body = value
            return _repeated(_ways(body), least, min(most, max(least, LONGEST)))
        case "BRANCH":
            return sum(map(_ways, value[1]))
        case "SUBPATTERN":
            return _ways(value[3])
        case "ASSERT" | "ASSERT_NOT":
            return _ways(value[1])
        case "ATOMIC_GROUP":
            return _ways(value)
        case "GROUPREF_EXISTS":
            return sum(_ways(body) for body in value[1:] if body)
        case _:
            return 1


def _repeated(ways: int, least: int, most: int) -> int:
    if ways == 1:
        return most - least + 1
    return ways**most if most < 64 else MOST_WAYS + 1
