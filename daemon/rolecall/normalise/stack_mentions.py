"""Where a text names a technology: find every spelling, then let its surroundings decide about the unsure ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from rolecall.normalise.vocabulary import SOFT, TOKEN, Alias, Entry, Vocabulary

LIST_GAP = re.compile(
    r"[\s*)\"']*(?:[,/|;&+·:(]|\n|,? ?\b(?:and/or|and|or)\b|, ?&)[\s*(\"']*(?:(?:e\.g\.|eg|like)\s)?", re.IGNORECASE
)
"""What stands between two items of one list."""

_NEIGHBOURHOOD = 60  # characters: another technology this near speaks for an ambiguous name
_AROUND = 25  # words: as far as a name's own `near` words may stand
_GAP_MAX = 14
_HOSTS = frozenset({"com", "io", "org", "net", "co", "dev", "ai", "uk", "eu", "app"})
_OPENS = re.compile(r"(?:^|[\n:(])[\s*]*$")
_CLOSES = re.compile(r"[\s*.;]*(?:$|[\n(])")


class Mention(NamedTuple):
    """A technology named at `text[start:end]`."""

    entry: Entry
    start: int
    end: int


@dataclass(slots=True)
class _Candidate:
    alias: Alias
    first: int  # index of its first word
    last: int
    start: int
    end: int
    firm: bool  # believed without looking around
    exact: bool  # written exactly as the alias


class Scan:
    """One text cut into words, with the spellings found in it."""

    def __init__(self, text: str, vocabulary: Vocabulary, doubted: str | None = None) -> None:
        self.text = text
        self.parts = TOKEN.split(text)
        self.words = [word.lower() for word in self.parts[1::2]]
        self.doubted = doubted  # the employer's own product: believed in lists only
        self.candidates = list(self._find(vocabulary))

    @cached_property
    def offsets(self) -> list[int]:
        """The end of each part: word i is `text[offsets[2 * i] : offsets[2 * i + 1]]`."""
        return list(accumulate(map(len, self.parts)))

    def _find(self, vocabulary: Vocabulary) -> Iterator[_Candidate]:
        starts, free = vocabulary.starts, 0
        for index, word in enumerate(self.words):
            if word in starts and index >= free:
                found = self._longest(starts[word], index)
                if found is not None:
                    free = found.last + 1
                    if not self._in_address(found):
                        yield found

    def _longest(self, aliases: tuple[Alias, ...], index: int) -> _Candidate | None:
        fallback = None
        for alias in aliases:
            last = index + len(alias.rest)
            if alias.rest and not self._continues(alias, index):
                continue
            start, end = self.offsets[2 * index], self.offsets[2 * last + 1]
            exact = alias.trust == "free" or self.text[start:end] == alias.text
            firm = exact and alias.trust != "ambiguous" and alias.entry.id != self.doubted
            found = _Candidate(alias, index, last, start, end, firm, exact)
            if exact:
                return found
            fallback = fallback or found
        return fallback

    def _continues(self, alias: Alias, index: int) -> bool:
        count = len(alias.rest)
        if self.words[index + 1 : index + 1 + count] != alias.rest:
            return False
        gaps = self.parts[2 * index + 2 : 2 * (index + count) + 1 : 2]
        return all(gap in allowed for gap, allowed in zip(gaps, alias.gaps, strict=True))

    def _in_address(self, found: _Candidate) -> bool:
        """Is it part of a web or mail address: @python.org, https://docker.com, example.net?"""
        before, after = self.parts[2 * found.first], self.parts[2 * found.last + 2]
        if before.endswith(("@", "//")) or (before == "." and self.word(found.first - 1) == "www"):
            return True
        if self.words[found.first] == ".net" and not before and found.first:
            return not self.words[found.first - 1].endswith("#")
        return after == "." and self.word(found.last + 1) in _HOSTS

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def before(self, found: _Candidate) -> str:
        """Return the word directly before, "" where something stands between."""
        return self.word(found.first - 1) if self.parts[2 * found.first].strip("'&*\"") in SOFT else ""

    def after(self, found: _Candidate) -> str:
        return self.word(found.last + 1) if self.parts[2 * found.last + 2].strip("'&*\"") in SOFT else ""


def find(text: str, vocabulary: Vocabulary, employer: str | None = None) -> list[Mention]:
    """Return the technologies named in `text`, in order, never overlapping.

    `employer` is the id of the technology that the advertiser is named after: "Snowflake" at Snowflake is the firm.
    """
    scan = Scan(text, vocabulary, employer)
    allowed = [c for c in scan.candidates if not _vetoed(scan, c)]
    return [
        Mention(c.alias.entry, c.start, c.end) for i, c in enumerate(allowed) if c.firm or _supported(scan, allowed, i)
    ]


def _vetoed(scan: Scan, found: _Candidate) -> bool:
    entry = found.alias.entry
    if found.alias.trust == "free" or not (entry.veto_after or entry.veto_before):
        return False
    return scan.after(found) in entry.veto_after or scan.before(found) in entry.veto_before


def _supported(scan: Scan, all_found: list[_Candidate], index: int) -> bool:
    found = all_found[index]
    entry = found.alias.entry
    if not found.exact or entry.id == scan.doubted:
        return _listed(scan.text, all_found, index, firm_only=True)
    if scan.before(found) in entry.before or scan.after(found) in entry.after:
        return True
    if entry.near:
        around = scan.words[max(0, found.first - _AROUND) : found.last + _AROUND]
        return not entry.near.isdisjoint(around) or _listed(scan.text, all_found, index)
    return _listed(scan.text, all_found, index) or _near_another(all_found, index) or _whole_item(scan.text, found)


def _listed(text: str, all_found: list[_Candidate], index: int, firm_only: bool = False) -> bool:
    """Does it stand beside another technology of the same list?"""
    return any(
        (all_found[other].firm or (all_found[other].exact and not firm_only))
        and _joined(text, all_found[left], all_found[left + 1])
        for left, other in ((index - 1, index - 1), (index, index + 1))
        if 0 <= other < len(all_found)
    )


def _joined(text: str, left: _Candidate, right: _Candidate) -> bool:
    return right.start - left.end <= _GAP_MAX and LIST_GAP.fullmatch(text, left.end, right.start) is not None


def _near_another(all_found: list[_Candidate], index: int) -> bool:
    found = all_found[index]
    return any(
        other.firm and other.start - found.end <= _NEIGHBOURHOOD and found.start - other.end <= _NEIGHBOURHOOD
        for other in all_found[max(0, index - 4) : index + 5]
    )


def _whole_item(text: str, found: _Candidate) -> bool:
    """Does it fill its line, or stand alone after a colon?"""
    opens = _OPENS.search(text, max(0, found.start - 6), found.start) is not None or found.start == 0
    return opens and _CLOSES.match(text, found.end) is not None
