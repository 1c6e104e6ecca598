"""Himalayas: the newest remote jobs by its API; its RSS is `feed` with the preset (design: sources.md 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import epoch
from rolecall.sources.reading import Row, json_of, listing, places


@dataclass(frozen=True, slots=True)
class Himalayas:
    """The newest twenty. Its terms ask for attribution; its expiry dates are always sixty days away: not kept."""

    kind: ClassVar[str] = "himalayas"
    summary: ClassVar[str] = "the remote job board Himalayas"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)

    base: str = "https://himalayas.app"

    @property
    def name(self) -> str:
        return self.kind

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.base}/jobs/api?limit=20"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("jobs"), self._posting)

    def _posting(self, row: Row) -> RawPosting:
        restrictions = row.pick("locationRestrictions", "timezoneRestrictions")
        return RawPosting(
            source=self.name,
            id=row.need("guid"),
            title=row.need("title"),
            url=row.text("applicationLink", "guid"),
            company=row.text("companyName"),
            location=places(*row.texts("locationRestrictions")),
            description=row.html("description", "excerpt"),
            fields={**restrictions, **row.pick("minSalary", "maxSalary", "currency", "employmentType", "seniority")},
            posted_at=epoch(row.get("pubDate"), "s"),
            tags=row.texts("categories"),
            attribution="Himalayas",
        )
