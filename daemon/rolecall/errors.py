"""The whole tree of errors, on one page.

Two kinds of failure at each edge: temporary (try again) and permanent (stop this one thing, visibly).
Anything that is not a `RolecallError` is a bug: it ends the process with its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RolecallError(Exception):
    """Something a user can cause or meet; its text is a clear sentence."""


# --- configuration --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration: where, what was expected, and what may have been meant."""

    path: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = f" {self.suggestion}" if self.suggestion else ""
        return f"{self.path}: {self.message}{hint}"


class ConfigError(RolecallError):
    """Everything wrong with the configuration, all at once. The command exits with 78 (EX_CONFIG)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


# --- sources --------------------------------------------------------------------------------------------------


class SourceError(RolecallError):
    """A source could not be read this time. `retry_after`: seconds, where the source said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(SourceError):
    """No usable answer: DNS, connection, deadline, 5xx, 429. Tried again later.

    `host`: the one that asked for the time in `retry_after`.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, host: str = "") -> None:
        super().__init__(message, retry_after=retry_after)
        self.host = host


class NotNow(SourceError):
    """Not asked at all: a budget is used up, or its host wants to be left alone. No fault of the source."""


class Unreadable(SourceError):
    """An answer that is not what this kind of source gives: HTML for RSS, cut JSON, too large, parser killed."""


class Refused(SourceError):
    """The answer will not change by asking again: 401, 403, 404, 410, a forbidden address."""

    def __init__(self, message: str, *, gone: bool = False, status: int = 0) -> None:
        super().__init__(message)
        self.gone = gone
        self.status = status  # of the HTTP answer, where there was one


# --- delivery -------------------------------------------------------------------------------------------------


class DeliveryError(RolecallError):
    """A message did not arrive, or may not have."""


class Deferred(DeliveryError):
    """Not now: the channel waits and the message stays. `ambiguous`: it may have arrived all the same.

    `counts` is False where the attempt must not be counted (a 429 is no fault of the message).
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, ambiguous: bool = False, counts: bool = True
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.counts = counts


class Rejected(DeliveryError):
    """The channel itself is refused (blocked bot, wrong password): it is suspended, its messages are kept."""


class Unsendable(DeliveryError):
    """This one message can never be sent; the channel goes on."""


# --- storage --------------------------------------------------------------------------------------------------


class StoreError(RolecallError):
    """The database cannot be used."""

    named = False  # whether the text begins with the file that it is about


class DatabaseTooNew(StoreError):
    """Written by a newer Rolecall. The command exits with 78."""


class DatabaseBusy(StoreError):
    """Another daemon holds this database."""
