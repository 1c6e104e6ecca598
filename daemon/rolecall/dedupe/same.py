"""Are these two postings the same vacancy? Evidence, then vetoes."""

from __future__ import annotations

from dataclasses import dataclass

from rolecall.model import Print

SAME_TEXT = 0.6  # share of the shorter text found in the other
OTHER_TEXT = 0.25  # below this the texts are about different roles
FEW = 12  # shingles: a shorter text proves nothing


@dataclass(frozen=True, slots=True)
class Sameness:
    """Why two postings are one vacancy; `score` from 0 to 1."""

    score: float
    because: tuple[str, ...]


def same(a: Print, b: Print) -> Sameness | None:
    """Return why `a` and `b` are one vacancy, None when they are not. Symmetric."""
    if a.url and a.url == b.url:
        return Sameness(1.0, ("same address",))
    if not a.company or a.company != b.company or a.title != b.title or a.level != b.level:
        return None
    overlap = text_overlap(a, b)
    if overlap is None:
        return Sameness(0.85, ("company", "title", "place")) if _meet(a, b) else None
    if overlap < OTHER_TEXT or (overlap < SAME_TEXT and not _meet(a, b)):
        return None
    return Sameness(round(0.8 + 0.2 * overlap, 3), ("company", "title", f"text {overlap:.2f}"))


def text_overlap(a: Print, b: Print) -> float | None:
    """Return the share of the shorter description that stands in the other; None where there is too little text."""
    smaller = min(len(a.shingles), len(b.shingles))
    return len(a.shingles & b.shingles) / smaller if smaller >= FEW else None


def _meet(a: Print, b: Print) -> bool:
    return not a.places or not b.places or bool(a.places & b.places)
