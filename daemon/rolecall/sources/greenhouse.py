"""Greenhouse job boards: public, one call gives the whole list (design: sources.md 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, places, texts
from rolecall.sources.repair import unescaped_html, without_boilerplate


@dataclass(frozen=True, slots=True)
class Greenhouse(EmployersBoard):
    """One employer's board. `board` is the name in its address, boards.greenhouse.io/NAME."""

    kind: ClassVar[str] = "greenhouse"
    summary: ClassVar[str] = "an employer's job board at Greenhouse"
    home: ClassVar[str] = "https://boards-api.greenhouse.io"
    interval: ClassVar[timedelta] = timedelta(minutes=45)
    minimum: ClassVar[timedelta] = timedelta(minutes=30)

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/v1/boards/{self.board}/jobs?content=true&pay_transparency=true"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("jobs"), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting | None:
        if "internal_job_id" in row and row.get("internal_job_id") is None:
            return None  # a prospect post ("join our talent pool"), not a vacancy
        offices = [office.text("location", "name") for office in row.rows("offices")]
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("absolute_url"),
            company=self.company or row.text("company_name") or self.board,
            location=row.row("location").text("name") or places(*offices),
            description=without_boilerplate(unescaped_html(row.html("content"))),
            fields=_fields(row),
            posted_at=instant(row.get("first_published")),
            closes_at=instant(row.get("application_deadline")),
            tags=texts(*(each.text("name") for each in row.rows("departments"))),
        )


def _fields(row: Row) -> dict[str, Json]:
    """Return what is kept besides the text. `metadata` may hold recruiters' names: single entries only."""
    offices = [office.pick("name", "location") for office in row.rows("offices")]
    pay = [
        each.pick("min_cents", "max_cents", "currency_type", "title", "blurb") for each in row.rows("pay_input_ranges")
    ]
    metadata = {each.text("name"): each.text("value") for each in row.rows("metadata")}
    employment = metadata.get("Employment Type")
    found: dict[str, Json] = {"offices": offices, "pay_input_ranges": pay, "employment_type": employment}
    return {**row.pick("language", "internal_job_id", "requisition_id"), **{k: v for k, v in found.items() if v}}
