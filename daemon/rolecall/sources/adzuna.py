"""Adzuna GB: the newest adverts of one query, with the user's own key (design: sources.md 3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.secret import Secret
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, texts


@dataclass(frozen=True, slots=True)
class Adzuna:
    """One query. Adzuna allows 2,500 calls a month: one page every 20 minutes for *all* Adzuna sources together.

    `what`: words that must all be there; `what_or`: words of which one must; `distance` in kilometres. Its terms:
    every advert shown says "Jobs by Adzuna".
    """

    kind: ClassVar[str] = "adzuna"
    summary: ClassVar[str] = "a query at Adzuna UK, with your own key"
    interval: ClassVar[timedelta] = timedelta(minutes=20)
    minimum: ClassVar[timedelta] = timedelta(minutes=20)
    refusals: ClassVar[Mapping[int, str]] = dict.fromkeys((401, 403), "Adzuna does not know this app_id and app_key")

    app_id: str
    app_key: Secret
    what: str = ""
    what_or: str = "developer engineer"
    what_exclude: str = ""
    where: str = ""
    distance: int = 0
    label: str = ""
    base: str = "https://api.adzuna.com"

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.label or ' '.join(filter(None, (self.what, self.what_or, self.where)))}"

    def requests(self) -> Sequence[Request]:
        asked = {name: getattr(self, name) for name in ("what", "what_or", "what_exclude", "where", "distance")}
        query = {"results_per_page": 50, "sort_by": "date", **{name: value for name, value in asked.items() if value}}
        url = f"{self.base}/v1/api/jobs/gb/search/1?{urlencode(query)}"
        return (Request(url, query={"app_id": self.app_id, "app_key": self.app_key.reveal()}),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("results"), self._posting)

    def _posting(self, row: Row) -> RawPosting:
        company, location = row.row("company").text("display_name"), row.row("location")
        text = row.html("description")
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("redirect_url"),
            company="" if "@" in company else company,  # some advertisers put their address there
            location=location.text("display_name"),
            description=text,
            fields={
                **row.pick("salary_min", "salary_max", "salary_is_predicted", "contract_type", "contract_time"),
                **row.pick("latitude", "longitude"),
                "location": location.pick("display_name", "area"),
            },
            country="GB",
            posted_at=instant(row.get("created")),
            tags=texts(row.row("category").text("tag")),
            truncated=text.rstrip().endswith("…"),
            attribution="Jobs by Adzuna",
        )
