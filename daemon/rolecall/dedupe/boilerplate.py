"""What an employer says in every advert, whatever the role, tells no two of its vacancies apart: it counts nothing.

It is learned from the titles: what stands in adverts of three differently titled roles of one company is about the
company. So it is a function of the adverts alone, however they came and whichever were taken for one vacancy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from zlib import crc32

from rolecall.dedupe.titles import title_stems
from rolecall.dedupe.words import WORDS
from rolecall.model import Print

Boilerplate = Mapping[str, frozenset[int]]
"""Company → shingles that stand in adverts of several of its roles; a company of too few roles is not in it."""

ROLES = 3
SLOTS = 8  # of a company: as many of its adverts are read to learn from, each of another role

_RANKS = frozenset([*WORDS["levels"], "i", "ii", "iii", "iv"])


@dataclass(frozen=True, slots=True)
class Advert:
    """As much of a `Print` as can be learned from; no shingle comes twice."""

    company: str
    title: str
    shingles: Collection[int]


def learn(prints: Iterable[Print | Advert]) -> Boilerplate:
    """Return what each company says in adverts of `ROLES` roles. Their order makes no difference."""
    adverts = defaultdict[str, dict[tuple[str, ...], list[Collection[int]]]](dict)
    for each in prints:
        if each.company:
            adverts[each.company].setdefault(role_of(each.title), []).append(each.shingles)
    return {company: _recurring(roles.values()) for company, roles in adverts.items() if len(roles) >= ROLES}


def _recurring(roles: Iterable[Sequence[Collection[int]]]) -> frozenset[int]:
    """Return what stands in texts of `ROLES` roles."""
    said = (texts[0] if len(texts) == 1 else set[int]().union(*texts) for texts in roles)
    count = Counter(chain.from_iterable(said))
    return frozenset([shingle for shingle, times in count.items() if times >= ROLES])


def together(one: Boilerplate, other: Boilerplate) -> Boilerplate:
    """Return what is known from both."""
    nothing = frozenset[int]()
    return {company: one.get(company, nothing) | other.get(company, nothing) for company in {*one, *other}}


def in_doubt(new: Iterable[Print], known: Iterable[Print]) -> frozenset[str]:
    """Return the companies whose boilerplate may decide whether new postings are the same as others."""
    prints = [*new, *known]
    seen, again = set[str](), set[str]()
    for each in prints:
        again |= seen & each.keys
        seen |= each.keys
    shared = {key for key in again if key[0] in "ct"}  # not by address and reference
    return frozenset(each.company for each in prints if each.company and not shared.isdisjoint(each.keys))


def slot(company: str, title: str) -> str:
    """Return the look-up key of an advert to learn from: one of the `slots` of its company, by its role."""
    return f"e:{company}:{crc32(' '.join(role_of(title)).encode('utf-8', 'surrogatepass')) % SLOTS}"


def slots(company: str) -> list[str]:
    """Return the look-up keys of adverts of several roles of a company."""
    return [f"e:{company}:{number}" for number in range(SLOTS)]


@lru_cache(maxsize=512)
def role_of(title: str) -> tuple[str, ...]:
    """Return what a title's core says of the role: a senior and a junior one share their text as one vacancy would."""
    return tuple([stem for stem in title_stems(title) if stem not in _RANKS])
