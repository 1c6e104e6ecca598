"""Teamtailor careers sites: a JSON Feed with the whole list, or RSS (design: sources.md 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal

from rolecall.model import Page, Reply, Request
from rolecall.sources.feed import Feed
from rolecall.sources.reading import check_board


@dataclass(frozen=True, slots=True)
class Teamtailor:
    """One employer's careers site. `board` is NAME of NAME.teamtailor.com, or a whole host: "careers.example.com".

    `form`: "json" is the whole list, a page of a hundred after the other, with pay and closing dates; "rss" holds the
    newest hundred, but says which are remote or hybrid. In both "none" as the remote status means unknown.
    """

    kind: ClassVar[str] = "teamtailor"
    summary: ClassVar[str] = "an employer's careers site at Teamtailor"
    interval: ClassVar[timedelta] = timedelta(minutes=60)
    minimum: ClassVar[timedelta] = timedelta(minutes=60)

    board: str
    company: str = ""
    form: Literal["json", "rss"] = "json"
    base: str = ""

    def __post_init__(self) -> None:
        check_board(self.board)

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.board}"

    @property
    def _feed(self) -> Feed:
        host = self.board if "." in self.board else f"{self.board}.teamtailor.com"
        url = f"{self.base or f'https://{host}'}/jobs.{self.form}"
        return Feed(url, label=self.board, company=self.company, preset="teamtailor")

    def requests(self) -> Sequence[Request]:
        return self._feed.requests()

    def parse(self, reply: Reply) -> Page:
        """Read either form, whichever came."""
        return self._feed.parse(reply)
