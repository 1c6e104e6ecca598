"""SmartRecruiters job boards: a paged list, newest first, and a page for each text (design: sources.md 5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlencode

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing, quoted, section, texts

_AT_ONCE = 100
_SECTIONS = ("jobDescription", "qualifications", "additionalInformation")  # the company's own praise is left out
_PAY = ("salary", "compensation", "pay range")


@dataclass(frozen=True, slots=True)
class SmartRecruiters(EmployersBoard):
    """One employer's board. `board` is the name in its address, jobs.smartrecruiters.com/NAME, capitals as they are.

    `country` ("gb") leaves out what is elsewhere: large employers list thousands. A name that it does not know has an
    empty list.
    """

    kind: ClassVar[str] = "smartrecruiters"
    summary: ClassVar[str] = "an employer's job board at SmartRecruiters"
    home: ClassVar[str] = "https://api.smartrecruiters.com"
    details: ClassVar[int] = 40

    country: str = ""

    def requests(self) -> Sequence[Request]:
        return (self._page(0),)

    def _page(self, offset: int) -> Request:
        query = {"limit": _AT_ONCE, "offset": offset, "country": self.country.lower()}
        return Request(f"{self._postings}?{urlencode({name: value for name, value in query.items() if value != ''})}")

    @property
    def _postings(self) -> str:
        return f"{self.host}/v1/companies/{self.board}/postings"

    def parse(self, reply: Reply) -> Page:
        answer = Row(json_of(reply))
        page = listing(answer.get("content"), self._posting, complete=True)
        read = answer.number("offset") + len(answer.items("content"))
        more = answer.items("content") and read < answer.number("totalFound")
        return replace(page, following=(self._page(read),)) if more else page

    def _posting(self, row: Row) -> RawPosting:
        number, location, company = row.need("id"), row.row("location"), row.row("company")
        parts = (location.text("city"), location.text("region"), location.text("country").upper())
        return RawPosting(
            source=self.name,
            id=number,
            title=row.need("name"),
            url=f"https://jobs.smartrecruiters.com/{company.text('identifier') or self.board}/{number}",
            company=self.company or company.text("name") or self.board,
            location=location.text("fullLocation") or ", ".join(filter(None, parts)),
            salary_text=next(filter(None, map(_pay, row.rows("customField"))), ""),
            fields=_fields(row),
            posted_at=instant(row.get("releasedDate")),
            tags=texts(*(row.row(name).text("label") for name in ("function", "industry", "department"))),
        )

    def detail(self, raw: RawPosting) -> Request | None:
        return Request(f"{self._postings}/{quoted(raw.id)}")

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        answer = Row(json_of(reply))
        sections = answer.row("jobAd").row("sections")
        parts = [section(sections.row(name).text("title"), sections.row(name).html("text")) for name in _SECTIONS]
        text = "\n".join(filter(None, parts)) or sections.row("companyDescription").html("text")
        if not text:
            raise Unreadable("the posting's page holds no text")
        return replace(
            raw,
            description=text,
            url=answer.text("postingUrl") or raw.url,
            apply_url=answer.text("applyUrl"),
            salary_text=next(filter(None, map(_pay, answer.rows("customField"))), "") or raw.salary_text,
        )


def _fields(row: Row) -> dict[str, Json]:
    """Return what is kept besides the text; not who created the posting."""
    level = row.row("experienceLevel").text("label")
    found: dict[str, Json] = {
        "location": row.row("location").pick("city", "region", "country", "remote", "hybrid", "fullLocation"),
        "employment_type": row.row("typeOfEmployment").text("label"),
        "experience_level": "" if level == "Not Applicable" else level,
        "language": row.row("language").text("code"),
    }
    return {name: value for name, value in found.items() if value}


def _pay(field: Row) -> str:
    """Return the value of a field of the employer's own when its name speaks of pay."""
    return field.text("valueLabel") if any(word in field.text("fieldLabel").lower() for word in _PAY) else ""
