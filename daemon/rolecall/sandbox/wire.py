"""How a request reaches the child, and how postings come back: a line of JSON each, so that no line takes long."""

from __future__ import annotations

import io
import json
import pickle
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

from rolecall.model import Json, Page, RawPosting, Reply, Request
from rolecall.ports import Readable
from rolecall.sandbox import clean
from rolecall.secret import Secret

T = TypeVar("T")

HEADER = 16  # bytes: the lengths of the pickle that follows and of the body behind it
_LENGTHS = ">QQ"
ITEMS = 200  # in one line

_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("id", "title", "url", "company", "location", "description", "salary_text", "country"), str),
    **dict.fromkeys(("apply_url", "attribution", "posted_at", "closes_at"), str),
    "fields": dict,
    "tags": list,
    "truncated": bool,
}
_TIMES = ("posted_at", "closes_at")
_decoded = json.JSONDecoder().decode


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        return (Secret, ("",)) if isinstance(obj, Secret) else NotImplemented  # reading needs no key


def job(source: Readable, reply: Reply, seconds: float) -> bytes:
    """Return one piece of work for the child, every secret blank; the reply's body is to be sent behind it."""
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump((source, replace(reply, body=b""), seconds))
    return struct.pack(_LENGTHS, buffer.tell(), len(reply.body)) + buffer.getvalue()


def read_job(jobs: BinaryIO) -> tuple[Readable, Reply, float] | None:
    """Return the next piece of work from our parent, None when there is none any more."""
    if not (header := jobs.read(HEADER)):
        return None
    size, rest = struct.unpack(_LENGTHS, header)
    source, reply, seconds = pickle.loads(jobs.read(size))  # noqa: S301 # from our parent
    return source, replace(reply, body=jobs.read(rest)), seconds


def posting_line(raw: RawPosting) -> bytes:
    """Return a clean posting as one line. Its source is not written: the parent knows whom it asked."""
    value = {name: each for name in _KINDS if (each := getattr(raw, name))}
    return _line(value | {name: value[name].isoformat() for name in _TIMES if name in value})


def page_line(page: Page, lost: int) -> bytes:
    """Return the last line of an answer; `lost` postings were not fit to be carried."""
    following = [[each.url, each.robots, each.always, (each.body or b"").decode()] for each in page.following]
    complete = page.complete and not lost
    end = {"complete": complete, "skipped": page.skipped + lost, "following": following, "wait": page.wait}
    return _line({"end": end})


def item_lines(items: Mapping[str, str]) -> Iterator[bytes]:
    """Yield what is to be remembered of a reply, in lines of modest length; without ids that had to be cleaned."""
    kept = [(digest, each) for digest, each in items.items() if clean.line(each, clean.MAX_ID) == each]
    for start in range(0, len(kept), ITEMS):
        yield _line({"items": dict(kept[start : start + ITEMS])})


def error_line(sentence: str, *, last: bool = False) -> bytes:
    """Return the line that stands for an `Unreadable`; `last`: the child ends itself."""
    return _line({"error": sentence, "last": last})


def _line(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_line(line: bytes) -> dict[str, Json]:
    """Return the object in a line from the child; raises ValueError when it is none."""
    return _typed(_decoded(line.decode()), dict)


def read_posting(value: dict[str, Json], source: str) -> RawPosting:
    """Return the posting in a line from the child; raises ValueError or KeyError when it is not as promised."""
    for name, each in value.items():
        _typed(each, _KINDS[name])
    times = {name: datetime.fromisoformat(value[name]) for name in _TIMES if name in value}
    tags = tuple(_typed(tag, str) for tag in value.get("tags", ()))
    return RawPosting(**{**value, **times, "tags": tags, "source": source})


def read_items(value: Json) -> dict[str, str]:
    """Return what `item_lines` wrote in one line."""
    return {digest: _typed(each, str) for digest, each in _typed(value, dict).items()}


def read_end(
    value: dict[str, Json], postings: tuple[RawPosting, ...], items: Mapping[str, str], allowed: Callable[[str], bool]
) -> Page:
    """Return the page that an answer's last line ends. Other pages are asked only where `allowed` agrees."""
    wait = _maybe(value["wait"], (int, float))
    asked = [_request(each) for each in _typed(value["following"], list)]
    following = tuple(request for request in asked if allowed(request.url))
    return Page(
        postings,
        complete=_typed(value["complete"], bool) and len(following) == len(asked),  # without them, no whole list
        skipped=_typed(value["skipped"], int),
        following=following,
        wait=None if wait is None else min(max(float(wait), 0.0), 86_400.0),
        items=items,
    )


def _request(value: Json) -> Request:
    url, robots, always, said = _typed(value, list)
    request = Request.post(_typed(url, str), said) if _typed(said, str) else Request(_typed(url, str))
    return replace(request, robots=_typed(robots, bool), always=_typed(always, bool))


def _typed(value: Json, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise ValueError(f"{type(value).__name__} for {kind.__name__}")
    return value


def _maybe(value: Json, kind: Any) -> Any:
    return None if value is None else _typed(value, kind)
