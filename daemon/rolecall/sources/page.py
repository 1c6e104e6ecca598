"""Any careers page that describes its adverts for search engines, in JSON-LD (design: sources.md 6.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from rolecall.dedupe.urls import canonical_url
from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources import jobposting
from rolecall.sources.reading import Row, listing

HTML = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}


@dataclass(frozen=True, slots=True)
class CareersPage:
    """One page with one advert or all of them. `company` where it does not say; its robots.txt decides.

    An advert is known by the employer's own number, else by its address.
    """

    kind: ClassVar[str] = "page"
    summary: ClassVar[str] = "a careers page that carries its adverts for search engines (JSON-LD)"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=1)

    url: str
    label: str = ""
    company: str = ""
    country: str = ""

    def __post_init__(self) -> None:
        check_address(self.url)

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.label or place_of(self.url)}"

    def requests(self) -> Sequence[Request]:
        return (Request(self.url, headers=HTML, robots=True),)

    def parse(self, reply: Reply) -> Page:
        text = jobposting.page_text(reply)
        rows = list(jobposting.job_postings(text))
        if not rows and not jobposting.lists_jobs(text):
            raise Unreadable("the page carries no advert for search engines (a JobPosting in JSON-LD)")
        often = Counter(jobposting.identity(Row(row)) for row in rows)
        return listing(rows, partial(self._posting, reply.url, often), complete=len(rows) < jobposting.MANY)

    def _posting(self, here: str, often: Counter[str], row: Row) -> RawPosting:
        link = row.text("url")
        number = jobposting.identity(row)
        alone = here if often.total() == 1 else ""
        known_as = number if often[number] == 1 and number else canonical_url(joined(here, link) if link else alone)
        found = jobposting.posting(row, self.name, known_as, joined(here, link) or here)
        return replace(found, company=found.company or self.company, country=self.country.upper() or None)


def check_address(url: str) -> None:
    """Raise ValueError, in a sentence, when an option is no address on the web."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"an address begins with https:// or http://, unlike {url!r}")


def place_of(url: str) -> str:
    """Return host and path of an address, which may be shown."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"


def joined(here: str, link: str) -> str:
    try:
        return urljoin(here, link)
    except ValueError:
        return ""
