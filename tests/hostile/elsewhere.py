"""A source of any kind whose answer comes from an address of the test's choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rolecall.model import Page, Reply, Request
from rolecall.ports import Source


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Asks `url`, and reads the answer as `source` does."""

    kind: ClassVar[str] = "elsewhere"
    summary: ClassVar[str] = ""
    interval: ClassVar[timedelta] = timedelta(hours=1)
    minimum: ClassVar[timedelta] = timedelta(hours=1)

    source: Source
    url: str

    @property
    def name(self) -> str:
        return self.source.name

    def requests(self) -> tuple[Request, ...]:
        return (Request(self.url),)

    def parse(self, reply: Reply) -> Page:
        return self.source.parse(reply)
