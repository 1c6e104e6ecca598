"""The first line of a message: what it is about, without opening it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rolecall.model import Card, MessageKind
from rolecall.render.groups import jobs


def subject(kind: MessageKind, cards: Sequence[Card], now: datetime) -> str:
    """Return the subject of a message made of these cards, best first; `now` is the reader's local time."""
    match kind:
        case "alert" if len(cards) == 1:
            return title_line(cards[0])
        case "summary":
            return f"Open now: {jobs(len(cards))} for {_whom(cards)}"
        case "notice":
            return "A word from Rolecall"
        case _:
            return f"{jobs(len(cards)).replace(' ', ' new ', 1)} for you, {now:%A} {now.day} {now:%B}"


def _whom(cards: Sequence[Card]) -> str:
    """Return the search that all of them are for, by its name; "you" where that is not one."""
    common = set.intersection(*(set(card.searches) for card in cards)) if cards else set()
    return f"“{common.pop()}”" if len(common) == 1 else "you"


def title_line(card: Card) -> str:
    """Return "Senior Backend Engineer at Acme, £75k–£85k"."""
    at = f" at {card.company}" if card.company else ""
    return f"{card.title}{at}" + (f", {card.pay}" if card.pay else "")
