"""Which sources somebody should look at, and what is said of each: pure words for `status`, digests and messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from rolecall import schedule
from rolecall.config import Config
from rolecall.plan import SourceHealth, SourceState
from rolecall.schedule import spell

PATIENCE: Mapping[SourceHealth, int] = {"gone": 2, "blocked": 2, "unreadable": 2, "unreachable": 3}
"""Failures in a row before they are called a trouble."""
MANY = 5  # a list that usually holds so many should not be empty
RECENT = timedelta(days=7)
NAMED = 5  # in a digest; the rest is counted


def in_trouble(state: SourceState) -> bool:
    """Say whether somebody should look at a source."""
    match state.health:
        case "empty":
            return state.rhythm.usual >= MANY
        case "silent":
            return True
        case health:
            return 0 < PATIENCE.get(health, 0) <= state.failures


def troubled(states: Mapping[str, SourceState], config: Config) -> list[SourceState]:
    """Return the configured sources that are in trouble."""
    return [state for state in configured(states, config) if in_trouble(state)]


def configured(states: Mapping[str, SourceState], config: Config) -> list[SourceState]:
    return [states[entry.source.name] for entry in config.sources if entry.source.name in states]


# --- words ----------------------------------------------------------------------------------------------------


def why(state: SourceState, config: Config, now: datetime) -> str:
    """Return what is to be said of a source beside its health: "" when all is well."""
    return "; ".join(filter(None, (complaint(state, config), state.put_off, gap(state, config, now), move(state))))


def what_next(state: SourceState) -> str:
    """Return what happens next with a source, but for when."""
    if state.health in ("gone", "blocked") and state.failures > 1:
        return "asked once a day"
    return "asked again, ever more slowly" if state.failures else state.pace


def complaint(state: SourceState, config: Config) -> str:
    usual = state.rhythm.usual
    if state.failures:
        return state.last_error
    if state.health == "empty":
        return f"it lists nothing, where there usually are {usual:.0f}" if usual else "it has never listed anything yet"
    if state.health == "silent" and state.rhythm.news_at is not None:
        often = spell(timedelta(seconds=state.rhythm.gap))
        return f"nothing new since {when(state.rhythm.news_at, config)}; something comes every {often}, weekends aside"
    return ""


def gap(state: SourceState, config: Config, now: datetime) -> str:
    if state.gap is None or now - state.gap[1] > RECENT:
        return ""
    start, end = (when(moment, config) for moment in state.gap)
    return f"gap possible: what came and went between {start} and {end} was not seen"


def move(state: SourceState) -> str:
    settled = state.move is not None and state.move.settled
    return f"it has moved: put {state.move.to} into your configuration" if settled and state.move else ""


def when(moment: datetime, config: Config) -> str:
    return schedule.when(moment, config.zone)


def digest_line(states: Mapping[str, SourceState], config: Config, now: datetime) -> str:
    """Return one line for a digest, "" when no source is in trouble."""
    ill = [state for state in troubled(states, config) if _worth_repeating(state, now)]
    if not ill:
        return ""
    named = [f"{state.name} ({state.health})" for state in ill[:NAMED]]
    more = f" and {len(ill) - NAMED} more" if len(ill) > NAMED else ""
    return f"{sources(len(ill))} in trouble: {', '.join(named)}{more}."


def _worth_repeating(state: SourceState, now: datetime) -> bool:
    """A board that answers but has nothing may simply have nothing: that is not said in every digest for ever."""
    return state.failures > 0 or state.since is None or now - state.since < 2 * RECENT


def sources(count: int) -> str:
    return f"{count} source{'s are' if count > 1 else ' is'}"
