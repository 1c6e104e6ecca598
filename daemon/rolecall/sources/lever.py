"""Lever job boards: public, one call gives the whole list (design: sources.md 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import epoch
from rolecall.sources.reading import Row, json_of, listing, places, section, texts


@dataclass(frozen=True, slots=True)
class Lever(EmployersBoard):
    """One employer's board. `board` is the name in its address, jobs.lever.co/NAME.

    Where it is not known it is looked for at Lever's European address, jobs.eu.lever.co/NAME, too;
    `base = "https://api.eu.lever.co"` saves the first of the two requests.
    """

    kind: ClassVar[str] = "lever"
    summary: ClassVar[str] = "an employer's job board at Lever"
    home: ClassVar[str] = "https://api.lever.co"
    interval: ClassVar[timedelta] = timedelta(minutes=45)
    minimum: ClassVar[timedelta] = timedelta(minutes=30)

    def elsewhere(self) -> Lever | None:
        return None if self.base else replace(self, base="https://api.eu.lever.co")

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/v0/postings/{self.board}?mode=json"),)

    def parse(self, reply: Reply) -> Page:
        rows = json_of(reply)
        if isinstance(rows, dict):  # {"ok": false, ...}: Lever does not answer 404 for a board it does not know
            raise Unreadable(f"Lever gives no list for the board {self.board!r}")
        return listing(rows, self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        categories = row.row("categories")
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("text"),
            url=row.text("hostedUrl"),
            company=self.company or self.board,
            location=places(categories.text("location"), *categories.texts("allLocations")),
            description=_description(row),
            salary_text=row.text("salaryDescriptionPlain"),
            fields={
                **row.pick("workplaceType", "country"),
                **categories.pick("commitment", "allLocations"),
                **{name: kept for name in ("salaryRange",) if (kept := _pay(row.row(name)))},
            },
            posted_at=epoch(row.get("createdAt"), "ms"),
            apply_url=row.text("applyUrl"),
            tags=texts(categories.text("team"), categories.text("department")),
        )


def _pay(row: Row) -> dict[str, object]:
    return row.pick("currency", "interval", "min", "max")


def _description(row: Row) -> str:
    """Return the whole text: the requirements live in `lists`; the employer's opening is left out where it can be."""
    lists = [section(each.text("text"), f"<ul>{each.html('content')}</ul>") for each in row.rows("lists")]
    parts = (row.html("descriptionBody", "description"), *lists, row.html("additional"))
    return "\n".join(filter(None, parts))
