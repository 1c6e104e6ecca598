"""Postings made safe to carry: lengths capped, invisible characters gone, addresses only of the web."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from rolecall.model import Json, RawPosting

MAX_ID, MAX_LINE, MAX_DESCRIPTION, MAX_URL, MAX_FIELDS, MAX_TAGS = 500, 1_000, 64_000, 2_000, 32_000, 50

# Soft hyphens, bidirectional, zero-width, interlinear and tag characters, lone surrogates: they show nothing, or a lie.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ODD = re.compile(f"{_CONTROL.pattern}|{_INVISIBLE.pattern}")
_SPACES = re.compile(r"\s+")


def posting(raw: RawPosting) -> RawPosting | None:
    """Return the posting safe to carry, None when nothing is left of its id or title."""
    identity, title = line(raw.id, MAX_ID), line(raw.title)
    if not identity or not title:
        return None
    return replace(
        raw,
        id=identity,
        title=title,
        url=web_address(raw.url),
        company=line(raw.company),
        location=line(raw.location),
        description=text(raw.description, MAX_DESCRIPTION),
        salary_text=line(raw.salary_text),
        fields=_fields(raw.fields),
        country=raw.country if raw.country and re.fullmatch("[A-Z]{2}", raw.country) else None,
        apply_url=web_address(raw.apply_url),
        tags=tuple(filter(None, (line(tag, 200) for tag in raw.tags[:MAX_TAGS]))),
        truncated=raw.truncated or len(raw.description) > MAX_DESCRIPTION,
        attribution=line(raw.attribution),
    )


def text(value: str, limit: int) -> str:
    """Return `value` in NFC, at most `limit` long; control characters become spaces, invisible ones go."""
    kept = value[:limit]
    if kept.isascii() and kept.isprintable():
        return kept
    if _ODD.search(kept):
        kept = _INVISIBLE.sub("", _CONTROL.sub(" ", kept.replace("\r\n", "\n")))
    return unicodedata.normalize("NFC", kept)[:limit]


def line(value: str, limit: int = MAX_LINE) -> str:
    """Return `value` as `text` does, on one line."""
    return " ".join(text(value, limit).split())


def web_address(value: str) -> str:
    """Return an absolute http(s) address without user name, at most 2,000 characters long, else ""."""
    url = value.strip()
    if len(url) > MAX_URL or _SPACES.search(url) or text(url, MAX_URL) != url:
        return ""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    return url if good else ""


def _fields(fields: Mapping[str, Json]) -> dict[str, Json]:
    kept = _value(dict(fields), 0)
    return kept if not kept or len(json.dumps(kept, ensure_ascii=False)) <= MAX_FIELDS else {}


def _value(value: Json, depth: int) -> Json:
    """Return a JSON value of finite numbers and clean texts, cut at depth 6; anything else is None."""
    match value:
        case None | bool():
            return value
        case str():
            return text(value, MAX_LINE * 2)
        case int() | float():
            return value if math.isfinite(value) and abs(value) < 1e15 else None
        case dict() if depth < 6:
            return {line(str(name), 100): _value(each, depth + 1) for name, each in list(value.items())[:100]}
        case list() | tuple() if depth < 6:
            return [_value(each, depth + 1) for each in value[:100]]
        case _:
            return None
