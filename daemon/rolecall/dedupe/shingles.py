"""A text as shingles: the hashes of its runs of three words.

Python takes its time over every single number, and a posting has hundreds of words. So their hashes stand side by side
in one big integer, 64 bits for each, where one multiplication serves them all.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from itertools import compress
from zlib import crc32

SAMPLE = 8  # shingles: one in so many is sampled, by its hash, so that two copies of a text choose the same ones

_WORDS = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789+#" else ord(" ") for byte in range(256))
_ODD = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)  # ways to shuffle a hash
_SHUFFLE = (0x55555555).__xor__
_LANE = 8  # bytes
_LOWEST = 0 if sys.byteorder == "little" else _LANE - 1  # byte of a lane
_HALVES = int.from_bytes(array("Q", [0xFFFFFFFF] * 4096).tobytes(), sys.byteorder)
_SAMPLED = bytes(byte % SAMPLE == 0 for byte in range(256))


def split(text: bytes) -> list[bytes]:
    """Return the words of a folded text: letters, digits, "+" and "#"; apostrophes are as if they were not there."""
    return text.translate(_WORDS, b"'").split()


class Shingles:
    """The shingles of a text of at most 4,000 words, in order; 32 bits each."""

    def __init__(self, words: Sequence[bytes]) -> None:
        hashes = array("Q", list(map(crc32, words)))  # a third faster than without the list
        count = max(len(hashes) - 2, 0)
        lanes = 0
        for place, odd in enumerate(_ODD):
            lanes ^= _lanes(hashes[place : place + count]) * odd
        self._bytes = _written(lanes, count)

    def head(self, count: int) -> list[int]:
        """Return the first ones."""
        return _values(self._bytes[: count * _LANE])

    def sampled(self) -> list[int]:
        """Return those that are sampled."""
        return list(compress(_values(self._bytes), self._bytes[_LOWEST::_LANE].translate(_SAMPLED)))


def minima(values: Sequence[int], shuffles: int) -> list[int]:
    """Return the least of the values in up to three shuffles: sets that have much in common have one of them too."""
    if not (count := len(values)):
        return []
    factor = sum(odd << 8 * _LANE * count * place for place, odd in enumerate(_ODD[:shuffles]))
    shuffled = _values(_written(_lanes(array("Q", values)) * factor, count * shuffles))
    return [min(shuffled[start : start + count]) for start in range(0, len(shuffled), count)]


def extremes(values: Sequence[int]) -> list[int]:
    """Return the ends of the values in two orders: as `minima`, and cheaper, for a text's sampled shingles."""
    return [end(values, key=key) for end in (min, max) for key in (None, _SHUFFLE)] if values else []


def _lanes(values: array[int]) -> int:
    return int.from_bytes(values.tobytes(), sys.byteorder)


def _written(lanes: int, count: int) -> bytes:
    return (lanes & _HALVES).to_bytes(count * _LANE, sys.byteorder)


def _values(lanes: bytes) -> list[int]:
    return memoryview(lanes).cast("Q").tolist()
