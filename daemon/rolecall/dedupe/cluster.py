"""Which vacancy does each posting belong to?

Postings that are the same as one another, directly or through a third, are one vacancy, so the order in which they come
does not matter. Vacancies that are already known are never merged: a posting that belongs to two of them joins the one
it is surest of, and its `bridges` name the others.
"""

from __future__ import annotations

from base64 import b32encode
from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from rolecall.dedupe.same import Sameness, same
from rolecall.model import Assignment, Print

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Link:
    """Two postings found to be the same, the one that came first and the other."""

    earlier: _Key
    later: _Key
    why: Sameness

    def of(self, key: _Key) -> _Key:
        return self.earlier if key == self.later else self.later


def assign(
    new: Sequence[Print], known: Sequence[tuple[Print, str]], apart: Collection[frozenset[str]] = ()
) -> tuple[Assignment, ...]:
    """Return the vacancy of every new posting, in order; new ones are compared with `known` and with one another.

    `known` are (print, job) pairs that share a key with one of the new ones; what the user joined or split stands in
    their jobs. `apart` are pairs of jobs that the user split: nothing shows them to be the same again.
    """
    jobs = {print_.key: job for print_, job in known}
    groups = _Groups()
    for key, job in jobs.items():
        groups.join(key, job)
    links = _links([print_ for print_, _ in known], [print_ for print_ in new if print_.key not in jobs], groups)
    chosen = _choose(links, jobs, groups)
    found = (_assignment(print_.key, jobs, links, chosen, groups) for print_ in new)
    return tuple(_without_bridges(each, apart) if each.bridges and apart else each for each in found)


def job_id(key: tuple[str, ...]) -> str:
    """Return the id of the vacancy whose first posting is `key`: a pure function, 8 letters and digits."""
    return b32encode(blake2b("\n".join(key).encode(), digest_size=5).digest()).decode().lower()


class _Groups:
    """Disjoint sets: whatever is joined has one root."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def root(self, one: Hashable) -> Hashable:
        parent = self._parent.setdefault(one, one)
        while parent != self._parent[parent]:
            self._parent[one] = parent = self._parent[self._parent[parent]]
        return parent

    def join(self, one: Hashable, other: Hashable) -> None:
        self._parent[self.root(one)] = self.root(other)


def _links(known: Sequence[Print], new: Sequence[Print], groups: _Groups) -> dict[_Key, list[_Link]]:
    """Return what each new posting was found to be the same as; what is one group already is not compared again."""
    index, links = defaultdict[str, list[Print]](list), defaultdict[_Key, list[_Link]](list)
    for print_ in known:
        for key in print_.keys:
            index[key].append(print_)
    for print_ in new:
        candidates = {other.key: other for key in print_.keys for other in index[key]}
        for other in candidates.values():
            if groups.root(other.key) != groups.root(print_.key) and (why := same(print_, other)):
                link = _Link(other.key, print_.key, why)
                links[print_.key].append(link)
                links[other.key].append(link)
                groups.join(print_.key, other.key)
        for key in print_.keys:
            index[key].append(print_)
    return links


def _choose(links: dict[_Key, list[_Link]], jobs: dict[_Key, str], groups: _Groups) -> dict[Hashable, tuple[str, ...]]:
    """Return the known vacancies of each group, the one with the surest link first."""
    sure = defaultdict[Hashable, dict[str, float]](dict)
    for key, job in jobs.items():
        scores = sure[groups.root(key)]
        scores[job] = max([scores.get(job, 0.0), *(link.why.score for link in links.get(key, ()))])
    return {root: tuple(sorted(scores, key=lambda job: (-scores[job], job))) for root, scores in sure.items()}


def _assignment(
    key: _Key,
    jobs: dict[_Key, str],
    links: dict[_Key, list[_Link]],
    chosen: dict[Hashable, tuple[str, ...]],
    groups: _Groups,
) -> Assignment:
    if key in jobs:  # seen before, its text may have changed: it stays with its vacancy
        return Assignment(key, jobs[key], key, ("same posting",))
    root = groups.root(key)
    if root not in chosen:  # the first of a new vacancy names it
        chosen[root] = (job_id(key),)
        return Assignment(key, chosen[root][0])
    best = max(links[key], key=lambda link: (link.why.score, link.of(key)))
    job, *bridges = chosen[root]
    return Assignment(key, job, best.of(key), best.why.because, best.why.score, tuple(bridges))


def _without_bridges(found: Assignment, apart: Collection[frozenset[str]]) -> Assignment:
    kept = tuple(job for job in found.bridges if frozenset((job, found.job)) not in apart)
    return replace(found, bridges=kept)
