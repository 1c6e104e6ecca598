"""Telegram's HTML as its server reads it: which tags there are, what is refused, and what length counts.

Stricter than Telegram in one thing: a bare "&" is refused too, so that forgotten escaping does not pass.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "code", "pre"}
TAGS |= {"blockquote", "tg-emoji"}
ATTRIBUTES = {
    "a": {"href"},
    "span": {"class"},
    "code": {"class"},
    "blockquote": {"expandable"},
    "tg-emoji": {"emoji-id"},
}
NAMES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "a": "text_link"}
LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITIES = 100

_TOKEN = re.compile(r"<(/?)([a-zA-Z-]*)((?:\s+[a-zA-Z-]+(?:=\"[^\"<>]*\")?)*)\s*(>?)|&(#\d+;|#x[0-9a-fA-F]+;|\w+;)?")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:=\"([^\"]*)\")?")
_NAMED = {"lt;", "gt;", "amp;", "quot;"}


class Refused(ValueError):
    """What the Bot API answers with status 400; the text is its description."""


@dataclass(frozen=True, slots=True)
class Parsed:
    text: str
    links: tuple[str, ...]
    entities: tuple[dict[str, Any], ...] = ()


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse(markup: str) -> Parsed:
    """Return the text without its markup; raises `Refused` as Telegram does."""
    stack: list[tuple[str, dict[str, Any]]] = []
    links: list[str] = []
    entities: list[dict[str, Any]] = []
    text, position = "", 0
    for token in _TOKEN.finditer(markup):
        text += markup[position : token.start()]
        position = token.end()
        if token[0].startswith("&"):
            text += _entity(token)
        elif token[1]:
            tag, entity = stack.pop() if stack else ("", {})
            if tag != token[2] or token[3] or not token[4]:
                raise _cannot(f"unexpected end tag {token[0]!r}", token)
            if length := units(text) - entity["offset"]:  # Telegram drops one that holds nothing
                entities.append(entity | {"length": length})
        else:
            found = _start(token)
            links += found
            address = {"url": found[0]} if found else {}
            stack.append((token[2], {"type": NAMES.get(token[2], token[2]), "offset": units(text)} | address))
    if stack:
        tag, _ = stack[-1]
        raise Refused(f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag {tag}")
    return Parsed(text + markup[position:], tuple(links), tuple(entities))


def check(text: str, *, markup: bool, limit: int = LIMIT, empty: bool = False) -> Parsed:
    """Return the message as it is shown; raises `Refused` where the Bot API would."""
    parsed = parse(text) if markup else Parsed(text, ())
    if not parsed.text.strip() and not empty:
        raise Refused("Bad Request: message text is empty")
    if units(parsed.text) > limit:
        raise Refused("Bad Request: message is too long")
    return parsed


def _start(token: re.Match[str]) -> list[str]:
    if token[2] not in TAGS or not token[4]:
        raise _cannot(f'Unsupported start tag "{token[2]}"', token)
    given = {name: html.unescape(value or "") for name, value in _ATTRIBUTE.findall(token[3])}
    if given.keys() - ATTRIBUTES.get(token[2], set()):
        raise _cannot(f"attributes {sorted(given)} of {token[2]}", token)
    return [given["href"]] if "href" in given else []


def _entity(token: re.Match[str]) -> str:
    name = token[0][1:]
    if name in _NAMED or name.startswith("#"):
        return html.unescape(token[0])
    raise _cannot("bare ampersand", token)


def _cannot(what: str, token: re.Match[str]) -> Refused:
    return Refused(f"Bad Request: can't parse entities: {what} at byte offset {token.start()}")
