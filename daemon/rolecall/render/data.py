"""A message as data, for programs: what a webhook carries and a feed keeps beside its text."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rolecall.model import Card, Message
from rolecall.render.clean import clean
from rolecall.render.text import render_text


def message_data(message: Message) -> dict[str, Any]:
    """Return the message as a JSON object: `id`, `kind`, `subject`, `text` (as a person reads it), `total`, `jobs`."""
    shown = clean(message)
    return {
        "id": message.id,
        "kind": message.kind,
        "subject": shown.subject,
        "text": render_text(message),
        "total": message.total,
        "created_at": message.created_at.isoformat() if message.created_at else None,
        "jobs": [card_data(card) for card in shown.cards],
    }


def card_data(card: Card) -> dict[str, Any]:
    """Return one job as a JSON object: the fields of `model.Card`, without the buttons, which mean nothing here."""
    data = asdict(card)
    del data["buttons"]
    return data
