"""Invented cards and messages for the tests of rendering and notifying, and strategies for hostile ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Any

from hypothesis import strategies as st

from rolecall.model import Card, Copy, Message, MessageKind

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

CARD = Card(
    job="a1b2c3",
    title="Senior Backend Engineer",
    company="Harbour Lane Ltd",
    url="https://jobs.example/1",
    pay="£75k–£85k",
    pay_evidence="£75,000 - £85,000 per annum",
    mode="Hybrid, 2 days a week in the office",
    place="Leeds",
    level="Senior",
    stack=("Python", "Django", "PostgreSQL"),
    contract="Permanent",
    why=("senior", "£75k–£85k straddles your £80k"),
    searches=("Python near Leeds",),
    also_on=(Copy("Reed", "https://reed.example/1"),),
    age="posted 2 days ago",
    closes="closes tomorrow",
    source="Greenhouse",
    attribution="Jobs by Example Board",
    rank=1.0,
    notes=("salary from Reed",),
)


def card(number: int = 1, **changes: Any) -> Card:
    """Return the card of another job."""
    return replace(CARD, **{"job": f"job-{number}", "url": f"https://jobs.example/{number}"} | changes)


def message(kind: MessageKind = "alert", *cards: Card, **changes: Any) -> Message:
    """Return a message; an alert about `CARD` unless told otherwise."""
    shown = cards or ((CARD,) if kind != "notice" else ())
    base = Message("outbox-17", kind, "A subject", shown, total=len(shown), created_at=NOON)
    return replace(base, **changes)


_WORDS: tuple[str, ...] = ("title", "company", "pay", "pay_evidence", "mode", "place", "level", "contract")
_WORDS += ("job", "age", "closes", "source", "attribution")

HOSTILE = '\x1b[31mred\x1b[0m \x1b]0;title\x07 a\u202eb \u200b<b>&amp; "x"\r\nBcc: all@example.com\x00 \ud800 \x9b2J'

_nasty = st.sampled_from(
    ["<", ">", "&", '"', "\r\n", "\x00", "\x1b[2J", "\u202e", "\U0001f600", "\ud800", "é", "e\u0301", "%", "{{", "&lt;"]
)
texts = st.lists(st.one_of(st.text(max_size=60), _nasty), max_size=12).map("".join) | st.text(
    alphabet="a<&\U0001f680 ", min_size=300, max_size=700
)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """Draw a card whose every text is one of a few hostile ones."""
    pool = cycle(draw(st.lists(texts, min_size=1, max_size=7)))
    many = draw(st.integers(0, 30))
    words = {name: next(pool) for name in (*_WORDS, "url")}
    lists = {name: tuple(islice(pool, many)) for name in ("stack", "why", "searches", "notes")}
    copies = tuple(Copy(next(pool), f"https://jobs.example/{next(pool)}", next(pool)) for _ in range(many))
    return Card(**words, **lists, also_on=copies, rank=float(many))  # type: ignore[arg-type] # texts and tuples of texts


messages = st.builds(
    Message,
    id=st.just("outbox-17"),
    kind=st.sampled_from(["alert", "digest", "summary", "notice"]),
    subject=texts,
    cards=st.lists(cards(), max_size=4).map(tuple),
    text=texts,
    total=st.integers(0, 500),
    created_at=st.just(NOON),
)
