"""JSON Feed 1 and 1.1, as the same entries that RSS and Atom give."""

from __future__ import annotations

from rolecall.errors import Unreadable
from rolecall.model import Reply
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of
from rolecall.sources.syndication import Channel, Entry


def read(reply: Reply) -> Channel:
    """Return the feed; raises `Unreadable` when the JSON is something else."""
    feed = Row(json_of(reply))
    if not isinstance(feed.get("items"), list) or "jsonfeed.org" not in feed.text("version"):
        raise Unreadable("the answer is JSON, but not a JSON Feed")
    authors = feed.rows("authors") or [feed.row("author")]
    return Channel(
        title=feed.text("title"),
        author=authors[0].text("name"),
        entries=tuple(map(_entry, feed.rows("items"))),
        next_url=feed.text("next_url"),
    )


_SCHEMA = (
    "applicantLocationRequirements", "baseSalary", "employmentType", "jobLocation", "jobLocationType", "validThrough",
)  # fmt: skip


def _entry(item: Row) -> Entry:
    posting = item.row("_jobposting")  # Teamtailor's extension: a schema.org JobPosting
    return Entry(
        id=item.text("id"),
        link=item.text("url", "external_url"),
        title=item.text("title"),
        html=item.html("content_html", "content_text", "summary"),
        posted_at=instant(item.get("date_published")),
        tags=item.texts("tags"),
        extra={"company": company} if (company := posting.row("hiringOrganization").text("name")) else {},
        schema=posting.pick(*_SCHEMA),
    )
