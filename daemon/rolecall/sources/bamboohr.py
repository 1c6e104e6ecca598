"""BambooHR careers sites: a list of titles, and a page for each text (design: sources.md 5.12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, quoted, texts

_WORKPLACE = {"1": "remote", "2": "hybrid"}  # "0" is on site, but also what nobody has chosen: it says nothing


@dataclass(frozen=True, slots=True)
class BambooHR(EmployersBoard):
    """One employer's site. `board` is the name in its address, NAME.bamboohr.com."""

    kind: ClassVar[str] = "bamboohr"
    summary: ClassVar[str] = "an employer's careers site at BambooHR"
    home: ClassVar[str] = "https://{board}.bamboohr.com"
    interval: ClassVar[timedelta] = timedelta(hours=6)
    minimum: ClassVar[timedelta] = timedelta(hours=6)
    details: ClassVar[int] = 40

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/careers/list"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("result"), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        number = row.need("id")
        return RawPosting(
            source=self.name,
            id=number,
            title=row.need("jobOpeningName"),
            url=f"{self.host}/careers/{quoted(number)}",
            company=self.company or self.board,
            location=_place(row),
            fields=_fields(row),
            tags=texts(row.text("departmentLabel")),
        )

    def detail(self, raw: RawPosting) -> Request | None:
        return Request(f"{self.host}/careers/{quoted(raw.id)}/detail")

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        row = Row(json_of(reply)).row("result").row("jobOpening")
        text = row.html("description")
        if not text:
            raise Unreadable("the posting's page holds no text")
        return replace(
            raw,
            description=text,
            url=row.text("jobOpeningShareUrl") or raw.url,
            location=_place(row) or raw.location,
            salary_text=row.text("compensation"),
            fields={**raw.fields, **_fields(row)},
            posted_at=instant(row.get("datePosted")),
        )


def _place(row: Row) -> str:
    """Return the place of the office, else of the vacancy; the page names the country, the list does not."""
    for place in (row.row("location"), row.row("atsLocation")):
        parts = texts(place.text("city"), place.text("state", "province"), place.text("addressCountry", "country"))
        if parts:
            return ", ".join(parts)
    return ""


def _fields(row: Row) -> dict[str, Json]:
    found: dict[str, Json] = {
        "workplace": "remote" if row.get("isRemote") is True else _WORKPLACE.get(row.text("locationType")),
        "employment_type": row.text("employmentStatusLabel"),
        "experience_level": row.text("minimumExperience"),
    }
    return {name: value for name, value in found.items() if value}
