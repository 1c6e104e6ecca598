"""Which saved searches does a posting match, and why? Pure: facts in, verdicts with reasons out."""

from __future__ import annotations

from typing import Any

from rolecall.match.criteria import CRITERIA
from rolecall.match.criterion import Criterion
from rolecall.match.index import Index
from rolecall.match.judge import explain, judge, nearly_takes, only_objection, without_guesses
from rolecall.match.search import Search, read_search
from rolecall.match.wants import CompanyName, Mute
from rolecall.model import Match

__all__ = [
    "CRITERIA",
    "CompanyName",
    "Criterion",
    "Index",
    "Mute",
    "Search",
    "as_json",
    "explain",
    "judge",
    "nearly_takes",
    "only_objection",
    "read_search",
    "without_guesses",
]


def as_json(id: str, match: Match) -> dict[str, Any]:  # noqa: A002 - the name of the key in filters.md
    """Return one line of the filter `rolecall match` (design: filters.md)."""
    return {
        "id": id,
        "search": match.search,
        "verdict": match.answer.value,
        "action": match.action.value,
        "reasons": [
            {
                "criterion": reason.criterion,
                "verdict": reason.verdict.answer.value,
                "because": reason.verdict.label or reason.verdict.reason.replace("_", " "),
                "reason": reason.verdict.reason,
                "evidence": reason.evidence,
                "source": reason.source,
                "rule": reason.rule,
            }
            for reason in match.reasons
        ],
        "rank": match.rank,
    }
