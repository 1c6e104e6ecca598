"""Words of the level vocabularies as levels: "senior", "mid-senior", "lead/management"."""

from __future__ import annotations

from functools import cache

from rolecall.model import Level, Rung, Track


@cache
def level(word: str) -> Level:
    """Return the level that `rung[-rung][/track]` names; raises `ValueError` for anything else."""
    rungs, _, track = word.partition("/")
    low, _, high = rungs.partition("-")
    try:
        return Level(Rung[low.upper()], Rung[(high or low).upper()], _track(track or "ic"))
    except KeyError as error:
        raise ValueError(f"no such rung: {error}") from error


def _track(word: str) -> Track:
    match word:
        case "ic" | "lead" | "management":
            return word
    raise ValueError(f"no such track: {word}")


def span(levels: list[Level]) -> Level:
    """Return the range from the lowest to the highest of several levels, on the track of the highest."""
    highest = max(levels, key=lambda one: one.max)
    return Level(min(one.min for one in levels), highest.max, highest.track)
