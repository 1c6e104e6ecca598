"""Working Nomads: one call gives its current remote jobs (design: sources.md 4.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import instant
from rolecall.sources.reading import BadRow, Row, json_of, listing, texts

_NUMBER = re.compile(r"/(\d{3,})(?:/|$|\?)")


@dataclass(frozen=True, slots=True)
class WorkingNomads:
    """The newest jobs of all its categories. A row has no id of its own: it is the number in its address."""

    kind: ClassVar[str] = "workingnomads"
    summary: ClassVar[str] = "the remote job board Working Nomads"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)

    base: str = "https://www.workingnomads.com"

    @property
    def name(self) -> str:
        return self.kind

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.base}/api/exposed_jobs/"),)

    def parse(self, reply: Reply) -> Page:
        return listing(json_of(reply), self._posting)

    def _posting(self, row: Row) -> RawPosting:
        url = row.need("url")
        number = _NUMBER.search(url)
        if number is None:
            raise BadRow("no number in the address")
        tags = (row.text("category_name"), *(tag.strip() for tag in row.text("tags").split(",")))
        return RawPosting(
            source=self.name,
            id=number[1],
            title=row.need("title"),
            url=url,
            company=row.text("company_name"),
            location=row.text("location"),
            description=row.html("description"),
            posted_at=instant(row.get("pub_date")),
            tags=texts(*tags),
            attribution="Working Nomads",
        )
