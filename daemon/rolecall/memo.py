"""What a function says of short texts, remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import AnyStr, Generic, TypeVar

V = TypeVar("V")


class Memo(dict[AnyStr, V], Generic[AnyStr, V]):
    """Text → what `read` says of it, for the first `most` texts of at most `longest` characters; others are read anew.

    The first ones are kept for good, the common ones among them: to forget all and begin anew would leave holes all
    over the memory, and a flood of made-up texts fills no more than there is room for.
    """

    def __init__(self, read: Callable[[AnyStr], V], *, most: int, longest: int) -> None:
        super().__init__()
        self._read: Callable[[AnyStr], V] = read
        self._most, self._longest = most, longest

    def __missing__(self, text: AnyStr) -> V:
        said = self._read(text)
        if len(self) < self._most and len(text) <= self._longest:
            self[text] = said
        return said
