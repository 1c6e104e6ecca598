"""Personio job boards: one XML file with the whole list (design: sources.md 5.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from xml.etree import ElementTree as ET  # read in the sandbox only; expat itself stops entity bombs

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, listing, places, section, texts

_TAGS = ("department", "recruitingCategory", "occupation", "occupationCategory")


@dataclass(frozen=True, slots=True)
class Personio(EmployersBoard):
    """One employer's board. `board` is the name in its address, NAME.jobs.personio.de; `domain` may be "com".

    Neither of the two leads to the other, so where it is not at the one it is looked for at the other.
    """

    kind: ClassVar[str] = "personio"
    summary: ClassVar[str] = "an employer's job board at Personio"

    domain: str = "de"

    @property
    def host(self) -> str:
        return self.base or f"https://{self.board}.jobs.personio.{self.domain}"

    def elsewhere(self) -> Personio | None:
        return None if self.base else replace(self, domain="de" if self.domain == "com" else "com")

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.host}/xml?language=en"),)

    def parse(self, reply: Reply) -> Page:
        return listing(list(_positions(reply.body)), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        number, keywords = row.need("id"), row.text("keywords").split(",")
        return RawPosting(
            source=self.name,
            id=number,
            title=row.need("name"),
            url=f"{self.host}/job/{number}",
            company=self.company or row.text("subcompany") or self.board,
            location=places(row.text("office"), *row.texts("additionalOffices")),
            description=row.html("text"),
            fields=row.pick("employmentType", "schedule", "seniority", "yearsOfExperience"),
            posted_at=instant(row.get("createdAt")),
            tags=texts(*(row.text(name).replace("_", " ") for name in _TAGS), *map(str.strip, keywords)),
        )


def _positions(body: bytes) -> Iterator[dict[str, str | list[str]]]:
    """Yield every position as a row; raises `Unreadable` when it is not Personio's XML."""
    try:
        root = ET.fromstring(body)  # noqa: S314 # see the import
    except (ET.ParseError, ValueError, LookupError):
        raise Unreadable("the answer is not whole XML: it is a web page, cut off or broken") from None
    if root.tag != "workzag-jobs":
        raise Unreadable("the answer is XML, but not Personio's list of jobs")
    for position in root.iter("position"):
        yield {
            **{child.tag: child.text or "" for child in position},
            "additionalOffices": [each.text or "" for each in position.iterfind("additionalOffices/office")],
            "text": "\n".join(map(_section, position.iterfind("jobDescriptions/jobDescription"))),
        }


def _section(part: ET.Element) -> str:
    return section(part.findtext("name") or "", part.findtext("value") or "")
