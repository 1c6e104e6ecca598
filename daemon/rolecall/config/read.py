"""Finding the file and walking its tables once, collecting every problem on the way."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from rolecall.config import changes_file, people
from rolecall.config.changes import Changes, laid_over
from rolecall.config.model import (
    Channel,
    Config,
    DaemonOptions,
    DeadMan,
    MetricsOptions,
    Pace,
    PayOptions,
    Person,
    PersonOptions,
    Regularly,
    SourceEntry,
    SourceOff,
    Switch,
    TechLine,
    Times,
    database,
)
from rolecall.config.plugin import Plugin, did_you_mean, options, secret_names, validate
from rolecall.config.secrets import FORMS, read_secret
from rolecall.errors import ConfigError, Problem
from rolecall.match import Search, read_search
from rolecall.normalise import pay, vocabulary
from rolecall.normalise.vocabulary import Vocabulary
from rolecall.schedule import Quiet
from rolecall.secret import Secret

M = TypeVar("M", bound=BaseModel)

Table = Mapping[str, Any]

HOW_TO_BEGIN = "`rolecall init` asks a few questions and writes one; `rolecall demo` shows what you get."


@dataclass(frozen=True, slots=True)
class Kinds:
    """The plug-ins there are, by kind."""

    sources: Mapping[str, Plugin]
    notifiers: Mapping[str, Plugin]


def candidates() -> tuple[Path, ...]:
    """Where a configuration is looked for, in order."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path("config.toml"), home / "rolecall" / "config.toml", Path("/etc/rolecall/config.toml")


def find(given: Path | None = None) -> Path:
    """Return the configuration file; raises ConfigError naming every place that was tried."""
    places = (given,) if given else candidates()
    for path in places:
        if path.is_file():
            return path
    if given and given.is_dir():
        raise ConfigError([Problem(str(given), "is a folder, not a file.")])
    tried = ", ".join(str(path) for path in places)
    raise ConfigError([Problem("config", f"no configuration file found (looked for {tried}).", HOW_TO_BEGIN)])


def load(path: Path, kinds: Kinds, instead: Changes | None = None) -> Config:
    """Read and check one file, with what was changed from a channel; raises ConfigError with all its problems.

    A good one is in force at once for how adverts are read: its vocabulary and its factors of pay. `instead`: changes
    to be tried in place of those that are kept.
    """
    table = table_of(path)
    changes = changes_file.read(changes_file.place(table, path)) if instead is None else instead
    return replace(read(laid_over(table, changes), kinds, path), changes=changes)


def table_of(path: Path) -> Table:
    """Return what stands in a file of TOML; raises ConfigError."""
    return _written(path)[1]


def text_of(path: Path) -> str:
    """Return the text of a file that is valid TOML; raises ConfigError."""
    return _written(path)[0]


def _written(path: Path) -> tuple[str, Table]:
    try:
        written = path.read_bytes()
        text = written.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ConfigError([Problem(str(path), f"cannot be read: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(str(path), f"is not UTF-8 in line {line}.", "Save it as UTF-8.")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Problem(str(path), f"is not valid TOML: {error}.")]) from None


def read(table: Table, kinds: Kinds, path: Path | None = None) -> Config:
    """Check a configuration given as tables; raises ConfigError with all its problems."""
    return _Reader(kinds, path).read(table)


@dataclass(slots=True)
class _Reader:
    kinds: Kinds
    path: Path | None
    problems: list[Problem] = field(default_factory=list)
    keyless: list[SourceOff] = field(default_factory=list)

    def read(self, table: Table) -> Config:
        parts = ("daemon", "pay", "metrics", "deadman", "vocabulary", "person", "channel", "source", "search")
        for key in table.keys() - set(parts):
            self._problem(key, "is not a part of the configuration.", did_you_mean(key, parts, "Parts are"))
        daemon = self._validated(DaemonOptions, self._table(table, "daemon"), "daemon") or DaemonOptions()
        before = vocabulary.VOCABULARY
        vocabulary.use(self._vocabulary(self._table(table, "vocabulary")))  # searches name the user's words too
        channels = tuple(self._channels(self._table(table, "channel")))
        named = self._people(self._table(table, "person"), daemon, tuple(self._table(table, "channel")))
        searches = self._searches(self._tables(table, "search"), named)
        self._channels_named(self._tables(table, "search"), self._table(table, "channel"))
        config = Config(
            path=self.path,
            daemon=daemon,
            channels=channels,
            named=named,
            sources=tuple(self._sources(self._tables(table, "source"))),
            off=tuple(self.keyless),
            searches=tuple(search for search in searches if not search.paused),
            paused=tuple(search for search in searches if search.paused),
            database=database(daemon, self.path),
            pay=self._validated(PayOptions, self._table(table, "pay"), "pay") or PayOptions(),
            metrics=self._validated(MetricsOptions, self._table(table, "metrics"), "metrics") or MetricsOptions(),
            deadman=self._switch(self._table(table, "deadman")) if "deadman" in table else None,
        )
        self._channel_of_owner(config, self._table(table, "channel"))
        if not any(problem.path.startswith("person.") for problem in self.problems):
            self.problems += people.problems(config, self._table(table, "channel"))
        if self.problems:
            vocabulary.use(before)
            raise ConfigError(self.problems)
        pay.use(config.pay.factors(pay.factors_in_use().rates))
        return config

    def _switch(self, table: Table) -> Switch | None:
        deadman = self._plug_in({"deadman": DeadMan}, "deadman", table, "deadman", Regularly)
        often = self._validated(Regularly, _shared(table, Regularly), "deadman")
        return Switch(deadman.url, often.every) if deadman and often else None

    def _vocabulary(self, table: Table) -> Vocabulary:
        """Return our vocabulary with the user's `[[vocabulary.tech]]` lines."""
        for key in table.keys() - {"tech"}:
            self._problem(f"vocabulary.{key}", "is not an option here.", did_you_mean(key, ["tech"], "Options are"))
        lines = [
            line.model_dump(exclude_none=True)
            for number, each in enumerate(self._tables(table, "tech", "vocabulary."), 1)
            if (line := self._validated(TechLine, each, f"vocabulary.tech[{number}]"))
        ]
        extended = vocabulary.extend(lines)
        self.problems += vocabulary.check(extended) if lines else []
        return extended

    def _people(self, tables: Table, daemon: DaemonOptions, channels: tuple[str, ...]) -> tuple[Person, ...]:
        """Return the people by name. One alone has all channels unless some are named."""
        named = []
        for name in tables:
            path = f"person.{name}"
            given = self._validated(PersonOptions, self._table(tables, name, "person."), path) or PersonOptions()
            theirs = given.channels or (channels if len(tables) == 1 else ())
            named.append(Person(name, given.zone or daemon.zone, theirs, given.hours() or Quiet(), given.home))
        return tuple(named)

    def _channels(self, tables: Table) -> list[Channel]:
        channels = []
        for name in tables:
            path, table = f"channel.{name}", self._table(tables, name, "channel.")
            notifier = self._plug_in(self.kinds.notifiers, str(table.get("kind", name)), table, path, Times)
            times = self._validated(Times, _shared(table, Times), path)
            if notifier is not None and times is not None:
                kind = str(table.get("kind", name))
                quiet, own = times.hours(), times.per_search
                channels.append(
                    Channel(name, kind, notifier, times.at, times.every, quiet, times.shared, times.on, own)
                )
        return channels

    def _sources(self, tables: Sequence[Table]) -> list[SourceEntry]:
        """Return the sources to ask; those without their key go to `keyless`: the daemon starts all the same."""
        entries: dict[str, SourceEntry] = {}
        for number, table in enumerate(tables, 1):
            path, lacking = f"source[{number}]", list[str]()
            source = self._plug_in(self.kinds.sources, str(table.get("kind", "")), table, path, Pace, lacking)
            pace = self._validated(Pace, _shared(table, Pace), path)
            if source is None or pace is None or not pace.enabled:
                continue
            if source.name in entries:
                self._problem(path, f"{source.name} is listed twice.", "Remove one, or give it a label.")
            entry = SourceEntry(source, pace.every or source.interval, fixed=pace.every is not None)
            self._not_too_often(entry, path)
            entries[source.name] = entry
            self.keyless += [SourceOff(source, "; ".join(lacking))] if lacking else []
        without = {each.source.name for each in self.keyless}
        return [entry for name, entry in entries.items() if name not in without]

    def _not_too_often(self, entry: SourceEntry, path: str) -> None:
        """Politeness has a floor; only boards on this machine (the demo, tests) may be asked at any pace."""
        minimum = entry.source.minimum
        local = all("//127.0.0.1" in r.url or r.url.startswith("file:") for r in entry.source.requests())
        if entry.every < minimum and not local:
            least = f"{minimum.total_seconds() / 60:g}m"
            self._problem(f"{path}.every", f"is too often for {entry.source.name}.", f"The least is {least}.")

    def _searches(self, tables: Sequence[Table], named: Sequence[Person]) -> list[Search]:
        searches: dict[str, Search] = {}
        for number, table in enumerate(tables, 1):
            try:
                search = read_search(people.with_defaults(table, named), f"search[{number}]")
            except ConfigError as error:
                self.problems.extend(error.problems)
                continue
            if search.name in searches:
                self._problem(f"search[{number}].name", f"{search.name!r} is used twice.", "Each needs its own name.")
            searches[search.name] = search
        return list(searches.values())

    def _channels_named(self, searches: Sequence[Table], channels: Table) -> None:
        """Look at the tables themselves: a search with another mistake has its channels checked all the same."""
        for number, table in enumerate(searches, 1):
            names = table.get("notify")
            for name in names if isinstance(names, list) else ():
                if isinstance(name, str):
                    self._is_channel(f"search[{number}].notify", name, channels)

    def _channel_of_owner(self, config: Config, channels: Table) -> None:
        if config.daemon.owner:
            self._is_channel("daemon.owner", config.daemon.owner, channels)

    def _is_channel(self, path: str, name: str, channels: Table) -> None:
        if name not in channels:
            self._problem(path, f"there is no channel {name!r}.", did_you_mean(name, channels, "Channels are"))

    def _plug_in(
        self,
        kinds: Mapping[str, Plugin],
        kind: str,
        table: Table,
        path: str,
        common: type[M],
        lacking: list[str] | None = None,
    ) -> Any | None:
        """Make one source or notifier from its table; None when a problem was noted.

        A secret that cannot be had is a problem, or is noted in `lacking` where that is given.
        """
        if kind not in kinds:
            wrong = f"{kind!r} is not a kind." if kind else "is required."
            self._problem(f"{path}.kind", wrong, did_you_mean(kind, kinds, "Kinds are"))
            return None
        plugin = kinds[kind]
        own = {key: value for key, value in table.items() if key != "kind" and key not in common.model_fields}
        before = len(self.problems)
        own |= self._secrets(plugin, own, path, lacking)
        model = self._validated(options(plugin), own, path, also=common.model_fields)
        if model is None or len(self.problems) > before:
            return None
        try:
            return plugin(**{name: self._placed(getattr(model, name)) for name in type(model).model_fields})
        except ValueError as error:  # what the dataclass itself finds wrong, in a sentence
            self._problem(path, f"{error}.")
            return None

    def _placed(self, value: Any) -> Any:
        """A relative path is meant from the configuration file, wherever the daemon is started."""
        if isinstance(value, Path) and self.path is not None:
            return self.path.parent / value.expanduser()
        return value

    def _secrets(self, plugin: Plugin, own: dict[str, Any], path: str, lacking: list[str] | None) -> dict[str, Secret]:
        """Take `token`, `token_file`, `token_env`, `token_credential` out of `own`; return the secrets they name."""
        found = {}
        for name in secret_names(plugin):
            given = {form: own.pop(f"{name}_{form}") for form in FORMS if f"{name}_{form}" in own}
            if name in own:
                given["inline"] = own.pop(name)
            if len(given) > 1:
                self._problem(f"{path}.{name}", "is given in more than one way.", "Keep one of them.")
                found[name] = Secret("")
                continue
            for form, value in given.items():
                if not isinstance(value, str):
                    self._problem(
                        f"{path}.{name}{'' if form == 'inline' else f'_{form}'}", "should be text, in quotes."
                    )
                    found[name] = Secret("")
                    continue
                found[name] = self._secret(form, value, f"{path}.{name}", lacking)
            if not given and options(plugin).model_fields[name].is_required():
                ways = f"{name}_file, {name}_env or {name}_credential"
                if lacking is None:
                    self._problem(f"{path}.{name}", "is required.", f"Give it as {ways}.")
                else:
                    lacking.append(f"it has no {name}: give it {ways}")
                found[name] = Secret("")
        return found

    def _secret(self, form: str, value: str, path: str, lacking: list[str] | None) -> Secret:
        try:
            return Secret(read_secret(form, value, self.path))
        except ValueError as error:
            if lacking is not None and form != "inline":
                lacking.append(str(error))
            else:
                self._problem(path if form == "inline" else f"{path}_{form}", f"{error}.")
            return Secret("")  # noted: do not also say "required"

    def _validated(
        self, model: type[M], table: Table, path: str, also: Sequence[str] | Mapping[str, Any] = ()
    ) -> M | None:
        result = validate(model, table, path, also)
        if isinstance(result, list):
            self.problems.extend(result)
            return None
        return result

    def _table(self, tables: Table, name: str, prefix: str = "") -> Table:
        table = tables.get(name, {})
        if isinstance(table, Mapping):
            return table
        self._problem(prefix + name, "is not a table.", f"Write [{prefix}{name}] on a line of its own.")
        return {}

    def _tables(self, table: Table, name: str, prefix: str = "") -> list[Table]:
        tables = table.get(name, [])
        if isinstance(tables, list) and all(isinstance(each, Mapping) for each in tables):
            return tables
        self._problem(prefix + name, "is not a list of tables.", f"Write [[{prefix}{name}]] above each of them.")
        return []

    def _problem(self, path: str, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(path, message, suggestion))


def _shared(table: Table, common: type[BaseModel]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in common.model_fields}
