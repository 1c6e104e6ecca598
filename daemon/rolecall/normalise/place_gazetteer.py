"""The towns of Rolecall: GeoNames' places of Great Britain and the larger towns of the world, looked up by name.

Both lists are sorted lines of text, searched by bisection: a few megabytes and milliseconds, loaded at first use.
Where they come from and under which licence: PLACES.md beside this file.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_DROPPED = str.maketrans("", "", " -'.,`\u2019")
_SAINT = ("saint ", "st. ")
EARTH_MILES = 3958.8


@dataclass(frozen=True, slots=True)
class Town:
    """One row of the gazetteer. `nation` is set for places of Great Britain and Northern Ireland."""

    name: str
    country: str
    nation: str | None
    lat: float
    lon: float
    population: int

    @property
    def at(self) -> tuple[float, float]:
        return (self.lat, self.lon)


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return `name` as names are compared: lower case without spaces, hyphens, apostrophes, dots and accents."""
    name = name.strip().lower()
    for saint in _SAINT:
        if name.startswith(saint):
            name = "st" + name[len(saint) :]
    name = name.replace("&", "and").replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("æ", "ae")
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return name.translate(_DROPPED)


@lru_cache(maxsize=4096)
def towns(key: str) -> tuple[Town, ...]:
    """Return every town whose folded name is `key`, the most populous first."""
    found = [*_matches("places_gb.tsv", key), *_matches("places_world.tsv.gz", key)]
    return tuple(sorted(found, key=lambda town: -town.population))


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the miles between two points (latitude, longitude), in a straight line."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(half))


def british_names() -> Iterator[tuple[str, str]]:
    """Yield (key, name) of every British town, for suggestions."""
    for line in _lines("places_gb.tsv"):
        key, name, _ = line.split("\t", 2)
        yield key, name


@cache
def _lines(file: str) -> list[str]:
    data = files(__package__).joinpath(file).read_bytes()
    return (gzip.decompress(data) if file.endswith(".gz") else data).decode().splitlines()


def _matches(file: str, key: str) -> Iterator[Town]:
    lines, start = _lines(file), f"{key}\t"
    for i in range(bisect_left(lines, start), len(lines)):
        if not lines[i].startswith(start):
            return
        yield _town(lines[i])


def _town(line: str) -> Town:
    _, name, area, lat, lon, population = line.split("\t")
    nation = area if len(area) == 3 else None
    return Town(name, "GB" if nation else area, nation, float(lat), float(lon), int(population))
