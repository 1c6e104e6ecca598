"""JSON Feed 1 and 1.1, and bare lists as school boards serve them, as the same entries that RSS and Atom give."""

from __future__ import annotations

from rolecall.errors import Unreadable
from rolecall.model import Reply
from rolecall.sources import jobposting
from rolecall.sources.dates import instant
from rolecall.sources.reading import Row, json_of
from rolecall.sources.syndication import Channel, Entry


def read(reply: Reply) -> Channel:
    """Return the feed; raises `Unreadable` when the JSON is something else."""
    value = json_of(reply)
    if isinstance(value, list):
        return Channel(title="", author="", entries=tuple(map(_bare, map(Row, value))))
    feed = Row(value)
    if not isinstance(feed.get("items"), list) or "jsonfeed.org" not in feed.text("version"):
        raise Unreadable("the answer is JSON, but not a JSON Feed")
    authors = feed.rows("authors") or [feed.row("author")]
    return Channel(
        title=feed.text("title"),
        author=authors[0].text("name"),
        entries=tuple(map(_entry, map(Row, feed.items("items")))),  # what is no object gives an entry without an id
        next_url=feed.text("next_url"),
    )


def _bare(item: Row) -> Entry:
    """Return a row as an item of RSS: its texts are elements, under the names that job feeds use."""
    return Entry(
        id=item.text("id", "reference"),
        link=item.text("url", "link"),
        title=item.text("title"),
        html=item.html("description"),
        posted_at=None,
        extra={name.lower(): text for name in item.names() if (text := item.html(name))},
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
