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


@dataclass(frozen=True, slots=True)
class Search:
    """One saved search. `wanted`: criterion → what it wants; the other fields are options several criteria read.

    `fingerprint` changes whenever what the search matches may change; not with `name`, `notify` or `updates`.
    """

    name: str
    wanted: Mapping[str, Any] = field(default_factory=dict)
    notify: tuple[str, ...] = ()
    level_exact: bool = False
    max_miles: float | None = None
    salary_match: Literal["reach", "floor", "mid"] = "reach"
    salary_slack: Percent = NO_SLACK
    clearance_eligible: bool = True
    updates: bool = False
    unknown: Mapping[str, Policy] = field(default_factory=lambda: DEFAULT_POLICIES)
    fingerprint: str = ""

    def takes(self, contract: ContractType) -> bool:
        """Return whether the search accepts this type of contract; one that names none accepts all."""
        return not (types := self.wanted.get("contract")) or contract in types

    def takes_mode(self, mode: Mode) -> bool:
        """Return whether the search accepts this mode of work; one that names none accepts all."""
        return not (modes := self.wanted.get("modes")) or mode in modes
