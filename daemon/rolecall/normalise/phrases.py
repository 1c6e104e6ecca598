"""Words and phrases that rules look for, and where a text holds them.

A text knows the stems of its words (`Part.stems`), so of the hundreds of phrases only the few that can occur are
looked for: finding out what is not there costs almost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rolecall.normalise.text import Part, stems

MOST = 40  # places looked at for one phrase in one text: advert texts repeat themselves, hostile ones more so


class Phrase(NamedTuple):
    """A word or phrase in lower case, and the stems that a text must hold to hold it."""

    text: str
    stems: frozenset[str]


class Phrases:
    """Phrases that are looked for together; each waits under its longest stem, which few texts hold."""

    __slots__ = ("_always", "_stems", "_waiting")

    def __init__(self, texts: Iterable[str]) -> None:
        found = [Phrase(text, stems(text)) for text in dict.fromkeys(texts)]
        self._always = [phrase.text for phrase in found if not phrase.stems]  # "24/7": only looking for it tells
        self._waiting: dict[str, tuple[Phrase, ...]] = {}
        for phrase in found:
            if phrase.stems:
                longest = max(sorted(phrase.stems), key=len)
                self._waiting[longest] = (*self._waiting.get(longest, ()), phrase)
        self._stems = frozenset(self._waiting)

    def possible(self, part: Part) -> list[str]:
        """Return the phrases that may stand in a text, in no order."""
        here = part.stems
        waiting = [phrase for stem in self._stems & here for phrase in self._waiting[stem]]
        return [*self._always, *(phrase.text for phrase in waiting if phrase.stems <= here)]

    def places(self, part: Part, *, whole: bool = False) -> list[int]:
        """Return where the phrases stand, in order, at most 40 places each; `whole`: only as whole words."""
        return sorted([place for text in self.possible(part) for place in places(part.low, text, whole=whole)])


def places(low: str, phrase: str, *, whole: bool = False) -> list[int]:
    """Return where a phrase stands in a text in lower case, in order, at most 40 places."""
    found: list[int] = []
    at, length = low.find(phrase), len(phrase)
    while at >= 0 and len(found) < MOST:
        end = at + length
        if not whole or not (low[at - 1 : at].isalnum() or low[end : end + 1].isalnum()):
            found.append(at)
        at = low.find(phrase, end)
    return found
