"""What a digest shows besides its jobs: their pay side by side, the weeks so far, near misses, what closes soon."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PayBar:
    """The stated pay of one job, annual GBP, both ends."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class WeekCount:
    """New matching jobs of one week; `median` of their stated pay where 8 or more state it, with its quarters."""

    label: str
    jobs: int
    quarters: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Jobs of the week that failed on one criterion only; `examples` are a few of them in words."""

    criterion: str
    jobs: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosingSoon:
    """A job told of earlier whose applications close within days."""

    title: str
    company: str
    url: str
    closes: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and the words that say the same to somebody who does not see it."""

    name: str
    alt: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Overview:
    """`floor`: the least the user asks for, annual GBP. Pictures show `bars` and `weeks`; without them text does."""

    bars: tuple[PayBar, ...] = ()
    floor: int | None = None
    weeks: tuple[WeekCount, ...] = ()
    missed: tuple[NearMiss, ...] = ()
    closing: tuple[ClosingSoon, ...] = ()
    pictures: tuple[Picture, ...] = ()
