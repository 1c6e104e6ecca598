"""Workday careers sites by the interface of their own pages: undocumented, asked rarely (design: sources.md 5.10)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, check_board, json_of, listing, places

_AT_ONCE = 20  # more is refused
_MOST = 2_000  # `total` never says more, and then the list begins anew
_OFFSET = re.compile(r"#offset=(\d{1,4})$")
_NUMBER = re.compile(r"[A-Z]{0,6}[-_]?\d[\d-]*", re.IGNORECASE)
_PLACES = re.compile(r"\d+ locations?", re.IGNORECASE)
_DAYS = re.compile(r"(\d+)\+? days? ago")


@dataclass(frozen=True, slots=True)
class Workday:
    """A search on one employer's site, TENANT.SHARD.myworkdayjobs.com/SITE ("wd3" is a shard).

    `keywords`: these sites list everything from warehouses to boards of directors, so a search is always asked for.
    """

    kind: ClassVar[str] = "workday"
    summary: ClassVar[str] = "a search on an employer's careers site at Workday"
    interval: ClassVar[timedelta] = timedelta(hours=4)
    minimum: ClassVar[timedelta] = timedelta(hours=2)
    details: ClassVar[int] = 40

    tenant: str
    site: str
    shard: str
    keywords: str = "software engineer"
    company: str = ""
    base: str = ""

    def __post_init__(self) -> None:
        for name in (self.tenant, self.site, self.shard):
            check_board(name)
        if not self.keywords.strip():
            raise ValueError("keywords must not be empty: the whole list is too long")

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.tenant}/{self.site} {self.keywords}"

    @property
    def _host(self) -> str:
        return self.base or f"https://{self.tenant}.{self.shard}.myworkdayjobs.com"

    @property
    def _api(self) -> str:
        return f"{self._host}/wday/cxs/{self.tenant}/{self.site}"

    def requests(self) -> Sequence[Request]:
        return (self._page(0),)

    def _page(self, offset: int) -> Request:
        """The number of the page stands behind the #, which is not sent, so that answers can be told apart."""
        asked = {"appliedFacets": {}, "limit": _AT_ONCE, "offset": offset, "searchText": self.keywords}
        return Request.post(f"{self._api}/jobs#offset={offset}", json.dumps(asked))

    def parse(self, reply: Reply) -> Page:
        """`total` is 0 after the first page of some sites: a full page is followed by another."""
        answer = Row(json_of(reply))
        rows, total = answer.get("jobPostings"), answer.number("total") or _MOST
        page = listing(rows, lambda row: self._posting(row, reply.received_at), complete=True)
        found = _OFFSET.search(reply.url)
        read = (int(found[1]) if found else 0) + len(rows)
        more = found and len(rows) == _AT_ONCE and read < min(total, _MOST)
        return replace(page, following=(self._page(read),)) if more else page

    def _posting(self, row: Row, now: datetime) -> RawPosting:
        path, where = row.need("externalPath"), row.text("locationsText")
        number = next(filter(_NUMBER.fullmatch, row.texts("bulletFields")), path)
        return RawPosting(
            source=self.name,
            id=number,
            title=row.need("title"),
            url=f"{self._host}/{self.site}{path}" if path.startswith("/") else "",
            company=self.company or self.tenant,
            location="" if _PLACES.fullmatch(where) else where,
            fields=row.pick("remoteType"),
            posted_at=_days_ago(row.text("postedOn"), now),
        )

    def detail(self, raw: RawPosting) -> Request | None:
        path = raw.url.removeprefix(f"{self._host}/{self.site}")
        return Request(f"{self._api}{path}") if path.startswith("/") else None

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        row = Row(json_of(reply)).row("jobPostingInfo")
        text = row.html("jobDescription")
        if not text:
            raise Unreadable("the posting's page holds no text")
        return replace(
            raw,
            description=text,
            location=places(row.text("location"), *row.texts("additionalLocations")) or raw.location,
            fields={**raw.fields, **row.pick("remoteType", "timeType")},
            posted_at=instant(row.get("startDate")) or raw.posted_at,
            closes_at=instant(row.get("endDate")),
        )


def _days_ago(words: str, now: datetime) -> datetime | None:
    """Return the day that "Posted Today", "Yesterday", "3 Days Ago" or "30+ Days Ago" (at least 30) mean."""
    words = words.lower()
    found = _DAYS.search(words)
    days = 0 if "today" in words else 1 if "yesterday" in words else int(found[1][:4]) if found else None
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return None if days is None else today - timedelta(days=days)
