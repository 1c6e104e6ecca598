"""Reed's jobseeker API: one query, with the user's own key (design: sources.md 3.2)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.secret import Secret
from rolecall.sources.dates import LONDON, closing, instant
from rolecall.sources.reading import Row, json_of, listing


@dataclass(frozen=True, slots=True)
class Reed:
    """One query. `distance` in miles. Reed's own pay filter is not used: it hides adverts with hidden pay."""

    kind: ClassVar[str] = "reed"
    summary: ClassVar[str] = "a query at Reed, with your own key"
    interval: ClassVar[timedelta] = timedelta(minutes=20)
    minimum: ClassVar[timedelta] = timedelta(minutes=15)

    key: Secret
    keywords: str = "software developer"
    location: str = ""
    distance: int = 10
    label: str = ""
    base: str = "https://www.reed.co.uk"

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.label or ' '.join(filter(None, (self.keywords, self.location)))}"

    def requests(self) -> Sequence[Request]:
        query: dict[str, str | int] = {"keywords": self.keywords, "resultsToTake": 100}
        if self.location:
            query |= {"locationName": self.location, "distanceFromLocation": self.distance}
        login = b64encode(f"{self.key.reveal()}:".encode()).decode()
        return (Request(f"{self.base}/api/1.0/search?{urlencode(query)}", headers={"Authorization": f"Basic {login}"}),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("results"), self._posting)

    def _posting(self, row: Row) -> RawPosting:
        return RawPosting(
            source=self.name,
            id=row.need("jobId"),
            title=row.need("jobTitle"),
            url=row.text("jobUrl"),
            company=row.text("employerName"),
            location=row.text("locationName"),
            description=row.html("jobDescription"),
            fields=row.pick("minimumSalary", "maximumSalary", "currency", "salaryType", "contractType"),
            country="GB",
            posted_at=instant(row.get("date"), LONDON),
            closes_at=closing(row.get("expirationDate"), LONDON),
            truncated=row.html("jobDescription").rstrip().endswith("..."),
        )
