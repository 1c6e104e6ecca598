"""NHS Jobs: the search of the NHS in England and Wales, as XML (design: sources.md 3.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode
from xml.etree import ElementTree as ET  # read in the sandbox only; expat itself stops entity bombs

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import LONDON, closing, instant
from rolecall.sources.reading import Row, listing, places

_PAGE = re.compile(r"([?&]page=)(\d{1,6})\b")


@dataclass(frozen=True, slots=True)
class NHS:
    """A search, newest first, a hundred vacancies a page. `distance` in miles from `location`.

    `pages`: how many are read at most. What the site shows of a text is its beginning.
    """

    kind: ClassVar[str] = "nhs"
    summary: ClassVar[str] = "NHS Jobs, the job board of the NHS"
    interval: ClassVar[timedelta] = timedelta(minutes=60)
    minimum: ClassVar[timedelta] = timedelta(minutes=60)

    keyword: str = ""
    location: str = ""
    distance: int = 0
    pages: int = 10
    base: str = "https://www.jobs.nhs.uk"

    def __post_init__(self) -> None:
        if not 1 <= self.pages <= 20:
            raise ValueError("pages must be between 1 and 20")

    @property
    def name(self) -> str:
        return ":".join(filter(None, (self.kind, " ".join(filter(None, (self.keyword, self.location))))))

    def requests(self) -> Sequence[Request]:
        query = {"keyword": self.keyword, "location": self.location, "distance": self.distance or ""}
        fixed = {"page": 1, "limit": 100, "sort": "publicationDateDesc"}
        given = {name: value for name, value in query.items() if value}
        return (Request(f"{self.base}/api/v1/search_xml?{urlencode(given | fixed)}"),)

    def parse(self, reply: Reply) -> Page:
        root = _root(reply.body)
        here = _PAGE.search(reply.url)
        number = int(here[2]) if here else 1
        left = _number(root.findtext("totalPages")) - number
        more = here is not None and left > 0 and number < self.pages
        after = (Request(_PAGE.sub(rf"\g<1>{number + 1}", reply.url)),) if more else ()
        return listing(list(_rows(root)), self._posting, complete=left <= 0 or more, following=after)

    def _posting(self, row: Row) -> RawPosting:
        return RawPosting(
            source=self.name,
            id=row.need("id", "reference"),
            title=row.need("title"),
            url=row.text("url"),
            company=row.text("employer"),
            location=places(*row.texts("places")),
            description=row.html("description"),
            salary_text=row.text("salary"),
            fields={"contractType": kind} if (kind := row.text("type")) else {},
            country="GB",
            posted_at=instant(row.get("postDate"), LONDON),
            closes_at=closing(row.get("closeDate"), LONDON),
            truncated=True,
            attribution="NHS Jobs",
        )


def _root(body: bytes) -> ET.Element:
    """Return the document; raises `Unreadable` when it is not that of NHS Jobs."""
    try:
        root = ET.fromstring(body)  # noqa: S314 # see the import
    except (ET.ParseError, ValueError, LookupError):
        raise Unreadable("the answer is not whole XML: it is a web page, cut off or broken") from None
    if root.tag != "nhsJobs":
        raise Unreadable("the answer is XML, but not the list of NHS Jobs")
    if root.find(".//vacancyDetails") is None and _number(root.findtext("totalResults")) > 0:
        raise Unreadable("the list of NHS Jobs is in a form that is not known: it counts vacancies, but names none")
    return root


def _rows(root: ET.Element) -> Iterator[dict[str, str | list[str]]]:
    """Yield every vacancy; its places stand in `locations/location` or `locations/locations`."""
    for vacancy in root.iter("vacancyDetails"):
        spots = [spot.text or "" for each in vacancy.iterfind("locations") for spot in each.iter() if not len(spot)]
        yield {**{child.tag: child.text or "" for child in vacancy}, "places": spots}


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 10 else 0
