"""Criteria about where the work is done: mode, office days, UK, distance from home."""

from __future__ import annotations

from collections.abc import Iterable

from rolecall.match.criterion import criterion, either, no, unknown, yes
from rolecall.match.wants import Search
from rolecall.model import Location, Mode, Place, Posting, UkFit, Verdict, WorkMode
from rolecall.normalise.place import find, miles

MONTHLY = 0.25  # office days a week of one day a month


@criterion(reads=["mode"], unknown="mode")
def modes(posting: Posting, wanted: frozenset[Mode], search: Search) -> Verdict:
    mode, flags = posting.mode.value or WorkMode(), posting.mode.flags
    offered = _either(mode.modes)
    if mode.modes & wanted:
        return yes("mode", mode_words(mode))
    if wanted <= mode.ruled_out:
        return no("mode_ruled_out", f"not {_either(wanted)}")
    if not mode.modes:
        return unknown("mode_not_stated", "mode not stated", "mode")
    if Mode.REMOTE in wanted and flags & {"remote_negotiable", "field_says_remote"}:
        return unknown("remote_perhaps", f"{offered}, remote may be possible", "mode")
    if Mode.HYBRID in wanted and mode.modes == {Mode.REMOTE} and "office_optional" in flags:
        return unknown("office_optional", "remote, an office may be used", "mode")
    return no("other_mode", f"{offered}, you want {_either(wanted)}")


@criterion(reads=["mode"], unknown="mode")
def max_office_days(posting: Posting, wanted: float, search: Search) -> Verdict:
    mode = posting.mode.value or WorkMode()
    if Mode.REMOTE in mode.modes and search.takes_mode(Mode.REMOTE):
        return yes("remote", "remote")
    if (days := mode.office_days) is None:
        if mode.modes == {Mode.ONSITE}:
            return (yes if wanted >= 5 else no)("onsite", "on-site")
        return unknown("days_not_stated", "office days not stated", "mode")
    label = f"{days_words(mode)} in the office"
    if days.min <= wanted:
        return yes("office_days", label)
    return no("too_many_office_days", f"{label}, you want {wanted:g} at most")


@criterion(reads=["uk", "mode"], unknown="uk", default=True)
def uk_remote_only(posting: Posting, wanted: bool, search: Search) -> Verdict:
    fit, mode = posting.uk.value, posting.mode.value or WorkMode()
    if not wanted or (fit is None and mode.modes and Mode.REMOTE not in mode.modes):
        return yes("uk_not_asked")
    if fit is UkFit.YES:
        return yes("uk", "open to the UK")
    if fit is UkFit.NO:
        return no("not_uk", "not open to people in the UK")
    return unknown("uk_unclear", "check eligibility: may not be open to the UK", "uk")


@criterion(reads=["location", "mode"], options=["max_miles"], unknown="place")
def home(posting: Posting, wanted: Place, search: Search) -> Verdict:
    """One offered mode within its radius is enough; a remote offer is bound only by where one must live."""
    mode = posting.mode.value or WorkMode()
    offered: list[Mode | None] = [one for one in sorted(mode.modes) if search.takes_mode(one)]
    verdicts = [_offer(one, mode, posting, wanted, search) for one in offered or sorted(mode.modes) or [None]]
    return min(verdicts, key=lambda verdict: ("yes", "unknown", "no").index(verdict.answer.value))


def _offer(one: Mode | None, mode: WorkMode, posting: Posting, wanted: Place, search: Search) -> Verdict:
    if one is Mode.REMOTE:
        return _remote(mode, posting, wanted, search)
    verdict = _within(posting.location.value, wanted, _radius(one, mode, search))
    if one is None and verdict.reason == "too_far" and search.takes_mode(Mode.REMOTE):
        return unknown("far_unless_remote", f"{verdict.label}; mode not stated", "place")
    return verdict


def _remote(mode: WorkMode, posting: Posting, wanted: Place, search: Search) -> Verdict:
    base, days = mode.home_base, mode.office_days
    if base is not None:
        place = find(base.name)
        return _within(Location((place,) if place else ()), wanted, base.miles or search.max_miles or 60)
    if days is not None and days.min > 0:
        return _within(posting.location.value, wanted, 2 * (search.max_miles or 60))
    return yes("remote", "remote")


def _radius(one: Mode | None, mode: WorkMode, search: Search) -> float:
    """Return the miles that are a fair way to work: the fewer days, the longer."""
    if search.max_miles is not None:
        return search.max_miles
    if one is Mode.ONSITE:
        return 15
    days = mode.office_days.min if mode.office_days else 2
    return 60 if days <= 1 else 30 if days <= 3 else 15


def _within(location: Location | None, wanted: Place, radius: float) -> Verdict:
    places = location.places if location else ()
    if location and not places and location.countries and wanted.country not in location.countries:
        return no("other_country", f"in {either(sorted(location.countries))}")
    if not places or location is None or location.ambiguous or location.conflict:
        return unknown("place_unclear", f"place {'ambiguous' if places else 'not stated'}", "place")
    known = [(miles(wanted, place), place.name) for place in places if place.lat is not None]
    far, name = min(known, default=(None, ""))
    if far is not None and far <= radius:
        return yes("near", f"{name}, {far:.0f} mi of {radius:g}")
    if any(place.lat is None and place.country in (None, wanted.country) for place in places):
        return unknown("place_unresolved", f"{either([place.name for place in places])}: distance not known", "place")
    return no("too_far", f"{name}, {far:.0f} mi, over your {radius:g}" if far is not None else f"in {places[0].name}")


def _either(modes: Iterable[Mode]) -> str:
    return either(["on-site" if mode is Mode.ONSITE else mode.value for mode in sorted(modes)])


def mode_words(mode: WorkMode) -> str:
    """Return "remote", "hybrid, 2 days", "hybrid or remote"."""
    words = _either(mode.modes)
    return f"{words}, {days_words(mode)}" if mode.office_days and Mode.HYBRID in mode.modes else words


def days_words(mode: WorkMode) -> str:
    days = mode.office_days
    if days is None:
        return ""
    if days.max is None:
        return f"at least {days.min:g} days"
    if days.min == days.max:
        return "1 day" if days.min == 1 else f"{days.min:g} days"
    return f"{days.min:g}-{days.max:g} days"
