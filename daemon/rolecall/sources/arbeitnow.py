"""Arbeitnow: the newest hundred jobs, mostly in Germany (design: sources.md 4.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import epoch
from rolecall.sources.reading import Row, json_of, listing


@dataclass(frozen=True, slots=True)
class Arbeitnow:
    """The newest page. Its `remote: false` says nothing, so only true is kept."""

    kind: ClassVar[str] = "arbeitnow"
    summary: ClassVar[str] = "the job board Arbeitnow, mostly Germany"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)

    base: str = "https://www.arbeitnow.com"

    @property
    def name(self) -> str:
        return self.kind

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.base}/api/job-board-api"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("data"), self._posting)

    def _posting(self, row: Row) -> RawPosting:
        return RawPosting(
            source=self.name,
            id=row.need("slug"),
            title=row.need("title"),
            url=row.text("url"),
            company=row.text("company_name"),
            location=row.text("location"),
            description=row.html("description"),
            fields={**row.pick("job_types"), **({"remote": True} if row.get("remote") is True else {})},
            posted_at=epoch(row.get("created_at"), "s"),
            tags=row.texts("tags"),
        )
