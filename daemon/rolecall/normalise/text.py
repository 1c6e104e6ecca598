"""A posting prepared for reading, once, shared by every extractor (design: understanding.md, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache

from rolecall.model import Origin, RawPosting
from rolecall.normalise.plain import plain, short
from rolecall.normalise.zones import Line, zoned

_STEM = 6  # letters
_WORD, _WORD_ENDING = re.compile("[a-z]+"), re.compile("[a-z]+$")
_WORD_CHARACTERS = re.compile("[a-z0-9\u00df-\u00ff\n]")
_WORDS = bytes(byte if _WORD_CHARACTERS.match(chr(byte)) else ord(" ") for byte in range(256))
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One text of a posting and where it stands; `low` is it in lower case, with the same offsets.

    `words` are those of each line; `stems` every one of them, long ones also cut to six letters: whether a word can
    occur is asked of them first.
    """

    source: Origin
    text: str
    low: str
    words: list[list[str]]
    stems: Set[str]

    def may_hold(self, phrase: str) -> bool:
        """Whether `phrase` (lower case) may stand in the text: a tenth of the cost of looking for it."""
        return stems(phrase) <= self.stems


def part(source: Origin, text: str) -> Part:
    low = text.lower()
    signs = low.encode("latin-1", "replace")  # a byte a character: what `bytes.translate` does costs almost nothing
    words = [line.split() for line in signs.translate(_WORDS).decode("latin-1").split("\n")]
    stems = set[str]().union(*words)
    stems.update(_beside_digits(low, signs.translate(_DIGITS)))
    stems.update([word[:_STEM] for word in stems if len(word) > _STEM])
    return Part(source, text, low, words, stems)


def _beside_digits(low: str, digits: bytes) -> Iterator[str]:
    """Yield the words that touch a number: "hrs" of "40hrs"."""
    at = digits.find(b"0")
    while at >= 0:
        end = digits.find(b" ", at) % (len(digits) + 1)
        for touching in (_WORD_ENDING.search(low, max(0, at - _STEM), at), _WORD.match(low, end)):
            if touching:
                yield touching[0]
        at = digits.find(b"0", end)


@dataclass(frozen=True, slots=True)
class Doc:
    """A posting prepared for reading: plain text everywhere, evidence spans are slices of these strings."""

    raw: RawPosting
    title: str
    company: str
    location: str
    salary_field: str
    body: str
    lines: tuple[Line, ...]
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
        lines=tuple(zoned(body.text)),
        low=body.low,
        parts=(title, salary, body),
    )


@cache
def stems(phrase: str) -> frozenset[str]:
    """Return the members of `Part.stems` that a text must hold to hold `phrase`.

    A word of six letters or more stands for its longer forms as well.
    """
    return frozenset(word[:_STEM] for word in _WORD.findall(phrase))


@cache
def stem(phrase: str) -> str:
    """Return the member of `Part.stems` that the first word of `phrase` needs."""
    first = _WORD.search(phrase)
    return first[0][:_STEM] if first else ""
