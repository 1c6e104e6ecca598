"""What the store gives back: postings, the vacancies they belong to, the alerts about those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rolecall.model import (
    Action,
    RawPosting,
    Reason,
)
from rolecall.people import Mark


@dataclass(frozen=True, slots=True)
class StoredPosting:
    """A posting as the store gives it back.

    `facts` is the JSON of what was understood of it, for who counts: as objects it would take ten times the memory,
    in thousands of small pieces between which nothing else fits later.
    """

    raw: RawPosting
    job: str
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None
    facts: str
    because: tuple[str, ...] = ()  # why it belongs to its job

    @property
    def name(self) -> str:
        """The advert's name at the command line: "SOURCE/ID"."""
        return f"{self.raw.source}/{self.raw.id}"


def keys_named(name: str) -> list[tuple[str, str]]:
    """Return what the name of an advert may stand for: its source and its id may both hold slashes."""
    return [(name[:at], name[at + 1 :]) for at, letter in enumerate(name) if letter == "/"]


PostingPage = tuple[Sequence[StoredPosting], int]
"""Postings, and where the next page begins."""


@dataclass(frozen=True, slots=True)
class StoredJob:
    """One vacancy: all its postings, first seen first.

    `marks`: what people said of it, in order of time. `maybe`: other jobs that are perhaps the same.
    """

    id: str
    first_seen: datetime
    postings: tuple[StoredPosting, ...]
    marks: tuple[Mark, ...] = ()
    maybe: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return any(posting.closed_at is None for posting in self.postings)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert with its job, as delivery and `rolecall list` need it."""

    id: int
    search: str
    action: Action
    reasons: tuple[Reason, ...]
    rank: float
    created_at: datetime
    key: tuple[str, str]
    job: StoredJob
