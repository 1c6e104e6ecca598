"""A message as Telegram shows it, and the same with other last words: pure.

What was said of a message's jobs is its last words, in a quotation of their own: by that they are found and replaced.
The rest stays as it was sent, with its links and bold words; offsets count UTF-16 units, as Telegram does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rolecall.model import Button, Json, Keyboard
from rolecall.render.telegram import LIMIT, units

QUOTATION = "blockquote"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of ours as it was when a button of it was pressed; `text` is "" where Telegram does not show it."""

    id: int
    text: str = ""
    entities: tuple[Json, ...] = ()
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with its entities, as Telegram takes it."""

    text: str
    entities: tuple[Json, ...]


def read(message: Json) -> Seen:
    """Read a message of ours; raises `KeyError`, `TypeError` or `AttributeError` on one of another shape."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keyboard = tuple(
        tuple(Button(str(each["text"]), str(each.get("callback_data", "")), str(each.get("url", ""))) for each in row)
        for row in rows
    )
    return Seen(
        int(message["message_id"]), str(message.get("text", "")), tuple(message.get("entities", ())), keyboard
    )  # fmt: skip


def with_state(seen: Seen, state: str) -> Wording | None:
    """Return the message with these last words in place of those it had; None: its text is not known, or too long."""
    if not seen.text:
        return None
    text, entities = _without_state(seen)
    if state:
        offset = units(text) + 2
        text, entities = f"{text}\n\n{state}", (*entities, _quotation(offset, units(state)))
    return Wording(text, entities) if units(text) <= LIMIT else None


def _without_state(seen: Seen) -> tuple[str, tuple[Json, ...]]:
    said = [each for each in seen.entities if each.get("type") == QUOTATION and _end(each) >= units(seen.text)]
    if not said:
        return seen.text, seen.entities
    offset = int(said[-1]["offset"])
    text = seen.text.encode("utf-16-le")[: 2 * offset].decode("utf-16-le", "replace").rstrip("\n")
    return text, tuple(each for each in seen.entities if _end(each) <= offset)


def _quotation(offset: int, length: int) -> dict[str, Any]:
    return {"type": QUOTATION, "offset": offset, "length": length}


def _end(entity: Json) -> int:
    return int(entity["offset"]) + int(entity["length"])
