"""How a criterion is made: a function whose name is the config key and whose annotation says what may be wanted.

@criterion(reads=["level"], unknown="level")
def levels(posting: Posting, wanted: frozenset[Rung], search: Search) -> Verdict: ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

from rolecall.match.wants import Search
from rolecall.model import Answer, Fact, Posting, Verdict

Judge = Callable[[Posting, Any, Search], Verdict]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question to a posting.

    `reads`: the facts it depends on, the one to show as evidence first; `options`: further keys of the search it reads;
    `unknown`: the policy for what cannot be told; `default`: what is wanted where the search does not say (None: no
    question is asked); `evidence`: what to show where that is not a fact.
    """

    name: str
    kind: Any  # the type of `wanted`, as annotated
    judge: Judge
    reads: tuple[str, ...]
    options: tuple[str, ...]
    unknown: str
    default: Any
    evidence: Callable[[Posting, Any], Fact[Any]]


REGISTERED: list[Criterion] = []
"""Every criterion of the modules imported so far; `criteria.CRITERIA` is the one to ask."""


def criterion(
    *,
    reads: Sequence[str] = (),
    options: Sequence[str] = (),
    unknown: str = "",
    default: object = None,
    evidence: Callable[[Posting, Any], Fact[Any]] | None = None,
) -> Callable[[Judge], Judge]:
    """Register the decorated function as a criterion of its own name."""

    def register(judge: Judge) -> Judge:
        made = Criterion(
            name=judge.__name__,
            kind=get_type_hints(judge, include_extras=True)["wanted"],
            judge=judge,
            reads=tuple(reads),
            options=tuple(options),
            unknown=unknown,
            default=default,
            evidence=evidence or (lambda posting, _wanted: getattr(posting, reads[0])),
        )
        REGISTERED.append(made)
        return judge

    return register


def yes(reason: str, label: str = "") -> Verdict:
    return Verdict(Answer.YES, reason, label)


def no(reason: str, label: str = "") -> Verdict:
    return Verdict(Answer.NO, reason, label)


def unknown(reason: str, label: str, policy: str = "") -> Verdict:
    """It cannot be told; `policy` names the key of the search's `unknown` table, "" lets it pass with its label."""
    return Verdict(Answer.UNKNOWN, reason, label, policy)


def either(words: Sequence[str]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
