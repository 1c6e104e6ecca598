"""Remote OK: one call gives the newest hundred or so (design: sources.md 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.sources.dates import epoch, instant
from rolecall.sources.reading import Row, json_of, listing
from rolecall.sources.repair import single_encoded, without_poller_tag


@dataclass(frozen=True, slots=True)
class RemoteOK:
    """The whole board. Its terms: name Remote OK as the source and link to it; do not use its logo."""

    kind: ClassVar[str] = "remoteok"
    summary: ClassVar[str] = "the remote job board Remote OK"
    interval: ClassVar[timedelta] = timedelta(minutes=60)
    minimum: ClassVar[timedelta] = timedelta(minutes=60)

    base: str = "https://remoteok.com"

    @property
    def name(self) -> str:
        return self.kind

    def requests(self) -> Sequence[Request]:
        return (Request(f"{self.base}/api"),)

    def parse(self, reply: Reply) -> Page:
        return listing(json_of(reply), self._posting)

    def _posting(self, row: Row) -> RawPosting | None:
        if "legal" in row and "id" not in row:
            return None  # the first element is a notice
        text = without_poller_tag(single_encoded(row.html("description")))
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=single_encoded(row.need("position")),
            url=self._link(row),
            company=single_encoded(row.text("company")),
            location=single_encoded(row.text("location")),
            description=text,
            fields=row.pick("salary_min", "salary_max"),
            posted_at=instant(row.get("date")) or epoch(row.get("epoch"), "s"),
            apply_url=row.text("apply_url"),
            tags=row.texts("tags"),
            truncated=text.rstrip().endswith(("...", "…")),
            attribution="Remote OK",
        )

    def _link(self, row: Row) -> str:
        """Return the page on Remote OK, which its terms ask to be linked; `url` may point to the employer instead."""
        url, slug = row.text("url"), row.text("slug")
        here = "remoteok.com" in url.lower().partition("?")[0]
        return url if here or not slug else f"{self.base}/remote-jobs/{slug}"
