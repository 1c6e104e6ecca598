"""DevITjobs UK: the whole board in one call, the texts one by one (design: sources.md 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import quote

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of, listing

_TEXTS = (
    ("description", ""),
    ("responsibilitiesTextArea", "Responsibilities"),
    ("requirementsMustTextArea", "Requirements"),
    ("requirementsNiceTextArea", "Nice to have"),
)
_FIELDS = (
    "annualSalaryFrom", "annualSalaryTo", "contractRateFrom", "contractRateTo", "contractRateType", "expLevel",
    "hasVisaSponsorship", "jobType", "language", "workplace",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DevITjobs:
    """The whole board. What is paused or outdated is left out, and so is taken for closed."""

    kind: ClassVar[str] = "devitjobs"
    summary: ClassVar[str] = "the developers' job board DevITjobs UK"
    interval: ClassVar[timedelta] = timedelta(minutes=60)
    minimum: ClassVar[timedelta] = timedelta(minutes=60)
    details: ClassVar[int] = 20

    base: str = "https://devitjobs.uk"

    @property
    def name(self) -> str:
        return self.kind

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.base}/api/jobsLight"),)

    def parse(self, reply: Reply) -> Page:
        return listing(json_of(reply), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting | None:
        if row.yes("isPaused") or row.yes("isDisabledOrOutdated"):
            return None
        slug = row.text("jobUrl")
        return RawPosting(
            source=self.name,
            id=row.need("_id"),
            title=row.need("name"),
            url=slug if slug.startswith("http") or not slug else f"{self.base}/jobs/{slug.lstrip('/')}",
            company=row.text("company"),
            location=row.text("actualCity", "cityCategory"),
            fields=row.pick(*_FIELDS),
            country="GB",
            posted_at=instant(row.get("activeFrom")),
            apply_url=row.text("redirectJobUrl"),
            tags=tuple(dict.fromkeys((*row.texts("technologies"), *row.texts("filterTags")))),
        )

    def detail(self, raw: RawPosting) -> Request:
        return Request(f"{self.base}/api/job/{quote(raw.id, safe='')}")

    def read_detail(self, raw: RawPosting, reply: Reply) -> RawPosting:
        row = Row(json_of(reply))
        parts = [(head, text) for name, head in _TEXTS if (text := row.html(name))]
        if not parts:
            raise Unreadable("the advert has no text")
        text = "\n\n".join(f"{head}\n{part}" if head else part for head, part in parts)
        return replace(raw, description=text, fields={**raw.fields, **row.pick(*_FIELDS)})
