"""Sitemaps as XML (sitemaps.org): an index of lists, or a list of addresses, either compressed or not."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as ET  # read in the sandbox only; expat itself stops entity bombs

from rolecall.errors import Unreadable

MAX_XML = 50_000_000  # bytes, as the protocol says


def read(body: bytes) -> tuple[str, list[tuple[str, str]]]:
    """Return the name of the root and (address, date) of every entry; raises `Unreadable` when it is no sitemap."""
    try:
        elements = ET.iterparse(io.BytesIO(_plain(body)), ["start", "end"])  # noqa: S314 # see the import
        _, root = next(elements)
        if (name := _local(root)) not in ("urlset", "sitemapindex"):
            raise Unreadable("the answer is XML, but not a sitemap")
        return name, list(_entries(root, elements))
    except (ET.ParseError, StopIteration, ValueError, LookupError):
        raise Unreadable("the answer is not whole XML: it is a web page, cut off or broken") from None


def _entries(root: ET.Element, elements: Iterator[tuple[str, ET.Element]]) -> Iterator[tuple[str, str]]:
    for event, element in elements:
        if event == "end" and _local(element) in ("url", "sitemap"):
            said = {_local(child): (child.text or "").strip() for child in element}
            if said.get("loc"):
                yield said["loc"], said.get("lastmod", "")
            root.clear()  # a sitemap may be long


def _plain(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = stream.decompress(body, MAX_XML)
    except zlib.error:
        raise Unreadable("the sitemap is compressed, but damaged") from None
    if not stream.eof:
        raise Unreadable("the sitemap is compressed, and cut off or too large")
    return plain


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
