"""What shall be on the disk, and what speaks against it: pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rolecall.config import Channel, Config, Kinds, read
from rolecall.errors import Problem
from rolecall.service import unit
from rolecall.service.moving import Held, held, moved, with_values


@dataclass(frozen=True, slots=True)
class Piece:
    """A file or folder (`content` None) as it shall be. The content of a secret is never shown."""

    path: Path
    mode: int
    content: str | None = field(default=None, repr=False)
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A configuration as it was found. `stays`: it is the service's own already, and not ours to change."""

    path: Path
    text: str
    stays: bool


def wanted_secrets(given: Given, kinds: Kinds) -> list[Held]:
    """Return the secrets that the configuration names. Raises `tomllib.TOMLDecodeError`."""
    return held(tomllib.loads(given.text), kinds)


def pieces(given: Given, secrets: list[Held], values: Mapping[str, str], program: Path) -> list[Piece]:
    """Return everything the service needs, folders first. `values`: the secrets, by credential."""
    return [
        Piece(unit.CONFIG.parent, 0o755),
        Piece(unit.CREDENTIALS, 0o700),
        *(Piece(unit.CREDENTIALS / name, 0o600, f"{value}\n", secret=True) for name, value in sorted(values.items())),
        Piece(unit.CONFIG, 0o644, _text(given, secrets)),
        Piece(unit.ADDITION.parent, 0o755),
        Piece(unit.UNIT, 0o644, unit.shipped()),
        Piece(unit.ADDITION, 0o644, unit.addition(program, values)),
    ]


def installed(given: Given, kinds: Kinds) -> str:
    """Return the configuration as the service has it once it is installed. Raises `tomllib.TOMLDecodeError`."""
    return _text(given, wanted_secrets(given, kinds))


def _text(given: Given, secrets: list[Held]) -> str:
    return given.text if given.stays else moved(given.text, secrets)[0]


def not_movable(given: Given, secrets: list[Held]) -> list[Problem]:
    """Return the secrets that the service could not read where they are."""
    if given.stays:
        outside = [each for each in secrets if each.form != "credential"]
        way = f"Write {{}}, or let `--from {given.path}` change it."
    else:
        outside, way = moved(given.text, secrets)[1], "Write {} there, on a line of its own."
    return [
        Problem(f"{each.table}.{each.key}", "is not for the service to read.", way.format(_instead(each)))
        for each in outside
    ]


def _instead(each: Held) -> str:
    return f'{each.option}_credential = "{each.credential}"'


def checked(given: Given, secrets: list[Held], values: Mapping[str, str], kinds: Kinds) -> list[Problem]:
    """Return what the service could not do with this configuration. Raises `ConfigError` where it is bad anyhow."""
    config = read(with_values(tomllib.loads(given.text), secrets, values), kinds)
    return [*_paths(config), *_sources(config)]


def _paths(config: Config) -> Iterator[Problem]:
    """The service may write below its state directory only."""
    where = [("daemon.database", config.daemon.database)] if config.daemon.database else []
    where += [(f"channel.{each.name}.{name}", path) for each in config.channels for name, path in _written(each)]
    for name, path in where:
        if not (unit.CONFIG.parent / path.expanduser()).is_relative_to(unit.STATE):
            way = "Leave it out." if name == "daemon.database" else f'Write "{unit.STATE / path.name}".'
            yield Problem(name, f"the service may write below {unit.STATE} only.", way)


def _written(channel: Channel) -> list[tuple[str, Path]]:
    values = [(each.name, getattr(channel.notifier, each.name)) for each in fields(channel.notifier)]  # type: ignore[arg-type] # a plug-in is a dataclass, by its Protocol
    return [(name, value) for name, value in values if isinstance(value, Path)]


def _sources(config: Config) -> Iterator[Problem]:
    for entry in config.sources:
        for request in entry.source.requests():
            path = Path(unquote(urlsplit(request.url).path))
            if request.url.startswith("file:") and unit.is_hidden(path):
                yield Problem(entry.source.name, f"the service cannot see {path}.", "Move it, say to /srv.")


def not_plain(program: Path, secrets: list[Held]) -> list[Problem]:
    """Return the names that cannot stand in a unit as they are: there, a space, % or $ means something."""
    names = {"program": str(program)} | {f"{each.table}.{each.key}": each.credential for each in secrets}
    return [
        Problem(where, f"{name!r} cannot stand in a unit file.", "Use letters, digits, and . _ - / @ +")
        for where, name in names.items()
        if not _PLAIN.fullmatch(name) or (where != "program" and "/" in name)
    ]


_PLAIN = re.compile(r"[A-Za-z0-9._/@+-]+")


def invisible(parts: Iterable[Path]) -> list[Problem]:
    """Return what of the program lies where the service cannot see it."""
    return [
        Problem("program", f"the service cannot see {part}: home directories are hidden from it.", _VENV)
        for part in dict.fromkeys(parts)
        if unit.is_hidden(part)
    ]


_VENV = "Install Rolecall elsewhere: /usr/bin/python3 -m venv /opt/rolecall && /opt/rolecall/bin/pip install ."
