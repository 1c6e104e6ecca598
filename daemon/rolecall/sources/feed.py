"""Any feed: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed (design: sources.md 6.1, 6.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from hashlib import blake2s
from typing import ClassVar, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from rolecall.dedupe.urls import canonical_url
from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources import delta, feed_names, jsonfeed, syndication
from rolecall.sources.dates import LONDON, closing, instant
from rolecall.sources.delta import Part, Unfit
from rolecall.sources.presets import PRESETS, Preset
from rolecall.sources.reading import is_json, merged
from rolecall.sources.syndication import Channel, Entry

PresetName = Literal[
    "", "django", "himalayas", "hnjobs", "jobicy", "jobsacuk", "oleeo", "pythonorg", "teamtailor", "weworkremotely",
    "workingnomads",
]  # fmt: skip


_DAMAGED_BOM = "ï»¿".encode()  # read as Latin-1 and written again: feedparser would take what follows for tag soup


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed at an address; with most presets, the board's own address is the default.

    `label` names it in messages; `company` and `country` hold for all its postings where the feed does not say.
    `preset` knows a certain board's habits; `title_pattern` ("{company}: {title}") tells how titles are put together.
    """

    kind: ClassVar[str] = "feed"
    summary: ClassVar[str] = "an RSS, Atom or JSON feed"
    interval: ClassVar[timedelta] = timedelta(minutes=60)
    minimum: ClassVar[timedelta] = timedelta(minutes=10)

    url: str = ""
    label: str = ""
    company: str = ""
    country: str = ""
    preset: PresetName = ""
    title_pattern: str = ""

    def __post_init__(self) -> None:
        if urlsplit(self.address).scheme not in ("http", "https"):
            raise ValueError(f"the address of a feed (url) begins with https:// or http://, unlike {self.url!r}")
        title_regex(self.title_pattern)

    @property
    def name(self) -> str:
        return f"{self.preset or self.kind}:{self.label or _place(self.address)}"

    @property
    def address(self) -> str:
        return self.url or PRESETS[self.preset].url

    def _zone(self) -> ZoneInfo | None:
        return LONDON if self.country.upper() == "GB" else None

    def requests(self) -> Sequence[Request]:
        return (Request(self.address),)

    def parse(self, reply: Reply) -> Page:
        if reply.body.startswith(_DAMAGED_BOM):
            reply = replace(reply, body=reply.body.removeprefix(_DAMAGED_BOM))
        if is_json(reply):
            return self._page(jsonfeed.read(reply), reply, Part(reply.body))
        part = delta.unread(reply.body, _content_type(reply), reply.known, repr(self))
        try:
            return self._page(syndication.read(part.body, _content_type(reply)), reply, part)
        except (Unreadable, Unfit):
            if not part.seen:
                raise
            return self.parse(replace(reply, known={}))

    def _page(self, channel: Channel, reply: Reply, part: Part) -> Page:
        preset = PRESETS[self.preset]
        found = [self._posting(entry, channel, preset) for entry in channel.entries]
        items = part.learned([posting.id if posting else "" for posting in found], broken=channel.broken)
        postings = [posting for posting in found if posting]
        skipped = len(found) - len(postings)
        if skipped and not postings and not items:
            raise Unreadable(f"not one of {skipped} entries could be read: they have no title or no identity")
        whole = len(found) + len(part.seen) < preset.whole_below or (preset.whole_below > 0 and is_json(reply))
        return Page(
            merged(postings),
            complete=whole and not channel.broken and not skipped,
            skipped=skipped,
            following=(Request(channel.next_url),) if channel.next_url else (),
            wait=_wait(channel, reply, preset.pause),
            items=items,
        )

    def _posting(self, entry: Entry, channel: Channel, preset: Preset) -> RawPosting | None:
        """Return the posting, None when it has no title or nothing to know it by: the title is never an identity."""
        identity = entry.id or canonical_url(entry.link) or entry.extra.get("reference", "")
        raw_title = entry.title or feed_names.first(entry, feed_names.TITLES)
        if not identity or not raw_title:
            return None
        ends = feed_names.first(entry, feed_names.CLOSINGS) or entry.schema.get("validThrough")
        title, company = _split_title(raw_title, self.title_pattern or preset.title)
        posting = RawPosting(
            source=self.name,
            id=identity,
            title=title,
            url=entry.link or entry.extra.get("adverturl", ""),
            company=self.company or company or feed_names.first(entry, feed_names.COMPANIES),
            location=feed_names.first(entry, feed_names.LOCATIONS).replace("_", " "),
            description=feed_names.text(entry),
            salary_text=feed_names.first(entry, feed_names.SALARIES),
            fields=feed_names.fields(entry),
            country=self.country.upper() or preset.country or None,
            posted_at=entry.posted_at or instant(feed_names.first(entry, feed_names.POSTED)),
            closes_at=closing(ends, self._zone()),
            tags=entry.tags,
            attribution=preset.attribution,
        )
        return replace(preset.refine(posting, entry, channel), source=self.name)


def _content_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "")


@cache
def title_regex(pattern: str) -> re.Pattern[str]:
    """Return the pattern of `{title}` and `{company}` as an expression; raises ValueError when it is none.

    A company is as short as possible: "A: B: C" is company A, "Engineer, Backend, Acme" is company Acme.
    """
    for once in ("{title}", "{company}"):
        if pattern.count(once) > 1:
            raise ValueError(f"title_pattern may hold {once} only once")
    if pattern and "{title}" not in pattern:
        raise ValueError('title_pattern needs {title}, as in "{company}: {title}"')
    whole = re.escape(pattern or "{title}")
    named = whole.replace(r"\{title\}", "(?P<title>.+)").replace(r"\{company\}", "(?P<company>.+?)")
    return re.compile(named, re.DOTALL)


def _split_title(title: str, pattern: str) -> tuple[str, str]:
    """Return title and company; a title that is put together differently stays whole."""
    found = title_regex(pattern).fullmatch(title)
    if found is None:
        return title, ""
    parts = found.groupdict()
    return parts["title"].strip() or title, (parts.get("company") or "").strip()


def _wait(channel: Channel, reply: Reply, least: timedelta) -> float | None:
    """Return for how many seconds the feed asks to be left alone: ttl, max-age, and the hours it wants skipped."""
    start = reply.received_at
    due = start + max(least, channel.pause, timedelta(seconds=reply.fresh_for))
    for _ in range(24):
        if due.hour in channel.skip_hours:
            due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return (due - start).total_seconds() or None


def _place(url: str) -> str:
    """Return host and path, which may be shown; of a query, which may hold a key, only a short hash."""
    parts = urlsplit(url)
    digest = f"#{blake2s(parts.query.encode(), digest_size=2).hexdigest()}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}{digest}"
