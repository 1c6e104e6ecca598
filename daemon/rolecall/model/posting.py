"""A posting understood."""

from __future__ import annotations

from dataclasses import dataclass

from rolecall.model.facts import (
    UNSTATED,
    Clearance,
    Closing,
    ContractType,
    Fact,
    Hours,
    Ir35,
    Level,
    Location,
    Rung,
    Salary,
    Tech,
    UkFit,
    Visa,
    WorkMode,
)
from rolecall.model.raw import RawPosting


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting understood: every value a `Fact` with its evidence. Made by `normalise.normalise`, pure."""

    raw: RawPosting
    text: str  # the prepared plain text that evidence spans refer to
    family: Fact[str] = UNSTATED
    level: Fact[Level] = UNSTATED
    level_floor: Fact[Rung] = UNSTATED  # "no juniors": a bound, not a value
    mode: Fact[WorkMode] = UNSTATED
    uk: Fact[UkFit] = UNSTATED
    salary: Fact[Salary] = UNSTATED
    contract: Fact[ContractType] = UNSTATED
    ir35: Fact[Ir35] = UNSTATED
    clearance: Fact[Clearance] = UNSTATED
    visa: Fact[Visa] = UNSTATED
    agency: Fact[bool] = UNSTATED  # True agency, False direct employer
    hours: Fact[Hours] = UNSTATED
    closing: Fact[Closing] = UNSTATED
    location: Fact[Location] = UNSTATED
    stack: tuple[Tech, ...] = ()
    flags: frozenset[str] = frozenset()  # evergreen, training_course, commission_only …

    @property
    def key(self) -> tuple[str, str]:
        """The posting's identity: (source, source id)."""
        return (self.raw.source, self.raw.id)
