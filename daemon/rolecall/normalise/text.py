"""Text preparation, once per posting, shared by every extractor (design: understanding.md, section 4).

Every step is linear in the text: a 1 MB posting must not hang the daemon.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from rolecall.model import Origin, RawPosting
from rolecall.normalise.glue import unglued
from rolecall.normalise.words import load

MAX_BODY = 64_000  # characters read of one description; what follows is not a job advert any more

_BLOCK = re.compile(
    r"<\s*(?:/?(?:p|div|ul|ol|h[1-6]|table|tr|section|article|header|footer|blockquote|dl|dt|dd)|br)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_ITEM = re.compile(r"<\s*li\b[^<>]{0,2000}>", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--[^<>]{0,4000}-->|<(script|style)\b[^<>]{0,2000}>[^<]{0,40000}</\1>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,4000}>")
_STEM = 6  # letters
_BEGINNING = itemgetter(slice(_STEM))
_WORD = re.compile(r"[a-z]+")
_LETTERS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz" else 32 for code in range(256))
_CIRCA_RANGE = re.compile(r"(?<=[\dkK]) ?~ ?(?=[£$€]?\d)")
_MARKS = re.compile(r"\\([-|&.+#_*()!~])")  # Markdown's escapes
_LONGEST_HEADING = 80  # characters
_LONG = 400  # characters: longer lines were probably several, put together by a board that strips tags
_BULLET = re.compile(r"\n[*\-o>✓✔✅➢➤→]\s+")  # the text of an item may stand in a block of its own
_NOT_PLAIN = re.compile(r"[^\w ,.()/:;|+#'£-]|  |^[o-] ", re.ASCII)  # a short field without these needs no preparing
_MOJIBAKE = (("Â£", "£"), ("â‚¬", "€"), ("‚¬", "€"), ("â€™", "'"), ("â€“", "-"), ("Â\u00a0", " "), ("Â ", " "))
_LOOKALIKES = (
    *((c, "'") for c in "‘’ʼ´"),
    *((c, '"') for c in "“”"),
    *((c, "-") for c in "‐‑‒–—―−"),
    *((c, "") for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f"),
    *((c, "*") for c in "•·▪●◦‣⁃∙■"),
    *((c, "\n") for c in "\u2028\u2029\x85"),
    ("\u00a0", " "),
    ("…", "..."),  # as NFKC has it, which then has nothing left to do in most texts
    ("İ", "I"),  # the one letter whose lower case is longer: `low` must keep the offsets of `body`
)
_REPLACED = (*_MOJIBAKE, *_LOOKALIKES)
_STRANGE = re.compile(r"[^\x00-\x7f]")


class Zone(StrEnum):
    """What part of the advert a line stands in; headings open them (headings.toml)."""

    NEUTRAL = "neutral"
    MUST = "must"
    NICE = "nice"
    STACK = "stack"
    NOISE = "noise"
    TAIL = "tail"


class Line(NamedTuple):  # made thirty times a posting: a tuple costs a third of a frozen dataclass
    text: str
    start: int  # offset in `Doc.body`
    zone: Zone
    bullet: bool = False
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a posting and where it stands; `low` is it in lower case, with the same offsets.

    `stems`: every word of `low`, cut to six letters: whether a word can occur is asked of them first.
    """

    source: Origin
    text: str
    low: str
    stems: frozenset[str]

    def may_hold(self, phrase: str) -> bool:
        """Whether `phrase` (lower case) may stand in the text: a tenth of the cost of looking for it."""
        return stems(phrase) <= self.stems


def part(source: Origin, text: str) -> Part:
    low = text.lower()
    return Part(source, text, low, stems_of(low))


def stems_of(low: str) -> frozenset[str]:
    """Return every word of a lower-case text, cut to six letters."""
    words = low.encode("ascii", "ignore").translate(_LETTERS).decode().split()
    return frozenset(map(_BEGINNING, words))


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
    def stems(self) -> frozenset[str]:
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
        lines=tuple(_zoned(body.text)),
        low=body.low,
        parts=(title, salary, body),
    )


@cache
def stems(phrase: str) -> frozenset[str]:
    """Return the members of `Part.stems` that a text must hold to hold `phrase`.

    A word of six letters or more stands for its longer forms as well, and so does the end of a phrase: "job shar".
    """
    words = _WORD.findall(phrase)
    if len(words) > 1 and len(words[-1]) < _STEM:
        words.pop()
    return frozenset(word[:_STEM] for word in words)


@cache
def stem(phrase: str) -> str:
    """Return the member of `Part.stems` that the first word of `phrase` needs."""
    first = _WORD.search(phrase)
    return first[0][:_STEM] if first else ""


def short(text: str) -> str:
    """Return a field of one line: unescaped, without tags, spaces collapsed."""
    text = text[:2000].strip()
    if len(text) < _LONG and not _NOT_PLAIN.search(text):
        return text
    return plain(text).replace("\n", " ").strip()


def plain(text: str) -> str:
    """Return `text` (plain or HTML, escaped up to twice) as prepared plain text, newlines kept."""
    text = html.unescape(html.unescape(text[: MAX_BODY * 3]))
    if "<" in text:
        text = _HIDDEN.sub(" ", text)
        text = _ITEM.sub("\n* ", text)
        text = _BLOCK.sub("\n", text)
        text = _TAG.sub("", text)
    text = _MARKS.sub(r"\1", _tidy(text).replace("**", "")).replace("`", "'")
    text = _single_spaced(text)
    if "~" in text:
        text = _CIRCA_RANGE.sub("-", text)
    text = _BULLET.sub("\n* ", f"\n{text}")
    if len(text) > _LONG:
        text = "\n".join(unglued(line) if len(line) > _LONG else line for line in text.split("\n"))
    return text.strip()[:MAX_BODY]


def _single_spaced(text: str) -> str:
    """Return `text` without double spaces, empty lines, or spaces around newlines."""
    for space in "\t\f\v\r":
        text = text.replace(space, " ")
    text = "\n".join(filter(None, map(str.strip, text.split("\n"))))
    while "  " in text:  # halves every run of spaces, so a few turns do
        text = text.replace("  ", " ")
    return text


def _tidy(text: str) -> str:
    """Return `text` with damaged and look-alike characters as plain ones (`str.translate` takes ten times as long)."""
    if text.isascii():
        return text
    present = set(_STRANGE.findall(text))
    for wrong, right in _REPLACED:
        if wrong[0] in present:
            text = text.replace(wrong, right)
    return unicodedata.normalize("NFKC", text)


def _zoned(body: str) -> list[Line]:
    lines, zone, start = [], Zone.NEUTRAL, 0
    for text in body.split("\n"):
        bullet = text.startswith("* ")
        label, colon, _ = text[:60].partition(":")
        opened = _heading(text) if len(text) <= _LONGEST_HEADING else None
        inline = _heading(label) if colon and opened is None else None  # on a bullet it holds for that line only
        if opened is not None or (inline is not None and not bullet):
            zone = opened or inline or zone
        tail = bool(colon) and _TAIL.match(text) is not None
        lines.append(Line(text, start, Zone.TAIL if tail else inline or zone, bullet, opened is not None))
        start += len(text) + 1
    return lines


def _heading(text: str) -> Zone | None:
    """Return the zone that this line opens, None when it is no heading."""
    words = text.strip(" *:#-?!._|>()[]").lower()
    if not words or len(words) > 60 or words.count(" ") > 8:
        return None
    if not words[0].isalpha():
        words = _EDGES.sub("", words)  # a pictogram
    found = _HEADINGS.fullmatch(words)
    return Zone(found.lastgroup) if found and found.lastgroup else None


_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_HEADINGS = re.compile(
    "|".join(f"(?P<{zone}>{'|'.join(patterns)})" for zone, patterns in load("headings")["zone"].items())
)
_TAIL = re.compile(r"(?:keywords?|tags|skills)\s*:", re.IGNORECASE)
