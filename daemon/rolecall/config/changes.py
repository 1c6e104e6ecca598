"""What people changed from a channel, laid over config.toml, which Rolecall never rewrites.

It stands in `<database>.changes.toml`, to be read, edited or deleted like any configuration:

    [change.search."Senior Python"]     # options of a search, in place of those in config.toml
    paused = true
    without = ["min_salary"]            # … and those that do not count any more
    [change.channel.telegram]
    quiet = "22:00-07:00"
    [[search]]                          # a search that is only here
    name = "Go, remote"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rolecall.config.toml import key, value

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """Changed options of searches and channels by name, and searches of its own."""

    searches: Mapping[str, Table] = field(default_factory=dict)
    channels: Mapping[str, Table] = field(default_factory=dict)
    added: tuple[Table, ...] = ()

    def with_search(self, name: str, **options: Any) -> Changes:
        """Return these changes and more of one search; an option that is None does not count any more."""
        own = next((each for each in self.added if each.get("name") == name), None)
        if own is None:
            changed = _changed(self.searches.get(name, {}), options)
            return Changes({**self.searches, name: changed}, self.channels, self.added)
        new = {key: value for key, value in {**own, **options}.items() if value is not None}
        return Changes(self.searches, self.channels, tuple(new if each is own else each for each in self.added))

    def without_search(self, name: str) -> Changes:
        """Return them without what was changed of a search, or without the search where it is only here."""
        kept = {each: options for each, options in self.searches.items() if each != name}
        return Changes(kept, self.channels, tuple(each for each in self.added if each.get("name") != name))

    def touch(self, search: str) -> bool:
        """Return whether something of this search was changed, or all of it stands here."""
        return search in self.searches or any(each.get("name") == search for each in self.added)

    def with_channel(self, name: str, **options: Any) -> Changes:
        return Changes(
            self.searches, {**self.channels, name: _changed(self.channels.get(name, {}), options)}, self.added
        )

    def without_channel(self, name: str, *options: str) -> Changes:
        """Return them without these options of a channel."""
        kept = {option: value for option, value in self.channels.get(name, {}).items() if option not in options}
        others = {each: changed for each, changed in self.channels.items() if each != name}
        return Changes(self.searches, {**others, name: kept} if kept else others, self.added)


def _changed(before: Table, options: Table) -> Table:
    without = {*before.get("without", ()), *(name for name, value in options.items() if value is None)}
    without -= {name for name, value in options.items() if value is not None}
    kept = {name: value for name, value in {**before, **options}.items() if value is not None and name != "without"}
    return kept | ({"without": sorted(without)} if without else {})


def needed(table: Table, changes: Changes) -> Changes:
    """Return the changes without those that the configuration makes needless: what it does not want is not left out."""
    own = {_name(each): each for each in table.get("search", ())}
    kept = {name: _needed(own.get(name, {}), options) for name, options in changes.searches.items()}
    return Changes({name: options for name, options in kept.items() if options}, changes.channels, changes.added)


def _needed(table: Table, options: Table) -> Table:
    without = [name for name in options.get("without", ()) if name in table]
    kept = {name: value for name, value in options.items() if name != "without" and (name, value) not in table.items()}
    return kept | ({"without": without} if without else {})


def laid_over(table: Table, changes: Changes) -> Table:
    """Return the configuration with the changes; what is changed of a search that is gone does nothing."""
    if changes == Changes():
        return table
    searches = table.get("search", [])
    channels = table.get("channel", {})
    if not isinstance(searches, list) or not isinstance(channels, Mapping):
        return table  # what is wrong with it will be said
    changed = [_over(each, changes.searches.get(_name(each), {})) for each in searches]
    names = {_name(each) for each in searches}
    added = [each for each in changes.added if _name(each) not in names]
    return {
        **table,
        "search": [*changed, *added],
        "channel": {name: _over(each, changes.channels.get(name, {})) for name, each in channels.items()},
    }


def _over(table: Any, options: Table) -> Any:
    if not options or not isinstance(table, Mapping):
        return table
    gone = {"without", *options.get("without", ())}
    return {name: value for name, value in {**table, **options}.items() if name not in gone}


def _name(table: Any) -> str:
    return str(table.get("name", "")).strip() if isinstance(table, Mapping) else ""


def said(changes: Changes) -> Iterator[str]:
    """Yield what is changed, in words."""
    for what, changed in (("search", changes.searches), ("channel", changes.channels)):
        for name, options in changed.items():
            yield f"{what} {name!r}: {', '.join(sorted({*options, *options.get('without', ())} - {'without'}))}"
    for each in changes.added:
        yield f"a search of its own: {_name(each)!r}"


def written(changes: Changes) -> str:
    """Return the changes as TOML."""
    blocks = [
        (f"[change.{what}.{key(name)}]", options)
        for what, changed in (("search", changes.searches), ("channel", changes.channels))
        for name, options in changed.items()
        if options
    ]
    blocks += [("[[search]]", each) for each in changes.added]
    return "".join(
        "\n".join(["", head, *(f"{key(option)} = {value(each)}" for option, each in table.items()), ""])
        for head, table in blocks
    )
