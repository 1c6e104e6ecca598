"""Whose is it? Every search and every channel is somebody's, once people have names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rolecall.config.model import Config, Person
from rolecall.config.plugin import did_you_mean
from rolecall.errors import Problem
from rolecall.match import Search

Table = Mapping[str, Any]


def with_defaults(search: Table, named: Sequence[Person]) -> Table:
    """Return a `[[search]]` table with what its person gives it: it is that of the only one there is; their home."""
    owner = search.get("person", named[0].name if len(named) == 1 else "")
    home = next((person.home for person in named if person.name == owner), "")
    return ({"person": owner} if owner else {}) | ({"home": home} if home else {}) | dict(search)


def problems(config: Config, channels: Table) -> list[Problem]:
    """Return what belongs to nobody, to the wrong person or to two; `channels` are the tables, good or bad."""
    found = [problem for person in config.named for problem in _of_person(person, config, channels)]
    if config.named:
        found += _ownerless(config)
    for search in (*config.searches, *config.paused):
        found += _of_search(search, config)
    return found


def _of_person(person: Person, config: Config, channels: Table) -> Iterator[Problem]:
    path = f"person.{person.name}.channels"
    if not person.channels:
        yield Problem(path, "is empty: nothing would reach them.", _one_of(channels, "Channels are"))
    for name in person.channels:
        if name not in channels:
            yield Problem(path, f"there is no channel {name!r}.", did_you_mean(name, channels, "Channels are"))
    earlier = config.named[: config.named.index(person)]
    for name, other in ((name, other) for name in person.channels for other in earlier if name in other.channels):
        if (channel := config.channel(name)) and not channel.shared:
            hint = f"Name another one, or write shared = true in [channel.{name}]."
            yield Problem(path, f"{name!r} is a channel of {other.name} already.", hint)


def _ownerless(config: Config) -> Iterator[Problem]:
    taken = {name for person in config.named for name in person.channels}
    for channel in config.channels:
        if channel.name not in taken and channel.name != config.daemon.owner:
            hint = "Name it in the channels of a person, or as daemon.owner."
            yield Problem(f"channel.{channel.name}", "is nobody's: nothing would go there.", hint)


def _of_search(search: Search, config: Config) -> Iterator[Problem]:
    names = [person.name for person in config.named]
    path = f"search {search.name!r}"
    if search.person and search.person not in names:
        hint = did_you_mean(search.person, names, "People are") if names else f"Write [person.{search.person}]."
        yield Problem(f"{path}: person", f"there is no person {search.person!r}.", hint)
    elif names and not search.person:
        yield Problem(f"{path}: person", "is missing: whose search is it?", _one_of(names, "People are"))
    theirs = config.person(search.person).channels
    for name in search.notify:
        if theirs and name not in theirs and config.channel(name):
            hint = _one_of(theirs, "Theirs are")
            yield Problem(f"{path}: notify", f"{name!r} is no channel of {search.person}.", hint)


def _one_of(names: Sequence[str] | Table, words: str) -> str:
    return f"{words}: {', '.join(sorted(names))}." if names else ""
