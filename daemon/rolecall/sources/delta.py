"""A feed that was read before: only its new items are read again.

feedparser takes milliseconds for an item; finding and hashing it takes microseconds. So a feed is cut into its items,
those whose bytes are known are left out, and what remains is a small feed: the head, the new items, the tail.

In well-formed XML the cut is exact: outside of comments, CDATA and instructions every `<` begins a tag. Whether it was
well-formed, feedparser says when it reads; nothing is remembered of a feed that was not. Where one item could change
how another is read, there is no cut and the feed is read whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

MAX_ITEMS = 5_000  # more are not remembered


class Unfit(Exception):
    """The new items cannot be read without the known ones: the feed is to be read whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be read of a feed.

    `fresh`: the hashes of the items in `body`, in order (none: it could not be cut); `seen`: hash → posting id of the
    items left out.
    """

    body: bytes
    fresh: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)

    def learned(self, ids: Sequence[str], *, broken: bool) -> dict[str, str]:
        """Return hash → posting id of every item that need not be read again as long as it stays as it is.

        `ids`: by entry that was read, "" for one that gave no posting. Two items with one id are one posting made of
        both: they are not learned. Raises `Unfit` when what was read does not go with what was left out.
        """
        plain = not broken and len(ids) == len(self.fresh)
        if self.seen and not (plain and set(self.seen.values()).isdisjoint(ids)):
            raise Unfit
        if not plain:
            return {}
        often = Counter(ids)
        pairs = zip(self.fresh, ids, strict=True)
        return {**self.seen, **{digest: each for digest, each in pairs if each and often[each] == 1}}


def unread(body: bytes, content_type: str, known: Mapping[str, str], options: str) -> Part:
    """Return the part of a feed that is not `known`; all of it when nothing is, or when it cannot be cut.

    `options`: whatever else decides how an item is read; a hash holds only for the same.
    """
    cut = split(body, content_type)
    if cut is None:
        return Part(body)
    digests = _digests(cut, options)
    often = Counter(digests)
    seen = {each: known[each] for each in digests if each in known and often[each] == 1}
    if not seen:
        return Part(body, tuple(digests))
    new = [(each, item) for each, item in zip(digests, cut.items, strict=True) if each not in seen]
    small = b"".join((cut.head, *(item for _, item in new), cut.tail))
    return Part(small, tuple(each for each, _ in new), seen)


def _digests(cut: Cut, options: str) -> list[str]:
    """Return a hash of each item together with all that it is read in."""
    setting = blake2b(options.encode("utf-8", "backslashreplace") + b"\0" + cut.setting, digest_size=8)
    digests = []
    for item in cut.items:
        digest = setting.copy()
        digest.update(item)
        digests.append(digest.hexdigest())
    return digests


# --- cutting --------------------------------------------------------------------------------------------------


class Cut(NamedTuple):
    """A feed: `head`, `items`, `tail`. `setting`: head and tail without comments, dates and other idle words."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    setting: bytes


class _Span(NamedTuple):
    """An item, or a comment outside of items."""

    start: int
    end: int
    item: bool


_ROOT = re.compile(rb"<(?:rss|feed)[\s>]|//purl\.org/rss/1\.0/")
_IDLE = re.compile(
    rb"<((?:\w+:)?(?:lastBuildDate|pubDate|published|updated|modified|date|totalResults|description|subtitle))"
    rb"(?:\s[^<>]*)?>[^<]*(?:<!\[CDATA\[[^<]*)?</\1\s*>|</?rdf:li\b[^<>]*>"
)


def split(body: bytes, content_type: str = "") -> Cut | None:
    """Return the feed in parts, None when it has no items or is not so plain that each can be read by itself."""
    spans = _spans(body) if _is_utf8(body, content_type) else None
    items = [span for span in spans or () if span.item]
    if not spans or not 0 < len(items) <= MAX_ITEMS:
        return None
    if len({_OWN_BASE.match(body, span.start) is None for span in items}) > 1:
        return None
    first, last = items[0].start, items[-1].end
    whole = (_Span(0, 0, False), *spans, _Span(len(body), len(body), False))
    around = [(before.end, after.start) for before, after in pairwise(whole)]
    words = [(start, text) for start, end in around if (text := body[start:end].strip())]
    if any(first < start < last for start, _ in words) or not _ROOT.search(body, 0, first):
        return None
    setting = _IDLE.sub(b"", b"\0".join(text for _, text in words))
    return Cut(body[:first], tuple(body[span.start : span.end] for span in items), body[last:], setting)


_MARK = re.compile(rb"<(?:!--|!\[CDATA\[|\?|/?(?:item|entry)(?=[\s/>]))")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def _spans(body: bytes) -> list[_Span] | None:
    """Return where the items are; None when one is not closed, holds another, or may change how others are read."""
    try:
        return list(_scan(body))
    except ValueError:
        return None


def _scan(body: bytes) -> Iterator[_Span]:
    at, start = 0, -1
    while mark := _MARK.search(body, at):
        word = mark[0]
        if start >= 0:
            _check_inside(body[at : mark.start()], word)
        at = mark.end()
        if word in _CLOSED_BY:
            at = body.index(_CLOSED_BY[word], at) + len(_CLOSED_BY[word])
            if word == b"<!--" and start < 0:
                yield _Span(mark.start(), at, item=False)
        elif not word.startswith(b"</"):
            start = mark.start()
            at = own.end() if (own := _OWN_BASE.match(body, start)) else at
        elif start < 0:
            raise ValueError("an end without a beginning")
        else:
            at = body.index(b">", at) + 1
            yield _Span(start, at, item=True)
            start = -1
    if start >= 0:
        raise ValueError("a beginning without an end")


_OWN_BASE = re.compile(rb"<(?:item|entry)\s+xml:base=\"https?://[^\"<>]+\"\s*>")
_BASE = re.compile(rb"base\s*=")
_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry|rss|feed|channel)[\s/>]")


def _check_inside(markup: bytes, word: bytes) -> None:
    """Raise ValueError when an item holds another, an instruction, or what feedparser does not forget at its end.

    These are prefixes, base addresses (but where each item begins with its own) and what looks like another feed.
    """
    markup = markup.lower()
    if word in (b"<item", b"<entry", b"<?") or b"xmlns:" in markup or _BASE.search(markup) or _FEED.search(markup):
        raise ValueError("not plain")


_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)")
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_PLAIN = frozenset(("utf-8", "utf8", "us-ascii", "ascii"))


def _is_utf8(body: bytes, content_type: str) -> bool:
    """Tell whether any part of the body is read as UTF-8: feedparser guesses the encoding of the whole it is given."""
    declared = _CHARSET.findall(content_type.lower())
    if found := _ENCODING.match(body):
        declared.append(found[1].decode("latin-1").lower())
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return _PLAIN.issuperset(declared)
