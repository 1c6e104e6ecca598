"""Adverts of one company by place and pay: where a text is cut off, these may show it to be another's copy.

What is found is a little more than what `same` takes for one by company and title, and never less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Set

from rolecall.dedupe.overlap import FEW
from rolecall.dedupe.titles import telling
from rolecall.model import Print

_Numbers = Mapping[object, Set[int]]


class Meeting:
    """Numbers of adverts by where they are, what they pay and where they stand."""

    def __init__(self) -> None:
        self._all, self._anywhere, self._unpaid, self._short = set[int](), set[int](), set[int](), set[int]()
        self._at, self._paying, self._ends, self._boards = (defaultdict[object, set[int]](set) for _ in range(4))

    def add(self, number: int, print_: Print, own: Collection[int]) -> None:
        self._all.add(number)
        _enter(number, self._at, print_.places, self._anywhere)
        _enter(number, self._ends, print_.pay, self._unpaid)
        self._paying[print_.pay].add(number)
        self._boards[print_.source].add(number)
        if len(own) < FEW:
            self._short.add(number)

    def near(self, print_: Print, own: Collection[int]) -> Set[int]:
        """Return those that may be one with a posting by company and title, whatever their texts say."""
        there = self._anywhere.union(*_each(self._at, print_.places)) if print_.places else self._all
        alike = self._paying.get(print_.pay, set[int]()) if len(print_.pay) == 2 else set[int]()
        if telling(print_.title, print_.company):
            found = there | alike
        else:
            found = there if len(own) < FEW else there & (alike | self._short)
        if print_.pay:
            found = found & self._unpaid.union(*_each(self._ends, print_.pay))
        return found - self._boards.get(print_.source, set()) if ":" in print_.source else found


def _enter(number: int, index: Mapping[object, set[int]], values: Collection[object], without: set[int]) -> None:
    for value in values:
        index[value].add(number)
    if not values:
        without.add(number)


def _each(index: _Numbers, values: Collection[object]) -> list[Set[int]]:
    return [index[value] for value in values if value in index]
