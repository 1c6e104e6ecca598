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

from rolecall.memo import Memo

SAMPLE = 8  # shingles: one in so many is sampled, by its hash, so that two copies of a text choose the same ones

_WORDS = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789+#" else ord(" ") for byte in range(256))
_ODD = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)  # ways to shuffle a hash
_SHUFFLE = 0x55555555
_LANE = 8  # bytes, the lowest one first
_BITS = 8 * _LANE
_HIGHEST = 3  # byte of a hash
_HALVES = int.from_bytes((b"\xff" * 4 + bytes(4)) * 4096, "little")
_SAMPLED = bytes(byte % SAMPLE == 0 for byte in range(256))


def split(text: bytes) -> list[bytes]:
    """Return the words of a folded text: letters, digits, "+" and "#"; apostrophes are as if they were not there."""
    return text.translate(_WORDS, b"'").split()


def _lane(word: bytes) -> bytes:
    """Return the hash of a word, as a lane."""
    return crc32(word).to_bytes(_LANE, "little")


_lanes = Memo(_lane, most=16_384, longest=32)  # most words of an advert have been in others before; 100 bytes each


class Shingles:
    """The shingles of a text of at most 4,000 words, in order; 32 bits each."""

    def __init__(self, words: Sequence[bytes]) -> None:
        self._count = max(len(words) - 2, 0)
        hashes = int.from_bytes(b"".join(map(_lanes.__getitem__, words)), "little")
        one, two, three = _ODD
        lanes = hashes * one ^ (hashes >> _BITS) * two ^ (hashes >> 2 * _BITS) * three
        written = _written(lanes & _HALVES, len(words))
        self._bytes = written[: self._count * _LANE]  # the last two lanes are no runs of three words
        self._values = _values(self._bytes)

    def head(self, count: int) -> list[int]:
        """Return the first ones."""
        return self._values[:count]

    def sampled(self) -> list[int]:
        """Return those that are sampled."""
        return list(compress(self._values, self._bytes[::_LANE].translate(_SAMPLED)))

    def minima(self, count: int, shuffles: int) -> list[int]:
        """Return the least of the first ones in up to three shuffles: sets alike have one of them in common too."""
        if not (count := min(count, self._count)):
            return []
        lanes = int.from_bytes(self._bytes[: count * _LANE], "little")
        return [_least(_written(lanes * odd & _HALVES, count)) for odd in _ODD[:shuffles]]


def _least(lanes: bytes) -> int:
    """Return the least of some lanes: they are read whole only where their highest byte is the least."""
    high = lanes[_HIGHEST::_LANE]
    least = min(high)
    at, found = -1, 2**32
    while (at := high.find(least, at + 1)) >= 0:
        found = min(found, int.from_bytes(lanes[at * _LANE : (at + 1) * _LANE], "little"))
    return found


def extremes(values: Sequence[int]) -> list[int]:
    """Return the ends of the values in two orders: as `minima`, and cheaper, for a text's sampled shingles."""
    if not values:
        return []
    other = [value ^ _SHUFFLE for value in values]
    return [min(values), min(other) ^ _SHUFFLE, max(values), max(other) ^ _SHUFFLE]


def _written(lanes: int, count: int) -> bytes:
    return lanes.to_bytes(count * _LANE, "little")


def _values(lanes: bytes) -> list[int]:
    values = array("Q", lanes)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tolist()
