"""Hashes of word runs: counted many at a time, and for ever the same, since databases hold them."""

from __future__ import annotations

from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.dedupe import fingerprint
from rolecall.dedupe.prints import near
from rolecall.dedupe.shingles import Shingles, split
from rolecall.model import Posting, RawPosting

ODD = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
MASK = 0xFFFFFFFF

texts = st.lists(st.sampled_from([b"clock", b"and", b"c++", b"spring", b"7", b"wind", b"escapement"]), max_size=60)


@given(texts)
@settings(max_examples=60)
def test_every_run_of_three_words_is_hashed_as_one_by_one(words: list[bytes]) -> None:
    one, two, three = ODD
    hashes = list(map(crc32, words))
    runs = [(a * one ^ b * two ^ c * three) & MASK for a, b, c in zip(hashes, hashes[1:], hashes[2:], strict=False)]
    shingles = Shingles(words)
    assert shingles.head(100) == runs
    assert shingles.head(5) == runs[:5]
    assert shingles.sampled() == [run for run in runs if run % 8 == 0]
    if runs:
        assert shingles.minima(60, 3) == [min(run * odd & MASK for run in runs) for odd in ODD]
        assert shingles.minima(60, 2) == shingles.minima(60, 3)[:2]


def test_a_text_is_words_without_its_marks() -> None:
    assert split(b"we're c++/c# & .net (v2)") == [b"were", b"c++", b"c#", b"net", b"v2"]


def test_a_print_is_what_release_0_1_0_stored() -> None:
    """Or what came after an update would not be recognised by what was stored before it."""
    text = "We're looking for someone who mends clocks – c++ and C#, £70k. Café! Job reference: AB-20411. "
    text += " ".join(f"cog{number}" for number in range(50))
    url = "https://www.jobs.example/1/"
    raw = RawPosting("reed", "1", "Senior Clock Engineer (Ref: 204117)", url, "Invented Works Ltd", "Leeds")
    print_ = fingerprint(Posting(raw, text))
    assert print_.keys == near(KEYS, print_.company, print_.title)
    assert (len(print_.shingles), sum(print_.shingles), print_.length) == SHINGLES


KEYS = [
    "c:6846237def60", "r:8fbef42cccc9", "r:e09ec1ac97b0", "t:074abcaf027b", "t:8a9acead2fc4", "t:a2601fb660ea",
    "u:40372af631c2",
]  # fmt: skip
SHINGLES = (64, 138281434142, 66)  # how many, their sum, words; later releases keep more of a longer text
