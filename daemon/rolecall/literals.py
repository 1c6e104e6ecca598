"""What a text must hold for a pattern to match: asked before the pattern is tried, at a tenth of its cost.

A pattern is tried at every character of a text, a word is looked for in one go. The words are read from the pattern
itself, so that it stays the only place where they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

try:  # there is no public way to read a pattern; where a Python has none such either, every pattern is simply tried
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:
    codes = parser = None


class Guarded:
    """A pattern without regard to case, tried only on a text that holds one of the words that it needs."""

    __slots__ = ("_needs", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern, re.IGNORECASE)
        self._needs = needed(pattern)

    def search(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text) if self._may_match(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        return self.pattern.match(text) if self._may_match(text) else None

    def _may_match(self, text: str) -> bool:
        low = text.lower()
        return any(word in low for word in self._needs)


def needed(pattern: str) -> tuple[str, ...]:
    """Return strings in lower case of which every match holds one: ("",) where the pattern does not tell."""
    words = _needed(parser.parse(pattern)) if parser else {""}
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))


def _needed(tree: Iterable[tuple[Any, Any]]) -> set[str]:
    """Return the best of what the pieces of a sequence need: the one whose shortest word is the longest."""
    found, run = [{""}], ""
    for code, arg in tree:
        if code is codes.LITERAL:
            run += chr(arg).lower()
        else:
            found, run = [*found, {run}, _piece(code, arg)], ""
    return max([*found, {run}], key=lambda words: (min(map(len, words)), -len(words)))


def _piece(code: Any, arg: Any) -> set[str]:
    if code is codes.BRANCH:
        return set[str]().union(*map(_needed, arg[1]))
    if code is codes.SUBPATTERN:
        return _needed(arg[-1])
    repeats = code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
    return _needed(arg[2]) if repeats and arg[0] > 0 else {""}
