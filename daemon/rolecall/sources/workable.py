"""Workable job boards: public, one call gives the whole list (design: sources.md 5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, places, texts


@dataclass(frozen=True, slots=True)
class Workable(EmployersBoard):
    """One employer's board. `board` is the name in its address, apply.workable.com/NAME. Asked rarely: it is strict."""

    kind: ClassVar[str] = "workable"
    summary: ClassVar[str] = "an employer's job board at Workable"
    home: ClassVar[str] = "https://apply.workable.com"
    interval: ClassVar[timedelta] = timedelta(hours=4)
    minimum: ClassVar[timedelta] = timedelta(hours=2)

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/api/v1/widget/accounts/{self.board}?details=true"),)

    def parse(self, reply: Reply) -> Page:
        board = Row(json_of(reply))
        page = listing(board.get("jobs"), self._posting, complete=True)
        company = self.company or board.text("name") or self.board
        return replace(page, postings=tuple(replace(posting, company=company) for posting in page.postings))

    def _posting(self, row: Row) -> RawPosting:
        shown = [each for each in row.rows("locations") if each.get("hidden") is not True] or [row]
        return RawPosting(
            source=self.name,
            id=row.need("shortcode"),  # repeated for each place, and then merged
            title=row.need("title"),
            url=row.text("url", "shortlink"),
            location=places(*map(_place, shown)),
            description=row.html("description"),
            fields=row.pick("telecommuting", "workplace_type", "employment_type", "locations"),
            posted_at=instant(row.get("published_on")),
            apply_url=row.text("application_url"),
            tags=texts(row.text("department")),
        )


def _place(row: Row) -> str:
    return ", ".join(filter(None, (row.text("city"), row.text("region", "state"), row.text("country"))))
