"""How often a source is asked, and why: pure, and said in words for `status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rolecall.budget import Share
from rolecall.config import SourceEntry
from rolecall.rhythm import Rhythm
from rolecall.schedule import DAY, jittered, spell


@dataclass(frozen=True, slots=True)
class Pace:
    """`every` is aimed at, `floor` is never undercut; `exact`: to the second, as the user said."""

    every: timedelta
    floor: timedelta
    why: str
    exact: bool = False

    def next(self, now: datetime, name: str) -> datetime:
        """Return when to ask again: ±10 %, so that sources do not fire together, and at least once a day."""
        if self.exact:
            return now + self.every
        return now + max(self.floor, min(DAY, jittered(self.every, self.floor, name, now)))

    def __str__(self) -> str:
        return f"asked every {spell(self.every)}: {self.why}"


def floor_of(entry: SourceEntry) -> timedelta:
    """Return the least time between two looks; what lies on this machine may be asked at any pace."""
    return min(entry.source.minimum, entry.every)


def pace_of(entry: SourceEntry, rhythm: Rhythm, wait: timedelta, share: Share | None, now: datetime) -> Pace:
    """Return a healthy source's pace: the user's, else its own rhythm, but never faster than it asks or its budget."""
    own = _wanted(entry, rhythm, now)
    floor = max(floor_of(entry), wait, share.every if share else wait)
    if share and share.every > max(own.every, wait):
        sharing = f"{share.sharing} lists share " if share.sharing > 1 else ""
        return Pace(share.every, floor, f"{sharing}{share.budget.limits[0]}")
    if wait > own.every:
        return Pace(wait, floor, "it asks for that itself")
    return Pace(own.every, min(floor, own.every), own.why, own.exact)


def _wanted(entry: SourceEntry, rhythm: Rhythm, now: datetime) -> Pace:
    """Return how often to ask as far as the user and the source's news go."""
    if entry.fixed:
        return Pace(entry.every, entry.every, "as your configuration says", exact=True)
    if _lies_here(entry):
        return Pace(entry.every, entry.every, "it is your own", exact=True)
    every = min(DAY, max(entry.source.minimum, rhythm.interval(entry.every, now)))
    return Pace(every, entry.source.minimum, _news(rhythm.per_day(now)))


def _lies_here(entry: SourceEntry) -> bool:
    """Say whether a source is the user's own folder or mailbox: nobody is bothered."""
    return not any(request.url.startswith("http") for request in entry.source.requests())


def _news(per_day: float | None) -> str:
    if per_day is None:
        return "how often something new comes is not known yet"
    for per, days in (("day", 1), ("week", 7), ("month", 30)):
        if per_day * days >= 0.8:
            return f"about {per_day * days:.0f} new a {per}"
    return "hardly anything new comes"
