"""How much of one text stands in another.

What the employer says in all its adverts counts nothing, where it has been learned (`boilerplate.py`).
"""

from __future__ import annotations

from rolecall.dedupe.boilerplate import Boilerplate
from rolecall.dedupe.prints import EXCERPT, READ
from rolecall.dedupe.shingles import SAMPLE
from rolecall.model import Print

EQUAL = 0.95
FEW = 12  # shingles: less text proves nothing
LONG = 40  # shingles: were so long an excerpt part of a text, one at least had been sampled there in 199 of 200 cases

NOTHING_LEARNED: Boilerplate = {}
_NOTHING = frozenset[int]()


def is_whole(print_: Print) -> bool:
    """Return whether a text is the advert's own and long enough to tell its role; a shorter one may be cut off."""
    return print_.length >= EXCERPT and not print_.retold


def text_overlap(a: Print, b: Print, boilerplate: Boilerplate = NOTHING_LEARNED) -> float | None:
    """Return the share of the shorter description that stands in the other; None where there is too little text.

    Two whole texts are compared by what was sampled all over them: the beginning, kept in full, would weigh too much.
    """
    mine, theirs = boilerplate.get(a.company, _NOTHING), boilerplate.get(b.company, _NOTHING)
    learned = mine if mine is theirs else mine | theirs
    one, other = (a.shingles - learned, b.shingles - learned) if learned else (a.shingles, b.shingles)
    common, fewer = one & other, min(len(one), len(other))
    if fewer < FEW:
        return _if_equal(a, b) if learned else None
    if is_whole(a) and is_whole(b) and len(common) >= FEW:
        sampled = min(_sampled(one), _sampled(other))
        if sampled >= FEW:
            return _sampled(common) / sampled
    return len(common) / fewer


def stands_nowhere(a: Print, b: Print) -> bool:
    """Return whether one is a long excerpt of which nothing at all is in the other, a whole text read to its end."""
    excerpt, text = sorted((a, b), key=is_whole)
    if excerpt.retold or not is_whole(text) or text.length > READ or len(excerpt.shingles) < LONG:
        return False
    return excerpt.shingles.isdisjoint(text.shingles)


def _if_equal(a: Print, b: Print) -> float | None:
    """Return the overlap of two whole texts that are nothing but boilerplate, where they are as good as equal."""
    overlap = text_overlap(a, b) if is_whole(a) and is_whole(b) else None
    return overlap if overlap is not None and overlap >= EQUAL else None


def _sampled(shingles: frozenset[int]) -> int:
    return len([value for value in shingles if not value % SAMPLE])
