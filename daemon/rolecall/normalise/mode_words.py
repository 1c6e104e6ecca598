"""The words that the rules of mode.toml need: which of them a sentence holds, asked once for all rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from functools import cache
from typing import Any, NamedTuple

from rolecall.normalise.words import load


class Words(NamedTuple):
    """What a sentence must hold for a pattern to be tried on it: one of `needs`, and one of `also` if there are any."""

    needs: frozenset[str]
    also: frozenset[str]

    def stand(self, present: Set[str], left: Set[str]) -> bool:
        """Say whether they do: `left` is what is present when all that is no signal is taken out."""
        return not self.needs.isdisjoint(present) and (not self.also or not self.also.isdisjoint(left))


def words_of(entry: Mapping[str, Any]) -> Words:
    return Words(frozenset(entry["needs"]), frozenset(entry.get("also", ())))


def present_in(low: str) -> set[str]:
    """Return which of the words that anything needs a sentence in lower case holds."""
    within = _within()
    return {phrase for word in low.split() for phrase in within[word] if phrase in low}


class _Within(dict[str, tuple[str, ...]]):
    """Word of a sentence → the phrases that it may be part of: most words have been in other sentences before.

    The first ones are kept, the common ones among them: to begin anew would leave holes all over the memory.
    """

    MOST, LONGEST = 8192, 24  # words, letters

    def __init__(self, phrases: Iterable[str]) -> None:
        super().__init__()
        self._phrases = [(max(phrase.split(), key=len), phrase) for phrase in phrases]
        self._any = re.compile("|".join({re.escape(piece) for piece, _ in self._phrases}))

    def __missing__(self, word: str) -> tuple[str, ...]:
        found = tuple([phrase for piece, phrase in self._phrases if piece in word]) if self._any.search(word) else ()
        if len(self) < self.MOST and len(word) <= self.LONGEST:
            self[word] = found
        return found


@cache
def _within() -> _Within:
    mode = load("mode")
    phrases = {*mode["ignored"], *mode["general"]["needs"]}
    return _Within(phrases.union(*(needs | also for needs, also in map(words_of, mode["rule"] + mode["nothing"]))))
