"""Where each board keeps places among its structured fields: dotted paths, `*` for every element of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rolecall.model import Json, RawPosting
from rolecall.normalise.place_words import word
from rolecall.normalise.plain import short

MAX_TEXTS = 40
AREA = "area"  # what a place lies in: it counts only where the place itself is unknown

TEXTS: dict[str, tuple[str, ...]] = {
    "ashby": ("location", "secondaryLocations.*.location", "secondaryLocations.*", "address.postalAddress"),
    "lever": ("categories.allLocations.*", "allLocations.*", "categories.location"),
    "greenhouse": ("location.name", "location"),
    "workable": ("locations.*", "city"),
    "teamtailor": ("locations.*",),
    "recruitee": ("locations.*", "location"),
    "smartrecruiters": ("location.fullLocation", "location"),
    "personio": ("office", "additionalOffices.*", "additionalOffices.office.*"),
    "pinpoint": ("location.name",),
    "rippling": ("workLocation.label", "workLocation"),
    "himalayas": ("locationRestrictions.*",),
    "remotive": ("candidate_required_location",),
    "jobicy": ("jobGeo",),
    "weworkremotely": ("region", "country"),
    "remoteok": ("location",),
    "workday": ("locationsText", "additionalLocations.*"),
    "oracle": ("PrimaryLocation", "secondaryLocations.*.Name"),
    "reed": ("locationName",),
    "adzuna": ("location.display_name", "location.area"),
    "schema": (
        "jobLocation.address",
        "jobLocation.*.address",
        "applicantLocationRequirements.name",
        "applicantLocationRequirements.*.name",
    ),
}
COUNTRIES: dict[str, tuple[str, ...]] = {
    "ashby": ("address.postalAddress.addressCountry",),
    "lever": ("country",),
    "workable": ("countryCode", "country"),
    "recruitee": ("country_code", "country"),
    "smartrecruiters": ("location.country",),
}
_ADDRESS = (
    ("city", "addressLocality", "name"),
    ("region", "state", "addressRegion"),
    ("country", "addressCountry", "country_code", "countryCode"),
)


def texts(raw: RawPosting) -> Iterator[tuple[str, str]]:
    """Yield (field, text) for every place that the board states outside `location`."""
    if not raw.fields:
        return
    count = 0
    for path in TEXTS.get(raw.board, ()) + TEXTS["schema"]:
        name = path.partition(".")[0]
        for value in walk(raw.fields, path) if name in raw.fields else ():
            text = _text(value)
            if text and count < MAX_TEXTS:
                count += 1
                yield AREA if path.endswith(f".{AREA}") else name, text


def country_field(raw: RawPosting) -> str | None:
    """Return the ISO code of the country that the board states for the posting."""
    for path in COUNTRIES.get(raw.board, ()):
        for value in walk(raw.fields, path):
            if isinstance(value, str) and value.strip():
                named = word(value.strip().upper() if len(value.strip()) == 2 else value.strip())
                if named is not None and named.kind == "country":
                    return named.value
    return None


def walk(value: Json, path: str) -> list[Json]:
    """Return what stands at a dotted path; nothing where the shape is another."""
    found = [value]
    for step in path.split("."):
        found = [inner for one in found for inner in _inner(one, step)]
    return found


def _inner(value: Json, step: str) -> list[Json]:
    if step == "*" and isinstance(value, list):
        return value
    inner = value.get(step) if hasattr(value, "get") else None
    return [] if inner is None else [inner]


def _text(value: Json) -> str:
    if isinstance(value, str):
        return short(value)
    if isinstance(value, list):  # from the country down to the street
        return short(", ".join(part for part in reversed(value) if isinstance(part, str)))
    if not hasattr(value, "get") or value.get("hidden") is True:
        return ""
    return short(", ".join(dict.fromkeys(part for keys in _ADDRESS if (part := _first(value, keys)))))


def _first(value: Mapping[str, Json], keys: tuple[str, ...]) -> str:
    for key in keys:
        text = value.get(key)
        if text and isinstance(text, str):
            return text
    return ""
