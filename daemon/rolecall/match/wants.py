"""A saved search and the types of what it can want."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Literal, NewType

from rolecall.model import ContractType, Mode
from rolecall.normalise.money import Money

Policy = Literal["include", "digest", "exclude"]
"""What an UNKNOWN does: as good as YES, for the digest only, or as bad as NO."""

DEFAULT_POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        "level": "include",
        "salary": "digest",
        "open_top": "include",
        "mode": "digest",
        "uk": "digest",
        "stack": "digest",
        "contract": "include",
        "place": "digest",
    }
)

TechId = NewType("TechId", str)
"""A technology of the vocabulary, by its id."""

CompanyName = NewType("CompanyName", str)
"""A company's name in normal form, as `dedupe.normal_company` makes it."""

Percent = NewType("Percent", Decimal)
"""A share written as "5%"; the value is 0.05."""

NO_SLACK = Percent(Decimal(0))


@dataclass(frozen=True, slots=True)
class Between:
    """The figures that a person can mean: outside them a figure is a slip of the pen."""

    period: str
    least: int
    most: int


Annual = Annotated[Money, Between("year", 5_000, 2_000_000)]
Daily = Annotated[Money, Between("day", 40, 10_000)]


@dataclass(frozen=True, slots=True)
class Stack:
    """Technologies: one of `any`, every one of `all`, none of `none` (`strict`: not even as a nice-to-have)."""

    any: frozenset[TechId] = frozenset()
    all: frozenset[TechId] = frozenset()
    none: frozenset[TechId] = frozenset()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Mute:
    """Who and what is never to be seen; `titles` are patterns searched for in the title, in any case."""

    companies: frozenset[CompanyName] = frozenset()
    agencies: frozenset[CompanyName] = frozenset()
    titles: tuple[re.Pattern[str], ...] = ()


NOT_MATCHED = ("name", "person", "notify", "when", "alerts_per_hour", "updates", "paused", "fingerprint")


@dataclass(frozen=True, slots=True)
class Search:
    """One saved search. `wanted`: criterion → what it wants; the other fields are options several criteria read.

    `person`: whose it is, by name; "" where nobody has one. `when`: how its alerts travel, None = as each channel does.
    `alerts_per_hour`: how many come one by one, 0 = however many there are; the others come together.
    `paused`: it asks for nothing until it is resumed.
    `fingerprint` changes whenever what the search matches may change: not with the options in `NOT_MATCHED`.
    """

    name: str
    wanted: Mapping[str, Any] = field(default_factory=dict)
    person: str = ""
    notify: tuple[str, ...] = ()
    when: Literal["instant", "hourly", "digest"] | None = None
    alerts_per_hour: float = 10
    level_exact: bool = False
    max_miles: float | None = None
    salary_match: Literal["reach", "floor", "mid"] = "reach"
    salary_slack: Percent = NO_SLACK
    clearance_eligible: bool = True
    updates: bool = False
    paused: bool = False
    unknown: Mapping[str, Policy] = field(default_factory=lambda: DEFAULT_POLICIES)
    fingerprint: str = ""

    def takes(self, contract: ContractType) -> bool:
        """Return whether the search accepts this type of contract; one that names none accepts all."""
        return not (types := self.wanted.get("contract")) or contract in types

    def takes_mode(self, mode: Mode) -> bool:
        """Return whether the search accepts this mode of work; one that names none accepts all."""
        return not (modes := self.wanted.get("modes")) or mode in modes
