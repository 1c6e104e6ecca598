"""Facts in the words of the short cases (data/cases/README.md): one view per case file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from rolecall.model import ClearanceLevel, Closing, Fact, Hours, Level, Location, Need, Salary, WorkMode
from rolecall.normalise.facts import as_pay
from rolecall.normalise.stack import technologies
from tests.quality.reading import Reading

View = dict[str, Any]
_LONDON = ZoneInfo("Europe/London")


def salary(reading: Reading) -> View:
    fact: Fact[Salary] = reading.salary
    return {"salary": _salary(fact), "flags": fact.flags, "confidence": fact.confidence}


def _salary(fact: Fact[Salary]) -> View | None:
    if fact.value is None:
        return None
    value = fact.value
    return {
        **as_pay(value.pay),
        "fte_basis": value.fte_basis,
        "actual": None if value.actual is None else float(value.actual),
        "flags": fact.flags,
        "others": [as_pay(pay) for pay in value.others],
        "annual_basis": value.annual_basis,
        "annual_gbp": list(value.annual_gbp),
    }


def level(reading: Reading) -> View:
    fact: Fact[Level] = reading.level
    floor = reading.floor.value
    return {
        "level": None if fact.value is None else {"min": fact.value.min.word, "max": fact.value.max.word},
        "floor": None if floor is None else floor.word,
        "track": None if fact.value is None else fact.value.track,
        "software": reading.family.value != "non_software",
        "confidence": fact.confidence,
    }


def mode(reading: Reading) -> View:
    fact: Fact[WorkMode] = reading.mode
    value = fact.value or WorkMode()
    days, base, tz = value.office_days, value.home_base, value.tz
    return {
        "modes": [str(m) for m in value.modes],
        "ruled_out": [str(m) for m in value.ruled_out],
        "office_days": None if days is None else [days.min, days.max],
        "regions": value.regions,
        "uk": _uk(reading),
        "home_base": None if base is None else {"name": base.name, "miles": base.miles},
        "travel": value.travel,
        "tz": tz and {"kind": tz.kind, "from": tz.start, "to": tz.end, "hours": tz.hours, "zone": tz.zone},
        "uk_hours": value.uk_hours,
        "flags": fact.flags,
        "confidence": fact.confidence,
    }


def _uk(reading: Reading) -> str:
    return str(reading.uk.value or "unclear")


def stack(reading: Reading) -> View:
    techs = reading.stack
    named = [tech for tech in techs if tech.implied_by is None]
    wanted = [tech for tech in named if tech.need not in {Need.NOT, Need.LEGACY}]
    groups: dict[int, set[str]] = {}
    for tech in wanted:
        if tech.group is not None:
            groups.setdefault(tech.group, set()).add(tech.id)
    return {
        "named": [tech.id for tech in wanted],
        "technologies": [tech.id for tech in technologies(wanted)],
        "implied": [tech.id for tech in techs if tech.implied_by],
        **{need.value: [tech.id for tech in named if tech.need is need] for need in Need},
        "any_of": [sorted(group) for group in groups.values()],
        "trainable": [tech.id for tech in named if tech.trainable],
    }


def location(reading: Reading) -> View:
    value: Location = reading.location.value or Location()
    base = (reading.mode.value or WorkMode()).home_base
    return {
        "places": [{"name": p.name, "country": p.country, "nation": p.nation} for p in value.places],
        "countries": value.countries,
        "uk": _uk(reading),
        "ambiguous": value.ambiguous,
        "conflict": value.conflict,
        "postcodes": [p.postcode for p in value.places if p.postcode],
        "home_base": None if base is None else {"name": base.name, "miles": base.miles},
    }


def contract(reading: Reading) -> View:
    hours = reading.hours.value or Hours()
    return {
        "contract": reading.contract.value,
        "ir35": reading.ir35.value,
        "hours": hours.patterns,
        "flags": reading.contract.flags | reading.ir35.flags,
        "confidence": reading.ir35.confidence,
    }


def clearance(reading: Reading) -> View:
    value = reading.clearance.value
    if value is None:
        return {"level": None, "state": None, "also": [], "residency_years": None}
    return {
        "level": _CLEARANCE.get(value.level, value.level.name),
        "state": value.state,
        "also": [_CLEARANCE.get(level, level.name) for level in value.also],
        "residency_years": value.residency_years,
    }


_CLEARANCE = {ClearanceLevel.NONE: "none", ClearanceLevel.ESC: "eSC"}


def visa(reading: Reading) -> View:
    fact = reading.visa
    value = fact.value
    offered = None if value is None else value.offered
    return {
        "visa": None if offered is None else ("yes" if offered else "no"),
        "right_to_work": value is not None and value.right_to_work,
        "elsewhere": [] if value is None else value.elsewhere,
        "confidence": fact.confidence,
    }


def agency(reading: Reading) -> View:
    return {"agency": {True: "agency", False: "direct", None: None}[reading.agency.value]}


def hours(reading: Reading) -> View:
    value = reading.hours.value or Hours()
    return {
        "patterns": value.patterns,
        "days_per_week": value.days_per_week,
        "hours_per_week": value.hours_per_week,
        "fte": value.fte,
    }


def closing(reading: Reading) -> View:
    value = reading.closing.value or Closing(None)
    return {
        "closes": value.at and value.at.astimezone(_LONDON).strftime("%Y-%m-%dT%H:%M"),
        "zone": "Europe/London",
        "date_only": value.date_only,
        "ongoing": value.ongoing,
    }


def lifecycle(reading: Reading) -> View:
    return {"flags": reading.flags}


VIEWS: dict[str, Callable[[Reading], View]] = {
    "salary": salary, "level": level, "mode": mode, "stack": stack, "location": location, "contract": contract,
    "clearance": clearance, "visa": visa, "agency": agency, "hours": hours, "closing": closing, "lifecycle": lifecycle,
}  # fmt: skip
"""The case files, each with the view that answers it."""

_RULES: dict[str, str] = {"lifecycle": "", "stack": ""}


def rule(field: str, reading: Reading) -> str:
    """The rule that answered for this field, "" where a field has no single one."""
    fact = None if field in _RULES else getattr(reading, field)
    return "" if fact is None else str(fact.rule)
