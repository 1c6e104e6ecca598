"""Rows ↔ dataclasses: the one place that knows how a value is written down."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any, TypeVar, overload

from rolecall.dedupe.boilerplate import Advert, slot
from rolecall.dedupe.prints import near
from rolecall.model import Answer, Print, Reason, Verdict
from rolecall.people import Mark

T = TypeVar("T")
Row = Sequence[Any]

NEAR = 18  # letters of a look-up key by title
CHUNK = 500  # values in one IN (…); SQLite before 3.32 takes 999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield lists of at most `CHUNK` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def marks(values: Sequence[object]) -> str:
    """Return as many question marks as there are values, for IN (…)."""
    return ",".join("?" * len(values))


def rows_of(values: Sequence[object]) -> str:
    """Return as many rows of one question mark as there are values, for VALUES …."""
    return ",".join(["(?)"] * len(values))


def column(rows: Iterable[Row]) -> list[Any]:
    """Return the only value of each row."""
    return [value for (value,) in rows]


# --- times and hashes -----------------------------------------------------------------------------------------


@overload
def to_us(at: datetime) -> int: ...
@overload
def to_us(at: datetime | None) -> int | None: ...
def to_us(at: datetime | None) -> int | None:
    """Return microseconds since 1970; exact."""
    return None if at is None else (at - _EPOCH) // _US


@overload
def to_time(us: int) -> datetime: ...
@overload
def to_time(us: int | None) -> datetime | None: ...
def to_time(us: int | None) -> datetime | None:
    """Return the aware UTC time of `to_us`."""
    return None if us is None else _EPOCH + us * _US


def hashed(key: str) -> int:
    """Return a stable signed 64-bit hash: an index of integers is a third of an index of texts.

    Look-up keys by title are hashes already, and side by side where the title is the same: so are their numbers.
    """
    if len(key) == NEAR and key[0] in "ct":
        return int(key[2:], 16) - 2**63
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def writable(text: str) -> str:
    """Return text that UTF-8 can hold: an error message may quote half a character from a hostile feed."""
    return text.encode("utf-8", "backslashreplace").decode()


# --- JSON -----------------------------------------------------------------------------------------------------


def dumps(value: object) -> str:
    """Return compact ASCII JSON."""
    return json.dumps(value, separators=(",", ":"))


_PRINT = tuple(f.name for f in fields(Print) if f.name not in ("source", "id", "shingles"))


def print_json(print_: Print) -> str:
    """Return a print without its identity and its shingles, which have columns of their own; `keys` come first."""
    return dumps([sorted(v) if isinstance(v := getattr(print_, name), frozenset) else v for name in _PRINT])


def look_up_keys(keys: Collection[str], company: str, title: str) -> list[int]:
    """Return the hashed keys under which a posting is found: as a copy of another, and to learn of its company from."""
    return [*map(hashed, keys), *([hashed(slot(company, title))] if company else [])]


def keys_in(text: str) -> list[int]:
    """Return the hashed look-up keys of the print in `print_json`."""
    keys, company, title, *_ = json.loads(text)
    return look_up_keys(near(keys, company, title), company, title)


def shingles_blob(shingles: Collection[int]) -> bytes:
    """Return the hashes as machine words of 4 or 8 bytes behind the letter that says which."""
    code = "I" if max(shingles, default=0) < 2**32 else "Q"
    return code.encode() + array(code, shingles).tobytes()


def print_of(source: str, source_id: str, text: str, blob: bytes) -> Print:
    """Read `print_json` and `shingles_blob` back; fields that are younger than the row keep their defaults."""
    keys, company, title, level, places, url, length, *younger = json.loads(text)
    pay, *youngest = younger or ((),)
    now = near(keys, company, title)
    return Print(
        source, source_id, now, company, title, level, frozenset(places), url, frozenset(_shingles(blob)), length,
        tuple(pay), *youngest,
    )  # fmt: skip


def advert_of(text: str, blob: bytes) -> Advert:
    """Read as much of a print as can be learned from."""
    _, company, title, *_ = json.loads(text)
    return Advert(company, title, _shingles(blob))


def _shingles(blob: bytes) -> array[int]:
    return array(chr(blob[0]), blob[1:])


def reasons_json(reasons: Iterable[Reason]) -> str:
    return dumps([[r.criterion, *_verdict_row(r.verdict), r.evidence, r.source, r.rule] for r in reasons])


def _verdict_row(verdict: Verdict) -> tuple[str, str, str, str]:
    return (verdict.answer.value, verdict.reason, verdict.label, verdict.policy)


def reasons_of(text: str) -> tuple[Reason, ...]:
    """Read `reasons_json` back."""
    return tuple(
        Reason(criterion, Verdict(Answer(answer), reason, label, policy), evidence, source, rule)
        for criterion, answer, reason, label, policy, evidence, source, rule in json.loads(text)
    )


def mark_row(mark: Mark) -> list[Any]:
    return [mark.person, mark.kind, to_us(mark.at), to_us(mark.until)]


def mark_of(row: Row) -> Mark:
    """Read `mark_row` back."""
    person, kind, at, until = row
    return Mark(person, kind, to_time(at), to_time(until))
