"""A careers site by its sitemap: its addresses are the list, and each new one is read once (design: sources.md 6.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from rolecall.dedupe.urls import canonical_url
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources import jobposting, sitemap_xml
from rolecall.sources.page import HTML, check_address, place_of
from rolecall.sources.reading import BadRow, Row, merged

MOST = 5_000  # addresses; of more, the newest
MOST_MAPS = 15
MANY_ALIKE = 10


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The adverts that a sitemap, or the sitemaps of an index, lead to. The site's robots.txt decides.

    `pattern`: what stands in the address of an advert, as a regular expression. An address is asked when it is new or
    has a new date; what turns out to be no advert is not asked again.
    """

    kind: ClassVar[str] = "sitemap"
    summary: ClassVar[str] = "a careers site, by its sitemap and the adverts for search engines on its pages"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=1)
    details: ClassVar[int] = 60
    addresses_only: ClassVar[bool] = True

    url: str
    label: str = ""
    company: str = ""
    country: str = ""
    pattern: str = "job|vacanc|career|position"

    def __post_init__(self) -> None:
        check_address(self.url)
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern is no regular expression: {error}") from None

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.label or place_of(self.url)}"

    def requests(self) -> Sequence[Request]:
        return (Request(self.url, robots=True, always=True),)

    def parse(self, reply: Reply) -> Page:
        """Read a list of addresses, or an index, which leads to the lists that speak of jobs (to all, if none does)."""
        root, found = sitemap_xml.read(reply.body)
        here = [(url, changed) for url, changed in found if _host(url) == _host(reply.url)]
        fitting = [(url, changed) for url, changed in here if self._fits(url)]
        if root == "sitemapindex":
            chosen = [url for url, _ in fitting or here]
            following = tuple(Request(url, robots=True, always=True) for url in chosen[:MOST_MAPS])
            return Page((), complete=len(chosen) <= MOST_MAPS, following=following)
        fitting = _with_telling_days(fitting)
        newest = sorted(fitting, key=lambda each: each[1], reverse=True)[:MOST]
        return Page(merged(self._row(*each) for each in newest), complete=len(newest) == len(fitting))

    def _fits(self, url: str) -> bool:
        parts = urlsplit(url)
        return re.search(self.pattern, f"{parts.path}?{parts.query}", re.IGNORECASE) is not None

    def _row(self, url: str, changed: str) -> RawPosting:
        fields = {"lastmod": changed} if changed else {}
        return RawPosting(self.name, canonical_url(url), _title(url), url, company=self.company, fields=fields)

    def detail(self, raw: RawPosting) -> Request:
        return Request(raw.url, headers=HTML, robots=True)

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting | None:
        """Return the advert on a page; None when it carries none, or several of which none is its own."""
        rows = list(map(Row, jobposting.job_postings(jobposting.page_text(reply))))
        own = [row for row in rows if canonical_url(row.text("url")) == raw.id] if len(rows) > 1 else rows
        try:
            found = jobposting.posting(own[0], self.name, raw.id, raw.url) if own else None
        except BadRow:
            return None
        return found and replace(found, company=found.company or self.company, country=self.country.upper() or None)


def _with_telling_days(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return addresses with the day of their last change; one that most of them share is when the list was made."""
    days = [changed[:10] for _, changed in found]
    (common, times), *_ = Counter(days).most_common(1) or [("", 0)]
    nothing = common if times >= MANY_ALIKE and times * 2 > len(days) else ""
    return [(url, "" if day == nothing else day) for (url, _), day in zip(found, days, strict=True)]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


_SLUG = re.compile(r"[^\W\d_]{2}")


def _title(url: str) -> str:
    """Return the words in an address that say most: a first idea of what the advert is about."""
    path = unquote(urlsplit(url).path)
    words = [part.rpartition(".")[0] or part for part in path.split("/") if _SLUG.search(part)]
    return re.sub(r"[\W_]+", " ", max(words[-2:], key=len, default="")).strip() or path or url
