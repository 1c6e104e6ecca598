"""Values of the configuration, read by the type that is wanted; what is wrong is said with what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rolecall.dedupe import normal_company
from rolecall.errors import Problem
from rolecall.match.wants import Between, CompanyName, Percent, TechId
from rolecall.model import Place
from rolecall.normalise.money import Money, parse_money
from rolecall.normalise.place import find, nearest
from rolecall.normalise.vocabulary import resolve, suggest


class Unfit(Exception):
    """The value is not what is wanted here: every problem found in it. Never leaves this package."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*map(str, problems))
        self.problems = problems


def read(kind: Any, value: object, path: str) -> Any:
    """Return `value` as the annotated type `kind`; raises `Unfit` with every problem in it."""
    if kind in _SCALARS:
        return _SCALARS[kind](value, path)
    origin = get_origin(kind)
    if origin in _GENERICS:
        return _GENERICS[origin](kind, value, path)
    if hasattr(kind, "__metadata__"):
        return _money(kind.__metadata__[0], value, path)
    if is_dataclass(kind):
        return _table(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = {_spelt(member): member for member in kind}
        return words[_word(value, list(words), path)]
    raise TypeError(f"no reader for {kind}")  # a criterion was annotated with something new


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """Return 'Did you mean "…"?', or "" where nothing is near."""
    lowered = {choice.lower(): choice for choice in choices}
    near = get_close_matches(str(word).lower(), lowered, n=1, cutoff=0.6)
    return f'Did you mean "{lowered[near[0]]}"?' if near else ""


# --- single values --------------------------------------------------------------------------------------------


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong("a text", value, path)
    return value


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong("true or false", value, path)
    return value


def _number(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong("a number", value, path)
    if not 0 <= value < 100_000:
        raise Unfit(Problem(path, f"{value} is not possible here"))
    return float(value)


def _percent(value: object, path: str) -> Percent:
    match = re.fullmatch(r"(\d{1,2}(?:\.\d+)?) ?%", value) if isinstance(value, str) else None
    try:
        return Percent(Decimal(match[1] if match else "") / 100)
    except InvalidOperation:
        raise Unfit(Problem(path, f"{value!r} is not a percentage.", 'Write "5%".')) from None


def _pattern(value: object, path: str) -> re.Pattern[str]:
    try:
        return re.compile(_text(value, path), re.IGNORECASE)
    except re.error as error:
        raise Unfit(Problem(path, f"{value!r} is not a pattern: {error}.")) from None


def _tech(value: object, path: str) -> TechId:
    word = _text(value, path)
    if (found := resolve(word)) is None:
        raise Unfit(Problem(path, f'"{word}" is not a technology I know.', _or_else(suggest(word))))
    return TechId(found)


def _place(value: object, path: str) -> Place:
    word = _text(value, path)
    if (found := find(word)) is None:
        raise Unfit(Problem(path, f'"{word}" is not a place I know.', _or_else(nearest(word))))
    return found


def _company(value: object, path: str) -> CompanyName:
    return CompanyName(normal_company(_text(value, path)))


def _money(limits: Between, value: object, path: str) -> Money:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        money = parse_money(value)
    except ValueError:
        example = '70000 or "£70k"' if limits.period == "year" else '500 or "£500/day"'
        raise Unfit(Problem(path, f"{value!r} is not an amount of money.", f"Write {example}.")) from None
    if money.period not in (None, limits.period):
        other = "min_day_rate" if money.period == "day" else "min_salary"
        raise Unfit(Problem(path, f"{value} is an amount per {money.period}.", f"Is it meant for {other}?"))
    if not limits.least <= money.amount <= limits.most:
        raise Unfit(Problem(path, f"{value} is not possible as pounds a {limits.period}.", _thousands(money, limits)))
    return money


def _thousands(money: Money, limits: Between) -> str:
    if limits.least <= money.amount * 1000 <= limits.most:
        return f'Did you mean "£{money.amount:f}k"?'
    return "Is it meant for min_day_rate?" if limits.period == "year" and 40 <= money.amount < limits.least else ""


_SCALARS: dict[Any, Callable[[object, str], Any]] = {
    str: _text,
    bool: _flag,
    float: _number,
    Percent: _percent,
    TechId: _tech,
    CompanyName: _company,
    Place: _place,
    re.Pattern[str]: _pattern,
}


# --- values made of values ------------------------------------------------------------------------------------


def _many(build: Callable[[list[Any]], Any], kind: Any, value: object, path: str) -> Any:
    if isinstance(value, str) or not isinstance(value, Sequence):
        hint = f'Write ["{value}"].' if isinstance(value, str) else ""
        raise Unfit(Problem(path, f"a list is wanted, not {_named(value)}.", hint))
    found, problems = [], list[Problem]()
    for index, each in enumerate(value):
        try:
            found.append(read(get_args(kind)[0], each, f"{path}[{index}]"))
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
        raise _wrong("a table", value, path)
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
    text = _text(value, path).lower()
    if text not in folded:
        raise Unfit(Problem(path, f'"{value}" is not one of {", ".join(words)}.', did_you_mean(value, words)))
    return folded[text]


def _spelt(member: Enum) -> str:
    return member.value if isinstance(member.value, str) else member.name.lower()


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _or_else(words: Sequence[str]) -> str:
    quoted = [f'"{word}"' for word in words[:3]]
    return f"Did you mean {' or '.join(quoted)}?" if quoted else ""


def _wrong(wanted: str, value: object, path: str) -> Unfit:
    return Unfit(Problem(path, f"{wanted} is wanted, not {_named(value)}."))


def _named(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return f"{names.get(type(value), type(value).__name__)} ({value!r})"
