"""From secrets that lie about to systemd's credentials: pure; every other word of the configuration stays."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.config import Kinds
from rolecall.config.model import DeadMan
from rolecall.config.plugin import secret_names
from rolecall.config.secrets import FORMS
from rolecall.config.toml import quoted

Table = dict[str, Any]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Held:
    """One secret of the configuration: in which table, under which key and form, and the credential it becomes."""

    table: str  # "channel.telegram", "source[2]"
    option: str
    form: str  # "inline", "file", "env", "credential"
    value: str
    credential: str

    @property
    def key(self) -> str:
        return self.option if self.form == "inline" else f"{self.option}_{self.form}"


def held(table: Mapping[str, Any], kinds: Kinds) -> list[Held]:
    """Return every secret that channels and sources name, each with a credential of its own."""
    found: list[Held] = []
    for where, each, plugin in _plugins(table, kinds):
        for option in secret_names(plugin):
            keys = {"inline": option, **{form: f"{option}_{form}" for form in FORMS}}
            for form, key in keys.items():
                if key in each:
                    found.append(_held(where, each, option, form, str(each[key]), found))
    return found


def _held(where: str, each: Table, option: str, form: str, value: str, others: list[Held]) -> Held:
    """Choose the credential's name: as it is, after its file, or after its table; the same secret has the same one."""
    for other in others:
        if (other.form, other.value) == (form, value) and form != "inline":
            return Held(where, option, form, value, other.credential)
    kind = where.partition(".")[2] or str(each.get("kind", where))
    base = {"credential": value, "file": Path(value).name}.get(form, f"{kind}-{option}".replace("_", "-"))
    base = (
        base
        if form == "credential" or _NAME.fullmatch(base)
        else re.sub(r"[^A-Za-z0-9]+", "-", f"{kind}-{option}").strip("-")
    )
    taken = {other.credential for other in others}
    names = [base, *(f"{base}-{number}" for number in range(2, len(others) + 3))]
    return Held(where, option, form, value, next(name for name in names if name not in taken or form == "credential"))


def _plugins(table: Mapping[str, Any], kinds: Kinds) -> Iterator[tuple[str, Table, Any]]:
    if "deadman" in table:
        yield "deadman", table["deadman"], DeadMan
    for name, each in table.get("channel", {}).items():
        if plugin := kinds.notifiers.get(str(each.get("kind", name))):
            yield f"channel.{name}", each, plugin
    for number, each in enumerate(table.get("source", ()), 1):
        if plugin := kinds.sources.get(str(each.get("kind", ""))):
            yield f"source[{number}]", each, plugin


def moved(text: str, secrets: list[Held]) -> tuple[str, list[Held]]:
    """Return the text with the credentials' names in place of the secrets, and those whose line was not found.

    Read as TOML, it differs from before in nothing else.
    """
    left = {(each.table, each.key): each for each in secrets if each.form != "credential"}
    lines, where, sources = [], "", 0
    for line in text.splitlines(keepends=True):
        if header := _HEADER.match(line):
            sources += header[1] == "[[" and header[2] == "source"
            where = f"source[{sources}]" if header[2] == "source" else header[2].replace('"', "").replace("'", "")
        lines.append(_line(line, where, left))
    after = "".join(lines)
    if tomllib.loads(after) != _wanted(tomllib.loads(text), secrets, list(left.values())):
        return text, [each for each in secrets if each.form != "credential"]
    return after, list(left.values())


def _line(line: str, where: str, left: dict[tuple[str, str], Held]) -> str:
    found = re.match(r"""(\s*)([A-Za-z0-9_]+)(\s*=\s*)("[^"\\]*"|'[^']*')(.*)""", line, re.DOTALL)
    each = left.pop((where, found[2]), None) if found else None
    if not found or not each:
        return line
    return f"{found[1]}{each.option}_credential{found[3]}{quoted(each.credential)}{found[5]}"


def _wanted(table: Table, secrets: list[Held], left: list[Held]) -> Table:
    """Return the tables as they shall be."""
    after = deepcopy(table)
    for each in secrets:
        if each not in left:
            own = table_of(after, each.table)
            del own[each.key]
            own[f"{each.option}_credential"] = each.credential
    return after


def with_values(table: Mapping[str, Any], secrets: list[Held], values: Mapping[str, str]) -> Table:
    """Return the tables with the secrets themselves in them, to see whether they are good."""
    after = deepcopy(dict(table))
    for each in secrets:
        own = table_of(after, each.table)
        own.pop(each.key, None)
        own[each.option] = values[each.credential]
    return after


def table_of(tables: Table, where: str) -> Table:
    """Return the table that is called "channel.NAME", "source[NUMBER]" or "deadman"."""
    if where.startswith("source["):
        source: Table = tables["source"][int(where[7:-1]) - 1]
        return source
    if where == "deadman":
        switch: Table = tables["deadman"]
        return switch
    channel: Table = tables["channel"][where.partition(".")[2]]
    return channel
