"""Every spelling of a technology found in one text, believed or not, and what stands around it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Set
from dataclasses import dataclass

from rolecall.normalise import vocabulary as names
from rolecall.normalise.stack_glued import SEAM, parted
from rolecall.normalise.text import Part
from rolecall.normalise.vocabulary import SOFT, Alias, Entry, Start, Vocabulary
from rolecall.normalise.zones import Zone, Zones

_LIST_GAP = re.compile(
    r"[\s*)\"']*(?:[,/|;&+·:(]|\n|\b(?:and/or|and|or)\b)[\s*(\"'&]*(?:(?:and|or|e\.g\.|eg|like)\s+)?"
)
_GAP_MAX = 14
_AROUND, _AROUND_CHARS = 25, 250  # words, and characters that hold as many
_LONG = 40  # characters: of a word directly before or after, with what stands between
_NET = re.compile(r"\.(?: (?<!\w\. ))?$")
_NEXT = re.compile(rf"([^a-z0-9\u00df-\u00ff]{{0,3}}?){names.TOKEN.pattern}")


@dataclass(slots=True)
class Mention:
    """A technology named at `text[start:end]`; in its sentence it is the words `first` to `last`."""

    alias: Alias
    entry: Entry
    start: int
    end: int
    exact: bool  # written exactly as the alias
    firm: bool  # believed without looking around
    first: int = 0
    last: int = 0


class Scan:
    """A text and the technologies named in it.

    `found` holds every spelling, the longest where several begin together, none overlapping. `employer` is the id of
    the technology that the advertiser is named after: "Snowflake" at Snowflake is the firm, so it is never firm.
    """

    def __init__(self, part: Part, vocabulary: Vocabulary, employer: str | None = None) -> None:
        part, self._seams = parted(part, vocabulary.words)
        self.text, self.low, self.flat = part.text, part.low, part.flat
        self.title = part.source == "title"
        self.employer = employer
        self.words = part.words
        self._signed = "net" in part.words or "#" in part.low or "++" in part.low
        self.found = list(self._find(vocabulary))

    def evidence(self, found: Mention) -> str:
        """Return a mention as the posting has it."""
        evidence = self.text[found.start : found.end]
        return evidence.replace(SEAM, "") if self._seams else evidence

    def zone(self, found: Mention, zones: Zones) -> Zone:
        """Return the zone a mention stands in."""
        return zones.at(found.start - bisect_left(self._seams, found.start))

    def follows_on(self, found: Mention, words: Set[str]) -> bool:
        """Is the word directly before one of these?"""
        if words.isdisjoint(self.words):
            return False
        around = self.flat[max(0, found.start - _LONG) : found.start]
        word = around.rstrip()
        gap = self.low[found.start - len(around) + len(word) : found.start]
        return word.rpartition(" ")[2] in words and gap.strip(_QUOTES) in SOFT

    def leads_to(self, found: Mention, words: Set[str]) -> bool:
        """Is the word directly behind one of these?"""
        if words.isdisjoint(self.words):
            return False
        around = self.flat[found.end : found.end + _LONG]
        word = around.lstrip()
        gap = self.low[found.end : found.end + len(around) - len(word)]
        return word.partition(" ")[0] in words and gap.strip(_QUOTES) in SOFT

    def is_near(self, found: Mention, words: Set[str]) -> bool:
        """Whether one of these words stands around a mention, in whatever line."""
        if not self._signed and words.isdisjoint(self.words):
            return False
        start, end = max(0, found.start - _AROUND_CHARS), found.end + _AROUND_CHARS
        if not self._signed:
            around = self.flat[start : found.start].split()[-_AROUND:] + self.flat[found.end : end].split()[:_AROUND]
            return not words.isdisjoint(around)
        before, after = self.low[start : found.start], self.low[found.end : end]
        if not any(word in before or word in after for word in words):  # as for most, and much sooner known
            return False
        return not words.isdisjoint(names.cut(before)[0][-_AROUND:] + names.cut(after)[0][:_AROUND])

    def joined(self, left: Mention, right: Mention) -> bool:
        """Do two mentions stand side by side in one list?"""
        near = right.start - left.end <= _GAP_MAX
        return near and _LIST_GAP.fullmatch(self.low, left.end, right.start) is not None

    def beside(self, left: Mention, right: Mention) -> bool:
        """Do two mentions follow each other with a space alone, as in "php go python"?"""
        return self.low[left.end : right.start] == " "

    def follows(self, left: Mention, right: Mention) -> bool:
        """Do two mentions follow each other with no word between?"""
        return self.flat[left.end : right.start].isspace()

    # --- finding ------------------------------------------------------------------------------------------------------

    def _find(self, vocabulary: Vocabulary) -> Iterator[Mention]:
        free, starts = 0, vocabulary.starts
        for at, word in sorted(self._openings(vocabulary.openers(self.words))):
            if at >= free:
                token, start, end = self._token(word, at) if self._signed else (word, at, at + len(word))
                found = self._longest(starts[token], start, end) if token in starts else None
                if found is not None:
                    free = found.end
                    if not self._in_address(found):
                        yield found

    def _openings(self, openers: Set[str]) -> Iterator[tuple[int, str]]:
        """Yield where these words stand."""
        flat = f" {self.flat} "
        for word in openers:
            looked_for, length = f" {word} ", len(word) + 1
            at = flat.find(looked_for)
            while at >= 0:
                yield at, word
                at = flat.find(looked_for, at + length)

    def _token(self, word: str, start: int) -> tuple[str, int, int]:
        """Return a word with the signs that belong to it (C#, C++, .NET), and where it begins and ends."""
        end = start + len(word)
        sign = self.low[end : end + 2]
        if sign == "++" or sign[:1] == "#":
            sign = sign if sign == "++" else "#"
            return word + sign, start, end + len(sign)
        if word == "net" and (dot := _NET.search(self.low, max(0, start - 4), start)):
            return dot[0] + word, dot.start(), end
        return word, start, end

    def _longest(self, opened: Start, start: int, end: int) -> Mention | None:
        """Return the longest spelling of which the first word stands here, one in its exact case first."""
        fallback = None
        for alias in self._longer(opened, end) if opened.longer else opened.alone:
            if ends := self._continues(alias, end) if alias.rest else end:
                found = self._mention(alias, start, ends)
                if found.exact:
                    return found
                fallback = fallback or found
        return fallback

    def _longer(self, opened: Start, end: int) -> tuple[Alias, ...]:
        """Return the spellings that may stand here by their second word, longest first, and those that have none."""
        near = self.flat[end : end + 2]  # a sign, and how the next word begins
        if near[:1] == " " and near[1:] not in opened.initials:
            return opened.alone
        if self.flat[end : end + _LONG].lstrip().partition(" ")[0] not in opened.seconds:
            return opened.alone
        second = _NEXT.match(self.low, end)
        return opened.longer.get(second[2], opened.alone) if second else opened.alone

    def _continues(self, alias: Alias, end: int) -> int:
        """Return where a spelling ends whose first word ends here, 0 where the text goes on otherwise."""
        for word, allowed in zip(alias.rest, alias.gaps, strict=True):
            found = _NEXT.match(self.low, end)
            if found is None or found[2] != word or found[1].strip(SEAM) not in allowed:
                return 0
            end = found.end()
        return end

    def _mention(self, alias: Alias, start: int, end: int) -> Mention:
        exact = alias.trust == "free" or self.text[start:end] == alias.text
        firm = exact and alias.trust != "ambiguous" and alias.entry.id != self.employer
        return Mention(alias, alias.entry, start, end, exact, firm)

    def _in_address(self, found: Mention) -> bool:
        """Is it part of an address or file name: @python.org, https://docker.com, example.net, index.php?"""
        low, flat, start, end = self.low, self.flat, found.start, found.end
        if low[end : end + 1] == "." and flat[end + 1 : end + _LONG].partition(" ")[0] in _HOSTS:
            return True
        before = low[start - 1 : start]
        if before not in _ADDRESS:
            return low[start] == "." and flat[start - 1 : start] not in ("", " ")  # example.net
        if before == ".":
            file = flat[start - 2 : start - 1] != " " and flat[start:end].partition(" ")[0] in _EXTENSIONS
            return file or low[start - 4 : start] == "www."
        return before == "@" or low[start - 2 : start] == "//"


_ADDRESS = frozenset("@/.")
_QUOTES = "'&*\""
_HOSTS = frozenset({"com", "io", "org", "co", "dev", "ai", "uk", "eu", "app"})
_EXTENSIONS = frozenset({"html", "js", "css", "json", "xml", "php", "sql", "java", "go"})
