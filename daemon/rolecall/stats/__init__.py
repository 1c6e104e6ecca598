"""Numbers from what was collected: percentiles of pay, counts by week, what each source brings. Pure."""

from __future__ import annotations

from rolecall.stats.benchmarks import Benchmark, benchmarks
from rolecall.stats.report import Report, SourceYield, Week, report, weeks
from rolecall.stats.sample import REGIONS, Sample, samples
from rolecall.stats.spread import ENOUGH, FEWEST, Group, Spread, Standing, place_in, spread

__all__ = [
    "ENOUGH",
    "FEWEST",
    "REGIONS",
    "Benchmark",
    "Group",
    "Report",
    "Sample",
    "SourceYield",
    "Spread",
    "Standing",
    "Week",
    "benchmarks",
    "place_in",
    "report",
    "samples",
    "spread",
    "weeks",
]
