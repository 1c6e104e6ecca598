"""Rippling job boards: a row for each place of a job, and a page for each text (design: sources.md 5.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, places, quoted, texts

_PAY = ("location", "currency", "frequency", "rangeStart", "rangeEnd")


@dataclass(frozen=True, slots=True)
class Rippling(EmployersBoard):
    """One employer's board. `board` is the name in its address, ats.rippling.com/NAME."""

    kind: ClassVar[str] = "rippling"
    summary: ClassVar[str] = "an employer's job board at Rippling"
    home: ClassVar[str] = "https://api.rippling.com"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)
    details: ClassVar[int] = 40

    def requests(self) -> Sequence[Request]:
        return (Request(self._jobs),)

    @property
    def _jobs(self) -> str:
        return f"{self.host}/platform/api/ats/v1/board/{self.board}/jobs"

    def parse(self, reply: Reply) -> Page:
        return listing(json_of(reply), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        number = row.need("uuid")  # repeated for each place, and then merged
        return RawPosting(
            source=self.name,
            id=number,
            title=row.need("name"),
            url=row.text("url") or f"https://ats.rippling.com/{self.board}/jobs/{quoted(number)}",
            company=self.company or self.board,
            location=row.row("workLocation").text("label"),
            tags=texts(row.row("department").text("label")),
        )

    def detail(self, raw: RawPosting) -> Request | None:
        return Request(f"{self._jobs}/{quoted(raw.id)}")

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        row = Row(json_of(reply))
        parts = row.row("description")
        text = row.html("description") or parts.html("role") or parts.html("company")
        if not text:
            raise Unreadable("the posting's page holds no text")
        pay = [each.pick(*_PAY) for each in row.rows("payRangeDetails")]
        employment = row.row("employmentType")  # "id" is for people there, "label" for machines
        found: dict[str, Json] = {"payRangeDetails": pay, "employment_type": employment.text("id", "label")}
        return replace(
            raw,
            description=text,
            company=self.company or row.text("companyName") or raw.company,
            location=places(raw.location, *row.texts("workLocations")),
            fields={name: value for name, value in found.items() if value},
            posted_at=instant(row.get("createdOn")),
        )
