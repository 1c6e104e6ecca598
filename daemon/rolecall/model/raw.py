"""What the source said, field by field, nothing interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rolecall.model.exchange import Request

Json = Any
"""A value as `json.loads` gives it; checked where it is read, never trusted."""


@dataclass(frozen=True, slots=True)
class RawPosting:
    """One posting as the source said it, field by field, nothing interpreted.

    `source` is the source's kind, or kind and board ("greenhouse:acme"); `id` is the provider's own id, as text.
    `description` is plain text or HTML; `fields` holds the source's structured values under its own names.
    `country` is what the *source* is known for (an ISO code: a UK-only board is "GB").
    """

    source: str
    id: str
    title: str
    url: str = ""
    company: str = ""
    location: str = ""
    description: str = ""
    salary_text: str = ""
    fields: Mapping[str, Json] = field(default_factory=dict)
    country: str | None = None
    posted_at: datetime | None = None
    closes_at: datetime | None = None
    apply_url: str = ""
    tags: tuple[str, ...] = ()
    truncated: bool = False  # the source cuts its texts: what is absent may only be cut off
    attribution: str = ""  # "Jobs by Adzuna": shown with every message about this posting

    @property
    def board(self) -> str:
        """The kind of the source: it decides which rules apply to `fields`."""
        return self.source.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Page:
    """What one reply held. `complete`: this is the source's whole list, so what is absent has gone.

    `skipped` counts rows that could not be read; `following` asks for more pages. `items`: hash of an item in
    the reply → id of its posting; those known from last time (`Reply.known`) are not among `postings` again.
    """

    postings: tuple[RawPosting, ...]
    complete: bool = False
    skipped: int = 0
    following: tuple[Request, ...] = ()
    wait: float | None = None  # seconds until the source itself wants to be asked again (ttl, skipHours)
    items: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all postings in the reply, read now or known before."""
        return frozenset((*(posting.id for posting in self.postings), *self.items.values()))
