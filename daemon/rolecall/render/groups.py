"""A message's cards under the searches they answer, and the few phrases that every renderer shares."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rolecall.model import Card, Message

SUMMARY_CARDS = 10

_FIELD = re.compile(r"\b[A-Za-z_][\w.]*=")


@dataclass(frozen=True, slots=True)
class Group:
    """The vacancies found by one search, best first. A vacancy stands under the first search it answers only."""

    search: str
    cards: tuple[Card, ...]


def grouped(message: Message) -> tuple[Group, ...]:
    """Return the cards to be shown by search, in the order in which the best of each comes; each vacancy once."""
    found: dict[str, list[Card]] = {}
    for card in best(message):
        found.setdefault(card.searches[0] if card.searches else "", []).append(card)
    return tuple(Group(search, tuple(cards)) for search, cards in found.items())


def best(message: Message) -> tuple[Card, ...]:
    """Return the cards to be shown, best first: all of them, but of a summary only the top."""
    cards = ranked(message.cards)
    return cards[:SUMMARY_CARDS] if message.kind == "summary" else cards


def ranked(cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """Return each vacancy once, best first; the order given where ranks are equal."""
    once: dict[str, Card] = {}
    for card in cards:
        once.setdefault(card.job, card)
    return tuple(sorted(once.values(), key=lambda card: -card.rank))


def rest(message: Message, shown: int) -> int:
    """Return how many vacancies the message stands for beyond those shown."""
    return max(message.total, len(message.cards)) - shown


def jobs(count: int) -> str:
    """Return "1 job", "12 jobs"."""
    return "1 job" if count == 1 else f"{count:,} jobs"


def evidence(card: Card) -> str:
    """Return the words the pay was read from, quoted; "" where they would only repeat it or it is an estimate.

    Figures of a board's own fields ("salary_min=62000.0") say nothing to a person but where they come from.
    """
    said = _FIELD.sub("", card.pay_evidence).strip(" .,;")
    if not said or card.pay[:1] in ("", "~") or _squeezed(said) == _squeezed(card.pay):
        return ""
    return f"“{said}”" if re.search(r"[^\d.,:;\s]", said) else "from the board’s own figures"


def stated(*values: str) -> list[str]:
    """Return those of the values that the posting states."""
    return [value for value in values if value]


def _squeezed(text: str) -> str:
    return text.casefold().replace(" ", "").replace("-", "–")
