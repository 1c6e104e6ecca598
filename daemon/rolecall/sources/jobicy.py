"""Jobicy: the newest hundred remote jobs, in all three forms its API has had (design: sources.md 4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, places


@dataclass(frozen=True, slots=True)
class Jobicy:
    """One region and tag. Its terms: a few calls a day; the content is shown as it is."""

    kind: ClassVar[str] = "jobicy"
    summary: ClassVar[str] = "the remote job board Jobicy"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)

    geo: str = "uk"
    industry: str = ""
    tag: str = ""
    base: str = "https://jobicy.com"

    @property
    def name(self) -> str:
        return ":".join((self.kind, " ".join(filter(None, (self.geo, self.industry, self.tag))))).rstrip(":")

    def requests(self) -> Sequence[Request]:
        asked = {"count": "100", "geo": self.geo, "industry": self.industry, "tag": self.tag}
        query = urlencode({name: value for name, value in asked.items() if value})
        return (Request(f"{self.base}/api/v2/remote-jobs?{query}"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("jobs"), self._posting)

    def _posting(self, row: Row) -> RawPosting:
        pay = row.pick("annualSalaryMin", "annualSalaryMax", "salaryMin", "salaryMax", "salaryCurrency", "salaryPeriod")
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("jobTitle"),
            url=row.text("url"),
            company=row.text("companyName"),
            location=places(row.text("jobGeo").replace(",", ";")),
            description=row.html("jobDescription", "jobExcerpt"),
            fields={**pay, **row.pick("jobType", "jobLevel", "jobGeo")},
            posted_at=instant(row.get("pubDate")),
            tags=row.texts("jobIndustry"),
            attribution="Jobicy",
        )
