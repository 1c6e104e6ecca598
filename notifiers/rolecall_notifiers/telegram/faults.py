"""What an answer of Telegram's means, in our own words. The table is in docs/delivery.md."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall_notifiers.telegram.pace import Busy
from rolecall_notifiers.telegram.request import Unanswered, Unreached

WAIT_IF_AMBIGUOUS = 60.0  # seconds

_OF_THE_CHANNEL = ("chat", "peer", "user", "rights", "member", "topic", "thread", "forbidden")


def failure(error: Exception, said: str, on_ambiguous: Literal["resend", "hold"] = "resend") -> DeliveryError:
    """Say what a failure means. The order matters: BadRequest is a NetworkError. `said` holds no secret."""
    match error:
        case Busy():
            return Deferred(said, retry_after=error.seconds, counts=False)
        case RetryAfter():
            return Deferred(said, retry_after=seconds(error), counts=False)
        case Forbidden():
            return Rejected(f"Telegram refuses the bot: {said}")
        case InvalidToken():
            return Rejected(f"Telegram does not know the bot's token: {said}")
        case Conflict():
            return Deferred(f"somebody else listens with the bot's token: {said}")
        case BadRequest() if any(word in said.lower() for word in _OF_THE_CHANNEL):
            start = " (is chat_id right, and did you press Start?)" if "chat not found" in said.lower() else ""
            return Rejected(f"Telegram refuses the chat: {said}{start}")
        case BadRequest():
            return Unsendable(f"Telegram refuses the message: {said}")
        case Unreached():
            return Deferred(f"Telegram cannot be reached: {said}")
        case NetworkError() if not isinstance(error, Unanswered):  # it answered, with an error status
            return Deferred(f"Telegram is in trouble: {said}", counts="too many requests" not in said.lower())
        case _ if on_ambiguous == "hold":
            said = f"no clear answer from Telegram ({said}); it may have arrived, so it is not sent again"
            return Unsendable(said)
        case _:
            said = f"no clear answer from Telegram: {said}"
            return Deferred(said, retry_after=WAIT_IF_AMBIGUOUS, ambiguous=True)


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram wants us to wait."""
    after = error.retry_after  # an int, or a timedelta with PTB_TIMEDELTA and in versions to come
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def moved_to(error: Exception) -> int | None:
    """Return the new id of a group that became a supergroup."""
    return error.new_chat_id if isinstance(error, ChatMigrated) else None


def refuses(error: Exception, *words: str) -> bool:
    """Is this a refusal of the request (400) that says one of the words?"""
    return isinstance(error, BadRequest) and any(word in str(error).lower() for word in words)
