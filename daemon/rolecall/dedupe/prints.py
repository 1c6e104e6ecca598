"""What is kept of a posting to recognise its vacancy again."""

from __future__ import annotations

import re
from hashlib import blake2b

from rolecall.dedupe.names import fold, level_of, normal_company, title_core
from rolecall.dedupe.urls import canonical_url
from rolecall.model import Posting, Print

RUN = 4  # words in a shingle
HEAD = 60  # words at the beginning that are kept whole: boards that cut a text keep about 80
SAMPLE = 8  # of the rest every eighth shingle, chosen by its hash, so that two copies choose the same ones

_WORD = re.compile(r"[a-z0-9+#]+")
_PIECES = re.compile(r"[,;/|()]| - | or ")


def fingerprint(posting: Posting) -> Print:
    """Return what identifies the posting's vacancy: pure, small, a few hundred bytes."""
    raw = posting.raw
    company, url, places = normal_company(raw.company), canonical_url(raw.url), _places(posting)
    title = title_core(raw.title, places)
    words = _WORD.findall(fold(posting.text))
    keys = {f"c:{_short(company, title)}"} if company and title else set()
    if url:
        keys.add(f"u:{_short(url)}")
    return Print(
        source=raw.source,
        id=raw.id,
        keys=frozenset(keys),
        company=company,
        title=title,
        level=level_of(title),
        places=places,
        url=url,
        shingles=_shingles(words),
        length=len(words),
    )


def _places(posting: Posting) -> frozenset[str]:
    if (location := posting.location.value) and location.places:
        return frozenset(fold(place.name) for place in location.places)
    first = _PIECES.split(posting.raw.location.strip(), maxsplit=1)[0]
    return frozenset({fold(first).strip()} - {"", "remote", "uk", "united kingdom", "anywhere"})


def _shingles(words: list[str]) -> frozenset[int]:
    head, rest = _runs(words[:HEAD]), _runs(words[HEAD - RUN + 1 :])
    return frozenset(head) | frozenset(value for value in rest if value % SAMPLE == 0)


def _runs(words: list[str]) -> set[int]:
    return {
        int.from_bytes(blake2b(" ".join(words[i : i + RUN]).encode(), digest_size=4).digest(), "big")
        for i in range(len(words) - RUN + 1)
    }


def _short(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
