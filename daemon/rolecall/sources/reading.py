"""Reading replies without trust: a missing or mistyped value is empty, never an exception."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from rolecall.errors import Unreadable
from rolecall.model import Json, Page, RawPosting, Reply, Request

_SPACES = re.compile(r"\s+")
_BOMS = (b"\xef\xbb\xbf", "ï»¿".encode())


class BadRow(Exception):
    """A row without the parts that make it a posting: it is skipped and counted."""


class Row:
    """One JSON object. Every look at it succeeds: what is absent or of the wrong type is empty."""

    __slots__ = ("_values",)

    def __init__(self, values: object) -> None:
        self._values: Mapping[str, Any] = values if isinstance(values, dict) else {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def get(self, name: str) -> Json:
        return self._values.get(name)

    def text(self, *names: str) -> str:
        """Return the first of the named values that is a non-empty short text, unescaped, spaces collapsed."""
        return next(filter(None, (short(self._values.get(name)) for name in names)), "")

    def html(self, *names: str) -> str:
        """Return the first of the named values that is a non-empty text, as served."""
        return next((v for n in names if isinstance(v := self._values.get(n), str) and v.strip()), "")

    def need(self, *names: str) -> str:
        """Return what `text` returns; raises `BadRow` when it is empty."""
        found = self.text(*names)
        if not found:
            raise BadRow(f"no {names[0]}")
        return found

    def yes(self, name: str) -> bool:
        """Tell whether a value is true; boards write it as `true`, 1 and "Yes", and "No" is not true."""
        value = self._values.get(name)
        return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in ("yes", "true", "1"))

    def row(self, name: str) -> Row:
        return Row(self._values.get(name))

    def rows(self, name: str) -> list[Row]:
        """Return the objects of a list, without whatever else stands in it."""
        return [Row(each) for each in self.items(name) if isinstance(each, dict)]

    def items(self, name: str) -> list[Json]:
        value = self._values.get(name)
        return value if isinstance(value, list) else []

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the short texts of a list; one text alone is a list of one."""
        value = self._values.get(name)
        return tuple(filter(None, map(short, value if isinstance(value, list) else [value])))

    def number(self, name: str) -> int:
        """Return a whole number from 0 to a billion, 0 for anything else."""
        value = self._values.get(name)
        return value if type(value) is int and 0 <= value <= 1_000_000_000 else 0

    def pick(self, *names: str) -> dict[str, Json]:
        """Return the named values that say something: the allow-list of what is kept of a row."""
        return {n: v for n in names if (v := self._values.get(n)) not in (None, "", [], {})}


def short(value: object) -> str:
    """Return a text or number as one tidy line (entities unescaped, at most twice), anything else as ""."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    text = str(value)[:4000]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return _SPACES.sub(" ", text).strip()


def is_json(reply: Reply) -> bool:
    """Tell JSON from XML and HTML by how it begins; content types are wrong too often."""
    return reply.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"["))


def json_of(reply: Reply) -> Json:
    """Return the reply's JSON value; raises `Unreadable` saying what came instead."""
    body = reply.body
    for bom in _BOMS:
        body = body.removeprefix(bom)
    start = body.lstrip()[:200]
    if not start:
        raise Unreadable("the answer is empty")
    if start.startswith(b"<"):
        raise Unreadable("the answer is a web page (HTML or XML), not JSON")
    try:
        return json.loads(body)
    except RecursionError:
        raise Unreadable("the answer is nested too deeply to be a list of jobs") from None
    except ValueError:
        raise Unreadable("the answer is not whole JSON: it is cut off or broken") from None


def listing(
    rows: object,
    read: Callable[[Row], RawPosting | None],
    *,
    complete: bool = False,
    following: tuple[Request, ...] = (),
) -> Page:
    """Read each row by itself. None = deliberately not a posting; `BadRow` = skipped and counted.

    Raises `Unreadable` when there is no list, or when there are rows and not one of them can be read: silence is
    no answer, it is an alarm.
    """
    if not isinstance(rows, list):
        raise Unreadable("the answer holds no list of jobs")
    postings: list[RawPosting] = []
    skipped = 0
    for row in rows:
        try:
            posting = read(Row(row)) if isinstance(row, dict) else _not_a_row()
        except BadRow:
            skipped += 1
            continue
        if posting is not None:
            postings.append(posting)
    if skipped and not postings:
        raise Unreadable(f"not one of {skipped} rows could be read: the format may have changed")
    # A list of which part could not be read says nothing about what is absent from it.
    return Page(merged(postings), complete=complete and not skipped, skipped=skipped, following=following)


def _not_a_row() -> RawPosting | None:
    raise BadRow("not an object")


def merged(postings: Iterable[RawPosting]) -> tuple[RawPosting, ...]:
    """Return each (source, id) once: the first row wins, the locations are united."""
    found: dict[tuple[str, str], RawPosting] = {}
    for posting in postings:
        first = found.setdefault((posting.source, posting.id), posting)
        if first is not posting:
            found[posting.source, posting.id] = replace(first, location=places(first.location, posting.location))
    return tuple(found.values())


def places(*locations: str) -> str:
    """Return several places as one text, each once, in order."""
    parts = (part.strip() for location in locations for part in location.split(";"))
    return "; ".join(dict.fromkeys(filter(None, parts)))


def texts(*words: str) -> tuple[str, ...]:
    """Return the words that are not empty, each once."""
    return tuple(dict.fromkeys(filter(None, words)))


def quoted(text: str) -> str:
    """Return a text as one part of an address's path; half a letter becomes a question mark."""
    return quote(text, safe="", errors="replace")


def section(heading: str, text: str) -> str:
    """Return a part of a text under its heading, "" where there is no text."""
    return f"<h3>{html.escape(heading)}</h3>\n{text}" if heading and text else text


def check_board(board: str) -> None:
    """Raise ValueError, in a sentence, when the option cannot be a board's name."""
    if not re.fullmatch(r"[\w.-]+", board):
        raise ValueError(f"{board!r} is not a board's name: it is the last part of the board's address")
