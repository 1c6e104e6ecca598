"""Values of the configuration, read by the type that is wanted, with all that is wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rolecall.errors import Problem
from rolecall.match.values import SCALARS, Unfit, did_you_mean, money, named, text, wrong


def read(kind: Any, value: object, path: str) -> Any:
    """Return `value` as the annotated type `kind`; raises `Unfit` with every problem in it."""
    if kind in SCALARS:
        return SCALARS[kind](value, path)
    origin = get_origin(kind)
    if origin in _GENERICS:
        return _GENERICS[origin](kind, value, path)
    if hasattr(kind, "__metadata__"):
        return money(kind.__metadata__[0], value, path)
    if is_dataclass(kind):
        return _table(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = {_spelt(member): member for member in kind}
        return words[_word(value, list(words), path)]
    raise TypeError(f"no reader for {kind}")  # a criterion was annotated with something new


def _many(build: Callable[[list[Any]], Any], kind: Any, value: object, path: str) -> Any:
    if isinstance(value, str) or not isinstance(value, Sequence):
        hint = f'Write ["{value}"].' if isinstance(value, str) else ""
        raise Unfit(Problem(path, f"a list is wanted, not {named(value)}.", hint))
    found, problems = [], list[Problem]()
    for number, each in enumerate(value, 1):
        try:
            found.append(read(get_args(kind)[0], each, f"{path}[{number}]"))
        except Unfit as unfit:
            problems += unfit.problems
    if problems:
        raise Unfit(*problems)
    return build(found)


def _choice(kind: Any, value: object, path: str) -> Any:
    return _word(value, get_args(kind), path)


def _optional(kind: Any, value: object, path: str) -> Any:
    (inner,) = (each for each in get_args(kind) if each is not NoneType)
    return read(inner, value, path)


def _table(kind: Any, value: object, path: str) -> Any:
    if not isinstance(value, dict):
        raise wrong("a table", value, path)
    problems = unknown_keys(value, [field.name for field in fields(kind)], path)
    read_fields, more = read_into(kind, value, path)
    if problems or more:
        raise Unfit(*problems, *more)
    return kind(**read_fields)


def read_into(kind: Any, table: dict[str, object], path: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return those fields of the dataclass `kind` that `table` names, and what is wrong with them."""
    found, problems, hints = dict[str, Any](), list[Problem](), get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        if field.name in table and _has_default(field):
            try:
                found[field.name] = read(hints[field.name], table[field.name], f"{path}.{field.name}")
            except Unfit as unfit:
                problems += unfit.problems
    return found, problems


def unknown_keys(table: Iterable[object], known: Collection[str], path: str) -> list[Problem]:
    """Return one problem for every key that means nothing here."""
    return [
        Problem(f"{path}.{key}", "is not a key I know.", did_you_mean(key, known)) for key in table if key not in known
    ]


_GENERICS: dict[Any, Callable[[Any, object, str], Any]] = {
    frozenset: partial(_many, frozenset),
    tuple: partial(_many, tuple),
    Literal: _choice,
    Union: _optional,
    UnionType: _optional,
}


def _word(value: object, words: Sequence[str], path: str) -> str:
    """Return the one of `words` that `value` says, whatever its case."""
    folded = {word.lower(): word for word in words}
    said = text(value, path).lower()
    if said not in folded:
        raise Unfit(Problem(path, f'"{value}" is not one of {", ".join(words)}.', did_you_mean(value, words)))
    return folded[said]


def _spelt(member: Enum) -> str:
    return member.value if isinstance(member.value, str) else member.name.lower()


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING
