"""Ashby job boards: public, one call gives the whole list (design: sources.md 5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, places, texts


@dataclass(frozen=True, slots=True)
class Ashby(EmployersBoard):
    """One employer's board. `board` is the name in its address, jobs.ashbyhq.com/NAME."""

    kind: ClassVar[str] = "ashby"
    summary: ClassVar[str] = "an employer's job board at Ashby"
    home: ClassVar[str] = "https://api.ashbyhq.com"
    interval: ClassVar[timedelta] = timedelta(minutes=45)
    minimum: ClassVar[timedelta] = timedelta(minutes=30)

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/posting-api/job-board/{self.board}?includeCompensation=true"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("jobs"), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting | None:
        if row.get("isListed") is False:
            return None
        others = [each.text("location") for each in row.rows("secondaryLocations")]
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("jobUrl"),
            company=self.company or self.board,
            location=places(row.text("location"), *others),
            description=row.html("descriptionHtml", "descriptionPlain"),
            salary_text=row.row("compensation").text("scrapeableCompensationSalarySummary", "compensationTierSummary"),
            fields=_fields(row, others),
            posted_at=instant(row.get("publishedAt")),
            apply_url=row.text("applyUrl"),
            tags=texts(row.text("department"), row.text("team")),
        )


def _fields(row: Row, others: list[str]) -> dict[str, Json]:
    address = row.row("address").row("postalAddress").pick("addressLocality", "addressRegion", "addressCountry")
    found: dict[str, Json] = {
        "address": {"postalAddress": address} if address else None,
        "secondaryLocations": others,
        "compensation": _compensation(row.row("compensation")),
    }
    return {**row.pick("workplaceType", "isRemote", "employmentType"), **{k: v for k, v in found.items() if v}}


def _compensation(row: Row) -> dict[str, Json]:
    """Return the pay as stated. Only a component's own `summary` tells on-target earnings from a salary."""
    tiers = [
        {
            **tier.pick("title", "tierSummary", "additionalInformation"),
            "components": [_component(each) for each in tier.rows("components")],
        }
        for tier in row.rows("compensationTiers")
    ]
    kept = row.pick("compensationTierSummary", "scrapeableCompensationSalarySummary")
    components = [_component(each) for each in row.rows("summaryComponents")]
    return {**kept, "summaryComponents": components, "compensationTiers": tiers} if components or tiers else kept


def _component(row: Row) -> dict[str, Json]:
    return row.pick("compensationType", "interval", "currencyCode", "minValue", "maxValue", "summary")
