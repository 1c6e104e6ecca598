"""Keeps your matches as a feed on this machine: JSON Feed 1.1 and the same as Atom, for any feed reader or script."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

from rolecall.errors import Deferred
from rolecall.model import Card, Message
from rolecall.ports import Showing
from rolecall.render.clean import clean
from rolecall.render.data import card_data
from rolecall.render.text import Style, card_lines
from rolecall_notifiers.files import probe_folder, replace_file

ATOM = "http://www.w3.org/2005/Atom"
TITLE = "Jobs found by Rolecall"

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FeedFile:
    """Writes `file` (JSON Feed) and the same name with ".atom", each whole; the newest `keep` jobs stay in them."""

    kind: ClassVar[str] = "feedfile"
    summary: ClassVar[str] = "keeps your matches as a JSON Feed and an Atom feed in files"
    shows: ClassVar[Showing] = "jobs"

    file: Path = Path("jobs.json")
    keep: int = 200

    def __post_init__(self) -> None:
        if self.keep < 1:
            raise ValueError("keep must be at least 1")

    async def open(self) -> None:
        """Nothing to open: the files are made with the first job."""

    async def send(self, message: Message) -> str:
        """Add the message's jobs, each once; return the file. A notice is no job and changes nothing."""
        if message.cards:
            await asyncio.to_thread(self._add, message)
        return str(self._json)

    async def check(self) -> str:
        """Write and remove an empty file beside the feeds, and see that theirs are our own."""
        await asyncio.to_thread(probe_folder, self._json.parent)
        await asyncio.to_thread(_stored, self._json)
        return f"writes {self._json} and {self._atom.name}"

    async def close(self) -> None:
        """Nothing to close."""

    @property
    def _json(self) -> Path:
        return Path(self.file).expanduser()

    @property
    def _atom(self) -> Path:
        return self._json.with_suffix(".atom")

    def _add(self, message: Message) -> None:
        at = message.created_at or datetime.now(UTC)
        fresh = {item["id"]: item for item in (feed_item(card, at) for card in clean(message).cards)}
        older = [item for item in _stored(self._json) if item.get("id") not in fresh]
        items = [*fresh.values(), *older][: self.keep]
        replace_file(self._json, json_feed(items))
        replace_file(self._atom, atom_feed(items))


def feed_item(card: Card, at: datetime) -> Item:
    """Return one job as a JSON Feed item; `_rolecall` holds all its fields for scripts."""
    text = "\n".join(card_lines(card, Style(), searches=True))
    item: Item = {
        "id": f"urn:rolecall:job:{card.job}",
        "title": " · ".join(filter(None, (card.title, card.company, card.pay))),
        "content_text": text,
        "date_published": at.isoformat(),
        "tags": list(card.searches),
        "_rolecall": card_data(card),
    }
    return item | ({"url": card.url} if card.url else {})


def json_feed(items: list[Item]) -> bytes:
    """Return a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": TITLE, "items": items}
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def atom_feed(items: list[Item]) -> bytes:
    """Return the same items as Atom 1.0 (RFC 4287), newest first."""
    feed = ET.Element("feed", xmlns=ATOM)
    _add(feed, "id", "urn:rolecall:jobs")
    _add(feed, "title", TITLE)
    _add(feed, "updated", items[0]["date_published"] if items else datetime.now(UTC).isoformat())
    _add(ET.SubElement(feed, "author"), "name", "Rolecall")
    for item in items:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", item["id"])
        _add(entry, "title", item["title"])
        _add(entry, "updated", item["date_published"])
        if "url" in item:
            ET.SubElement(entry, "link", href=item["url"])
        _add(entry, "content", f"<pre>{escape(item['content_text'])}</pre>", type="html")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(feed, encoding="utf-8"))


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _stored(path: Path) -> list[Item]:
    """Return the items of our own file; one that somebody else wrote is left alone."""
    try:
        feed = json.loads(path.read_bytes())
        items = feed["items"] if feed["title"] == TITLE else None
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        items = None
    if not isinstance(items, list):
        raise Deferred(f"{path} is not a feed of Rolecall's; move it away or name another file", retry_after=900)
    return items
