"""Postings and saved feeds from a file or a directory: for trying things out, and for programs of your own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.ports import DIRECTORY
from rolecall.sources.feed import Feed
from rolecall.sources.reading import is_json, merged


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
        pages = [self._file(each) for each in _files(reply)]
        return Page(
            merged(posting for page in pages for posting in page.postings),
            complete=all(page.complete for page in pages),
            skipped=sum(page.skipped for page in pages),
        )

    def _file(self, reply: Reply) -> Page:
        if is_json(reply) and b"jsonfeed.org" not in reply.body[:500]:
            return self._lines(reply.body)
        page = Feed("https://folder.invalid/", label=self.name, country=self.country).parse(reply)
        return replace(page, postings=tuple(map(self._own, page.postings)), complete=True, next=None, wait=None)

    def _lines(self, body: bytes) -> Page:
        from rolecall.normalise.facts import raw_from_json  # all of `normalise` comes with it: only when it is needed

        postings, skipped = [], 0
        for value in _values(body):
            try:
                postings.append(self._own(raw_from_json(value)))
            except ValueError:
                skipped += 1
        if skipped and not postings:
            raise Unreadable(f"not one of {skipped} lines is a posting")
        return Page(tuple(postings), complete=not skipped, skipped=skipped)

    def _own(self, posting: RawPosting) -> RawPosting:
        return replace(posting, source=self.name, country=posting.country or self.country.upper() or None)


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
