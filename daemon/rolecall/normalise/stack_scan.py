"""One text cut into words, and every spelling of a technology found in it, believed or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import compress, count

from rolecall.normalise import vocabulary as names
from rolecall.normalise.stack_words import cut
from rolecall.normalise.text import Part
from rolecall.normalise.vocabulary import SOFT, Alias, Entry, Start, Vocabulary

_LIST_GAP = re.compile(
    r"[\s*)\"']*(?:[,/|;&+·:(]|\n|\b(?:and/or|and|or)\b)[\s*(\"'&]*(?:(?:and|or|e\.g\.|eg|like)\s+)?"
)
_GAP_MAX = 14
_AROUND, _AROUND_CHARS = 25, 250  # words, and characters that hold as many


@dataclass(slots=True)
class Mention:
    """A technology named at `text[start:end]`, words `first` to `last`."""

    alias: Alias
    first: int
    last: int
    start: int
    end: int
    exact: bool  # written exactly as the alias
    firm: bool  # believed without looking around

    @property
    def entry(self) -> Entry:
        return self.alias.entry


class Scan:
    """A text as words and gaps; lines that can hold no technology are not cut, but part of a gap.

    `found` holds every spelling, the longest where several begin together, none overlapping; `breaks` the words with
    which a sentence begins. `employer` is the id of the technology that the advertiser is named after: "Snowflake" at
    Snowflake is the firm, so it is never firm.
    """

    def __init__(self, part: Part, vocabulary: Vocabulary, employer: str | None = None) -> None:
        self.text, self.low = part.text, part.low
        self.title = part.source == "title"
        self.employer = employer
        self.words, self.starts, self.gaps = cut(part, vocabulary)
        self.breaks = self._breaks()
        self.found = list(self._find(vocabulary.starts))

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def before(self, found: Mention) -> str:
        """Return the word directly before, "" where something stands between."""
        return self.word(found.first - 1) if self.gaps[found.first].strip("'&*\"") in SOFT else ""

    def after(self, found: Mention) -> str:
        """Return the word directly after, "" where something stands between."""
        return self.word(found.last + 1) if self.gaps[found.last + 1].strip("'&*\"") in SOFT else ""

    def between(self, found: Mention, word: int) -> str:
        """Return the text from a mention to a later word."""
        return self.text[found.end : self.starts[word]]

    def is_near(self, found: Mention, words: Set[str]) -> bool:
        """Whether one of these words stands around a mention, in whatever line."""
        start, end = max(0, found.start - _AROUND_CHARS), found.end + _AROUND_CHARS
        before, after = self.low[start : found.start], self.low[found.end : end]
        if not any(word in before or word in after for word in words):  # as for most, and much sooner known
            return False
        return not words.isdisjoint(names.cut(before)[0][-_AROUND:] + names.cut(after)[0][:_AROUND])

    def _breaks(self) -> list[int]:
        return [at for at, gap in enumerate(self.gaps) if gap not in _WITHIN and at and _parts(gap, self.words[at - 1])]

    def joined(self, left: Mention, right: Mention) -> bool:
        """Do two mentions stand side by side in one list?"""
        near = right.start - left.end <= _GAP_MAX
        return near and _LIST_GAP.fullmatch(self.low, left.end, right.start) is not None

    def beside(self, left: Mention, right: Mention) -> bool:
        """Do two mentions follow each other with a space alone, as in "php go python"?"""
        return right.first == left.last + 1 and self.gaps[right.first] == " "

    def _find(self, starts: Mapping[str, Start]) -> Iterator[Mention]:
        free = 0
        words = [*self.words, ""]
        for index in compress(count(), map(starts.__contains__, words)):  # the loop over all words runs in C
            start = starts[words[index]]
            if index >= free and (start.alone or words[index + 1] in start.longer):
                found = self._longest(start, index)
                if found is not None:
                    free = found.last + 1
                    if not self._in_address(found):
                        yield found

    def _longest(self, start: Start, index: int) -> Mention | None:
        """Return the longest spelling that begins at word `index`, one in its exact case first."""
        fallback = None
        for alias in (*start.longer.get(self.word(index + 1), ()), *start.alone):
            if alias.rest and not self._continues(alias, index):
                continue
            found = self._mention(alias, index)
            if found.exact:
                return found
            fallback = fallback or found
        return fallback

    def _continues(self, alias: Alias, index: int) -> bool:
        count = len(alias.rest)
        if self.words[index + 1 : index + 1 + count] != alias.rest:
            return False
        gaps = self.gaps[index + 1 : index + count + 1]
        return all(gap in allowed for gap, allowed in zip(gaps, alias.gaps, strict=True))

    def _mention(self, alias: Alias, index: int) -> Mention:
        last = index + len(alias.rest)
        start, end = self.starts[index], self.starts[last] + len(self.words[last])
        exact = alias.trust == "free" or self.text[start:end] == alias.text
        firm = exact and alias.trust != "ambiguous" and alias.entry.id != self.employer
        return Mention(alias, index, last, start, end, exact, firm)

    def _in_address(self, found: Mention) -> bool:
        """Is it part of an address or file name: @python.org, https://docker.com, example.net, index.php?"""
        first, before, after = self.words[found.first], self.gaps[found.first], self.gaps[found.last + 1]
        if before[-1:] in _ADDRESS:
            if before.endswith(("@", "//")) or (before == "." and self.word(found.first - 1) == "www"):
                return True
            if before == "." and first in _EXTENSIONS:
                return True
        if first == ".net" and not before and found.first:
            return not self.words[found.first - 1].endswith("#")
        return after == "." and self.word(found.last + 1) in _HOSTS


def _parts(gap: str, word: str) -> bool:
    """Does a sentence end in the gap behind this word?"""
    return "\n" in gap or (gap[:1] in _STOPS and gap[1:2] == " " and word not in _ABBREVIATED)


_WITHIN = frozenset({"", " ", "-", ", ", "/", " (", ") ", "'"})  # most gaps: known to part no sentences
_STOPS = frozenset(".!?;")
_ABBREVIATED = frozenset({"g", "e", "i", "eg", "ie", "etc", "vs", "incl", "inc", "ltd", "approx"})
_HOSTS = frozenset({"com", "io", "org", "net", "co", "dev", "ai", "uk", "eu", "app"})
_ADDRESS = frozenset("@/.")
_EXTENSIONS = frozenset({"html", "js", "css", "json", "xml", "php", "sql", "java", "go"})
