"""Security clearance: the lowest level that is acceptable, and whether it must be held already (design: section 12)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from rolecall.model import UNSTATED, Clearance, ClearanceLevel, Confidence, Fact
from rolecall.normalise.rules import Hit, hits, rules, sentence
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("clearance")
_STATES = tuple(
    (entry["state"], re.compile(rf"(?<!\w)(?:{'|'.join(entry['match'])})(?!\w)")) for entry in _WORDS["state"]
)
State = Literal["held", "eligible", "preferred"]
_RESIDENCY = re.compile("|".join(_WORDS["residency"]["match"]))
_NUMBERS = {"three": 3, "five": 5, "ten": 10}


def read_clearance(doc: Doc) -> Fact[Clearance]:
    """Return the clearance asked for. Level NONE: stated that none is needed; no value: nothing is said."""
    found = hits(rules("clearance"), doc.parts)
    named = [hit for hit in found if hit.rule.value != "none" and hit.rule.confidence > Confidence.GUESS]
    named = named or [hit for hit in found if hit.rule.value != "none"]
    if not named:
        return found[0].fact(Clearance(ClearanceLevel.NONE)) if found else UNSTATED
    levels = {hit: ClearanceLevel[hit.rule.value] for hit in named}
    lowest = min(levels.values())
    first = next(hit for hit in named if levels[hit] is lowest)
    value = Clearance(
        lowest, _state([hit for hit in named if levels[hit] is lowest]), frozenset(levels.values()) - {lowest}
    )
    return first.fact(replace(value, residency_years=_residency(doc)))


def _state(named: list[Hit]) -> State | None:
    """Return what the sentences that name the clearance say of it: wished for, to be obtained, or held."""
    around = " ".join(sentence(hit.part.low, hit.start, hit.match.end()) for hit in named)
    return next((state for state, pattern in _STATES if pattern.search(around)), None)


def _residency(doc: Doc) -> int | None:
    if not doc.mentions("residen", "lived", "resided", "living"):
        return None
    match = _RESIDENCY.search(doc.low)
    if match is None:
        return None
    number = match[1] or match[2]
    return _NUMBERS[number] if number in _NUMBERS else int(number)
