"""The two ends of the filter `rolecall normalise`: a JSON object in, a JSON object out (design: filters.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from rolecall.model import (
    Clearance,
    ClearanceLevel,
    Confidence,
    Fact,
    Ir35,
    Json,
    Level,
    Pay,
    Place,
    Posting,
    RawPosting,
    Salary,
    Tech,
    WorkMode,
)
from rolecall.normalise.stack import technologies
from rolecall.normalise.vocabulary import is_practice

_TEXTS = ("title", "url", "company", "location", "description", "salary_text", "apply_url", "attribution")
_PRINTED_CLEARANCE = {ClearanceLevel.NONE: "none", ClearanceLevel.ESC: "SC"}


# --- in ---------------------------------------------------------------------------------------------------------


def raw_from_json(obj: Json) -> RawPosting:
    """Return the posting that one line of the filter's input describes.

    `id` and `title` are required, everything else may be absent or null; unknown keys are ignored.
    Raises `ValueError` with a sentence that names the key at fault.
    """
    if not isinstance(obj, Mapping):
        raise ValueError("a posting must be a JSON object")
    if obj.get("title") is None:
        raise ValueError("`title` is missing")
    return RawPosting(
        source=_text(obj, "source"),
        id=_identity(obj),
        **{key: _text(obj, key) for key in _TEXTS},
        fields=_fields(obj),
        country=_text(obj, "country").upper() or None,
        posted_at=_moment(obj, "posted_at"),
        closes_at=_moment(obj, "closes_at"),
        tags=_tags(obj),
        truncated=bool(obj.get("truncated")),
    )


def _identity(obj: Mapping[str, Json]) -> str:
    value = obj.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError("`id` is missing" if value is None else "`id` must be a text or a whole number")
    return str(value)


def _text(obj: Mapping[str, Json], key: str) -> str:
    value = obj.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"`{key}` must be a text, not {type(value).__name__}")
    return value


def _fields(obj: Mapping[str, Json]) -> Mapping[str, Json]:
    value = obj.get("fields")
    if value is not None and not isinstance(value, Mapping):
        raise ValueError("`fields` must be an object")
    return value or {}


def _tags(obj: Mapping[str, Json]) -> tuple[str, ...]:
    value = obj.get("tags") or ()
    if not isinstance(value, list | tuple) or not all(isinstance(tag, str) for tag in value):
        raise ValueError("`tags` must be a list of texts")
    return tuple(value)


def _moment(obj: Mapping[str, Json], key: str) -> datetime | None:
    """Return an ISO 8601 or RFC 2822 date as aware UTC (without a zone: UTC); what is no date is not stated."""
    text = _text(obj, key).strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


# --- out --------------------------------------------------------------------------------------------------------


def as_json(posting: Posting) -> dict[str, Any]:
    """Return the posting as the filter prints it: plain JSON types, every value with its source, evidence and rule."""
    mode = posting.mode.value or WorkMode()
    return {
        "id": posting.raw.id,
        "level": _level(posting.level) if posting.level.confidence > Confidence.GUESS else None,
        "modes": sorted(mode.modes),
        "office_days": None
        if mode.office_days is None
        else [_whole(mode.office_days.min), _whole(mode.office_days.max)],
        "mode_source": posting.mode.source,
        "uk": posting.uk.value or "unclear",
        "salary": _salary(posting.salary),
        "contract": posting.contract.value or "unstated",
        "ir35": None if posting.ir35.value is Ir35.TBC else posting.ir35.value,
        "clearance": _clearance(posting.clearance),
        "visa": _visa(posting),
        "agency": posting.agency.value is True,
        "stack": [_tech(tech) for tech in technologies(posting.stack)],
        "places": [_place(place) for place in posting.location.value.places] if posting.location.value else [],
        "flags": sorted(posting.flags),
        **_further(posting, mode),
    }


def _further(posting: Posting, mode: WorkMode) -> dict[str, Any]:
    """The keys beyond the contract."""
    floor, hours, closing = posting.level_floor.value, posting.hours.value, posting.closing.value
    return {
        "implied": [_tech(tech) for tech in posting.stack if tech.implied_by],
        "practices": [_tech(tech) for tech in posting.stack if not tech.implied_by and is_practice(tech.id)],
        "family": posting.family.value,
        "ir35_tbc": posting.ir35.value is Ir35.TBC,  # said to be open: `ir35` is inside, outside or null
        "level_guess": _level(posting.level) if posting.level.confidence is Confidence.GUESS else None,
        "floor": None if floor is None else floor.word,
        "ruled_out": sorted(mode.ruled_out),
        "regions": sorted(mode.regions),
        "home_base": None if mode.home_base is None else {"name": mode.home_base.name, "miles": mode.home_base.miles},
        "travel": mode.travel,
        "hours": sorted(hours.patterns) if hours else [],
        "closes": closing.at.isoformat() if closing and closing.at else None,
        "facts": {name: origin for name in _FACTS if (origin := _origin(getattr(posting, name)))},
    }


_FACTS = ("family", "mode", "uk", "location", "contract", "ir35", "clearance", "visa", "agency", "hours", "closing")


def _origin(fact: Fact[Any]) -> dict[str, Any] | None:
    """Return where a fact was read, None where nothing was."""
    if fact.value is None and not fact.flags:
        return None
    return {
        "source": fact.source,
        "evidence": fact.evidence,
        "rule": fact.rule,
        "confidence": fact.confidence.name.lower(),
        **({"flags": sorted(fact.flags)} if fact.flags else {}),
    }


def _level(fact: Fact[Level]) -> dict[str, Any] | None:
    if fact.value is None:
        return None
    level = fact.value
    return {"min": level.min.word, "max": level.max.word, "track": level.track, **(_origin(fact) or {})}


def _salary(fact: Fact[Salary]) -> dict[str, Any] | None:
    if fact.value is None:
        return None
    salary = fact.value
    return {
        **as_pay(salary.pay),
        "predicted": salary.predicted,
        "annual_gbp": list(salary.annual_gbp),
        "annual_basis": salary.annual_basis,
        "fte_basis": salary.fte_basis,
        "actual": _number(salary.actual),
        "others": [as_pay(pay) for pay in salary.others],
        **(_origin(fact) or {}),
    }


def as_pay(pay: Pay) -> dict[str, Any]:
    """Return a pay figure as it was stated."""
    return {
        "min": _number(pay.min),
        "max": _number(pay.max),
        "currency": pay.currency,
        "period": pay.period,
        "kind": pay.kind,
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _whole(days: float | None) -> int | float | None:
    """Days are whole where they can be: 2, not 2.0; half a day stays 0.5."""
    return int(days) if days is not None and days == int(days) else days


def _clearance(fact: Fact[Clearance]) -> str:
    if fact.value is None or fact.confidence is Confidence.GUESS:
        return "none"
    return _PRINTED_CLEARANCE.get(fact.value.level, fact.value.level.name)


def _visa(posting: Posting) -> str:
    visa = posting.visa.value
    if visa is None or visa.offered is None:
        return "unstated"
    return "yes" if visa.offered else "no"


def _tech(tech: Tech) -> dict[str, Any]:
    return {
        "id": tech.id,
        "weight": tech.weight,
        "need": tech.need.value,
        **({"implied_by": tech.implied_by} if tech.implied_by else {}),
        **({"group": tech.group} if tech.group is not None else {}),
        **({"trainable": True} if tech.trainable else {}),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "country": place.country,
        "lat": place.lat,
        "lon": place.lon,
        "nation": place.nation,
        **({"district": place.district} if place.district else {}),
        **({"postcode": place.postcode} if place.postcode else {}),
    }
