"""Which vacancy does each posting belong to?"""

from __future__ import annotations

from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from rolecall.dedupe.same import Sameness, same
from rolecall.model import Assignment, Print


def assign(new: Sequence[Print], known: Sequence[tuple[Print, str]]) -> tuple[Assignment, ...]:
    """Return the vacancy of every new posting, in order; new ones are compared with `known` and with one another.

    `known` are (print, job) pairs that share a key with one of the new ones.
    """
    jobs, index = dict[tuple[str, str], str](), defaultdict[str, list[Print]](list)
    for print_, job in known:
        _remember(print_, job, jobs, index)
    assignments = []
    for print_ in new:
        assignment = _assign(print_, jobs, index)
        _remember(print_, assignment.job, jobs, index)
        assignments.append(assignment)
    return tuple(assignments)


def job_id(key: tuple[str, str]) -> str:
    """Return the id of the vacancy whose first posting is `key`: a pure function, 8 letters and digits."""
    return b32encode(blake2b("\n".join(key).encode(), digest_size=5).digest()).decode().lower()


def _assign(print_: Print, jobs: dict[tuple[str, str], str], index: dict[str, list[Print]]) -> Assignment:
    if print_.key in jobs:  # seen before, its text may have changed: it stays with its vacancy
        return Assignment(print_.key, jobs[print_.key], print_.key, ("same posting",))
    candidates = {other.key: other for key in print_.keys for other in index.get(key, ())}
    best = _best(print_, candidates.values())
    if best is None:
        return Assignment(print_.key, job_id(print_.key))
    other, why = best
    return Assignment(print_.key, jobs[other.key], other.key, why.because, why.score)


def _best(print_: Print, candidates: Iterable[Print]) -> tuple[Print, Sameness] | None:
    found = [(other, why) for other in candidates if (why := same(print_, other))]
    return max(found, key=lambda pair: (pair[1].score, pair[0].key), default=None)


def _remember(print_: Print, job: str, jobs: dict[tuple[str, str], str], index: dict[str, list[Print]]) -> None:
    if print_.key in jobs:
        return
    jobs[print_.key] = job
    for key in print_.keys:
        index[key].append(print_)
