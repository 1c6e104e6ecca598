"""JSON Feed 1 and 1.1, as the same entries that RSS and Atom give."""

from __future__ import annotations

from rolecall.errors import Unreadable
from rolecall.model import Reply
from rolecall.sources import jobposting
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
        entries=tuple(map(_entry, map(Row, feed.items("items")))),  # what is no object gives an entry without an id
        next_url=feed.text("next_url"),
    )


def _entry(item: Row) -> Entry:
    posting = item.row("_jobposting")  # Teamtailor's extension: a schema.org JobPosting
    extra = {"company": jobposting.company(posting), "location": jobposting.location(posting)}
    return Entry(
        id=item.text("id"),
        link=item.text("url", "external_url"),
        title=item.text("title") or posting.text("title"),
        html=item.html("content_html", "content_text") or posting.html("description") or item.html("summary"),
        posted_at=instant(item.get("date_published")) or instant(posting.get("datePosted")),
        tags=item.texts("tags"),
        extra={name: said for name, said in extra.items() if said},
        schema={**jobposting.fields(posting), **posting.pick("validThrough")},
    )
