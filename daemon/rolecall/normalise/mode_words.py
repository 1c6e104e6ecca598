"""The words that the rules of mode.toml need: which of them a sentence holds, asked once for all rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import cache
from typing import Any, NamedTuple

from rolecall.memo import Memo
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


@cache
def _within() -> Memo[str, tuple[str, ...]]:
    """Return word of a sentence → the phrases that it may be part of: most words have been in others before."""
    mode = load("mode")
    needed = {*mode["ignored"], *mode["general"]["needs"]}
    needed = needed.union(*(needs | also for needs, also in map(words_of, mode["rule"] + mode["nothing"])))
    phrases = [(max(phrase.split(), key=len), phrase) for phrase in needed]
    holds_any = re.compile("|".join({re.escape(piece) for piece, _ in phrases})).search

    def holding(word: str) -> tuple[str, ...]:
        return tuple([phrase for piece, phrase in phrases if piece in word]) if holds_any(word) else ()

    return Memo(holding, most=8192, longest=24)
