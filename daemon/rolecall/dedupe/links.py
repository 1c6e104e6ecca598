"""Which postings are found to be the same as which, and the groups that they form.

A posting is compared with the others group by group, and no further once it is known to belong to a group: thousands of
copies of one advert cost as many comparisons, not millions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from rolecall.dedupe.boilerplate import Boilerplate
from rolecall.dedupe.crowd import Crowd
from rolecall.dedupe.overlap import is_whole
from rolecall.dedupe.same import Sameness, same
from rolecall.model import Print

_Key = tuple[str, str]

ASKED = 8  # texts of a group that are asked whether another group differs
CROWD = 24  # groups with one key; fewer are compared one after the other, and so are more of them where less than
OFTEN = 8  # new postings have the key: to take a posting into a crowd costs as much as some comparisons
_SUREST_FIRST = "urct"  # kinds of look-up keys: address, reference, company and title, title and text
_BY_TITLE = "ct"  # an address or a reference in common outweighs what a crowd looks at


@dataclass(frozen=True, slots=True)
class Link:
    """Two postings found to be the same, the one that came first and the other."""

    earlier: Print
    later: Print
    why: Sameness

    def of(self, key: _Key) -> _Key:
        """Return the other one's key."""
        return self.earlier.key if key == self.later.key else self.later.key

    @property
    def thin(self) -> bool:
        """Whether a cut-off text has a part in it, or one that a board tells in its own words."""
        return not (is_whole(self.earlier) and is_whole(self.later))

    @property
    def retold(self) -> bool:
        return self.earlier.retold or self.later.retold


class Groups:
    """Disjoint sets: whatever is joined has one root. Each remembers some of its texts, whole ones first."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}
        self._texts: dict[Hashable, list[Print]] = {}

    def add(self, print_: Print) -> None:
        if not print_.retold:
            self._texts[self.root(print_.key)] = [print_]

    def root(self, one: Hashable) -> Hashable:
        parent = self._parent.setdefault(one, one)
        while parent != self._parent[parent]:
            self._parent[one] = parent = self._parent[self._parent[parent]]
        return parent

    def join(self, one: Hashable, other: Hashable) -> None:
        old, root = self.root(one), self.root(other)
        if old != root:
            self._parent[old] = root
            texts = self.texts(root) + self._texts.pop(old, [])
            self._texts[root] = sorted(texts, key=is_whole, reverse=True)[:ASKED]

    def texts(self, one: Hashable) -> list[Print]:
        """Return texts of the group, a few at most."""
        return self._texts.get(self.root(one), [])


class Links:
    """What was found to be the same, given what the employers say in all their adverts; `groups` follow it."""

    def __init__(self, groups: Groups, boilerplate: Boilerplate) -> None:
        self._groups, self._boilerplate = groups, boilerplate
        self._index = defaultdict[str, dict[Hashable, list[Print]]](dict)
        self._crowds: dict[str, Crowd] = {}
        self._often = frozenset[str]()
        self._found = defaultdict[_Key, list[Link]](list)

    def of(self, key: _Key) -> Sequence[Link]:
        return self._found.get(key, ())

    def find(self, known: Collection[Print], new: Collection[Print]) -> None:
        """Compare every new posting with the known ones and with one another; whole texts first, excerpts join them."""
        asked = Counter(chain.from_iterable(each.keys for each in new))
        again = {key for key, times in asked.items() if times > 1}
        self._often = frozenset(key for key in again if asked[key] >= OFTEN and key[0] in _BY_TITLE)
        for print_ in known:
            self._enter(print_, print_.keys & asked.keys())
        shared = again.union(self._index)
        for print_ in sorted(_with(shared, new), key=lambda each: (not is_whole(each), each.key)):
            self._groups.add(print_)
            keys = print_.keys & shared
            self._follow(print_, self._matches(print_, keys))
            self._enter(print_, keys)

    def _enter(self, print_: Print, keys: Iterable[str]) -> None:
        root = self._groups.root(print_.key)
        for key in keys:
            self._index[key].setdefault(root, []).append(print_)
            if key in self._crowds:
                self._crowds[key].add(print_)

    def _follow(self, print_: Print, links: Iterable[Link]) -> None:
        """Join the posting to the groups that it was found to belong to, the surest first."""
        for link in sorted(links, key=lambda link: (-link.why.score, link.earlier.key)):
            if not (link.thin and self._differ(link)):
                self._found[print_.key].append(link)
                self._found[link.earlier.key].append(link)
                self._groups.join(print_.key, link.earlier.key)

    def _matches(self, print_: Print, keys: Iterable[str]) -> Iterable[Link]:
        """Return a link to each group that holds a posting like this one."""
        found, asked = dict[Hashable, Link](), set[_Key]()
        for key in sorted(keys, key=lambda key: _SUREST_FIRST.find(key[0])):
            for root, members in self._near(print_, key).items():
                fresh = (other for other in members if other.key not in asked)
                if root not in found and (link := self._first(print_, fresh, asked)):
                    found[root] = link
        return found.values()

    def _first(self, print_: Print, others: Iterator[Print], asked: set[_Key]) -> Link | None:
        for other in others:
            asked.add(other.key)
            if why := same(print_, other, self._boilerplate):
                return Link(other, print_, why)
        return None

    def _near(self, print_: Print, key: str) -> Mapping[Hashable, Sequence[Print]]:
        """Return the postings with a key that may be the same as one because of it, by their group."""
        if key not in self._crowds:
            groups = self._at(key)
            if len(groups) < CROWD or key not in self._often:
                return groups
            self._crowds[key] = Crowd(chain.from_iterable(groups.values()), self._boilerplate)
        near = defaultdict[Hashable, list[Print]](list)
        for other in self._crowds[key].near(print_):
            near[self._groups.root(other.key)].append(other)
        return near

    def _at(self, key: str) -> Mapping[Hashable, Sequence[Print]]:
        """Return the postings with a key by their group; groups that have been joined since are put together."""
        groups = self._index.get(key, {})
        for old in [old for old in groups if self._groups.root(old) != old]:
            groups.setdefault(self._groups.root(old), []).extend(groups.pop(old))
        return groups

    def _differ(self, link: Link) -> bool:
        """Return whether the groups of two postings hold texts that are not the same; an excerpt asks whole ones."""
        one, other = (
            [each for each in self._groups.texts(end.key) if link.retold or is_whole(each)]
            for end in (link.earlier, link.later)
        )
        return any(not same(a, b, self._boilerplate) for a in one for b in other)


def _with(keys: Set[str], prints: Iterable[Print]) -> list[Print]:
    """Return the prints that have one of the keys."""
    return [each for each in prints if not keys.isdisjoint(each.keys)]
