"""Adding `[[source]]` tables to a configuration file: everything that stands in it stays as it is."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rolecall.config.read import Kinds, load, read
from rolecall.config.toml import quoted
from rolecall.errors import ConfigError, Problem
from rolecall.ports import Source
from rolecall.whole import replace_whole


def source_of(table: Mapping[str, Any], kinds: Kinds, path: Path | None = None) -> Source:
    """Return the source that one `[[source]]` table (of the file at `path`) describes; raises ConfigError."""
    config = read({"source": [{**table, "enabled": True}]}, kinds, path)
    return [*(entry.source for entry in config.sources), *(each.source for each in config.off)][0]


def toml_block(table: Mapping[str, str]) -> str:
    """Return a `[[source]]` table as it stands in the file."""
    return "\n".join(["[[source]]", *(f"{key} = {quoted(value)}" for key, value in table.items())]) + "\n"


def duplicates(tables: Iterable[Mapping[str, Any]], path: Path, kinds: Kinds) -> dict[int, str]:
    """Return, by position, the name of each new table whose source the file holds already, or an earlier one is.

    Sources are the same when they have the same name or ask the same address; a disabled one counts too.
    """
    known = [source_of(each, kinds, path) for each in _tables(path)]
    names, urls = {each.name for each in known}, {url for each in known for url in _urls(each)}
    found = {}
    for number, table in enumerate(tables):
        source = source_of(table, kinds)
        if source.name in names or not urls.isdisjoint(_urls(source)):
            found[number] = source.name
        names.add(source.name)
        urls.update(_urls(source))
    return found


def _tables(path: Path) -> Sequence[Mapping[str, Any]]:
    tables: Sequence[Mapping[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    return tables


def _urls(source: Source) -> set[str]:
    return {f"{request.method} {request.url} {request.body!r}" for request in source.requests()}


def add_sources(path: Path, tables: Sequence[Mapping[str, str]], kinds: Kinds) -> None:
    """Append the tables to the file, all or none; the file is good before and after, and replaced in one step.

    Raises ConfigError: the file has problems, holds one of the sources already, or would have problems afterwards.
    """
    path = path.resolve()  # the file itself, not the link to it
    load(path, kinds)
    if twice := duplicates(tables, path, kinds):
        raise ConfigError([Problem(name, f"is in {path} already.") for name in twice.values()])
    text = path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    blocks = "".join(f"\n{toml_block(table)}" for table in tables).replace("\n", newline)
    after = text + ("" if text.endswith("\n") or not text else newline) + blocks
    _replace(path, after.encode(), kinds)


def _replace(path: Path, content: bytes, kinds: Kinds) -> None:
    """Write beside the file, read it as a configuration, and only then put it in the file's place."""
    before = path.stat()

    def prepare(new: Path) -> None:
        new.chmod(before.st_mode & 0o7777)
        with suppress(PermissionError):  # it stays ours when we may not give it away
            os.chown(new, before.st_uid, before.st_gid)
        load(new, kinds)

    replace_whole(path, content, prepare)
