"""RSS and Atom as plain typed entries. The only module that imports feedparser, and only when a feed is read."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rolecall.errors import Unreadable
from rolecall.model import Json
from rolecall.sources import tuning
from rolecall.sources.dates import instant
from rolecall.sources.delta import split
from rolecall.sources.reading import short
from rolecall.sources.repair import without_impossible_characters


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed.

    `extra`: its other elements by lower-case name; `many`: those that were repeated; `schema`: what it carries of a
    schema.org JobPosting.
    """

    id: str
    link: str
    title: str
    html: str
    posted_at: datetime | None
    tags: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schema: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed. `pause`: how long it asks to be left alone; `broken`: it was cut off or not well-formed."""

    title: str
    author: str
    entries: tuple[Entry, ...]
    broken: bool = False
    pause: timedelta = timedelta()
    skip_hours: frozenset[int] = frozenset()
    next_url: str = ""


WEB_PAGE = "the answer is a web page (HTML), not a feed"

_BLANK = b"\xef\xbb\xbf \t\r\n"
_REPEATABLE = (
    "tt:city", "tt:country", "tt:name",
    "himalayasJobs:locationRestriction", "himalayasJobs:timezoneRestriction",
)  # fmt: skip
_ITEM = re.compile(r"<(?:item|entry)[\s>]")
_ELEMENT = re.compile(
    rf"<({'|'.join(_REPEATABLE)})(?:\s[^<>]{{0,500}})?>\s*(?:<!\[CDATA\[)?([^<>]{{0,2000}}?)(?:\]\]>)?\s*</"
)
_SKIPPED = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
_OWN = frozenset(("id", "link", "title", "summary", "published", "updated", "created", "author", "language", "rights"))


def read(body: bytes, content_type: str = "") -> Channel:
    """Return the feed in `body`, as much of it as can be read; raises `Unreadable` when there is none.

    Entities and links are left as served: texts are made safe where they are used, not here.
    """
    if body[:2000].lstrip(_BLANK).lower().startswith((b"<html", b"<!doctype html")):
        raise Unreadable(WEB_PAGE)
    found = _parsed(body, content_type)
    if not found.entries:
        _refuse_unless_empty_feed(found, body)
    many = _repeated(body, len(found.entries))
    entries = (_entry(raw, repeated) for raw, repeated in zip(found.entries, many, strict=True))
    return Channel(
        title=short(found.feed.get("title")),
        author=short(found.feed.get("author")),
        entries=tuple(entries),
        broken=_malformed(found),
        pause=_pause(found.feed),
        skip_hours=_skip_hours(body),
    )


def _parsed(body: bytes, content_type: str) -> Any:
    import feedparser  # 60 ms and 15 MB that only the child process needs

    tuning.tune(feedparser)
    for mended in (body, without_impossible_characters(body)):
        # An encoding that is no word, a declaration that its tag soup parser asserts about: it was not made for these.
        with suppress(ValueError, LookupError, AttributeError, AssertionError, TypeError, OverflowError):
            return feedparser.parse(
                io.BytesIO(mended),  # never bytes: feedparser would take them for a file's name first
                response_headers={"content-type": content_type or "application/xml"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
    raise Unreadable("the feed is too broken to be read")


def _refuse_unless_empty_feed(found: Any, body: bytes) -> None:
    start = body[:4000].lower()
    if not body.strip():
        raise Unreadable("the answer is empty")
    if b"<html" in start or b"<!doctype html" in start:
        raise Unreadable(WEB_PAGE)
    if not found.version:
        raise Unreadable("the answer is not a feed")
    if _malformed(found):
        raise Unreadable("the feed is cut off or broken, and not one entry of it could be read")


def _malformed(found: Any) -> bool:
    """Tell broken XML from the smaller sins (a wrong content type) for which feedparser sets `bozo` too."""
    return bool(found.bozo) and type(found.get("bozo_exception")).__name__ in ("SAXParseException", "SAXException")


def _entry(raw: Any, many: Mapping[str, tuple[str, ...]]) -> Entry:
    times = (dict.get(raw, f"{name}_parsed") for name in ("published", "updated", "created"))  # get() itself would map
    return Entry(
        id=short(raw.get("id")),
        link=str(raw.get("link") or "").strip(),
        title=short(raw.get("title")),
        html=max((str(each) for each in _texts(raw)), key=len, default=""),
        posted_at=_moment(next(filter(None, times), None)) or instant(raw.get("published")),
        tags=tuple(filter(None, (short(tag.get("term")) for tag in raw.get("tags", ())))),
        extra=_extra(raw),
        many=many,
    )


def _texts(raw: Any) -> Iterable[str]:
    yield from (each.get("value") or "" for each in raw.get("content", ()))
    yield raw.get("summary") or ""


def _extra(raw: Any) -> dict[str, str]:
    return {
        str(name): value[:64_000]
        for name, value in raw.items()
        if isinstance(value, str) and value and name not in _OWN and not str(name).endswith("_detail")
    }


def _moment(parts: Any) -> datetime | None:
    try:
        year, month, day, hour, minute, second = parts[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) if 1990 < year < 2100 else None
    except (TypeError, ValueError):
        return None


def _repeated(body: bytes, count: int) -> list[dict[str, tuple[str, ...]]]:
    """Return, for each item, the elements of which feedparser keeps only the last (design: sources.md 2.8)."""
    nothing: list[dict[str, tuple[str, ...]]] = [{} for _ in range(count)]
    if not any(name.encode() in body for name in _REPEATABLE):
        return nothing
    cut = split(body)
    texts = [item.decode() for item in cut.items] if cut else _ITEM.split(body.decode("utf-8", "replace"))[1:]
    return list(map(_elements, texts)) if len(texts) == count else nothing


def _elements(item: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in _ELEMENT.finditer(item):
        found.setdefault(element[1].lower().replace(":", "_"), []).append(html.unescape(element[2]).strip())
    return {name: tuple(values) for name, values in found.items()}


def _pause(head: Any) -> timedelta:
    """Return the pause that `ttl` (minutes) or `syn:updatePeriod` asks for, at most a day."""
    ttl, often = str(head.get("ttl", "")), str(head.get("sy_updatefrequency", "1"))
    hours = _PERIODS.get(str(head.get("sy_updateperiod", "")).strip().lower(), 0)
    minutes = int(ttl) if ttl.isdecimal() and len(ttl) < 6 else 0
    times = int(often) if often.isdecimal() and 0 < len(often) < 4 else 1
    return min(max(timedelta(minutes=minutes), timedelta(hours=hours) / max(times, 1)), timedelta(days=1))


def _skip_hours(body: bytes) -> frozenset[int]:
    head = body[:20_000].partition(b"<item")[0]
    return frozenset(hour for found in _SKIPPED.finditer(head) if (hour := int(found[1]) % 24) in range(24))
