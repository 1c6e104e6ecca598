"""How a source is after a look at it, and when to look again: pure decisions.

A source is alive, empty (it lists nothing), silent (nothing new for far longer than usual), unreachable, unreadable,
blocked or gone. None is ever given up: what does not answer is asked ever more slowly, down to once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rolecall import __version__
from rolecall.budget import Share
from rolecall.config import SourceEntry
from rolecall.errors import NotNow, Refused, SourceError, Unreachable
from rolecall.model import Page, Request, Validators
from rolecall.pace import floor_of, pace_of
from rolecall.plan import Move, SourceHealth, SourceState
from rolecall.schedule import DAY, next_retry

MANY = 5  # a list that held so many does not become empty by itself
LATE = timedelta(minutes=10)
SECOND_LOOK = timedelta(hours=1)  # after a first refusal
MOVES = (3, DAY)  # how often, and over how long, a source must say that it has moved


@dataclass(frozen=True, slots=True)
class Look:
    """What one poll that was answered brought.

    `ids`: of all postings listed; those known from last time were not read again. `whole`: together the pages are all
    that the source lists now. `wait`: for how long it wants to be left alone. `moved_to`: where its address leads for
    good. `new`: how many of the postings were never seen before.
    """

    pages: tuple[Page, ...]
    ids: frozenset[str]
    validators: Mapping[str, Validators]
    whole: bool = False
    wait: timedelta = timedelta(0)
    moved_to: str | None = None
    new: int = 0

    @property
    def listed(self) -> int | None:
        """How many postings are listed; None when nothing has changed."""
        return len(self.ids) if self.pages else None


def after_success(
    state: SourceState, entry: SourceEntry, look: Look, now: datetime, share: Share | None = None
) -> SourceState:
    """Return the state after a poll that was answered (also with "unchanged")."""
    rhythm = state.rhythm.after(look.new, look.listed, now, missed=missed(state, now))
    wait = look.wait if look.pages else max(look.wait, state.wait)
    pace = pace_of(entry, rhythm, wait, share, now)
    listed = state.postings if look.listed is None else look.listed
    after = replace(
        state,
        due_at=pace.next(now, state.name),
        pace=str(pace),
        every=pace.every,
        wait=wait,
        rhythm=rhythm,
        validators=look.validators,
        baseline=True,
        failures=0,
        version=__version__,
        put_off="",
        last_try=now,
        last_success=now,
        postings=listed,
        skipped=sum(page.skipped for page in look.pages) if look.pages else state.skipped,
        move=_moved(state.move, look.moved_to, entry, now),
        gap=(state.last_success, now) if state.last_success and _scrolled_off(state, look, now) else state.gap,
        items=_items(state.items, look.pages) if look.pages else state.items,
    )
    if listed == 0 and state.postings >= MANY:
        why = f"it lists nothing, where there were {state.postings}: a second look decides"
        return _doubted(replace(after, due_at=now + pace.floor), why, now)
    return _is_now(after, "empty" if listed == 0 else "silent" if rhythm.silent(now) else "alive", state, now)


def _items(before: Mapping[str, str], pages: Iterable[Page]) -> Mapping[str, str]:
    """Return what need not be read again; what was known before keeps its place in memory, poll after poll.

    Ten thousand small strings made anew every hour, amid all else that a poll makes and drops, leave holes.
    """
    now = {digest: known for page in pages for digest, known in page.items.items()}
    same = {digest: known for digest, known in before.items() if now.get(digest) == known}
    return same | {digest: known for digest, known in now.items() if digest not in same}


def after_failure(state: SourceState, entry: SourceEntry, error: SourceError, now: datetime) -> SourceState:
    """Return the state after a poll that failed. A second refusal slows the source to once a day."""
    failures, floor = state.failures + 1, floor_of(entry)
    due = next_retry(now, entry.every, floor, state.name, failures, error.retry_after)
    if isinstance(error, Refused):
        due = now + (DAY if failures > 1 else max(SECOND_LOOK, floor))
    after = replace(
        state,
        due_at=due,
        failures=failures,
        put_off="",
        last_try=now,
        last_error=str(error),
        last_error_at=now,
        move=None if state.move and state.move.settled else state.move,  # perhaps the old address is good again
    )
    return _is_now(after, _ailment(error), state, now)


def after_put_off(state: SourceState, error: NotNow, now: datetime) -> SourceState:
    """Return the state of a source that was not asked: it is as well or ill as before, and comes later."""
    return replace(state, due_at=now + min(DAY, timedelta(seconds=error.retry_after or 0)), put_off=str(error))


def missed(state: SourceState, now: datetime) -> bool:
    """Say whether the source was not seen for longer than usual: it failed, or we were down."""
    late = state.last_success is not None and now - state.last_success > 1.5 * state.every + LATE
    return state.failures > 0 or late


def rebased(state: SourceState, now: datetime) -> SourceState:
    """Return the state of a source that seems to have been asked in the future: the clock was set back.

    It counts as asked now, so it is asked neither too soon nor an hour (or a month) late.
    """
    if state.last_try is None or state.last_try <= now:
        return state
    return replace(state, last_try=now, due_at=state.due_at - (state.last_try - now))


def readdressed(request: Request, state: SourceState) -> Request:
    """Return the request, at the address that the source has moved to for good."""
    move = state.move
    return replace(request, url=move.to) if move and move.settled and move.of == request.url else request


# --- parts ----------------------------------------------------------------------------------------------------


def _is_now(after: SourceState, health: SourceHealth, before: SourceState, now: datetime) -> SourceState:
    """Set the health, and since when: one trouble may change its face, and is the same trouble."""
    same = health == before.health or (after.failures and before.failures)
    return replace(after, health=health, since=before.since if same and before.since else now)


def _doubted(after: SourceState, why: str, now: datetime) -> SourceState:
    """An answer that is more likely a fault than the end of every job."""
    return replace(after, health="unreadable", since=now, failures=1, last_error=why, last_error_at=now)


def _ailment(error: SourceError) -> SourceHealth:
    match error:
        case Refused(gone=True):
            return "gone"
        case Refused():
            return "blocked"
        case Unreachable():
            return "unreachable"
        case _:
            return "unreadable"


def _scrolled_off(state: SourceState, look: Look, now: datetime) -> bool:
    """Say whether postings may have come and gone unseen: a page of the newest on which nothing is known."""
    return missed(state, now) and state.postings > 0 and not look.whole and 0 < look.new == look.listed


def _moved(move: Move | None, to: str | None, entry: SourceEntry, now: datetime) -> Move | None:
    """Return what is known of the source's move. Only a plain address is ever replaced: others may hold a key."""
    requests = entry.source.requests()
    if to is None:
        return move if move and move.settled else None
    if len(requests) != 1 or requests[0].query or requests[0].headers or requests[0].method != "GET":
        return None
    if move is None or move.to != to or move.of != requests[0].url:
        move = Move(requests[0].url, to, now)
    times, over = MOVES
    seen = move.times + 1
    return replace(move, times=seen, settled=seen >= times and now - move.since >= over)
