"""Postings and saved feeds from a file or a directory: for trying things out, and for programs of your own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.ports import DIRECTORY
from rolecall.sources.dates import instant
from rolecall.sources.feed import Feed
from rolecall.sources.reading import Row, is_json, listing, merged


@dataclass(frozen=True, slots=True)
class Folder:
    """A file, or all files of a directory: postings as JSON Lines (docs/filters.md), or feeds as they were served."""

    kind: ClassVar[str] = "folder"
    summary: ClassVar[str] = "postings or saved feeds in a file or directory"
    interval: ClassVar[timedelta] = timedelta(minutes=1)
    minimum: ClassVar[timedelta] = timedelta(seconds=1)

    path: str
    label: str = ""
    country: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.label or Path(self.path).name or self.path}"

    def requests(self) -> Sequence[Request]:
        return (Request(Path(self.path).expanduser().absolute().as_uri()),)

    def parse(self, reply: Reply) -> Page:
        pages = [self._named(each) for each in _files(reply)]
        return Page(
            merged(posting for page in pages for posting in page.postings),
            complete=all(page.complete for page in pages),
            skipped=sum(page.skipped for page in pages),
        )

    def _named(self, reply: Reply) -> Page:
        try:
            return self._file(reply)
        except Unreadable as error:
            raise Unreadable(f"{unquote(reply.url.rpartition('/')[2])}: {error}") from None

    def _file(self, reply: Reply) -> Page:
        lines = reply.url.endswith((".jsonl", ".ndjson"))  # whatever the first line is
        if lines or (is_json(reply) and b"jsonfeed.org" not in reply.body[:500]):
            return self._lines(reply.body)
        page = Feed("https://folder.invalid/", label=self.name, country=self.country).parse(reply)
        return replace(
            page,
            postings=tuple(replace(each, source=self.name) for each in page.postings),
            complete=True,
            following=(),
            wait=None,
        )

    def _lines(self, body: bytes) -> Page:
        return listing(list(_values(body)), self._posting, complete=True)

    def _posting(self, row: Row) -> RawPosting:
        """Return a posting as `rolecall normalise` takes it, of which all but `id` and `title` may be absent."""
        return RawPosting(
            source=self.name,
            id=row.need("id"),
            title=row.need("title"),
            url=row.text("url"),
            company=row.text("company"),
            location=row.text("location"),
            description=row.html("description"),
            salary_text=row.text("salary_text"),
            fields=fields if isinstance(fields := row.get("fields"), dict) else {},
            country=row.text("country").upper() or self.country.upper() or None,
            posted_at=instant(row.get("posted_at")),
            closes_at=instant(row.get("closes_at")),
            apply_url=row.text("apply_url"),
            tags=row.texts("tags"),
            truncated=row.get("truncated") is True,
            attribution=row.text("attribution"),
        )


def _files(reply: Reply) -> Iterator[Reply]:
    if reply.headers.get("content-type") != DIRECTORY:
        yield reply
        return
    for name, text in json.loads(reply.body).items():  # written by our own fetcher
        yield replace(reply, url=f"{reply.url}/{name}", headers={}, body=text.encode("latin-1"))


def _values(body: bytes) -> Iterator[Json]:
    """Yield the values of a JSON list, or of JSON Lines; a line that is no JSON is None."""
    try:
        whole = json.loads(body)
        yield from whole if isinstance(whole, list) else [whole]
    except RecursionError:
        raise Unreadable("the file is nested too deeply to hold postings") from None
    except ValueError:
        yield from map(_line, filter(bytes.strip, body.splitlines()))


def _line(line: bytes) -> Json:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
