"""A posting prepared for reading, once, shared by every extractor (design: understanding.md, section 4)."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rolecall.memo import Memo
from rolecall.model import Origin, RawPosting
from rolecall.normalise.letters import lower, shape
from rolecall.normalise.plain import plain, short
from rolecall.normalise.zones import Zones, zoned

_STEM = 6  # letters
_LETTERS = re.compile("[a-z]+")
_WORD = re.compile("[a-z0-9\u00df-\u00ff]")
_WORDS = bytes(byte if _WORD.match(chr(byte)) else ord(" ") for byte in range(256))


def _stem(word: str) -> str:
    longest = word if word.isalpha() else max(_LETTERS.findall(word), key=len, default="")
    return longest[:_STEM]


_stems = Memo(_stem, most=50_000, longest=50)  # adverts are written in few words, again and again


@dataclass(slots=True, eq=False)  # frozen ones take four times as long to make
class Part:
    """One text of a posting and where it stands; `low` is it in lower case, with the same offsets.

    `flat` is it without signs: each is a space. `words` are all its words, `stems` their first six letters ("hrs" of
    "40hrs"): whether a phrase can occur is asked of them before it is looked for; `phrases` remembers the answers.
    """

    source: Origin
    text: str
    low: str
    flat: str
    words: Set[str]
    stems: Set[str]
    phrases: dict[Any, tuple[str, ...]] = field(default_factory=dict)


def part(source: Origin, text: str) -> Part:
    low = lower(text)
    flat = shape(low, _WORDS).decode("latin-1")
    words = set(flat.split())
    return Part(source, text, low, flat, words, set(map(_stems.__getitem__, words)))


@dataclass(slots=True, eq=False)
class Doc:
    """A posting prepared for reading: plain text everywhere, evidence spans are slices of these strings."""

    raw: RawPosting
    title: str
    company: str
    location: str
    salary_field: str
    body: str
    zones: Zones
    low: str = ""  # `body` in lower case, with the same offsets
    parts: tuple[Part, ...] = ()  # title, pay field and body: the surest first

    @property
    def stems(self) -> Set[str]:
        return self.parts[-1].stems

    def mentions(self, *words: str) -> bool:
        """Whether the body holds one of these lower-case strings: asked before an expensive pattern is tried."""
        return any(word in self.low for word in words)


def prepare(raw: RawPosting) -> Doc:
    """Return the posting as plain prepared text with its lines in zones."""
    body = part("body", plain(raw.description))
    title, salary = part("title", short(raw.title)), part("field", short(raw.salary_text))
    return Doc(
        raw=raw,
        title=title.text,
        company=short(raw.company),
        location=short(raw.location),
        salary_field=salary.text,
        body=body.text,
        zones=zoned(body.low),
        low=body.low,
        parts=(title, salary, body),
    )


@cache
def stems(phrase: str) -> frozenset[str]:
    """Return the members of `Part.stems` that a text must hold to hold `phrase`.

    A word of six letters or more stands for its longer forms as well; digits and signs are not asked for.
    """
    return frozenset(word[:_STEM] for word in _LETTERS.findall(phrase))
