"""One text cut into words, and every spelling of a technology found in it, believed or not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, compress, count

from rolecall.normalise.vocabulary import SOFT, TOKEN, Alias, Entry, Start, Vocabulary, lower

_LIST_GAP = re.compile(
    r"[\s*)\"']*(?:[,/|;&+·:(]|\n|\b(?:and/or|and|or)\b)[\s*(\"'&]*(?:(?:and|or|e\.g\.|eg|like)\s+)?"
)
_GAP_MAX = 14
_SHAPE = bytes(ord("a") if c in range(97, 123) else ord("A") if c in range(65, 91) else 32 for c in range(256))
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_GLUED_MIN = 3  # fewer such words are names of their own (MapGPT), not a text without its line ends


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
    """A text as words and gaps.

    `found` holds every spelling, the longest where several begin together, none overlapping. `employer` is the id of
    the technology that the advertiser is named after: "Snowflake" at Snowflake is the firm, so it is never firm.
    """

    def __init__(self, text: str, vocabulary: Vocabulary, employer: str | None = None, *, title: bool = False) -> None:
        self.text = text
        self.title = title
        self.employer = employer
        self.parts = _split(lower(text))  # gap, word, gap, word … gap
        self._unglue(vocabulary)
        self.words = self.parts[1::2]
        self._measured = 0, 0  # a part, and where it begins
        self.found = list(self._find(vocabulary.starts))

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def gap(self, index: int) -> str:
        """Return what stands between word `index` and the one before it."""
        return self.parts[2 * index]

    def before(self, found: Mention) -> str:
        """Return the word directly before, "" where something stands between."""
        return self.word(found.first - 1) if self.gap(found.first).strip("'&*\"") in SOFT else ""

    def after(self, found: Mention) -> str:
        """Return the word directly after, "" where something stands between."""
        return self.word(found.last + 1) if self.gap(found.last + 1).strip("'&*\"") in SOFT else ""

    def joined(self, left: Mention, right: Mention) -> bool:
        """Do two mentions stand side by side in one list?"""
        near = right.start - left.end <= _GAP_MAX
        return near and _LIST_GAP.fullmatch(lower(self.text[left.end : right.start])) is not None

    def beside(self, left: Mention, right: Mention) -> bool:
        """Do two mentions follow each other with a space alone, as in "php go python"?"""
        return right.first == left.last + 1 and self.gap(right.first) == " "

    # --- words that lost the space between them --------------------------------------------------------------------

    def _unglue(self, vocabulary: Vocabulary) -> None:
        """Part words such as "usingPython", as boards that strip line ends print them."""
        humps = list(_humps(self.text))
        if len(humps) < _GLUED_MIN:
            return
        ends = list(accumulate(map(len, self.parts)))  # word i is `text[ends[2 * i] : ends[2 * i + 1]]`
        glued = {(bisect_left(ends, hump) - 1) // 2 for hump in humps}
        unknown = [index for index in glued if self.parts[2 * index + 1] not in vocabulary.words]
        if len(unknown) >= _GLUED_MIN:
            self._part(sorted(unknown), ends)

    def _part(self, glued: list[int], ends: list[int]) -> None:
        parts, done = [], 0
        for index in glued:
            start, end = ends[2 * index], ends[2 * index + 1]
            pieces = [part for piece in _SEAM.split(self.text[start:end]) for part in (lower(piece), "")]
            parts += self.parts[done : 2 * index + 1] + pieces[:-1]
            done = 2 * index + 2
        self.parts = parts + self.parts[done:]

    # --- spellings -------------------------------------------------------------------------------------------------

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
        gaps = self.parts[2 * index + 2 : 2 * (index + count) + 1 : 2]
        return all(gap in allowed for gap, allowed in zip(gaps, alias.gaps, strict=True))

    def _mention(self, alias: Alias, index: int) -> Mention:
        last = index + len(alias.rest)
        start = self._start(index)
        end = start + len("".join(self.parts[2 * index + 1 : 2 * last + 2]))
        exact = alias.trust == "free" or self.text[start:end] == alias.text
        firm = exact and alias.trust != "ambiguous" and alias.entry.id != self.employer
        return Mention(alias, index, last, start, end, exact, firm)

    def _start(self, index: int) -> int:
        """Return where word `index` begins; words are asked for in order, so every part is measured once."""
        part, at = self._measured
        at += len("".join(self.parts[part : 2 * index + 1]))
        self._measured = 2 * index + 1, at
        return at

    def _in_address(self, found: Mention) -> bool:
        """Is it part of an address or file name: @python.org, https://docker.com, example.net, index.php?"""
        before = self.gap(found.first)
        if before.endswith(("@", "//")) or (before == "." and self.word(found.first - 1) == "www"):
            return True
        if before == "." and self.words[found.first] in _EXTENSIONS:
            return True
        if self.words[found.first] == ".net" and not before and found.first:
            return not self.words[found.first - 1].endswith("#")
        return self.gap(found.last + 1) == "." and self.word(found.last + 1) in _HOSTS


_WORD = re.compile(r"([a-z0-9\u00df-\u024f]+)")


def _split(low: str) -> list[str]:
    """Return what `TOKEN.split` does; a text without C#, C++ and .NET is cut by a simpler pattern, a third faster."""
    signed = any(sign in low for sign in ("#", "++", ".net", ". net"))
    return (TOKEN if signed else _WORD).split(low)


_HOSTS = frozenset({"com", "io", "org", "net", "co", "dev", "ai", "uk", "eu", "app"})
_EXTENSIONS = frozenset({"html", "js", "css", "json", "xml", "php", "sql", "java", "go"})


def _humps(text: str) -> Iterator[int]:
    """Yield where a capital follows a small letter, or "SQLYou" goes on; bytes, for a look at 5 kB costs 5 µs so."""
    shape = text.encode("latin-1", "replace").translate(_SHAPE)
    for sign in (b"aA", b"AAaa"):
        at = shape.find(sign)
        while at >= 0:
            yield at + 2
            at = shape.find(sign, at + 2)
