"""Teamtailor careers sites: a JSON Feed with the whole list, or RSS (design: sources.md 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from rolecall.model import Page, Reply, Request
from rolecall.sources.board import EmployersBoard
from rolecall.sources.feed import Feed


@dataclass(frozen=True, slots=True)
class Teamtailor(EmployersBoard):
    """One employer's careers site. `board` is NAME of NAME.teamtailor.com, or a whole host: "careers.example.com".

    `form`: "json" is the whole list, a page of a hundred after the other, with pay and closing dates; "rss" holds the
    newest hundred, but says which are remote or hybrid ("none" means unknown). A site without the one is asked for the
    other.
    """

    kind: ClassVar[str] = "teamtailor"
    summary: ClassVar[str] = "an employer's careers site at Teamtailor"

    form: Literal["json", "rss"] = "json"

    def elsewhere(self) -> Teamtailor | None:
        return replace(self, form="rss") if self.form == "json" else None

    @property
    def host(self) -> str:
        name = self.board if "." in self.board else f"{self.board}.teamtailor.com"
        return self.base or f"https://{name}"

    @property
    def _feed(self) -> Feed:
        return Feed(f"{self.host}/jobs.{self.form}", label=self.board, company=self.company, preset="teamtailor")

    def requests(self) -> Sequence[Request]:
        return self._feed.requests()

    def parse(self, reply: Reply) -> Page:
        """Read either form, whichever came."""
        return self._feed.parse(reply)
