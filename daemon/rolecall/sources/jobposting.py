"""schema.org JobPosting, the adverts that pages carry for search engines, in JSON-LD (design: sources.md 6.3)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping

from rolecall.model import Json, RawPosting, Reply
from rolecall.sources.dates import LONDON, closing, instant
from rolecall.sources.reading import BadRow, Row, places
from rolecall.sources.repair import html_of

_JSON_LD = re.compile(r"<script\b[^<>]{0,500}application/ld\+json[^<>]{0,500}>", re.IGNORECASE)
_WRAPPINGS = (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>"))
_MOST = 2_000  # objects of one document
MANY = 1_000  # adverts of one document: of so many, some may have been passed over
_INSIDE = ("@graph", "itemListElement", "item", "mainEntity", "hasPart")
KEPT = (
    "applicantLocationRequirements", "baseSalary", "employmentType", "experienceRequirements", "jobLocation",
    "jobLocationType", "workHours",
)  # fmt: skip


# --- a page's JSON-LD ---------------------------------------------------------------------------------------------


def job_postings(page: str) -> Iterator[Mapping[str, Json]]:
    """Yield the JobPosting objects of a page; what is no JSON is passed over. Takes linear time."""
    return (each for each in objects(page) if _is_a("JobPosting", each))


def lists_jobs(page: str) -> bool:
    """Tell whether a page has a list for adverts (an ItemList), be it empty."""
    return any(_is_a("ItemList", each) for each in objects(page))


def objects(page: str) -> Iterator[dict[str, Json]]:
    """Yield the objects of a page's JSON-LD: one, a list, a `@graph`, the elements of an `ItemList`."""
    for text in _scripts(page):
        waiting = [_read(text)]
        for each in waiting:
            if isinstance(each, list):
                waiting.extend(each[: max(0, _MOST - len(waiting))])
            elif isinstance(each, dict):
                yield each
                if len(waiting) < _MOST:
                    waiting.extend(each.get(name) for name in _INSIDE)


_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def page_text(reply: Reply) -> str:
    """Return a page as text, in the charset that its header or its beginning names."""
    start = reply.body[:4_000].decode("latin-1")
    named = _CHARSET.search(reply.headers.get("content-type", "")) or _CHARSET.search(start)
    try:
        return reply.body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:
        return reply.body.decode("utf-8", "replace")


def _scripts(page: str) -> Iterator[str]:
    end = 0
    while (script := _JSON_LD.search(page, end)) and (end := page.find("</script", script.end())) >= 0:
        yield page[script.end() : end]


def _read(text: str) -> Json:
    """Return the value in a script: some wrap it in a comment, some escape it as if it were text of the page."""
    text = text.strip().rstrip(";")
    for start, end in _WRAPPINGS:
        if text.startswith(start):
            text = text.removeprefix(start).rstrip().removesuffix(end)
    for each in (text, html.unescape(text)):
        try:
            return json.loads(each, strict=False)  # line breaks within texts are a common sin
        except (ValueError, RecursionError):
            continue
    return None


def _is_a(kind: str, value: Mapping[str, Json]) -> bool:
    types = value.get("@type")
    return kind in (types if isinstance(types, list) else [types])


# --- one JobPosting -----------------------------------------------------------------------------------------------


def identity(row: Row) -> str:
    """Return the employer's own number for the vacancy, "" where none is given."""
    return row.row("identifier").text("value", "@value", "@id") or row.text("identifier")


def company(row: Row) -> str:
    return row.row("hiringOrganization").text("name", "legalName") or row.text("hiringOrganization")


def location(row: Row) -> str:
    """Return the places of a vacancy: `jobLocation` is one place or a list of them."""
    return places(*map(_place, [row.row("jobLocation"), *row.rows("jobLocation")]), *row.texts("jobLocation"))


def _place(row: Row) -> str:
    address = row.row("address")
    parts = (
        address.text(name) or address.row(name).text("name")
        for name in ("addressLocality", "addressRegion", "addressCountry")
    )
    return ", ".join(dict.fromkeys(filter(None, parts))) or row.text("name", "address")


def fields(row: Row) -> dict[str, Json]:
    """Return what is kept of a JobPosting besides its texts."""
    return row.pick(*KEPT)


def posting(row: Row, source: str, known_as: str, url: str) -> RawPosting:
    """Return a JobPosting with the id and the address that it is known by; raises `BadRow` when one is missing."""
    if not known_as:
        raise BadRow("neither a number nor an address")
    return RawPosting(
        source=source,
        id=known_as,
        title=row.need("title", "name"),
        url=url,
        company=company(row),
        location=location(row),
        description=html_of(row.html("description")),
        fields=fields(row),
        posted_at=instant(row.get("datePosted")),
        closes_at=closing(row.get("validThrough"), LONDON),
    )
