"""Telegram's updates, as JSON → what was done and said: pure. One of another shape is None, and harms no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rolecall.model import Json
from rolecall_notifiers.telegram import faces
from rolecall_notifiers.telegram.faces import Seen


@dataclass(frozen=True, slots=True)
class Update:
    """Who did something where: `data` of a press, or the `text` they wrote.

    `id` is the press's or the message's own, the same when the update comes again. `user` None: a channel's own post.
    `reply`: an answer to one of the bot's messages. `seen`: the message that was pressed; `above`: the list that it was
    opened from.
    """

    id: str
    chat: int
    user: int | None
    username: str = ""  # the chat's own, of a public group or channel
    thread: int | None = None
    message: int = 0
    press: str = ""  # the id that is answered
    data: str = ""
    text: str = ""
    title: str = ""
    private: bool = False
    reply: bool = False
    seen: Seen | None = None
    above: Seen | None = None

    @property
    def who(self) -> str:
        """Tells people in several chats apart."""
        return f"{self.chat}:{self.user or 0}"


def number(raw: Json) -> int | None:
    """Return the update's number, None where it has none."""
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if isinstance(found, int) else None


def read(raw: Json) -> Update | None:
    """Return what happened; None for what we do not know or cannot read."""
    try:
        if "callback_query" in raw:
            return _press(raw["callback_query"])
        return _message(raw.get("message") or raw["channel_post"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _press(query: Json) -> Update:
    message = query["message"]
    return Update(
        id=f"press:{query['id']}",
        user=int(query["from"]["id"]),
        message=int(message["message_id"]),
        press=str(query["id"]),
        data=str(query["data"]),
        seen=faces.read(message),
        above=_above(message),
        **_place(message),
    )


def _above(message: Json) -> Seen | None:
    """Return the message that this one answers to; a topic's beginning is none."""
    answered = message.get("reply_to_message")
    return faces.read(answered) if isinstance(answered, dict) and "reply_markup" in answered else None


def _message(message: Json) -> Update:
    sender = message.get("from")
    chat, number = int(message["chat"]["id"]), int(message["message_id"])
    return Update(
        id=f"said:{chat}:{number}",
        user=int(sender["id"]) if sender and not _anonymous(message) else None,
        message=number,
        text=str(message["text"]),
        reply=bool(message.get("reply_to_message", {}).get("from", {}).get("is_bot")),
        **_place(message),
    )


def _anonymous(message: Json) -> bool:
    """An administrator who writes as the group, or a post that is passed on: there is no person to trust."""
    return "sender_chat" in message


def _place(message: Json) -> dict[str, Any]:
    chat = message["chat"]
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None  # else it is a mere reply
    return {
        "chat": int(chat["id"]),
        "username": str(chat.get("username", "")),
        "thread": int(topic) if topic is not None else None,
        "title": str(chat.get("title") or chat.get("first_name") or ""),
        "private": chat.get("type") == "private",
    }
