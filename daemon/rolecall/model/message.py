"""What is sent: vacancies as a person sees them, in plain text, nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rolecall.overview import Overview


@dataclass(frozen=True, slots=True)
class Copy:
    """Another place where the same vacancy is advertised."""

    source: str
    url: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message: its words, and what a press of it says (at most 64 bytes) or where it leads."""

    label: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons; empty for none."""


@dataclass(frozen=True, slots=True)
class Card:
    """One vacancy as a person sees it: everything a notifier needs to render it, in plain text, nothing more."""

    job: str
    title: str
    company: str
    url: str
    pay: str  # "£75k–£85k" or "£550/day, outside IR35"; "" = not stated
    pay_evidence: str  # the words it was read from
    mode: str  # "Hybrid, 2 days a week"; "" = not stated
    place: str
    level: str
    stack: tuple[str, ...]  # names, those the search asked for first
    contract: str
    why: tuple[str, ...]  # one phrase per criterion, the unknown ones say so
    searches: tuple[str, ...]
    also_on: tuple[Copy, ...] = ()
    age: str = ""  # "posted 2 days ago"
    closes: str = ""
    source: str = ""
    attribution: str = ""
    rank: float = 0.0
    notes: tuple[str, ...] = ()  # "pay stated on Reed", "Adzuna says £60k", "may be the same as …"
    buttons: Keyboard = ()  # for channels that hear a press


MessageKind = Literal["alert", "digest", "summary", "notice"]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to send. Alerts hold one card; digests and summaries many, best first; notices only text.

    `id` is a pure function of the outbox row: a repeated send carries the same one. `total` counts all
    vacancies the message stands for, also those that did not fit on `cards`.
    """

    id: str
    kind: MessageKind
    subject: str
    cards: tuple[Card, ...] = ()
    text: str = ""
    total: int = 0
    created_at: datetime | None = None
    overview: Overview | None = None  # of a digest
