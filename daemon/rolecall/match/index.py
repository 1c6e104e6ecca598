"""All saved searches at once: which of them does a posting match?

A set of searches is one integer, a bit for each search. For every question that has few different answers (level, mode,
contract …) the set of searches that survive an answer is remembered, and for the stack the set that names each
technology; the posting's candidates are the intersection, and only they are judged in full.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import or_
from typing import Any

from rolecall.match.criteria import CRITERIA
from rolecall.match.criterion import Criterion
from rolecall.match.judge import ask, drops, judge, without_guesses
from rolecall.match.pay import ONLY_MIN_COUNTS, foreign_tolerance
from rolecall.match.role import not_whole
from rolecall.match.wants import Search, Stack
from rolecall.model import Match, Need, Posting

_FEW_ANSWERS = ("levels", "modes", "contract", "uk_remote_only", "family")
_REMEMBERED = 4096  # answers a question; then it forgets them all


class Index:
    """The saved searches, ready to be asked. Not for several threads at once."""

    def __init__(self, searches: Sequence[Search]) -> None:
        self._searches = tuple(searches)
        self._all = (1 << len(self._searches)) - 1
        self._stack = _StackSets(self._searches)
        self._pay = _PaySets(self._searches)
        self._questions = [_Question(CRITERIA[name], self._searches) for name in _FEW_ANSWERS]

    def matches(self, posting: Posting) -> Iterator[Match]:
        """Yield the match of every search that does not drop the posting, in the order of the searches."""
        sure = without_guesses(posting)
        left = self._stack.of(sure) & self._pay.of(sure)
        for question in self._questions:
            if not left:
                return
            left &= question.survivors(sure)
        for number in _bits(left):
            if _survives_the_rest(self._searches[number], sure):
                yield judge(self._searches[number], posting)


class _Question:
    """The searches that survive one criterion, by what the posting says; the criterion itself decides."""

    def __init__(self, criterion: Criterion, searches: Sequence[Search]) -> None:
        self._criterion = criterion
        self._groups = defaultdict[Hashable, list[int]](list)
        for number, search in enumerate(searches):
            self._groups[self._wish(search)].append(number)
        self._sets = [(searches[numbers[0]], _set(numbers)) for numbers in self._groups.values()]
        self._known = dict[Hashable, int]()

    def survivors(self, sure: Posting) -> int:
        said = tuple((fact.value, fact.flags, fact.alternatives) for fact in self._facts(sure))
        if said not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[said] = sum(members for search, members in self._sets if self._keeps(search, sure))
        return self._known[said]

    def _facts(self, sure: Posting) -> list[Any]:
        return [getattr(sure, name) for name in self._criterion.reads]

    def _wish(self, search: Search) -> Hashable:
        """Return all of the search that this question depends on: equal wishes are asked once."""
        options = tuple(getattr(search, name) for name in self._criterion.options)
        return (search.wanted.get(self._criterion.name), options, search.unknown.get(self._criterion.unknown))

    def _keeps(self, search: Search, sure: Posting) -> bool:
        wanted = search.wanted.get(self._criterion.name)
        return wanted is None or not drops(ask(self._criterion, sure, wanted, search), search)


class _StackSets:
    """The searches by one technology that their match must name: the rarest of `all`, or each of `any`."""

    def __init__(self, searches: Sequence[Search]) -> None:
        stacks = [search.wanted.get("stack", Stack()) for search in searches]
        often = Counter(tech for stack in stacks for tech in stack.any | stack.all)
        self._every = _set(range(len(searches)))
        self._open = _set(number for number, stack in enumerate(stacks) if not stack.any and not stack.all)
        named = defaultdict[str, list[int]](list)
        for number, stack in enumerate(stacks):
            for tech in {min(stack.all, key=lambda tech: (often[tech], tech))} if stack.all else stack.any:
                named[tech].append(number)
        self._named = {tech: _set(numbers) for tech, numbers in named.items()}

    def of(self, sure: Posting) -> int:
        if not_whole(sure):
            return self._every
        found = self._open
        for tech in sure.stack:
            if tech.need is not Need.NOT and tech.need is not Need.LEGACY:
                found |= self._named.get(tech.id, 0)
        return found


class _PaySets:
    """The searches whose yearly floor a stated salary can reach at all."""

    def __init__(self, searches: Sequence[Search]) -> None:
        at = defaultdict[float, list[int]](list)
        for number, search in enumerate(searches):
            at[_lowest_floor(search)].append(number)
        self._floors = sorted(at)
        self._sets: list[int] = [0, *accumulate((_set(at[floor]) for floor in self._floors), or_)]

    def of(self, sure: Posting) -> int:
        fact = sure.salary
        top = fact.value.annual_gbp[1] if fact.value else None
        if fact.value is None or top is None or fact.value.annual_basis != "salary" or fact.value.predicted:
            return self._sets[-1]
        if fact.alternatives or fact.flags & ONLY_MIN_COUNTS:
            return self._sets[-1]
        return self._sets[bisect_right(self._floors, top)]


def _survives_the_rest(search: Search, sure: Posting) -> bool:
    """Return whether no criterion beyond the remembered questions drops the posting; stops at the first that does."""
    rest = ((name, wanted) for name, wanted in search.wanted.items() if name not in _FEW_ANSWERS)
    return not any(drops(ask(CRITERIA[name], sure, wanted, search), search) for name, wanted in rest)


def _lowest_floor(search: Search) -> float:
    wanted = search.wanted.get("min_salary")
    if wanted is None:
        return 0.0
    return float(wanted.amount) * (1 - float(search.salary_slack)) * (1 - foreign_tolerance())


def _set(numbers: Iterable[int]) -> int:
    """Return the set of these searches; made of bytes, as shifting one by one is quadratic."""
    chosen = list(numbers)
    octets = bytearray(max(chosen, default=0) // 8 + 1)
    for number in chosen:
        octets[number // 8] |= 1 << number % 8
    return int.from_bytes(octets, "little")


def _bits(members: int) -> Iterator[int]:
    while members:
        lowest = members & -members
        yield lowest.bit_length() - 1
        members ^= lowest
