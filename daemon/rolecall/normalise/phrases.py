"""Words and phrases that rules look for, and where a text holds them.

A text knows the stems of its words (`Part.stems`), so of the thousand phrases only the few that can occur are
looked for: finding out what is not there costs almost nothing. All readers' phrases are asked after together, once a
text.
"""

from __future__ import annotations

from collections.abc import Iterable

from rolecall.normalise.text import Part, stems

MOST = 40  # places looked at for one phrase in one text: advert texts repeat themselves, hostile ones more so


class Phrases:
    """Phrases that are looked for together."""

    __slots__ = ()

    def __init__(self, texts: Iterable[str]) -> None:
        _index.add(self, dict.fromkeys(texts))

    def possible(self, part: Part) -> tuple[str, ...]:
        """Return the phrases that may stand in a text, in no order."""
        if self not in part.phrases:
            _index.tell(part)
        return part.phrases[self]

    def places(self, part: Part, *, whole: bool = False) -> list[int]:
        """Return where the phrases stand, in order, at most 40 places each; `whole`: only as whole words."""
        return sorted([place for text in self.possible(part) for place in places(part.low, text, whole=whole)])


class _Index:
    """The phrases of all readers by the stems that a text must hold; each waits under its longest one."""

    def __init__(self) -> None:
        self._always: dict[Phrases, tuple[str, ...]] = {}  # "24/7": only looking for it tells
        self._waiting: dict[str, list[tuple[Phrases, tuple[str, ...], frozenset[str]]]] = {}
        self._stems: set[str] = set()

    def add(self, phrases: Phrases, texts: Iterable[str]) -> None:
        waiting: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}
        self._always[phrases] = tuple(text for text in texts if not stems(text))
        for text in texts:
            if needed := stems(text):
                longest = max(sorted(needed), key=len)
                key = longest, needed - {longest}
                waiting[key] = (*waiting.get(key, ()), text)
        for (stem, others), together in waiting.items():
            self._stems.add(stem)
            self._waiting.setdefault(stem, []).append((phrases, together, others))

    def tell(self, part: Part) -> None:
        """Let a text know what may stand in it, for every reader."""
        here, found = part.stems, part.phrases
        found.update(self._always)
        for stem in here & self._stems:
            for phrases, texts, others in self._waiting[stem]:
                if not others or others <= here:
                    found[phrases] += texts


_index = _Index()


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
