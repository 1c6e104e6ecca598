"""Many adverts under one title of one company: which of them can be the same as a new one?

A thousand would be half a million comparisons. Two whole texts are the same only if much of the shorter one stands in
the other, and so some of its rarest words do: whoever has none of those in common need not be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from rolecall.dedupe.boilerplate import Boilerplate
from rolecall.dedupe.same import FEW, LEARNED, STAND_IN, is_whole
from rolecall.dedupe.shingles import SAMPLE
from rolecall.model import Print


class Crowd:
    """Adverts under one look-up key; by company, since each has its own boilerplate."""

    def __init__(self, prints: Iterable[Print], boilerplate: Boilerplate) -> None:
        self._boilerplate = boilerplate
        self._all: list[Print] = []
        self._always: list[int] = []  # excerpts, and texts that are hardly more than boilerplate
        self._texts: dict[str, _Texts] = {}
        for print_ in prints:
            self.add(print_)

    def add(self, print_: Print) -> None:
        number = len(self._all)
        self._all.append(print_)
        if runs := self._runs(print_):
            self._of(print_.company).add(number, runs)
        else:
            self._always.append(number)

    def near(self, print_: Print) -> Sequence[Print]:
        """Return those that may be the same as a posting, in the order in which they were added."""
        if not (runs := self._runs(print_)):
            return self._all
        numbers = set(self._always)
        for company, texts in self._texts.items():
            numbers.update(texts.near(runs) if company == print_.company else texts.all)
        return [self._all[number] for number in sorted(numbers)]

    def _runs(self, print_: Print) -> list[int]:
        """Return what was sampled of a whole text beside its boilerplate; nothing where that is too little."""
        own = print_.shingles - self._boilerplate.get(print_.company, frozenset())
        runs = [shingle for shingle in own if not shingle % SAMPLE]
        return runs if is_whole(print_) and len(own) >= 2 * FEW and len(runs) >= FEW else []

    def _of(self, company: str) -> _Texts:
        least = (LEARNED if company in self._boilerplate else STAND_IN).whole
        return self._texts.setdefault(company, _Texts(least))


class _Texts:
    """Whole texts, by number; two are the same only if at least `least` of the shorter one stands in the other."""

    def __init__(self, least: float) -> None:
        self.all: list[int] = []
        self._least = least
        self._holding = defaultdict[int, list[int]](list)
        self._rarest = defaultdict[int, list[int]](list)

    def add(self, number: int, runs: Collection[int]) -> None:
        self.all.append(number)
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
        enough = int(len(runs) * (1 - self._least)) + 1
        return sorted(runs, key=lambda run: len(self._holding.get(run, ())))[:enough]
