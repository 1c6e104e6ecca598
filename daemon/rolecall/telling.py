"""What the owner hears of the sources: once when one breaks, once when it is well again. Pure.

Troubles that are there together are told together; a source that breaks again and again is not told each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rolecall.config import Config
from rolecall.plan import NewNotice, Reported, SourceState
from rolecall.schedule import next_slot
from rolecall.trouble import RECENT, complaint, configured, gap, in_trouble, move, sources, what_next, when

AGAIN = timedelta(days=3)  # before the owner hears of a new trouble of the same source
AT_MOST = 20  # lines in one message

TROUBLE, MOVED, GAP = "trouble", "moved", "gap"


@dataclass(frozen=True, slots=True)
class Untold:
    """What the owner does not know yet, by what it is about. `back`: what was told is over."""

    trouble: tuple[SourceState, ...] = ()
    back: tuple[SourceState, ...] = ()
    moved: tuple[SourceState, ...] = ()
    gaps: tuple[SourceState, ...] = ()

    def told(self, before: Mapping[tuple[str, str], Reported], now: datetime) -> dict[tuple[str, str], Reported]:
        """Return what is remembered once it has been said."""
        said = {(state.name, TROUBLE): Reported(now) for state in self.trouble}
        said |= {(state.name, TROUBLE): Reported(before[state.name, TROUBLE].at, open=False) for state in self.back}
        said |= {(state.name, MOVED): Reported(now) for state in self.moved}
        return said | {(state.name, GAP): Reported(now) for state in self.gaps}


def untold(
    states: Mapping[str, SourceState], told: Mapping[tuple[str, str], Reported], config: Config, now: datetime
) -> Untold:
    """Return what is worth a word to the owner now."""
    known = configured(states, config)
    fresh = [state for state in known if in_trouble(state) and _may_tell(told.get((state.name, TROUBLE)), now)]
    back = [state for state in known if _is_open(told, state) and not state.failures and not in_trouble(state)]
    moved = [s for s in known if s.move and s.move.settled and _since(told, s, MOVED, s.move.since)]
    gaps = [s for s in known if s.gap and now - s.gap[1] <= RECENT and _since(told, s, GAP, s.gap[1])]
    urgent = fresh or back or moved
    due = [s for s in gaps if urgent or (s.gap and _next_digest(s.gap[1], config) <= now)]
    return Untold(tuple(fresh), tuple(back), tuple(moved), tuple(due))


def _may_tell(told: Reported | None, now: datetime) -> bool:
    return told is None or (not told.open and now - told.at >= AGAIN)


def _is_open(told: Mapping[tuple[str, str], Reported], state: SourceState) -> bool:
    return (state.name, TROUBLE) in told and told[state.name, TROUBLE].open


def _since(told: Mapping[tuple[str, str], Reported], state: SourceState, what: str, moment: datetime) -> bool:
    """Say whether something happened after what was told last."""
    return (state.name, what) not in told or told[state.name, what].at < moment


def _next_digest(moment: datetime, config: Config) -> datetime:
    """A gap is worth no interruption: it waits for the time of the next digest."""
    return next_slot(moment, config.zone, config.daemon.digest_at)


def notice(of: Untold, config: Config, now: datetime) -> tuple[NewNotice, ...]:
    """Return one message about all of it; none when there is nothing to say, or nobody to say it to."""
    lines = list(_lines(of, config, now))
    if not lines or config.owner is None:
        return ()
    shown = lines[:AT_MOST] + ([f"And {len(lines) - AT_MOST} more: rolecall status"] if len(lines) > AT_MOST else [])
    return (NewNotice(f"health:{now.isoformat()}", config.owner, _subject(of, config), "\n".join(shown), now),)


def _lines(of: Untold, config: Config, now: datetime) -> Iterator[str]:
    if _nothing_answers(of.trouble, config):
        since = min(filter(None, (state.since for state in of.trouble)), default=now)
        yield f"Not one of {len(of.trouble)} has answered since {when(since, config)}: is this machine's network up?"
    else:
        for state in of.trouble:
            began = f" since {when(state.since, config)}" if state.since else ""
            yield f"{state.name} is {state.health}{began}: {complaint(state, config)}. It is {what_next(state)}."
    for state in of.back:
        yield f"{state.name} is well again: {state.postings} postings, {state.pace}."
    for state in of.moved:
        yield f"{state.name}: {move(state)}. It is asked there already."
    for state in of.gaps:
        yield f"{state.name}: {gap(state, config, now)}."


def _nothing_answers(ill: Sequence[SourceState], config: Config) -> bool:
    return len(ill) == len(config.sources) > 2 and all(state.health == "unreachable" for state in ill)


def _subject(of: Untold, config: Config) -> str:
    if _nothing_answers(of.trouble, config):
        return "No source can be reached"
    if of.trouble:
        first = f"{of.trouble[0].name} is {of.trouble[0].health}"
        return first if len(of.trouble) == 1 else f"{sources(len(of.trouble))} in trouble"
    if of.back:
        return f"{of.back[0].name} is well again" if len(of.back) == 1 else f"{sources(len(of.back))} well again"
    return "A source has moved" if of.moved else "Postings may have been missed"
