"""The grammar of UK pay: ranges, open ends, periods and currencies as they are written.

Text in, `Figure`s out, nothing decided yet: whether a figure is this job's pay is for `salary`.
Grammar and examples: understanding.md 8.3 and 8.4; the words are in salary.toml. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, cast

from rolecall.model import Period
from rolecall.normalise.money_amounts import REACH, Amount, amounts, named
from rolecall.normalise.words import load

_WORDS = load("salary")
_I = re.IGNORECASE
_WINDOW = 34  # characters read before a figure

_JOIN = re.compile(
    r"[\s,.)*\]]{0,3}(?:-{1,2}|–|to|o|/|~|or|up ?to|through to|(?P<and>and|&)"
    r"|(?:(?:starting |initial )?(?:salary |pay )?(?:rising|increasing|progressing) to))"
    r"\s{0,2}(?:up to |max(?:imum)? (?:of )?)?[\s(]{0,2}",
    _I,
)
_NEAR = re.compile(rf"(?:IR-?\s?35|[^\n£€$\d]){{0,26}}?{named(_WORDS['period']['near'])}", _I)
_BEFORE = re.compile(rf"(?<![a-z\d])(?<!\d ){named(_WORDS['period']['before'])}[^\d\n£€$]{{0,18}}$", _I)
_PREFIX = re.compile(
    r"(?<![a-z])(?<!equivalent )(?<!equates )(?<!equal )(?<!amounts )(?<!amounting )"
    + named(_WORDS["prefix"])
    + r"[\s:]{0,2}(?:(?:circa|c\.?|a|about|around|approx\.?|basic|of|salary of)\s?)?$",
    _I,
)
_SUFFIX = re.compile(rf"\s?[(,]?\s?{named({side: _WORDS['suffix'][side] for side in ('up_to', 'from')})}", _I)


class Figure(NamedTuple):
    """One amount or range as written. `start` and `end` are its span in the text, prefix and period included;
    `core` is where the amount and what clings to it end, before a period that stands some words away.

    `currency` and `period` None = not written. `beside`: the period stands right beside the amount, not some words
    away; `scaled`: it is written in thousands ("60k"). Flags: approx, open_min, open_max, k_assumed, inverted.
    """

    start: int
    core: int
    end: int
    min: Decimal | None
    max: Decimal | None
    currency: str | None
    period: Period | None
    beside: bool = False
    scaled: bool = False
    flags: frozenset[str] = frozenset()

    @property
    def top(self) -> Decimal:
        return self.max if self.max is not None else cast("Decimal", self.min)

    @property
    def low(self) -> Decimal:
        return self.min if self.min is not None else cast("Decimal", self.max)

    @property
    def is_range(self) -> bool:
        return self.min is not None and self.max is not None and self.min != self.max


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of pounds as a person writes it in the configuration; `period` None = not said."""

    amount: Decimal
    period: Period | None = None


def figures(text: str, *, field: bool = False) -> list[Figure]:
    """Return every figure that may be money, in order.

    In a salary field (`field=True`) a bare number counts; in running text only one with a currency, a k or a
    period right behind it, or joined to such a number.
    """
    return [figure for group in _groups(text, amounts(text, field=field)) if (figure := _figure(text, group))]


def parse_money(text: str | int | float) -> Money:
    """Return what a person wrote as an amount of pounds: 70000, "£70k", "70,000", "£550/day".

    Raises ValueError with a sentence that says what is wrong.
    """
    written = str(text).strip()
    found = figures(written, field=True) if not isinstance(text, bool) else []
    if len(found) != 1 or _rest(written, found[0]):
        raise ValueError(f'{written!r} is not an amount of money: write 70000, "£70k" or "£550/day"')
    figure = found[0]
    if figure.currency not in (None, "GBP"):
        raise ValueError(f"{written!r} is in {figure.currency}: write the amount in pounds")
    if figure.is_range or figure.flags:
        raise ValueError(f"{written!r} is a range or an open end: write one amount")
    if figure.low <= 0:
        raise ValueError(f"{written!r} is not more than nothing: write an amount above 0")
    return Money(figure.low, figure.period)


def _rest(written: str, figure: Figure) -> str:
    return (written[: figure.start] + written[figure.end :]).strip()


# --- ranges -----------------------------------------------------------------------------------------------------


def _groups(text: str, found: list[Amount]) -> Iterator[list[Amount]]:
    """Join neighbours that make one range; leave out what is not money."""
    at = 0
    while at < len(found):
        group = [found[at]]
        while at + 1 < len(found) and _joined(text, group, found[at + 1]):
            at += 1
            group.append(found[at])
        at += 1
        if any(a.money for a in group) and not any(a.millions for a in group):
            yield group


def _joined(text: str, group: list[Amount], b: Amount) -> bool:
    a = group[-1]
    gap = text[a.end : b.start]
    if len(gap) > REACH or (a.period and b.period and a.period != b.period) or len(group) == 6:
        return False
    if b.currency and any(each.currency not in (None, b.currency) for each in group):
        return False
    if not gap.strip():
        both = (a.currency and b.currency) or (a.k and b.k)
        return len(group) == 1 and bool(both) and a.value < b.value <= a.value * 5 / 2
    found = _JOIN.fullmatch(gap)
    if found is None or (found["and"] and _prefixed(text, group[0].start)[1] != "between"):
        return False
    return b.millions or _ends(a, b) is not None


def _ends(a: Amount, b: Amount) -> tuple[Decimal, Decimal, set[str]] | None:
    """Return the two ends of `a - b` with thousands spread over both, None when they make no range."""
    low, high, flags = a.value, b.value, set[str]()
    if b.k and not a.k and low < 1000 and b.number <= 25 * low:
        low *= 1000
    elif a.k and not b.k and high < 1000 and high <= 3 * a.number:
        high *= 1000
    elif not a.k and not b.k and low < 1000 and high >= 10_000 and low * 1000 <= high <= low * 3000:
        low, flags = low * 1000, {"k_assumed"}
    elif not a.k and not b.k and high < 1000 and low >= 10_000 and high * 1000 >= low:
        high, flags = high * 1000, {"k_assumed"}
    if high < low:
        if high * 3 < low:
            return None
        low, high, flags = high, low, flags | {"inverted"}
    if low and high > low * 25:
        return None
    return low, high, flags


def _figure(text: str, group: list[Amount]) -> Figure | None:
    low, high, flags = _span(group)
    if not high:
        return None
    start, prefix = _prefixed(text, group[0].start)
    if prefix == "about" or group[0].approx:
        flags.add("approx")
    period = next((a.period for a in reversed(group) if a.period), None)
    figure = Figure(
        start=start,
        core=group[-1].end,
        end=group[-1].end,
        min=low or None,
        max=high,
        currency=next((a.currency for a in group if a.currency), None),
        period=period,
        beside=period is not None,
        scaled=any(a.k for a in group),
        flags=frozenset(flags if low else flags | {"open_min"}),
    )
    if len(group) == 1:
        figure = _opened(text, figure, prefix, group[0].plus)
    return figure if period else _with_period(text, figure)


def _span(group: list[Amount]) -> tuple[Decimal, Decimal, set[str]]:
    """Return the lowest and the highest of a group, thousands spread over all of it."""
    low = high = group[0].value
    flags = set[str]()
    for a, b in pairwise(group):
        first, second, more = _ends(a, b) or (a.value, b.value, set[str]())
        low, high = (first, second) if a is group[0] else (min(low, first), max(high, second))
        flags |= more
    return low, high, flags


def _prefixed(text: str, start: int) -> tuple[int, str]:
    """Return where the words before an amount begin, and which kind they are: up_to, from, about, between or ""."""
    window = max(0, start - _WINDOW)
    found = _PREFIX.search(text[window:start])
    return (window + found.start(), str(found.lastgroup)) if found else (start, "")


def _opened(text: str, figure: Figure, prefix: str, plus: bool) -> Figure:
    """Return a single amount with its open end, where the words around it say so."""
    suffix = _SUFFIX.match(text, figure.end)
    side = prefix if prefix in ("up_to", "from") else str(suffix.lastgroup) if suffix else "from" if plus else ""
    if side == "up_to":
        return figure._replace(min=None, flags=figure.flags | {"open_min"})
    if side == "from":
        return figure._replace(max=None, flags=figure.flags | {"open_max"})
    return figure


def _with_period(text: str, figure: Figure) -> Figure:
    """Return the figure with a period that stands some words after or before it."""
    if found := _NEAR.match(text, figure.end):
        return figure._replace(period=cast("Period", found.lastgroup), end=found.end())
    window = max(0, figure.start - _WINDOW)
    if found := _BEFORE.search(text[window : figure.start]):
        return figure._replace(period=cast("Period", found.lastgroup), start=window + found.start())
    return figure
