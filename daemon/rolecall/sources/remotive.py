"""Remotive: all its open jobs of one category (design: sources.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing
from rolecall.sources.repair import without_images


@dataclass(frozen=True, slots=True)
class Remotive:
    """One category. Its terms: at most four calls a day; name Remotive and link to it."""

    kind: ClassVar[str] = "remotive"
    summary: ClassVar[str] = "the remote job board Remotive"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)

    category: str = "software-dev"
    base: str = "https://remotive.com"

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.category}" if self.category else self.kind

    def requests(self) -> Sequence[Request]:
        query = f"?{urlencode({'category': self.category})}" if self.category else ""
        return (Request(f"{self.base}/api/remote-jobs{query}"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("jobs"), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("url"),
            company=row.text("company_name"),
            location=row.text("candidate_required_location"),
            description=without_images(row.html("description")),  # the last one counts readers
            salary_text=row.text("salary"),
            fields=row.pick("salary", "job_type", "candidate_required_location"),
            posted_at=instant(row.get("publication_date")),
            tags=row.texts("tags"),
            attribution="Remotive",
        )
