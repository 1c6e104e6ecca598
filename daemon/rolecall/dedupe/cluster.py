"""Which vacancy does each posting belong to?

Postings that are the same as one another, directly or through a third, are one vacancy, so the order in which they come
does not matter. But a cut-off text, which fits every role that begins alike, never connects two vacancies whose whole
texts differ: it is put to the one it fits best.

Vacancies that are already known are never merged: a posting that belongs to two of them joins the one it is surest of,
and its `bridges` name the others.
"""

from __future__ import annotations

from base64 import b32encode
from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType

from rolecall.dedupe.boilerplate import Boilerplate, in_doubt, learn, together
from rolecall.dedupe.links import Groups, Links
from rolecall.model import Assignment, Print

_Key = tuple[str, str]

ID_LENGTH = 10  # letters and digits: 50 bits


def assign(
    new: Sequence[Print],
    known: Sequence[tuple[Print, str]],
    learned: Boilerplate = MappingProxyType({}),
) -> tuple[Assignment, ...]:
    """Return the vacancy of every new posting, in order; new ones are compared with `known` and with one another.

    A posting that comes again, among the known ones or among the new, stays with its vacancy whatever it says now.
    `known` are (print, job) pairs that share a key with one of the new ones; what the user joined or split stands in
    their jobs. `learned`: what employers are known to say in all their adverts, beside what the postings given here
    show.
    """
    jobs, compared = {print_.key: job for print_, job in known}, [print_ for print_, _ in known]
    groups = Groups()
    for print_, job in known:
        groups.add(print_)
        groups.join(print_.key, job)
    companies = in_doubt(new, compared)
    shown = learn(each for each in (*compared, *new) if each.company in companies)
    links = Links(groups, together(shown, learned))
    links.find(compared, {print_.key: print_ for print_ in reversed(new) if print_.key not in jobs}.values())
    chosen = _choose(links, jobs, groups)
    found: list[Assignment] = []
    for print_ in new:
        found.append(_assignment(print_.key, jobs, links, chosen, groups))
        jobs[print_.key] = found[-1].job
    return tuple(found)


def unsplit(found: Sequence[Assignment], apart: Collection[frozenset[str]]) -> tuple[Assignment, ...]:
    """Return the assignments without bridges to what the user split: `apart`, pairs of jobs."""
    return tuple(_without_bridges(each, apart) if each.bridges and apart else each for each in found)


def job_id(key: tuple[str, ...]) -> str:
    """Return the id of the vacancy whose first posting is `key`: a pure function, 10 letters and digits.

    Two vacancies with one id would be taken for one: among a million that happens once in 2,000 databases.
    """
    return b32encode(blake2b("\n".join(key).encode(), digest_size=10).digest()).decode().lower()[:ID_LENGTH]


def _choose(links: Links, jobs: dict[_Key, str], groups: Groups) -> dict[Hashable, tuple[str, ...]]:
    """Return the known vacancies of each group, the one with the surest link first."""
    sure = defaultdict[Hashable, dict[str, float]](dict)
    for key, job in jobs.items():
        scores = sure[groups.root(key)]
        scores[job] = max([scores.get(job, 0.0), *(link.why.score for link in links.of(key))])
    return {root: tuple(sorted(scores, key=lambda job: (-scores[job], job))) for root, scores in sure.items()}


def _assignment(
    key: _Key,
    jobs: dict[_Key, str],
    links: Links,
    chosen: dict[Hashable, tuple[str, ...]],
    groups: Groups,
) -> Assignment:
    if key in jobs:  # seen before, its text may have changed: it stays with its vacancy
        return Assignment(key, jobs[key], key, ("same posting",))
    root = groups.root(key)
    if root not in chosen:  # the first of a new vacancy names it
        chosen[root] = (job_id(key),)
        return Assignment(key, chosen[root][0])
    best = max(links.of(key), key=lambda link: (link.why.score, link.of(key)))
    job, *bridges = chosen[root]
    return Assignment(key, job, best.of(key), best.why.because, best.why.score, tuple(bridges))


def _without_bridges(found: Assignment, apart: Collection[frozenset[str]]) -> Assignment:
    kept = tuple(job for job in found.bridges if frozenset((job, found.job)) not in apart)
    return replace(found, bridges=kept)
