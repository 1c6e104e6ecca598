"""What we ask of a source, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Literal

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a source wants to know. `url` is absolute; the scheme says which fetcher answers (https, http, file).

    `url` is stored and logged, so it holds no key: `query` is what is added to it when it is sent, and like `headers`
    it is never shown. `robots`: it is a page made for people, so the host's robots.txt decides. `always`: its answer is
    read even when it is the one of last time, because the source's pages only mean something together.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    robots: bool = False
    always: bool = False

    @classmethod
    def post(cls, url: str, json: str) -> Request:
        """Return a question in JSON. What follows a # in `url` is not sent: it tells the pages of one list apart."""
        return cls(url, "POST", {"Content-Type": "application/json"}, json.encode())


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional: kept with the postings, saved in the same transaction."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one request: status 200 with a body, or 304 without one.

    `headers` have lower-case names; `url` is where the answer came from, after redirects.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    moved_to: str | None = None  # a permanent redirect (301, 308) was followed
    known: Mapping[str, str] = field(default_factory=dict)  # `Page.items` of last time: what need not be read again
    digest: str = ""  # of the body, where it has been computed

    @property
    def unchanged(self) -> bool:
        return self.status == 304

    @property
    def fresh_for(self) -> float:
        """For how many seconds the answer calls itself fresh: at most a day."""
        control = self.headers.get("cache-control", "")
        if found := re.search(r"max-age=(\d{1,9})", control):
            return min(float(found[1]), _DAY)
        if "no-cache" in control or "no-store" in control:
            return 0.0
        return min(max(_seconds_until(self.headers.get("expires", ""), self.received_at), 0.0), _DAY)

    @property
    def body_hash(self) -> str:
        """What `Validators.body_hash` remembers: the same body need not be read twice."""
        return self.digest or digest_of(self.body)


def digest_of(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _seconds_until(date: str, now: datetime) -> float:
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return 0.0
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
