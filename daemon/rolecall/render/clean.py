"""The last door before a screen: nothing a board wrote may steer a terminal, a mail header or the reading direction.

Every renderer passes its message through `clean` first, so no other place has to think of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from rolecall.model import Card, Copy, Message
from rolecall.overview import ClosingSoon, NearMiss, Overview

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[@-_]"
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_BAD_IN_URL = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"\\^`{|}]")

MAX_LINE = 300
MAX_TEXT = 20_000
MAX_URL = 2_000
MAX_ITEMS = 20


def line(text: str, limit: int = MAX_LINE) -> str:
    """Return one line of visible text, at most `limit` characters, without control, bidi or invisible characters."""
    return clip(_BLANKS.sub(" ", _visible(text[: limit * 8])).strip(), limit)


def paragraphs(text: str, limit: int = MAX_TEXT) -> str:
    """Return visible text with its line breaks kept."""
    return clip(_visible(text[: limit * 2].replace("\r\n", "\n")).strip(), limit)


def harmless(data: Any) -> Any:
    """Return data for JSON with visible text only, in whatever is in it."""
    match data:
        case str():
            return paragraphs(data)
        case dict():
            return {key: harmless(value) for key, value in data.items()}
        case list() | tuple():
            return [harmless(value) for value in data]
    return data


def link(url: str) -> str:
    """Return an absolute http(s) address without user or blanks, else ""."""
    url = url.strip()
    if len(url) > MAX_URL or _BAD_IN_URL.search(url) or _INVISIBLE.search(url):
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else ""


def clip(text: str, limit: int) -> str:
    """Return the text, its end replaced by "…" beyond `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean(message: Message) -> Message:
    """Return the message fit to be shown anywhere (each sink still escapes its own markup)."""
    return replace(
        message,
        subject=line(message.subject) or "Rolecall",
        text=paragraphs(message.text),
        cards=tuple(clean_card(card) for card in message.cards),
        overview=message.overview and clean_overview(message.overview),
    )


def clean_card(card: Card) -> Card:
    """Return the card with every text on one visible line and every address safe to follow."""
    return replace(
        card,
        title=line(card.title, 200) or "(no title)",
        company=line(card.company, 120),
        url=link(card.url),
        pay=line(card.pay, 120),
        pay_evidence=line(card.pay_evidence, 160),
        mode=line(card.mode, 160),
        place=line(card.place, 120),
        level=line(card.level, 60),
        stack=_lines(card.stack, 40),
        contract=line(card.contract, 80),
        why=_lines(card.why, 160),
        searches=_lines(card.searches, 100),
        also_on=tuple(_clean_copy(copy) for copy in card.also_on[:MAX_ITEMS]),
        age=line(card.age, 60),
        closes=line(card.closes, 60),
        source=line(card.source, 60),
        attribution=line(card.attribution, 160),
        notes=_lines(card.notes, 160),
    )


def clean_overview(found: Overview) -> Overview:
    """Return the overview with every text on one visible line and every address safe to follow."""
    return replace(
        found,
        bars=tuple(replace(each, name=line(each.name, 80)) for each in found.bars),
        missed=tuple(_clean_miss(each) for each in found.missed),
        closing=tuple(_clean_closing(each) for each in found.closing),
        pictures=tuple(replace(each, alt=line(each.alt, 600)) for each in found.pictures),
    )


def _clean_miss(missed: NearMiss) -> NearMiss:
    return replace(missed, examples=tuple(line(example, 200) for example in missed.examples))


def _clean_closing(each: ClosingSoon) -> ClosingSoon:
    return replace(each, title=line(each.title, 120), company=line(each.company, 80), url=link(each.url))


def _clean_copy(copy: Copy) -> Copy:
    return Copy(line(copy.source, 60), link(copy.url), line(copy.company, 120))


def _lines(texts: tuple[str, ...], limit: int) -> tuple[str, ...]:
    return tuple(shown for text in texts[:MAX_ITEMS] if (shown := line(text, limit)))


def _visible(text: str) -> str:
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", _ESCAPES.sub("", text)))
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
