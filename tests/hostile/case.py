"""What a case is: what a board does, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rolecall.plan import SourceHealth
from tests.hostile.server import Wire, http, says


@dataclass(frozen=True, slots=True)
class Reads:
    """The answer is read, as far as it can be: so many postings, so many rows left out and counted."""

    postings: int
    skipped: int = 0

    def __str__(self) -> str:
        left_out = f", {self.skipped} left out and counted" if self.skipped else ""
        return f"read: {self.postings} posting{'s' * (self.postings != 1)}{left_out}"


@dataclass(frozen=True, slots=True)
class Fails:
    """The source is failing, and its sentence holds these words."""

    health: SourceHealth
    words: str

    def __str__(self) -> str:
        return f"{self.health}: “{self.words}”"


@dataclass(frozen=True, slots=True)
class Case:
    """`build` makes what is said when it is needed: some of it is large. `safe`: what must stand in no posting."""

    what: str
    outcome: Reads | Fails
    build: Callable[[], Wire]
    kind: str = "feed"


def case(what: str, outcome: Reads | Fails, wire: Wire, kind: str = "feed") -> Case:
    return Case(what, outcome, lambda: wire, kind)


def feed(what: str, outcome: Reads | Fails, body: bytes | Callable[[], bytes], *said: str) -> Case:
    """A feed with this body; `said`: content type, status, headers."""
    return Case(what, outcome, lambda: says(http(body if isinstance(body, bytes) else body(), *said)))


def board(what: str, outcome: Reads | Fails, body: bytes | str | Callable[[], bytes | str], *said: str) -> Case:
    """A Greenhouse board with this body."""

    def build() -> Wire:
        found = body if isinstance(body, bytes | str) else body()
        content = found.encode() if isinstance(found, str) else found
        return says(http(content, *(said or ("application/json",))))

    return Case(what, outcome, build, "greenhouse")
