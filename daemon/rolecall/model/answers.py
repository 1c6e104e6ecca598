"""What saved searches say of a posting, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion says of one posting. `reason` is a key, `label` a person reads it."""

    answer: Answer
    reason: str
    label: str = ""
    policy: str = ""  # which key of the search's `unknown` table decides about an UNKNOWN; "" = it passes


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion's verdict with what it was read from: a line of `rolecall why`."""

    criterion: str
    verdict: Verdict
    evidence: str = ""
    source: str = ""
    rule: str = ""


class Action(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Match:
    """What one saved search says of one posting, and why."""

    search: str
    answer: Answer
    action: Action
    reasons: tuple[Reason, ...]
    rank: float = 0.0  # higher is better; orders digests and lists
