"""How often a source has something new and how much it lists, learned from its own polls: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp

from rolecall.schedule import DAY, working

FADES = timedelta(days=7)  # a new posting counts less and less over a week, so that a weekend is no trend
LOOKS = 8  # how often a source is asked for each new posting
LEARNING = 0.2  # the weight of the latest figure in an average
SILENT = 3  # usual gaps without anything new
SILENT_AT_LEAST = timedelta(days=3)  # of working days: the two bank holidays of Easter are part of it
SILENT_LONGEST = 1.5  # longest gaps of late
KNOWN = (5, timedelta(days=7))  # gaps seen, and days watched, before silence means anything


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`since`: the first look; `news_at`: when something new came last, at first the first look.

    `score`: new postings, each fading over a week, as of `news_at`. `gap`: seconds of working days between looks that
    brought something new, on average; `longest` of them of late; `gaps`: how many were seen. `usual`: how many postings
    are listed, on average.
    """

    since: datetime | None = None
    news_at: datetime | None = None
    score: float = 0.0
    gap: float = 0.0
    longest: float = 0.0
    gaps: int = 0
    usual: float = 0.0

    def after(self, new: int, listed: int | None, now: datetime, *, missed: bool = False) -> Rhythm:
        """Return what is known after another look; `listed` is None when nothing has changed.

        The first look brings no news. After a time without looks (`missed`) the gap is not that of the source.
        """
        usual = self.usual if not listed else _towards(self.usual or listed, listed)
        if self.since is None or self.news_at is None:
            return replace(self, since=now, news_at=now, usual=usual)
        if not new:
            return replace(self, usual=usual)
        heard = replace(self, news_at=now, score=self._faded(now) + new, usual=usual)
        return heard if missed else heard._with_gap(working(self.news_at, now).total_seconds())

    def _with_gap(self, gap: float) -> Rhythm:
        average = _towards(self.gap, gap) if self.gaps else gap
        return replace(self, gap=average, longest=max(gap, 0.9 * self.longest), gaps=self.gaps + 1)

    def per_day(self, now: datetime) -> float | None:
        """Return how many new postings a day come of late; None while too little is known."""
        days = self._days(now)
        return self._faded(now) / days if days > 0.5 else None

    def interval(self, default: timedelta, now: datetime) -> timedelta:
        """Return how often to ask: several times for each new posting.

        Little is known at first: then `default`, which counts like one day of the rhythm that it would suit.
        """
        days, suits = self._days(now), DAY / default / LOOKS
        return DAY * (days + 1) / (self._faded(now) + suits) / LOOKS

    def silent(self, now: datetime) -> bool:
        """Say whether nothing new has come for far longer than usual; weekends and Christmas do not count."""
        gaps, watched = KNOWN
        if self.since is None or self.news_at is None or self.gaps < gaps or now - self.since < watched:
            return False
        usual = timedelta(seconds=max(SILENT * self.gap, SILENT_LONGEST * self.longest))
        return working(self.news_at, now) > max(usual, SILENT_AT_LEAST)

    def _faded(self, now: datetime) -> float:
        return self.score * exp(-self._quiet(now) / FADES)

    def _quiet(self, now: datetime) -> timedelta:
        """The time since something new came; never negative, whatever was done to the clock."""
        return max(now - (self.news_at or now), timedelta(0))

    def _days(self, now: datetime) -> float:
        """The days that the score speaks of: those watched, the older the less."""
        watched = max(now - (self.since or now), timedelta(0))
        return FADES / DAY * (1 - exp(-watched / FADES))


def _towards(average: float, latest: float) -> float:
    return average + LEARNING * (latest - average)
