"""Changing the configuration from a channel: checked as a whole first, kept beside the database, in force at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

from rolecall.config import Config, changes_file, load
from rolecall.config.changes import Changes, needed
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.errors import ConfigError
from rolecall.match import Search
from rolecall.plugins import kinds


async def change(visit: Visit, edit: Callable[[Changes], Changes]) -> Config:
    """Carry out a change and return the configuration as it is from now on.

    Raises `NotUnderstood` with what is wrong with it; then nothing has changed.
    """
    path, database = visit.config.path, visit.config.database
    if path is None:
        raise NotUnderstood("This Rolecall has no configuration file that could be changed.")
    try:
        after = await asyncio.to_thread(_change, path, database, edit)
    except ConfigError as error:
        raise NotUnderstood("\n".join(f"{each.message} {each.suggestion}".strip() for each in error.problems)) from None
    visit.adopt(after)
    return after


def _change(path: Path, database: Path, edit: Callable[[Changes], Changes]) -> Config:
    tried: list[Config] = []
    plain = changes_file.tables(path)
    changes_file.update(
        changes_file.beside(database),
        lambda kept: needed(plain, edit(kept)),
        lambda wanted: tried.append(load(path, kinds(), wanted)),
    )
    return tried[-1]


def searches(config: Config, person: str) -> Sequence[Search]:
    """Return a person's searches, the paused ones too, in the order of the configuration."""
    mine = [search for search in (*config.searches, *config.paused) if person in ("", search.person)]
    return sorted(mine, key=lambda search: search.name.casefold())


def reference(search: Search) -> str:
    """Return a short name of a search that fits into what a press may say."""
    return blake2b(search.name.encode(), digest_size=4).hexdigest()


def find(config: Config, person: str, named: str) -> Search:
    """Return the search with this reference, or this number in the list; raises `NotUnderstood`."""
    known = searches(config, person)
    if named.isdecimal() and 0 < int(named) <= len(known):
        return known[int(named) - 1]
    for search in known:
        if reference(search) == named:
            return search
    raise NotUnderstood("There is no such search. /search lists yours.")
