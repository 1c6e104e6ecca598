"""What a piece of a location may be, beside a town: country, nation, county, region, state, group of countries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from rolecall.normalise.place_gazetteer import Town, fold, towns
from rolecall.normalise.words import load

Kind = Literal["country", "group", "nation", "county", "wide", "state", "town", "district"]
LONDON = (51.5085, -0.1257)
LONDON_MILES = 20  # a town this near, named beside London, is a part of it


@dataclass(frozen=True, slots=True)
class Word:
    """One known name. `value`: country code, group or nation; `towns` are the candidates of a town.

    A county with `towns` is better known as a town abroad (Cleveland, Surrey): a county only after a British town.
    """

    kind: Kind
    name: str
    value: str = ""
    at: tuple[float, float] | None = None
    towns: tuple[Town, ...] = ()

    @property
    def country(self) -> str | None:
        if self.kind in ("country", "state"):
            return self.value
        return "GB" if self.kind in ("nation", "county", "wide") and not self.towns else None


@lru_cache(maxsize=4096)  # postings name the same few places
def word(text: str) -> Word | None:
    """Return what `text` as a whole means, None when it is no known name. Short names count in capitals only."""
    key = fold(text)
    if not key or (len(key) <= 3 and not _capitals(text)):
        return None
    known = _words().get(key)
    if known is not None:
        return replace(known, towns=towns(key)) if known.kind == "county" and _better_known_abroad(key) else known
    if len(key) == 2 and key.upper() in load("regions")["country"]:
        return Word("country", text, key.upper())
    return town(text)


def town(text: str) -> Word | None:
    """Return the towns that `text` names, by alias before exact name."""
    key = fold(text)
    alias, found = _town_aliases().get(key), towns(key)
    if alias:  # instead of British towns of exactly this name, beside foreign ones
        british = [t for t in towns(fold(alias)) if t.country == "GB"]
        found = tuple(sorted((*british, *(t for t in found if t.country != "GB")), key=lambda t: -t.population))
    return Word("town", text, towns=found) if found else None


def state(text: str, country: str) -> bool:
    """Is `text` a state or province of `country`, by its name or, in capitals, its code?"""
    names = load("regions")["state"].get(country, {})
    return text.strip(" .") in names or fold(text) in _state_keys(country)


def state_code(text: str) -> bool:
    """Is `text` the code of a state or province ("NH", "ON")?"""
    return any(text in names for names in load("regions")["state"].values())


def state_countries() -> tuple[str, ...]:
    return tuple(load("regions")["state"])


def uk_in(group: str) -> str:
    """Does the group hold the UK? "yes", "no", or "unclear" (EU)."""
    return next((answer for answer, groups in load("regions")["uk_in"].items() if group in groups), "unclear")


def area_town(area: str) -> str | None:
    """Return the town a postcode area ("SW") is named after."""
    town_name: str | None = load("areas_gb")["area"].get(area)
    return town_name


@cache
def noise() -> frozenset[str]:
    return frozenset(load("regions")["noise"]["words"])


@cache
def title_accidents() -> frozenset[str]:
    return frozenset(map(fold, load("regions")["noise"]["title"]))


def _capitals(text: str) -> bool:
    return text.replace(".", "").replace("&", "").isupper()


def _better_known_abroad(key: str) -> bool:
    return any(t.country != "GB" and t.population >= 100_000 for t in towns(key))


@cache
def _state_keys(country: str) -> frozenset[str]:
    return frozenset(map(fold, load("regions")["state"].get(country, {}).values()))


@cache
def _town_aliases() -> dict[str, str]:
    return {fold(alias): name for alias, name in load("aliases_gb")["town"].items()}


@cache
def _words() -> dict[str, Word]:
    """Return every known name by its folded form; what comes later wins."""
    world, british = load("regions"), load("aliases_gb")
    found = [Word("district", name) for name in british["london"]["names"]]
    found += [Word("state", name, country) for country, names in world["region"].items() for name in names]
    found += [Word("state", name, country) for country, names in world["state"].items() for name in names.values()]
    found += [_city(alias, name) for alias, name in world["city"].items()]
    found += [
        Word("county", name, nation, tuple(at))
        for nation, all_ in british["county"].items()
        for name, at in all_.items()
    ]
    found += [Word("wide", name, nation) for nation, names in british["wide"].items() for name in names]
    found += [Word("group", name, group) for group, names in world["group"].items() for name in names]
    found += [Word("country", name, code) for code, names in world["country"].items() for name in names]
    found += [Word("nation", name, nation) for nation, names in british["nation"].items() for name in names]
    return {fold(w.name): w for w in found}


def _city(alias: str, shown: str) -> Word:
    name, _, country = shown.partition(", ")
    return Word("town", alias, towns=tuple(t for t in towns(fold(name)) if t.country == country))
