"""What a saved search would have sent from the adverts that are stored, day by day, and what it just missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rolecall.match import CRITERIA, Search, judge, nearly_takes, only_objection, without_guesses
from rolecall.model import Action, Posting
from rolecall.stored import StoredJob
from rolecall.vacancy import merged

ANOTHER_KIND = ("salary_not_rate", "rate_not_salary")
"""Why a search said no: the pay is not too low, it is of another kind of work. That is no near miss."""


@dataclass(frozen=True, slots=True)
class Told:
    """One job that would have been told. `first_seen` decides the day."""

    job: str
    posting: Posting
    first_seen: datetime
    action: Action
    rank: float


@dataclass(frozen=True, slots=True)
class Missed:
    """One job that a single criterion kept back; `because` is what that one said."""

    job: str
    posting: Posting
    criterion: str
    because: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`judged`: jobs looked at. Days without a job are days too."""

    judged: int
    told: tuple[Told, ...]
    missed: tuple[Missed, ...]

    def by_day(self, zone: ZoneInfo) -> Mapping[date, list[Told]]:
        """Return the jobs of each day that had one, best first."""
        days = defaultdict[date, list[Told]](list)
        for told in sorted(self.told, key=lambda told: -told.rank):
            days[told.first_seen.astimezone(zone).date()].append(told)
        return dict(sorted(days.items(), reverse=True))

    def by_criterion(self) -> Mapping[str, list[Missed]]:
        """Return the near misses by the criterion that kept them back, the commonest first."""
        found = defaultdict[str, list[Missed]](list)
        for missed in self.missed:
            found[missed.criterion].append(missed)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def rehearse(search: Search, jobs: Iterable[StoredJob], negotiable: Set[str] = frozenset(CRITERIA)) -> Rehearsal:
    """Ask the search about every job as it is known today: the best of its copies. Pure.

    Near misses are those on one criterion that is `negotiable`.
    """
    (rehearsal,) = rehearse_all([search], jobs, negotiable)
    return rehearsal


def rehearse_all(
    searches: Iterable[Search], jobs: Iterable[StoredJob], negotiable: Set[str] = frozenset(CRITERIA)
) -> list[Rehearsal]:
    """Return what each search says; a job is understood once, however many searches there are."""
    known = [(job, posting, without_guesses(posting)) for job in jobs for posting in [merged(job).posting]]
    return [_rehearsed(search, known, negotiable) for search in searches]


def _rehearsed(search: Search, known: Sequence[tuple[StoredJob, Posting, Posting]], negotiable: Set[str]) -> Rehearsal:
    told: list[Told] = []
    missed: list[Missed] = []
    for job, posting, sure in known:
        if not nearly_takes(search, sure, negotiable):
            continue
        match = judge(search, posting)
        if match.action is not Action.DROP:
            told.append(Told(job.id, posting, job.first_seen, match.action, match.rank))
        elif (reason := only_objection(search, match)) and reason.verdict.reason not in ANOTHER_KIND:
            missed.append(Missed(job.id, posting, reason.criterion, reason.verdict.label))
    return Rehearsal(len(known), tuple(told), tuple(missed))
