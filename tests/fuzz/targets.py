"""What is fuzzed: every source's `parse`, and `normalise`. A target takes bytes and raises only where we are wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, cast

import rolecall.normalise
from rolecall import dedupe
from rolecall.errors import SourceError
from rolecall.model import RawPosting, Reply
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from rolecall.ports import Source
from rolecall.sandbox import clean, wire
from rolecall.secret import Secret
from rolecall.sources import KINDS
from rolecall.sources.feed import Feed

Target = Callable[[bytes], None]

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sources"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARTS: dict[str, Any] = {"board": "acme", "app_id": "1a2b", "app_key": Secret("k"), "key": Secret("k")}
PARTS |= {"tenant": "acme", "site": "Careers", "shard": "wd3", "url": "https://board.example/careers", "path": "/srv"}
PARTS |= {"host": "mail.example", "user": "anna", "password": Secret("k")}
BREAK = "\x1f"  # between the fields of a posting
TEXTS = (
    ("Senior Python Engineer (Remote, UK)", "Larkspur Ltd", "Leeds, hybrid", "£70k - £82,500 pa", "3 days a week."),
    ("Go/Rust Developer - £550/day outside IR35", "", "London EC1A", "", "6 month contract. SC cleared."),
    ("Graduate Data Scientist", "Brook & Co", "Remote", "28000.0", "<p>2:1 or above</p><ul><li>SQL</li></ul>"),
)  # fmt: skip


def targets() -> dict[str, Target]:
    """Return all of them by name."""
    kinds: dict[str, Target] = {f"parse:{kind}": partial(_parse, made(kind)) for kind in KINDS}
    presets: dict[str, Target] = {
        f"parse:feed:{preset}": partial(_parse, Feed("https://board.example/", preset=cast("Any", preset)))
        for preset in ("himalayas", "oleeo", "teamtailor", "weworkremotely")
    }
    return {"normalise": _normalise, **kinds, **presets}


def made(kind: str) -> Source:
    """Return a source of a kind with nothing but what it must have."""
    plugin = cast("Any", KINDS[kind])
    source: Source = plugin(**{each.name: PARTS[each.name] for each in fields(plugin) if each.name in PARTS})
    return source


def seeds(name: str) -> list[bytes]:
    """Return good inputs to begin with."""
    if name == "normalise":
        return [BREAK.join(text).encode("utf-8", "replace") for text in (*TEXTS, *_adverts())]
    kind = name.rpartition(":")[2]
    own = [path.read_bytes() for path in sorted(FIXTURES.iterdir()) if path.stem == kind]
    return own or [path.read_bytes() for path in sorted(FIXTURES.iterdir())]


@cache
def _adverts() -> tuple[tuple[str, str, str, str, str], ...]:
    """Return the adverts of the recorded replies."""
    found = {}
    for kind in KINDS:
        for path in FIXTURES.glob(f"{kind}.*"):
            with suppress(SourceError):
                page = made(kind).parse(Reply("https://board.example/", 200, {}, path.read_bytes(), NOW))
                found |= {(p.title, p.company, p.location, p.salary_text, p.description): None for p in page.postings}
    return tuple(found)


def words() -> list[str]:
    """Return the words that adverts are read by, for a fuzzer that is told what to try."""
    tables = sorted(Path(rolecall.normalise.__file__).parent.glob("*.toml"))
    found = {word for table in tables for word in re.findall(r'"([a-z£$€%][^"\\\n]{1,19})"', table.read_text("utf-8"))}
    return sorted(found)


def mutated(data: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return the input with some bytes cut, doubled, swapped, or taken from another."""
    body = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(body) + 1)
        stop = min(len(body), start + chance.choice((1, 2, 8, 60)))
        other = chance.choice(others) or b"\0"
        at = chance.randrange(len(other))
        piece = (
            b"",
            bytes(body[start:stop]) * 2,
            chance.randbytes(stop - start),
            other[at : at + chance.choice((1, 4, 40))],
            chance.choice(TOKENS),
        )
        body[start:stop] = chance.choice(piece)
    return bytes(body)


TOKENS: tuple[bytes, ...] = (
    b"null", b"-1", b"1e999", b"[]", b"{}", b'""', b"true", b"\\ud800", b"&#xD800;", b"&#99999999999;", b"\0",
    b"\xff\xfe", b"<![CDATA[", b"]]>", b"<item>", b"</item>", b"<!DOCTYPE a [", b"99999999999999999999", b" - ",
    "£1k".encode(), b"%", b"2026-02-30T99:99:99Z", b"0000-00-00", b"javascript:", b"http://[", b"k pa",
    b"\xe2\x80\xae", b"<", b">", b"&", b'"',
)  # fmt: skip


# --- the targets ----------------------------------------------------------------------------------------------


def _parse(source: Source, data: bytes) -> None:
    """Read a reply as the child does: what comes out must be fit to travel."""
    try:
        page = source.parse(Reply("https://board.example/", 200, {}, data, NOW))
        safe = [clean.posting(posting) for posting in page.postings]
    except (SourceError, RecursionError):  # what the child answers with a sentence
        return
    for posting in filter(None, safe):
        assert wire.read_posting(wire.read_line(wire.posting_line(posting)), posting.source) == posting
    wire.page_line(page, 0)


def _normalise(data: bytes) -> None:
    """Understand a posting: never an exception, and every evidence short."""
    parts = (data.decode("utf-8", "replace").split(BREAK, 4) + [""] * 5)[:5]
    title, company, location, salary, text = parts
    raw = RawPosting("feed:fuzz", "1", title, company=company, location=location, salary_text=salary, description=text)
    posting = normalise(raw)
    facts = as_json(posting)
    dedupe.fingerprint(posting)
    assert isinstance(facts, dict)
