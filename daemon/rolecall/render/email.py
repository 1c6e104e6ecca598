"""An e-mail: subject, text part and HTML part. The HTML is also the digest page that the `html` notifier writes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rolecall.model import Message
from rolecall.overview import Picture
from rolecall.render.clean import clean
from rolecall.render.groups import best, evidence, grouped, jobs, rest
from rolecall.render.overview import bar_lines, missed_in_words, week_lines
from rolecall.render.text import render_text

MAX_HTML = 90_000
"""Bytes: Gmail cuts a message near 102 kB."""

_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGE.filters |= {
    "jobs": jobs,
    "evidence": evidence,
    "alt": lambda found, name: next(picture.alt for picture in found.pictures if picture.name == name),
    "bar_lines": bar_lines,
    "week_lines": week_lines,
    "missed": missed_in_words,
}


@dataclass(frozen=True, slots=True)
class Email:
    """`whole`: a page with every job, to be attached where the HTML had to leave some out; else ""."""

    subject: str
    text: str
    html: str
    whole: str = ""


def render_email(message: Message) -> Email:
    """Return the message as an e-mail whose HTML stays under `MAX_HTML`; its pictures are named by `content_id`."""
    message = clean(message)
    sources = {picture.name: f"cid:{content_id(picture.name)}" for picture in pictures_of(message)}
    html = _fitting(message, MAX_HTML, sources)
    everything = _page(message, _most(message), sources)
    whole = "" if html == everything else render_html(message)
    return Email(message.subject, render_text(message, width=72), html, whole)


def render_html(message: Message) -> str:
    """Return a whole HTML page with every job, its pictures inside."""
    message = clean(message)
    return _page(message, _most(message), {picture.name: _inside(picture) for picture in pictures_of(message)})


def pictures_of(message: Message) -> tuple[Picture, ...]:
    return message.overview.pictures if message.overview else ()


def content_id(name: str) -> str:
    """Return the identity (RFC 2392) under which an e-mail's HTML finds a picture among its parts."""
    return f"{name}.picture@rolecall"


def _inside(picture: Picture) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture.png).decode()}"


def _fitting(message: Message, limit: int, sources: Mapping[str, str]) -> str:
    """Return the page with of every search as many of the best as fit into `limit` bytes."""
    page = _page(message, _most(message), sources)
    if _size(page) <= limit:
        return page
    fits, too_many = 0, _most(message)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if _size(_page(message, middle, sources)) <= limit else (fits, middle)
    return _page(message, fits, sources)


def _most(message: Message) -> int:
    return max((len(group.cards) for group in grouped(message)), default=0)


def _page(message: Message, most: int, sources: Mapping[str, str]) -> str:
    """Return the page with at most `most` cards of each search; `sources`: where each picture is found."""
    groups = [(group.search, group.cards[:most], len(group.cards)) for group in grouped(message)]
    shown = sum(len(cards) for _, cards, _ in groups)
    return _PAGE.get_template("digest.html").render(
        message=message,
        groups=groups,
        total=rest(message, 0),
        more=rest(message, shown) - sum(all_ - len(cards) for _, cards, all_ in groups),
        top=next(iter(best(message)), None),
        paragraphs=message.text.split("\n"),
        overview=message.overview,
        pictures=sources,
        attached=any(len(cards) < all_ for _, cards, all_ in groups),
    )


def _size(page: str) -> int:
    return len(page.encode())
