"""Reed's jobseeker API: one query, with the user's own key, and a page where a row says too little (sources.md 3.2)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.secret import Secret
from rolecall.sources.dates import LONDON, closing, instant
from rolecall.sources.reading import Row, json_of, listing, quoted

_YEARLY = 5_000  # less is a rate
_FIELDS = ("minimumSalary", "maximumSalary", "currency", "salaryType", "contractType")


@dataclass(frozen=True, slots=True)
class Reed:
    """One query. `distance` in miles. Reed's own pay filter is not used: it hides adverts with hidden pay."""

    kind: ClassVar[str] = "reed"
    summary: ClassVar[str] = "a query at Reed, with your own key"
    interval: ClassVar[timedelta] = timedelta(minutes=20)
    minimum: ClassVar[timedelta] = timedelta(minutes=15)
    details: ClassVar[int] = 40
    refusals: ClassVar[Mapping[int, str]] = dict.fromkeys((401, 403), "Reed does not know this key")

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
        return (self._asked(f"search?{urlencode(query)}"),)

    def _asked(self, what: str) -> Request:
        login = b64encode(f"{self.key.reveal()}:".encode()).decode()
        return Request(f"{self.base}/api/1.0/{what}", headers={"Authorization": f"Basic {login}"})

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
            fields=row.pick(*_FIELDS),
            country="GB",
            posted_at=instant(row.get("date"), LONDON),
            closes_at=closing(row.get("expirationDate"), LONDON),
            truncated=row.html("jobDescription").rstrip().endswith("..."),
        )

    def detail(self, raw: RawPosting) -> Request | None:
        """A row's text is cut after 450 characters, and only the page tells a salary from a day's or an hour's pay."""
        return self._asked(f"jobs/{quoted(raw.id)}") if raw.truncated or _is_rate(raw) else None

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        row = Row(json_of(reply))
        text = row.html("jobDescription")
        if not text:
            raise Unreadable("the posting's page holds no text")
        hours = (
            {"contract_time": "part_time"} if row.get("partTime") is True and row.get("fullTime") is not True else {}
        )
        return replace(
            raw,
            description=text,
            salary_text=row.text("salary"),
            fields={**raw.fields, **row.pick(*_FIELDS), **hours},
            apply_url=row.text("externalUrl"),
            truncated=False,
        )


def _is_rate(raw: RawPosting) -> bool:
    """Tell whether the pay is too small for a year's."""
    top = raw.fields.get("maximumSalary") or raw.fields.get("minimumSalary")
    return isinstance(top, int | float) and top < _YEARLY
