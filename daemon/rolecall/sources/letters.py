"""An e-mail as a person sees it: lines of text, each with the links that stand in it. Linear in the mail's length."""

from __future__ import annotations

import email
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message

from rolecall.sources.dates import instant
from rolecall.sources.reading import short

MAX_PARTS, MAX_TEXT, MAX_LINES = 30, 600_000, 8_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a mail; an empty one ends a paragraph."""

    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: `plain` and `rich` are its two versions as lines, `page` is its HTML as it came."""

    sender: str
    sent: datetime | None
    plain: tuple[Line, ...]
    rich: tuple[Line, ...]
    page: str


def read(raw: bytes) -> Letter:
    """Return a raw mail (RFC 5322) as a letter; what is broken in it is empty. May raise RecursionError."""
    message = email.message_from_bytes(raw)
    texts = {"text/plain": "", "text/html": ""}
    for _, part in zip(range(MAX_PARTS), message.walk(), strict=False):
        kind = part.get_content_type()
        if kind in texts and not texts[kind] and part.get_content_disposition() != "attachment":
            texts[kind] = _text(part)[:MAX_TEXT]
    return Letter(
        sender=_header(message, "From").lower(),
        sent=instant(_header(message, "Date").partition("(")[0]),
        plain=tuple(_plain_lines(texts["text/plain"])),
        rich=tuple(_rich_lines(texts["text/html"])),
        page=texts["text/html"],
    )


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))[:1_000]
    try:
        return short(str(make_header(decode_header(value))))
    except (ValueError, LookupError):  # a charset that is none, broken base64
        return short(value)


def _text(part: Message) -> str:
    try:
        payload = part.get_payload(decode=True)
        return payload.decode(part.get_content_charset("utf-8"), "replace") if isinstance(payload, bytes) else ""
    except (ValueError, LookupError):  # the charset is no word, or none that we know
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


# --- text/plain -----------------------------------------------------------------------------------------------

_URL = re.compile(r"<?(https?://[^\s<>\"]{4,4000})>?")


def _plain_lines(text: str) -> Iterator[Line]:
    for line in text.splitlines()[:MAX_LINES]:
        links = tuple(found[1].rstrip(").,;") for found in _URL.finditer(line))
        yield Line(short(_URL.sub(" ", line)), links)


# --- text/html ------------------------------------------------------------------------------------------------

_HREF = re.compile(r"\bhref\s{0,5}=\s{0,5}(?:\"([^\"]{0,4000})|'([^']{0,4000})|([^\s\"'>]{1,4000}))", re.IGNORECASE)
_TAG = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,20}")
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "img", "mark",
    "s", "small", "span", "strong", "sub", "sup", "u", "wbr",
))  # fmt: skip
_SILENT = ("script", "style", "head", "title")


def _rich_lines(page: str) -> Iterator[Line]:
    """Yield the lines of a page: every tag but those within a line of text ends one."""
    words: list[str] = []
    links: list[str] = []
    href, used, count = "", False, 0
    for name, inside, text in _pieces(page):
        if name == "a":
            found = _HREF.search(inside)
            href, used = html.unescape(found[1] or found[2] or found[3] or "") if found else "", False
        elif name == "/a":
            links += [] if used or not href else [href]  # round a picture
            href = ""
        elif name and name.lstrip("/") not in _INLINE:
            if words or links:
                yield Line(short("".join(words)), tuple(dict.fromkeys(links)))
                count += 1
            words, links = [], []
        if text.strip():
            links += [href] if href else []
            used = True
        words += [text] if text.strip() or words else []
        if count > MAX_LINES:
            return
    if words or links:
        yield Line(short("".join(words)), tuple(dict.fromkeys(links)))


def _pieces(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield (tag, its attributes, the text after it); scripts, styles and comments are left out."""
    silent = ""
    for chunk in _without_comments(page).split("<"):
        inside, closed, text = chunk.partition(">")
        found = _TAG.match(inside)
        name = found[0].lower() if found else ""
        if silent:
            silent = "" if name == f"/{silent}" else silent
            continue
        if name in _SILENT:
            silent = name
            continue
        yield (name, inside, text) if closed else ("", "", chunk if not name else "")


def _without_comments(page: str) -> str:
    """Return the page without `<!-- … -->`; from one that does not end, everything goes."""
    parts, start = [], 0
    while (comment := page.find("<!--", start)) >= 0:
        parts.append(page[start:comment])
        end = page.find("-->", comment + 4)
        if end < 0:
            return "".join(parts)
        start = end + 3
    return "".join([*parts, page[start:]])
