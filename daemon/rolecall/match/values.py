"""Single values of the configuration: numbers, money, places, technologies; a slip gets what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from rolecall.dedupe import normal_company
from rolecall.errors import Problem
from rolecall.match.pattern import compiled
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


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """Return 'Did you mean "…"?', or "" where nothing is near."""
    lowered = {choice.lower(): choice for choice in choices}
    near = get_close_matches(str(word).lower(), lowered, n=1, cutoff=0.6)
    return f'Did you mean "{lowered[near[0]]}"?' if near else ""


def text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise wrong("a text", value, path)
    return value


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise wrong("true or false", value, path)
    return value


def _number(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong("a number", value, path)
    if not 0 <= value < 100_000:
        raise Unfit(Problem(path, f"{value} is not possible here."))
    return float(value)


def _percent(value: object, path: str) -> Percent:
    match = re.fullmatch(r"(\d{1,2}(?:\.\d+)?) ?%", value) if isinstance(value, str) else None
    try:
        return Percent(Decimal(match[1] if match else "") / 100)
    except InvalidOperation:
        raise Unfit(Problem(path, f"{value!r} is not a percentage.", 'Write "5%".')) from None


def _pattern(value: object, path: str) -> re.Pattern[str]:
    try:
        return compiled(text(value, path))
    except ValueError as error:
        raise Unfit(Problem(path, f"{error}.")) from None


def _tech(value: object, path: str) -> TechId:
    word = text(value, path)
    if (found := resolve(word)) is None:
        raise Unfit(Problem(path, f'"{word}" is not a technology I know.', _or_else(suggest(word))))
    return TechId(found)


def _place(value: object, path: str) -> Place:
    word = text(value, path)
    if (found := find(word)) is None:
        raise Unfit(Problem(path, f'"{word}" is not a place I know.', _or_else(nearest(word))))
    return found


def _company(value: object, path: str) -> CompanyName:
    return CompanyName(normal_company(text(value, path)))


def money(limits: Between, value: object, path: str) -> Money:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong("an amount of money", value, path)
    try:
        found = parse_money(value)
    except ValueError as error:
        example = '70000 or "£70k"' if limits.period == "year" else '500 or "£500/day"'
        raise Unfit(Problem(path, f"{str(error).partition(': write')[0]}.", f"Write {example}.")) from None
    if found.period not in (None, limits.period):
        other = "min_day_rate" if found.period == "day" else "min_salary"
        raise Unfit(Problem(path, f"{value} is an amount per {found.period}.", f"Is it meant for {other}?"))
    if not limits.least <= found.amount <= limits.most:
        raise Unfit(Problem(path, f"{value} is not possible as pounds a {limits.period}.", _thousands(found, limits)))
    return found


def _thousands(found: Money, limits: Between) -> str:
    if limits.least <= found.amount * 1000 <= limits.most:
        return f'Did you mean "£{found.amount:f}k"?'
    return "Is it meant for min_day_rate?" if limits.period == "year" and 40 <= found.amount < limits.least else ""


SCALARS: dict[Any, Callable[[object, str], Any]] = {
    str: text,
    bool: _flag,
    float: _number,
    Percent: _percent,
    TechId: _tech,
    CompanyName: _company,
    Place: _place,
    re.Pattern[str]: _pattern,
}


def _or_else(words: Sequence[str]) -> str:
    quoted = [f'"{word}"' for word in words[:3]]
    return f"Did you mean {' or '.join(quoted)}?" if quoted else ""


def wrong(wanted: str, value: object, path: str) -> Unfit:
    return Unfit(Problem(path, f"{wanted} is wanted, not {named(value)}."))


def named(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return f"{names.get(type(value), type(value).__name__)} ({value!r})"
