"""Is this the same vacancy? Pure: prints in, assignments out."""

from __future__ import annotations

from typing import Any

from rolecall.dedupe.boilerplate import Advert, Boilerplate, in_doubt, learn
from rolecall.dedupe.cluster import assign, job_id, unsplit
from rolecall.dedupe.merge import Merged, merge
from rolecall.dedupe.names import normal_company
from rolecall.dedupe.prints import fingerprint
from rolecall.dedupe.same import Sameness, same
from rolecall.dedupe.urls import canonical_url
from rolecall.model import Assignment

__all__ = [
    "Advert",
    "Boilerplate",
    "Merged",
    "Sameness",
    "as_json",
    "assign",
    "canonical_url",
    "fingerprint",
    "in_doubt",
    "job_id",
    "learn",
    "merge",
    "normal_company",
    "same",
    "unsplit",
]


def as_json(assignment: Assignment) -> dict[str, Any]:
    """Return one line of the filter `rolecall dedupe` (design: filters.md)."""
    return {
        "id": assignment.key[1],
        "job": assignment.job,
        "same_as": assignment.same_as[1] if assignment.same_as else None,
        "because": list(assignment.because),
        "score": assignment.score,
        "bridges": list(assignment.bridges),
    }
