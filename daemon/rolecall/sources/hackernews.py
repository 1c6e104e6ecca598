"""Hacker News "Who is hiring?": the comments of the two newest threads, through Algolia (design: sources.md 4.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import instant
from rolecall.sources.reading import BadRow, Row, json_of, listing, short

_TAG = re.compile(r"<[^<>]{0,2000}>")
_ROLE = re.compile(
    r"engineer|developer|programmer|architect|scientist|devops|\bsre\b|\bcto\b|full.?stack|back.?end|\blead\b",
    re.IGNORECASE,
)
_PAY = re.compile(r"[£$€]\s?\d|\d\s?k\b", re.IGNORECASE)
_LINK = re.compile(r"https?:|www\.|\.(?:com|io|org|net)\b")


@dataclass(frozen=True, slots=True)
class HackerNews:
    """The threads of this month and the last. A comment begins "Company | Role | Place | REMOTE | pay", in any order.

    Together they are the whole list: a comment that is gone (deleted, flagged, or rewritten to "filled") is a closed
    job, a new month's thread closes nothing of the last month, and what is older than both is taken for closed.
    """

    kind: ClassVar[str] = "hackernews"
    summary: ClassVar[str] = 'the monthly "Who is hiring?" of Hacker News'
    interval: ClassVar[timedelta] = timedelta(hours=1)
    minimum: ClassVar[timedelta] = timedelta(minutes=15)

    base: str = "https://hn.algolia.com"

    @property
    def name(self) -> str:
        return self.kind

    def requests(self) -> Sequence[Request]:
        """Ask for three months of threads: each month has one more for those who want to be hired, and freelancers."""
        query = "tags=story,author_whoishiring&hitsPerPage=9"
        return (Request(f"{self.base}/api/v1/search_by_date?{query}", always=True),)

    def parse(self, reply: Reply) -> Page:
        """Read the list of threads, which leads to the newest two, or one of these."""
        answer = Row(json_of(reply))
        if "hits" in answer:
            return self._newest(answer)
        return listing(answer.get("children"), self._posting, complete=True)

    def _newest(self, answer: Row) -> Page:
        """Return an empty page that leads to the newest threads; Algolia gives the newest story first."""
        threads = (hit for hit in answer.rows("hits") if "who is hiring" in hit.text("title").lower())
        numbers = list(filter(str.isdecimal, (hit.text("objectID") for hit in threads)))[:2]
        if not numbers:
            raise Unreadable("the answer names no thread of this kind")
        following = tuple(Request(f"{self.base}/api/v1/items/{number}", always=True) for number in numbers)
        return Page((), complete=True, following=following)

    def _posting(self, row: Row) -> RawPosting | None:
        text = row.html("text")
        if not text:
            return None  # deleted
        parts = _headline(text)
        if len(parts) < 2:
            return None  # a remark, not a posting
        number = row.need("id")
        if not number.isdecimal():
            raise BadRow("no comment number")
        title = next(filter(_ROLE.search, parts[1:]), parts[1])
        others = [part for part in parts[1:] if part != title and not _LINK.search(part)]
        return RawPosting(
            source=self.name,
            id=number,
            title=title,
            url=f"https://news.ycombinator.com/item?id={number}",
            company=parts[0],
            location=" | ".join(part for part in others if not _PAY.search(part)),
            description=text,
            salary_text=next(filter(_PAY.search, others), ""),
            posted_at=instant(row.get("created_at")),
        )


def _headline(text: str) -> list[str]:
    first = text[:4000].partition("<p>")[0].partition("\n")[0]
    return [part for each in short(_TAG.sub("", first)).split("|") if (part := each.strip())]
