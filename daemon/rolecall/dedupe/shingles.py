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
REMEMBERED = 16_384  # words, at some 100 bytes each
LONGEST = 32  # letters of a word that is remembered

_WORDS = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789+#" else ord(" ") for byte in range(256))
_ODD = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)  # ways to shuffle a hash
_SHUFFLE = 0x55555555
_LANE = 8  # bytes
_LOWEST = 0 if sys.byteorder == "little" else _LANE - 1  # byte of a lane
_HALVES = int.from_bytes(array("Q", [0xFFFFFFFF] * 4096).tobytes(), sys.byteorder)
_SAMPLED = bytes(byte % SAMPLE == 0 for byte in range(256))


def split(text: bytes) -> list[bytes]:
    """Return the words of a folded text: letters, digits, "+" and "#"; apostrophes are as if they were not there."""
    return text.translate(_WORDS, b"'").split()


class _Hashes(dict[bytes, bytes]):
    """The hash of each word, as a lane: most words of an advert have been in others before."""

    def __missing__(self, word: bytes) -> bytes:
        lane = crc32(word).to_bytes(_LANE, sys.byteorder)
        if len(self) >= REMEMBERED:
            self.clear()
        if len(word) <= LONGEST:
            self[word] = lane
        return lane


_hashes = _Hashes()


class Shingles:
    """The shingles of a text of at most 4,000 words, in order; 32 bits each."""

    def __init__(self, words: Sequence[bytes]) -> None:
        hashes = b"".join(map(_hashes.__getitem__, words))
        count = max(len(words) - 2, 0)
        lanes = 0
        for place, odd in enumerate(_ODD):
            lanes ^= _lanes(hashes[place * _LANE : (place + count) * _LANE]) * odd
        self._bytes = _written(lanes, count)
        self._values = _values(self._bytes)

    def head(self, count: int) -> list[int]:
        """Return the first ones."""
        return self._values[:count]

    def sampled(self) -> list[int]:
        """Return those that are sampled."""
        return list(compress(self._values, self._bytes[_LOWEST::_LANE].translate(_SAMPLED)))

    def minima(self, count: int, shuffles: int) -> list[int]:
        """Return the least of the first ones in up to three shuffles: sets alike have one of them in common too."""
        first = self._bytes[: count * _LANE]
        if not first:
            return []
        lanes, count = _lanes(first), len(first) // _LANE
        return [min(_values(_written(lanes * odd, count))) for odd in _ODD[:shuffles]]


def extremes(values: Sequence[int]) -> list[int]:
    """Return the ends of the values in two orders: as `minima`, and cheaper, for a text's sampled shingles."""
    if not values:
        return []
    other = [value ^ _SHUFFLE for value in values]
    return [min(values), min(other) ^ _SHUFFLE, max(values), max(other) ^ _SHUFFLE]


def _lanes(lanes: bytes) -> int:
    return int.from_bytes(lanes, sys.byteorder)


def _written(lanes: int, count: int) -> bytes:
    return (lanes & _HALVES).to_bytes(count * _LANE, sys.byteorder)


def _values(lanes: bytes) -> list[int]:
    return memoryview(lanes).cast("Q").tolist()
