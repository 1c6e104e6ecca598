"""Lists of feeds as OPML, the form in which feed readers exchange them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from rolecall.errors import Unreadable

MAX_BYTES, MAX_DEPTH, MAX_FEEDS = 5_000_000, 50, 2_000


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of the list: its title, perhaps empty, and its address."""

    title: str
    url: str


class Listed(NamedTuple):
    """The feeds of a list, each address once, in order; and the titles of those that no web address tells of."""

    feeds: tuple[Outline, ...]
    left_out: tuple[str, ...]


def read(body: bytes) -> Listed:
    """Return the feeds of an OPML file, and which of its entries are none that can be read.

    Raises `Unreadable` for what is no OPML, for entities and document types (no reader writes them; attacks do), for
    nesting deeper than 50 and for more than 2,000 feeds.
    """
    if len(body) > MAX_BYTES:
        raise Unreadable(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    found = _Outlines()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = found.doctype
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):  # ValueError, LookupError: an encoding that is none
        raise Unreadable("the file is not whole XML: it is cut off, broken or something else") from None
    return Listed(tuple(found.by_url.values()), tuple(found.left_out))


_FEEDS = ("rss", "atom")


class _Outlines:
    """What expat calls: flat, so that nesting costs nothing."""

    def __init__(self) -> None:
        self.by_url: dict[str, Outline] = {}
        self.left_out: list[str] = []
        self.depth = 0

    def doctype(self, *_: object) -> None:
        raise Unreadable("the file declares a document type, which OPML has no use for")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == 0 and name.lower() != "opml":
            raise Unreadable(f"the file is XML, but not OPML: it begins with <{name[:40]}>")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"the file is nested deeper than {MAX_DEPTH}")
        if name.lower() == "outline":
            self._outline({key.lower(): " ".join(value.split()) for key, value in attributes.items()})

    def end(self, _name: str) -> None:
        self.depth -= 1

    def _outline(self, given: dict[str, str]) -> None:
        url, title = given.get("xmlurl", ""), given.get("title") or given.get("text", "")
        if _is_web(url):
            self.by_url.setdefault(url, Outline(title, url))
        elif url or given.get("type", "").lower() in _FEEDS:  # anything else is a folder
            self.left_out.append(title or url)
        if len(self.by_url) + len(self.left_out) > MAX_FEEDS:
            raise Unreadable(f"the file lists more than {MAX_FEEDS} feeds")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= 2_000


def write(feeds: Iterable[Outline]) -> str:
    """Return the feeds as an OPML 2.0 document."""
    lines = "".join(
        f'    <outline type="rss" text={quoteattr(each.title or each.url)} xmlUrl={quoteattr(each.url)}/>\n'
        for each in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n  <head>\n    <title>Feeds of Rolecall</title>\n  </head>\n'
        f"  <body>\n{lines}  </body>\n</opml>\n"
    )
