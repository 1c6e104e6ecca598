"""Recruitee job boards: one call gives the whole list (design: sources.md 5.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.secret import Secret
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, places, texts


@dataclass(frozen=True, slots=True)
class Recruitee(EmployersBoard):
    """One employer's board. `board` is the name in its address, NAME.recruitee.com; `base` an employer's own host.

    `token`: from February 2027 on Recruitee answers only those to whom the employer gave one.
    """

    kind: ClassVar[str] = "recruitee"
    summary: ClassVar[str] = "an employer's job board at Recruitee"
    home: ClassVar[str] = "https://{board}.recruitee.com"
    refusals: ClassVar[Mapping[int, str]] = {
        401: "this board wants a token that only the employer gives (`token_file`)"
    }

    token: Secret | None = None

    def requests(self) -> Sequence[Request]:
        token = {"X-Careers-Sites-Token": self.token.reveal()} if self.token else {}
        return (Request(f"{self.host}/api/offers/", headers=token),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("offers"), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting | None:
        if row.text("status") not in ("", "published"):
            return None
        spots = [each.pick("name", "city", "state", "country", "country_code") for each in row.rows("locations")]
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("careers_url"),
            company=self.company or row.text("company_name") or self.board,
            location=row.text("location") or places(*(each.text("name", "city") for each in row.rows("locations"))),
            description="\n".join(filter(None, (row.html("description"), row.html("requirements")))),
            fields={
                **row.pick("remote", "hybrid", "on_site", "employment_type_code", "experience_code", "country_code"),
                "salary": row.row("salary").pick("min", "max", "period", "currency"),
                "locations": spots,
            },
            posted_at=instant(row.get("published_at")),
            closes_at=instant(row.get("close_at")),
            apply_url=row.text("careers_apply_url"),
            tags=texts(row.text("department"), row.text("category_code"), *row.texts("tags")),
        )
