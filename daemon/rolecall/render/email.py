"""An e-mail: subject, text part and HTML part. The HTML is also the digest page that the `html` notifier writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rolecall.model import Message
from rolecall.render.clean import clean
from rolecall.render.groups import best, evidence, grouped, jobs, rest
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
_PAGE.filters |= {"jobs": jobs, "evidence": evidence}


@dataclass(frozen=True, slots=True)
class Email:
    subject: str
    text: str
    html: str


def render_email(message: Message) -> Email:
    """Return the message as an e-mail whose HTML stays under `MAX_HTML`, saying how many jobs that leaves out."""
    return Email(clean(message).subject, render_text(message, width=72), render_html(message, MAX_HTML))


def render_html(message: Message, limit: int | None = None) -> str:
    """Return a whole HTML page of at most `limit` bytes: of every search as many of the best as fit."""
    message = clean(message)
    most = max((len(group.cards) for group in grouped(message)), default=0)
    page = _page(message, most)
    if limit is None or _size(page) <= limit:
        return page
    fits, too_many = 0, most
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if _size(_page(message, middle)) <= limit else (fits, middle)
    return _page(message, fits)


def _page(message: Message, most: int) -> str:
    """Return the page with at most `most` cards of each search."""
    groups = [(group.search, group.cards[:most], len(group.cards)) for group in grouped(message)]
    shown = sum(len(cards) for _, cards, _ in groups)
    return _PAGE.get_template("digest.html").render(
        message=message,
        groups=groups,
        total=rest(message, 0),
        more=rest(message, shown) - sum(all_ - len(cards) for _, cards, all_ in groups),
        top=next(iter(best(message)), None),
        paragraphs=message.text.split("\n"),
    )


def _size(page: str) -> int:
    return len(page.encode())
