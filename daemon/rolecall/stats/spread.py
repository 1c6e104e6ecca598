"""How pay is spread in a group, and where one figure stands in it: never without n, never from a handful."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles

from rolecall.stats.sample import Range, Sample

FEWEST = 8
"""Below this no figure is shown: two adverts would move it."""
ENOUGH = 20
"""Below this a wider group is asked first."""


@dataclass(frozen=True, slots=True)
class Group:
    """Which vacancies are meant; None = all. `narrower to wider` is region → UK, then level → all."""

    level: str | None = None
    region: str | None = None
    stack: str | None = None

    def holds(self, sample: Sample) -> bool:
        return (
            self.level in (None, sample.level)
            and self.region in (None, sample.region)
            and (self.stack is None or self.stack in sample.stack)
        )

    def wider(self) -> Iterator[Group]:
        """Yield this group, then the same in the whole UK, then at every level."""
        yield self
        if self.region:
            yield replace(self, region=None)
        if self.level:
            yield replace(self, region=None, level=None)


@dataclass(frozen=True, slots=True)
class Spread:
    """Midpoints of `n` stated ranges: tenths and quarters. `lowest` and `highest` are the ends of the ranges."""

    n: int
    p10: int
    p25: int
    median: int
    p75: int
    p90: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a figure stands: at the `percentile` of `spread.n` vacancies of `group`."""

    percentile: int
    group: Group
    spread: Spread


def spread(ranges: Iterable[Range]) -> Spread | None:
    """Return how the midpoints are spread; None below `FEWEST`."""
    found = list(ranges)
    if len(found) < FEWEST:
        return None
    middles = [midpoint(each) for each in found]
    tenths, quarters = quantiles(middles, n=10, method="inclusive"), quantiles(middles, n=4, method="inclusive")
    return Spread(
        n=len(found),
        p10=round(tenths[0]),
        p25=round(quarters[0]),
        median=round(median(middles)),
        p75=round(quarters[2]),
        p90=round(tenths[8]),
        lowest=min(low for low, _ in found),
        highest=max(high for _, high in found),
    )


def midpoint(ends: Range) -> float:
    return (ends[0] + ends[1]) / 2


def place_in(figure: int, wanted: Group, known: Sequence[Sample]) -> Standing | None:
    """Return where an annual figure stands among stated pay: in the first group that is large enough, else the widest.

    None when even the widest has fewer than `FEWEST`.
    """
    standing = None
    for group in wanted.wider():
        ranges = [sample.pay for sample in known if sample.pay and group.holds(sample)]
        found = spread(ranges)
        if found and (standing is None or found.n > standing.spread.n):
            standing = Standing(percentile([midpoint(each) for each in ranges], figure), group, found)
            if found.n >= ENOUGH:
                return standing
    return standing


def percentile(values: Sequence[float], figure: float) -> int:
    """Return the share of values below the figure, equals counted half, in per cent (the mid-rank)."""
    below = sum(value < figure for value in values) + sum(value == figure for value in values) / 2
    return round(100 * below / len(values))
