"""Pinpoint job boards: one call gives the whole list (design: sources.md 5.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urljoin

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, section, texts

_TEXTS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")


@dataclass(frozen=True, slots=True)
class Pinpoint(EmployersBoard):
    """One employer's board. `board` is the name in its address, NAME.pinpointhq.com."""

    kind: ClassVar[str] = "pinpoint"
    summary: ClassVar[str] = "an employer's job board at Pinpoint"
    home: ClassVar[str] = "https://{board}.pinpointhq.com"

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/postings.json"),)

    def parse(self, reply: Reply) -> Page:
        return listing(Row(json_of(reply)).get("data"), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        visible = row.get("compensation_visible") is True
        pay = ("compensation_minimum", "compensation_maximum", "compensation_currency", "compensation_frequency")
        department = row.row("job").row("department").text("name") or row.row("department").text("name")
        parts = [section(row.text(f"{name}_header"), row.html(name)) for name in _TEXTS]
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("url") or (urljoin(self.host, path) if (path := row.text("path")) else ""),
            company=self.company or self.board,
            location=row.row("location").text("name"),
            description="\n".join(filter(None, parts)),
            salary_text=row.text("compensation") if visible else "",
            fields={
                **row.pick("workplace_type", "employment_type", "compensation_visible"),
                **(row.pick(*pay) if visible else {}),
            },
            closes_at=instant(row.get("deadline_at")),
            tags=texts(department),
        )
