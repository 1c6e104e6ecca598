"""Breezy job boards: a list with places and pay, and a web page for each text (design: sources.md 5.13)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.jobposting import job_postings
from rolecall.sources.reading import Row, json_of, listing, places, texts
from rolecall.sources.repair import div, html_of

_TEXT = re.compile(r"<div\b[^<>]{0,200}\bclass=[\"'][^\"'<>]{0,200}\bdescription\b[^<>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Breezy(EmployersBoard):
    """One employer's board. `board` is the name in its address, NAME.breezy.hr."""

    kind: ClassVar[str] = "breezy"
    summary: ClassVar[str] = "an employer's job board at Breezy"
    home: ClassVar[str] = "https://{board}.breezy.hr"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)
    details: ClassVar[int] = 40

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/json"),)

    def parse(self, reply: Reply) -> Page:
        if urlsplit(reply.url).hostname in ("breezy.hr", "www.breezy.hr"):
            raise Unreadable(f"Breezy has no board {self.board!r}: it leads to its own site")
        return listing(json_of(reply), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("name"),
            url=row.text("url"),
            company=self.company or row.row("company").text("name") or self.board,
            location=places(*map(_place, [row.row("location"), *row.rows("locations")])),
            salary_text=row.text("salary"),
            fields={
                **row.pick("is_remote"),
                **({"location": remote} if (remote := row.row("location").pick("is_remote")) else {}),
                **({"employment_type": kind} if (kind := row.row("type").text("name")) else {}),
            },
            posted_at=instant(row.get("published_date")),
            tags=texts(row.text("department")),
        )

    def detail(self, raw: RawPosting) -> Request | None:
        here = urlsplit(raw.url).netloc == urlsplit(self.host).netloc  # a board does not send us elsewhere
        return Request(raw.url, headers={"Accept": "text/html"}, robots=True) if here else None

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        """Take the text that is there for search engines, else what stands in the page's own place for it."""
        page = reply.body.decode("utf-8", "replace")
        advert = Row(next(job_postings(page), None))
        text = html_of(advert.html("description")) or div(page, _TEXT)
        if not text:
            raise Unreadable("the posting's page holds no text")
        return replace(raw, description=text, fields={**advert.pick("baseSalary"), **raw.fields})


def _place(row: Row) -> str:
    parts = texts(row.text("city"), row.row("state").text("name"), row.row("country").text("name"))
    return row.text("name") or ", ".join(parts)
