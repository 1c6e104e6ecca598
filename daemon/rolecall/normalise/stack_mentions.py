"""Where a text names a technology: find every spelling, then let its surroundings decide about the unsure ones."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from rolecall.normalise.vocabulary import SOFT, TOKEN, Alias, Entry, Start, Vocabulary, lower

_LIST_GAP = re.compile(
    r"[\s*)\"']*(?:[,/|;&+·:(]|\n|\b(?:and/or|and|or)\b)[\s*(\"'&]*(?:(?:and|or|e\.g\.|eg|like)\s+)?"
)
_GAP_MAX = 14
_NEIGHBOURHOOD = 60  # characters: another technology this near speaks for an ambiguous name
_AROUND = 25  # words: as far as a name's own `near` words may stand
_HOSTS = frozenset({"com", "io", "org", "net", "co", "dev", "ai", "uk", "eu", "app"})
_OPENS = re.compile(r"(?:^|[\n:(])[\s*]*$")
_CLOSES = re.compile(r"[\s*.;]*(?:$|[\n(])")
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
    firm: bool  # believed without looking around
    exact: bool  # written exactly as the alias

    @property
    def entry(self) -> Entry:
        return self.alias.entry


class Scan:
    """One text cut into words, and the technologies it names, in order, never overlapping.

    `employer` is the id of the technology that the advertiser is named after: "Snowflake" at Snowflake is the firm.
    """

    def __init__(self, text: str, vocabulary: Vocabulary, employer: str | None = None) -> None:
        self.text = text
        self.employer = employer
        self.parts = TOKEN.split(lower(text))  # gap, word, gap, word … gap
        self._unglue(vocabulary)
        self.words = self.parts[1::2]
        found = self._unvetoed(self._find(vocabulary.starts))
        self.mentions = [m for i, m in enumerate(found) if m.firm or self._supported(found, i)]

    @cached_property
    def offsets(self) -> list[int]:
        """The end of each part: word i is `text[offsets[2 * i] : offsets[2 * i + 1]]`."""
        return list(accumulate(map(len, self.parts)))

    def gap(self, index: int) -> str:
        """Return what stands between word `index` and the one before it."""
        return self.parts[2 * index]

    def joined(self, left: Mention, right: Mention) -> bool:
        """Do two mentions stand side by side in one list?"""
        near = right.start - left.end <= _GAP_MAX
        return near and _LIST_GAP.fullmatch(lower(self.text[left.end : right.start])) is not None

    def beside(self, left: Mention, right: Mention) -> bool:
        """Do two mentions follow each other with a space alone, as in "php go python"?"""
        return right.first == left.last + 1 and self.gap(right.first) == " "

    # --- finding -------------------------------------------------------------------------------------------------

    def _unglue(self, vocabulary: Vocabulary) -> None:
        """Part words that lost the space between them: "usingPython", as boards that strip line ends print them."""
        humps = list(_humps(self.text))
        if len(humps) < _GLUED_MIN:
            return
        glued = {(bisect_left(self.offsets, hump) - 1) // 2 for hump in humps}
        unknown = [index for index in glued if self.parts[2 * index + 1] not in vocabulary.words]
        if len(unknown) < _GLUED_MIN:
            return
        parts, done = [], 0
        for index in sorted(unknown):
            start, end = self.offsets[2 * index], self.offsets[2 * index + 1]
            pieces = [part for piece in _SEAM.split(self.text[start:end]) for part in (lower(piece), "")]
            parts += self.parts[done : 2 * index + 1] + pieces[:-1]
            done = 2 * index + 2
        self.parts = parts + self.parts[done:]
        del self.offsets

    def _find(self, starts: Mapping[str, Start]) -> Iterator[Mention]:
        free = 0
        words = [*self.words, ""]
        for index in [i for i, word in enumerate(words) if word in starts]:
            start = starts[words[index]]
            if index >= free and (start.alone or words[index + 1] in start.longer):
                found = self._longest(start, index)
                if found is not None:
                    free = found.last + 1
                    if not self._in_address(found):
                        yield found

    def _longest(self, start: Start, index: int) -> Mention | None:
        """Return the longest spelling that begins at word `index`, one in its exact case first."""
        longer = start.longer.get(self.words[index + 1], ()) if index + 1 < len(self.words) else ()
        fallback = None
        for alias in (*longer, *start.alone):
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
        start, end = self.offsets[2 * index], self.offsets[2 * last + 1]
        exact = alias.trust == "free" or self.text[start:end] == alias.text
        firm = exact and alias.trust != "ambiguous" and alias.entry.id != self.employer
        return Mention(alias, index, last, start, end, firm, exact)

    # --- believing -----------------------------------------------------------------------------------------------

    def _in_address(self, found: Mention) -> bool:
        """Is it part of a web or mail address: @python.org, https://docker.com, example.net?"""
        before, after = self.gap(found.first), self.parts[2 * found.last + 2]
        if before.endswith(("@", "//")) or (before == "." and self.word(found.first - 1) == "www"):
            return True
        if self.words[found.first] == ".net" and not before and found.first:
            return not self.words[found.first - 1].endswith("#")
        return after == "." and self.word(found.last + 1) in _HOSTS

    def _unvetoed(self, all_found: Iterator[Mention]) -> list[Mention]:
        kept: list[Mention] = []
        for found in all_found:
            entry = found.entry
            if entry.veto_before and self.before(found) in entry.veto_before:
                continue
            if entry.veto_after and self.after(found) in entry.veto_after:
                listed = bool(kept) and kept[-1].firm and found.exact and self.joined(kept[-1], found)
                if not listed:
                    continue
            kept.append(found)
        return kept

    def _supported(self, found: list[Mention], index: int) -> bool:
        mention = found[index]
        entry = mention.entry
        if not mention.exact or entry.id == self.employer:
            return self._listed(found, index, firm_only=True)
        if self.before(mention) in entry.before or self.after(mention) in entry.after:
            return True
        if entry.near:
            around = self.words[max(0, mention.first - _AROUND) : mention.last + _AROUND]
            return not entry.near.isdisjoint(around) or self._listed(found, index)
        return self._listed(found, index) or _near_another(found, index) or self._whole_item(mention)

    def _listed(self, found: list[Mention], index: int, *, firm_only: bool = False) -> bool:
        """Does it stand beside another technology of the same list?"""
        mention = found[index]
        left, right = found[index - 1] if index else None, found[index + 1] if index + 1 < len(found) else None
        return (
            (left is not None and (left.firm or (left.exact and not firm_only)) and self.joined(left, mention))
            or (right is not None and (right.firm or (right.exact and not firm_only)) and self.joined(mention, right))
            or self._in_row(left, mention, right)
        )

    def _in_row(self, left: Mention | None, mention: Mention, right: Mention | None) -> bool:
        """Does it stand in a row of tags, "php go python", sure ones or the row's ends on both sides?"""
        before = left is not None and left.firm and self.beside(left, mention)
        after = right is not None and right.firm and self.beside(mention, right)
        if before and after:
            return True
        text = self.text
        opens = (
            mention.start == 0
            or text[mention.start - 1] == "\n"
            or text[max(0, mention.start - 2) : mention.start] == "* "
        )
        closes = mention.end == len(text) or text[mention.end] == "\n"
        return (before and closes) or (after and opens)

    def _whole_item(self, found: Mention) -> bool:
        """Does it fill its line, or stand alone after a colon?"""
        opens = found.start == 0 or _OPENS.search(self.text, max(0, found.start - 6), found.start) is not None
        return opens and _CLOSES.match(self.text, found.end) is not None

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def before(self, found: Mention) -> str:
        """Return the word directly before, "" where something stands between."""
        return self.word(found.first - 1) if self.gap(found.first).strip("'&*\"") in SOFT else ""

    def after(self, found: Mention) -> str:
        return self.word(found.last + 1) if self.gap(found.last + 1).strip("'&*\"") in SOFT else ""


def _humps(text: str) -> Iterator[int]:
    """Yield where a capital follows a small letter, or "SQLYou" goes on; bytes, for a look at 5 kB costs 5 µs so."""
    shape = text.encode("latin-1", "replace").translate(_SHAPE)
    for sign in (b"aA", b"AAaa"):
        at = shape.find(sign)
        while at >= 0:
            yield at + 2
            at = shape.find(sign, at + 2)


def _near_another(found: list[Mention], index: int) -> bool:
    mention = found[index]
    return any(
        other.firm and other.start - mention.end <= _NEIGHBOURHOOD and mention.start - other.end <= _NEIGHBOURHOOD
        for other in found[max(0, index - 4) : index + 5]
    )
