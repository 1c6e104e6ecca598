"""The structured values of a source, found by name: "contract_type", "categories.commitment"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rolecall.model import Json


def stated(fields: Mapping[str, Json], paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (path, text) for every path that holds text, numbers or a list of texts; a dot steps into an object."""
    for path in paths if fields else ():
        value = _at(fields, path) if "." in path else fields.get(path)
        if value is not None:
            for text in _texts(value):
                yield path, text


def _at(value: Json, path: str) -> Json:
    step, _, rest = path.partition(".")
    value = value.get(step) if hasattr(value, "get") else None
    return _at(value, rest) if rest and value is not None else value


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str | int | float) and value != "":
        yield str(value)[:200]
    elif isinstance(value, list | tuple):
        yield from (item[:200] for item in value[:20] if isinstance(item, str))
