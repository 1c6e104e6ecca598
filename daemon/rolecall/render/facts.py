"""The facts of a posting as short phrases: "Hybrid, 2 days a week in the office", "Mid to Senior", "Leeds"."""

from __future__ import annotations

from collections.abc import Sequence

from rolecall.model import (
    Clearance,
    ClearanceLevel,
    Confidence,
    ContractType,
    Fact,
    HomeBase,
    Level,
    Location,
    Mode,
    OfficeDays,
    Place,
    Posting,
    Rung,
    UkFit,
    WorkMode,
)
from rolecall.normalise.place import miles
from rolecall.render.names import country_name

_MODES = {Mode.REMOTE: "remote", Mode.HYBRID: "hybrid", Mode.ONSITE: "on site"}
_UK = {UkFit.YES: "open to the UK", UkFit.UNCLEAR: "UK eligibility unclear", UkFit.NO: "not open to the UK"}
_HOURS = {"late": "late hours for the UK", "early": "early hours for the UK"}
_CLEARANCES = {
    None: "{} clearance",
    "held": "active {} clearance",
    "eligible": "eligible for {} clearance",
    "preferred": "{} clearance preferred",
}
_CONTRACTS = {
    ContractType.PERMANENT: "Permanent",
    ContractType.CONTRACT: "Contract",
    ContractType.FIXED_TERM: "Fixed term",
}


def mode_text(mode: Fact[WorkMode], uk: UkFit | None) -> str:
    """Return where the work is done, with office days and whether the UK may apply; "" when not stated."""
    value = mode.value
    if value is None or not value.modes:
        return ""
    parts = [_modes(value.modes)]
    if value.office_days and Mode.ONSITE not in value.modes:
        parts.append(days_text(value.office_days))
    if Mode.REMOTE in value.modes and uk is not None:
        parts.append(_UK[uk])
    if value.home_base:
        parts.append(_home(value.home_base))
    if value.uk_hours in _HOURS:
        parts.append(_HOURS[value.uk_hours])
    return _sure(mode, ", ".join(parts)) + (" (advertised as remote)" if "field_says_remote" in mode.flags else "")


def days_text(days: OfficeDays) -> str:
    """Return "2 days a week in the office", "at least 2 days …", "1 day a month …"."""
    if days.max == days.min and days.min < 1:
        return _rare(days.min)
    if days.max is None:
        return f"at least {_days(days.min)} a week in the office"
    if days.min == 0:
        return f"up to {_days(days.max)} a week in the office"
    many = _days(days.max) if days.min == days.max else f"{days.min:g}–{_days(days.max)}"
    return f"{many} a week in the office"


def level_text(level: Fact[Level]) -> str:
    """Return "Senior", "Mid to Senior", "Lead (management)"; "" when not stated."""
    value = level.value
    if value is None:
        return ""
    words = _rung(value.min) if value.min == value.max else f"{_rung(value.min)} to {_rung(value.max)}"
    return _sure(level, words + (" (management)" if value.track == "management" else ""))


def place_text(location: Fact[Location], said: str, home: Place | None = None) -> str:
    """Return the places by name, the nearest to `home` first; what the posting said where none was recognised."""
    value = location.value
    if value is None or not (value.places or value.countries):
        return said if said.casefold() not in _MODES.values() else ""
    places = sorted(value.places, key=lambda place: miles(home, place)) if home else value.places
    names = list(dict.fromkeys(_place(place) for place in places)) or sorted(map(country_name, value.countries))
    return _listed(names)


def contract_text(posting: Posting) -> str:
    """Return the kind of contract and the clearance it needs: "Contract, SC clearance"."""
    return ", ".join(filter(None, (kind_text(posting.contract), clearance_text(posting.clearance))))


def kind_text(contract: Fact[ContractType]) -> str:
    return _CONTRACTS[contract.value] if contract.value else ""


def clearance_text(clearance: Fact[Clearance]) -> str:
    """Return the clearance that is asked for, in adverts' own words: "active SC clearance"; "" where none is."""
    value = clearance.value
    if value is None or value.level is ClearanceLevel.NONE:
        return ""
    return _CLEARANCES[value.state].format(value.level.name)


def _modes(modes: frozenset[Mode]) -> str:
    words = [word for mode, word in _MODES.items() if mode in modes]
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return text[0].upper() + text[1:]


def _days(days: float) -> str:
    return "1 day" if days == 1 else f"{days:g} days"


def _rare(days: float) -> str:
    """Less than a day a week reads better by the fortnight or the month."""
    if days == 0.5:
        return "1 day a fortnight in the office"
    a_month = round(days * 4)
    return f"{_days(a_month)} a month in the office" if a_month >= 1 else "rarely in the office"


def _home(base: HomeBase) -> str:
    return f"based in {base.name}" if base.miles is None else f"based within {base.miles:g} miles of {base.name}"


def _rung(rung: Rung) -> str:
    return "Executive" if rung is Rung.EXEC else rung.word.capitalize()


def _place(place: Place) -> str:
    country = country_name(place.country or "GB")
    return place.name if country in ("UK", place.name) else f"{place.name} ({country})"


def _listed(names: Sequence[str], most: int = 3) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _sure(fact: Fact[Level] | Fact[WorkMode], words: str) -> str:
    return f"~{words}" if fact.confidence is Confidence.GUESS else words
