"""Which vacancies new postings belong to, and what is known of them: facts gathered from the store, decided purely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rolecall import decide, dedupe
from rolecall.decide import Understood
from rolecall.learned import Learned
from rolecall.model import Assignment, Posting
from rolecall.plan import NewPosting
from rolecall.ports import Store
from rolecall.stored import StoredJob
from rolecall.thinking import FEW, think_if

REPOSTED_WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The postings as they are to be stored; the jobs known before, by id; jobs that they show to be one."""

    fresh: Sequence[Understood] = ()
    assignments: tuple[Assignment, ...] = ()
    merges: tuple[tuple[str, str], ...] = ()
    known: Mapping[str, StoredJob] = field(default_factory=dict)
    told: frozenset[tuple[str, str]] = frozenset()

    @property
    def postings(self) -> tuple[NewPosting, ...]:
        return tuple(map(decide.stored, self.fresh, self.assignments))

    @property
    def by_job(self) -> dict[str, list[Posting]]:
        """The new and changed postings of each job."""
        found: dict[str, list[Posting]] = {}
        for each, assignment in zip(self.fresh, self.assignments, strict=True):
            found.setdefault(assignment.job, []).append(each.posting)
        return found


async def recognise(fresh: Sequence[Understood], store: Store, learned: Learned, now: datetime) -> Recognised:
    """Find the job of each posting. Jobs that turn out to be one are merged, unless two of them were alerted.

    What closed long ago is another opening of the same post: news, not a repost.
    """
    if not fresh:
        return Recognised()
    prints = [each.print for each in fresh]
    candidates = await store.candidates({key for each in prints for key in each.keys}, now - REPOSTED_WITHIN)
    boilerplate = await learned.of(dedupe.in_doubt(prints, [known for known, _ in candidates]), store, now)
    much = len(fresh) + len(candidates) > FEW
    found = await think_if(much, dedupe.assign, prints, candidates, boilerplate)
    found, merges = await _settled(found, store)
    jobs = {each.job for each in found} & {job for _, job in candidates}
    if not jobs:
        return Recognised(fresh, found, merges)
    return Recognised(fresh, found, merges, await store.jobs(jobs), await store.told(jobs))


async def _settled(
    found: tuple[Assignment, ...], store: Store
) -> tuple[tuple[Assignment, ...], tuple[tuple[str, str], ...]]:
    """Return the assignments, and what becomes one: as the user's word and earlier alerts allow."""
    if not (bridged := _bridged(found)):
        return found, ()
    apart = await store.apart(bridged)
    found = dedupe.unsplit(found, apart)
    return decide.without_bridges(found, {job for _, job in await store.alerted(_bridged(found))}, apart)


def _bridged(found: Iterable[Assignment]) -> set[str]:
    """Return the jobs that new postings show to be the same as another."""
    return {job for each in found if each.bridges for job in (each.job, *each.bridges)}
