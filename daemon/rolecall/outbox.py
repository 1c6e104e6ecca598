"""A message on its way: what is claimed, what became of it, how its channel is.

pending → sending (a `Claim`, under lease) → an `Outcome`: sent, retry at, dead, suspended or dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rolecall.model import MessageKind


@dataclass(frozen=True, slots=True)
class Claim:
    """One outbox row under lease: what to send and how often it was tried.

    `message_id` never changes for a row; `ambiguous` counts sends whose outcome is not known, `unclear` those of
    them that the channel answered unclearly: the others were cut off by a kill, which is no fault of the message.
    `again`: the row was found in `sending` after a crash, so a copy may have arrived. `bundle` as in `Delivery`.
    `jobs`: the ids of its alerts, those of one job together.
    """

    id: int
    channel: str
    kind: MessageKind
    message_id: str
    subject: str
    text: str
    attempts: int
    ambiguous: int
    again: bool
    created_at: datetime
    jobs: tuple[tuple[int, ...], ...] = ()
    unclear: int = 0
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived. `closed`: alerts it did not tell of, because their jobs have closed."""

    receipt: str = ""  # the channel's own id for the message
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Back to pending; the whole channel waits until `at`, so that order is kept.

    `counts`: the attempt counts; `ambiguous`: a copy may have arrived.
    """

    at: datetime
    error: str
    counts: bool = True
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """Never to be sent, with the reason shown in `rolecall status`."""

    error: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """The channel is refused: the row goes back to pending and the channel stops until it is resumed."""

    error: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not worth sending any more: every job in it has closed, or the user is done with it. `closed` as in `Sent`."""

    reason: str
    closed: tuple[int, ...] = ()


Outcome = Sent | RetryAt | Dead | Suspend | Dropped


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as `status` shows it. `oldest`: creation time of the oldest pending row that is due."""

    name: str
    pending: int = 0
    sent: int = 0
    dead: int = 0
    not_before: datetime | None = None
    suspended: str = ""
    last_sent: datetime | None = None
    last_error: str = ""
    next_due: datetime | None = None
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadMessage:
    id: int
    channel: str
    subject: str
    error: str
    at: datetime
