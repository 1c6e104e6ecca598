"""The technologies Rolecall knows: their names, what follows from them, and how a name is found again.

The words are in `stack.toml` (its head explains the fields); a user adds to them from the configuration,
`[[vocabulary.tech]]`, in the same shape.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from rolecall.errors import Problem
from rolecall.normalise.words import load

TOKEN = re.compile(r"(\.(?: (?<!\w\. ))?net\b|[a-z0-9\u00df-\u00ff]+(?:\+\+|#)?)")
"""One word, in lower case; `TOKEN.split` gives gap, word, gap, word … gap."""

SOFT = frozenset({"", " ", "-", ".", "_"})
"""What may stand between the words of a name in place of a space."""

Trust = Literal["free", "cased", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One technology, as a line of `stack.toml`."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    cased: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    veto_before: frozenset[str] = frozenset()
    veto_after: frozenset[str] = frozenset()
    implies: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    def spellings(self) -> Iterator[tuple[str, Trust]]:
        """Yield every alias with what it needs to be believed; the name counts unless it is listed as unsure."""
        yield from ((alias, "ambiguous") for alias in self.ambiguous)
        yield from ((alias, "cased") for alias in self.cased)
        if self.name not in self.cased and self.name not in self.ambiguous:
            yield self.name, "free"
        yield from ((alias, "free") for alias in self.aliases)


class Alias(NamedTuple):
    """One spelling of an entry, cut into words: the first is the key it is found by."""

    entry: Entry
    text: str
    trust: Trust
    rest: list[str]
    gaps: tuple[frozenset[str], ...]  # what may stand between its words


class Start(NamedTuple):
    """The spellings that begin with one word: that word alone, and longer ones by their second word."""

    alone: tuple[Alias, ...]
    longer: dict[str, tuple[Alias, ...]]  # longest first, last those of the one word
    seconds: frozenset[str]  # the second words without their signs
    initials: str  # how they may begin, behind one sign; a space, for more signs may stand there as well


@dataclass(frozen=True)
class Vocabulary:
    """A set of entries with everything derived from it, ready to be searched."""

    entries: Mapping[str, Entry]
    starts: Mapping[str, Start] = field(repr=False)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every spelling."""
        return frozenset(
            word for entry in self.entries.values() for alias, _ in entry.spellings() for word in cut(alias)[0]
        )

    def openers(self, words: Set[str]) -> set[str]:
        """Return with which words of a text, all given without their signs, a spelling begins that may stand in it."""
        needed = self._needed
        return {word for word in self._firsts & words if not needed[word] or not needed[word].isdisjoint(words)}

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(self._needed)

    @cached_property
    def _needed(self) -> dict[str, frozenset[str]]:
        """The first word of every spelling, without its signs → the second words, of which it needs one if any."""
        found: dict[str, frozenset[str]] = {}
        for first, start in self.starts.items():
            seconds, known = start.seconds, found.get(_bare(first))
            free = start.alone or (known is not None and not known)
            found[_bare(first)] = frozenset() if free else seconds | (known or frozenset())
        return found

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Every spelling, folded → id; ids win over names, names over aliases."""
        found = {fold(alias): e.id for e in self.entries.values() for alias, _ in e.spellings()}
        found |= {fold(e.name): e.id for e in self.entries.values()}
        return found | {fold(key): key for key in self.entries}

    @cached_property
    def closure(self) -> dict[str, dict[str, bool]]:
        """id → every id that follows from it → whether only weakly."""
        return {key: self._follow(key) for key in self.entries}

    def _follow(self, key: str) -> dict[str, bool]:
        found: dict[str, bool] = {}
        queue = [(key, False)]
        while queue:
            entry, weakly = self.entries[queue[0][0]], queue.pop(0)[1]
            for next_id, weak in [(i, weakly) for i in entry.implies] + [(i, True) for i in entry.weak]:
                if next_id in self.entries and found.get(next_id, True) and found.get(next_id) is not weak:
                    found[next_id] = weak
                    queue.append((next_id, weak))
        found.pop(key, None)
        return found


def build(techs: Iterable[Mapping[str, Any]]) -> Vocabulary:
    """Return the vocabulary of these lines of `stack.toml`."""
    return _index({entry.id: entry for entry in map(_entry, techs)})


def extend(techs: Iterable[Mapping[str, Any]], base: Vocabulary | None = None) -> Vocabulary:
    """Return `base`, else ours, with the user's lines merged in by `id`: lists are added to, the rest is replaced."""
    entries = dict((base or SHIPPED).entries)
    for entry in map(_entry, techs):
        entries[entry.id] = _merge(entries[entry.id], entry) if entry.id in entries else entry
    return _index(entries)


def resolve(word: str, vocabulary: Vocabulary | None = None) -> str | None:
    """Return the id that `word` stands for (an id, a name or an alias, in any case), None when unknown."""
    return (vocabulary or VOCABULARY).by_name.get(fold(word))


def suggest(word: str, vocabulary: Vocabulary | None = None) -> list[str]:
    """Return up to three names that `word` may have been meant for, nearest first."""
    known = vocabulary or VOCABULARY
    near = difflib.get_close_matches(fold(word), known.by_name, n=6, cutoff=0.7)
    return list(dict.fromkeys(known.entries[known.by_name[word]].name for word in near))[:3]


def name(tech: str, vocabulary: Vocabulary | None = None) -> str:
    """Return the name people know the id `tech` by; the id itself when it is unknown."""
    entry = (vocabulary or VOCABULARY).entries.get(tech)
    return tech if entry is None else entry.name


def implied(tech: str, vocabulary: Vocabulary | None = None) -> frozenset[str]:
    """Return every id that surely follows from the id `tech`, at any distance."""
    return frozenset(i for i, weak in (vocabulary or VOCABULARY).closure.get(tech, {}).items() if not weak)


def is_practice(tech: str) -> bool:
    """Return whether the id `tech` is a way of working (microservices, CI/CD) rather than a technology."""
    entry = VOCABULARY.entries.get(tech)
    return entry is not None and entry.kind == "practice"


def fold(word: str) -> str:
    """Return the spelling-independent form that names are compared by: "Node JS", "node.js" → "node js"."""
    return " ".join(cut(word)[0]) or word.strip().lower()


def lower(text: str) -> str:
    """Return `text` in lower case and of the same length ("İ" alone would grow)."""
    return text.replace("İ", "I").lower()


def _bare(word: str) -> str:
    return word.strip(".+# ")


def cut(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a name, lower case, and the gaps between them."""
    parts = TOKEN.split(lower(text))
    return parts[1::2], parts[2:-1:2]


_KIND = "other"  # of a user's own technology that states none
_LISTS = ("aliases", "cased", "ambiguous", "implies", "weak")
_SETS = ("near", "before", "after", "veto_before", "veto_after")


def _entry(fields: Mapping[str, Any]) -> Entry:
    lists: dict[str, Any] = {key: tuple(fields.get(key, ())) for key in _LISTS}
    sets: dict[str, Any] = {key: frozenset(fields.get(key, ())) for key in _SETS}
    return Entry(fields["id"], fields.get("name", fields["id"]), fields.get("kind", _KIND), **lists, **sets)


def _merge(old: Entry, new: Entry) -> Entry:
    lists: dict[str, Any] = {key: tuple(dict.fromkeys(getattr(old, key) + getattr(new, key))) for key in _LISTS}
    sets: dict[str, Any] = {key: getattr(old, key) | getattr(new, key) for key in _SETS}
    return replace(
        old,
        name=old.name if new.name == new.id else new.name,
        kind=old.kind if new.kind == _KIND else new.kind,
        **lists,
        **sets,
    )


def _index(entries: dict[str, Entry]) -> Vocabulary:
    starts: dict[str, list[Alias]] = {}
    for entry in entries.values():
        for text, trust in entry.spellings():
            words, gaps = cut(text)
            if words:
                alias = Alias(entry, text, trust, words[1:], tuple(map(_allowed, gaps)))
                starts.setdefault(words[0], []).append(alias)
    return Vocabulary(MappingProxyType(entries), {first: _start(found) for first, found in starts.items()})


def _start(found: list[Alias]) -> Start:
    found.sort(key=lambda alias: (-len(alias.rest), alias.trust != "free"))
    longer: dict[str, tuple[Alias, ...]] = {}
    for alias in found:
        if alias.rest:
            longer[alias.rest[0]] = (*longer.get(alias.rest[0], ()), alias)
    alone = tuple(alias for alias in found if not alias.rest)
    longer = {second: spellings + alone for second, spellings in longer.items()}
    seconds = frozenset(map(_bare, longer))
    return Start(alone, longer, seconds, " " + "".join({word[0] for word in seconds}))


def _allowed(gap: str) -> frozenset[str]:
    """Return what may stand in a text where `gap` stands in an alias: "/" also as " / " or a space."""
    sign = gap.strip()
    return SOFT if gap in SOFT else SOFT | {sign, f" {sign} ", f"{sign} "}


SHIPPED = build(load("stack")["tech"])
TECHS: Mapping[str, Entry] = SHIPPED.entries
VOCABULARY = SHIPPED


def use(vocabulary: Vocabulary) -> None:
    """Let every reader know these technologies from now on: process-wide, as a locale is."""
    global VOCABULARY  # set where a configuration is adopted, nowhere else
    VOCABULARY = vocabulary


def check(vocabulary: Vocabulary | None = None) -> list[Problem]:
    """Return everything wrong with a vocabulary; the one that is shipped gives an empty list."""
    known = vocabulary or VOCABULARY
    return [*_check_entries(known), *_check_spellings(known), *_check_cues(known)]


def _check_entries(known: Vocabulary) -> Iterator[Problem]:
    for entry in known.entries.values():
        for target in (*entry.implies, *entry.weak):
            if target not in known.entries:
                yield Problem(f"{entry.kind}.{entry.id}", f"implies {target!r}, which is no technology here")
        if (entry.near or entry.before or entry.after) and not (entry.ambiguous or entry.veto_after):
            yield Problem(f"{entry.kind}.{entry.id}", "context words (near, before, after) but no ambiguous name")
        for word in entry.near | entry.before | entry.after | entry.veto_before | entry.veto_after:
            if TOKEN.fullmatch(word) is None or word != word.lower():
                yield Problem(f"{entry.kind}.{entry.id}", f"{word!r} is not one word in lower case")


def _check_spellings(known: Vocabulary) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for entry in known.entries.values():
        for text, _ in entry.spellings():
            if not cut(text)[0]:
                yield Problem(f"{entry.kind}.{entry.id}", f"the alias {text!r} holds no word")
            owner = owners.setdefault(fold(text), entry.id)
            if owner != entry.id:
                yield Problem(f"{entry.kind}.{entry.id}", f"the alias {text!r} belongs to {owner!r} already")


def _check_cues(known: Vocabulary) -> Iterator[Problem]:
    for key, phrases in load("stack")["cue"].items():
        for phrase in phrases:
            if not cut(phrase)[0]:
                yield Problem(f"cue.{key}", f"{phrase!r} holds no word")
    for tech in {tech for pair in load("stack")["rule"]["pairs"] for tech in pair} - set(known.entries):
        yield Problem("rule.pairs", f"{tech!r} is no technology here")
