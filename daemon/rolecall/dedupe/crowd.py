"""Many adverts under one title of one company: which of them can be the same as a new one?

A thousand would be half a million comparisons. Two texts are the same only if much of the shorter one stands in the
other, and so some of its rarest words do; where a text is cut off, place and pay may stand for it (`meeting.py`).
Whoever has nothing of this in common with a new advert need not be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from rolecall.dedupe.boilerplate import Boilerplate
from rolecall.dedupe.meeting import Meeting
from rolecall.dedupe.overlap import FEW, is_whole
from rolecall.dedupe.same import LEARNED, STAND_IN, Bars
from rolecall.dedupe.shingles import SAMPLE
from rolecall.model import Print


class Crowd:
    """Adverts under one look-up key; by company, since each has its own boilerplate."""

    def __init__(self, prints: Iterable[Print], boilerplate: Boilerplate) -> None:
        self._boilerplate = boilerplate
        self._all: list[Print] = []
        self._always: list[int] = []  # told anew by a board, and texts that are hardly more than boilerplate
        self._companies: dict[str, _Company] = {}
        for print_ in prints:
            self.add(print_)

    def add(self, print_: Print) -> None:
        number = len(self._all)
        self._all.append(print_)
        own = self._own(print_)
        if _proves_little(print_, own):
            self._always.append(number)
        else:
            self._of(print_.company).add(number, print_, own)

    def near(self, print_: Print) -> Sequence[Print]:
        """Return those that may be the same as a posting, in the order in which they were added."""
        if _proves_little(print_, own := self._own(print_)):
            return self._all
        numbers = set(self._always)
        for company, adverts in self._companies.items():
            numbers.update(adverts.near(print_, own) if company == print_.company else adverts.all)
        return [self._all[number] for number in sorted(numbers)]

    def _own(self, print_: Print) -> frozenset[int]:
        """Return what is kept of a text beside its boilerplate."""
        return print_.shingles - self._boilerplate.get(print_.company, frozenset())

    def _of(self, company: str) -> _Company:
        bars = LEARNED if company in self._boilerplate else STAND_IN
        return self._companies.setdefault(company, _Company(bars))


class _Company:
    """Adverts of one company, by number: whole texts, and those that may be cut off."""

    def __init__(self, bars: Bars) -> None:
        self.all: list[int] = []
        self._cut = set[int]()
        self._sampled, self._kept, self._meeting = _Texts(bars.whole), _Texts(bars.telling), Meeting()

    def add(self, number: int, print_: Print, own: frozenset[int]) -> None:
        self.all.append(number)
        if is_whole(print_):
            self._sampled.add(number, _sampled(own))
        else:
            self._cut.add(number)
        self._kept.add(number, own)
        self._meeting.add(number, print_, own)

    def near(self, print_: Print, own: frozenset[int]) -> set[int]:
        """Return those of whose text enough may stand in a posting's, and cut ones by place and pay."""
        if not is_whole(print_):
            return self._kept.near(own) | self._meeting.near(print_, own)
        if not self._cut:
            return self._sampled.near(_sampled(own))
        cut = self._cut & (self._kept.near(own) | self._meeting.near(print_, own))
        return cut | self._sampled.near(_sampled(own))


class _Texts:
    """Texts by number; two are the same only if at least `least` of the shorter one stands in the other."""

    def __init__(self, least: float) -> None:
        self._least = least
        self._holding = defaultdict[int, list[int]](list)
        self._rarest = defaultdict[int, list[int]](list)

    def add(self, number: int, runs: Collection[int]) -> None:
        for run in self._rare(runs):
            self._rarest[run].append(number)
        for run in runs:
            self._holding[run].append(number)

    def near(self, runs: Collection[int]) -> set[int]:
        """Return the longer ones that hold one of the rarest runs, and the shorter ones of whose rarest one is here."""
        longer = (self._holding.get(run, ()) for run in self._rare(runs))
        return set[int]().union(*longer, *(self._rarest.get(run, ()) for run in runs))

    def _rare(self, runs: Collection[int]) -> list[int]:
        """Return so many of the rarest runs that the others are fewer than must stand in another text."""
        enough = len(runs) - int(len(runs) * self._least) + 1
        return sorted(runs, key=lambda run: len(self._holding.get(run, ())))[:enough]


def _proves_little(print_: Print, own: frozenset[int]) -> bool:
    """Return whether it takes more than a text's own words to say of what it is no copy."""
    return print_.retold or (is_whole(print_) and (len(own) < 2 * FEW or len(_sampled(own)) < FEW))


def _sampled(own: frozenset[int]) -> list[int]:
    return [shingle for shingle in own if not shingle % SAMPLE]
