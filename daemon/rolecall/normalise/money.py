"""The grammar of UK pay: amounts, ranges, open ends, periods and currencies as they are written.

Text in, `Figure`s out, nothing decided yet: whether a figure is this job's pay is for `salary`. Numbers are found
first, then what stands around each, in windows of fixed length: linear in the text.
Grammar and examples: understanding.md 8.3 and 8.4; the words are in salary.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import cast

from rolecall.model import Period
from rolecall.normalise.words import load

_WORDS = load("salary")
_I = re.IGNORECASE

# "62.068" is 62,068: no pay has three decimals. "30, 000" and "30 401" count only behind a currency sign.
_NUMBER = re.compile(
    r"\d{1,3}(?:\ \.{3}\ )?(?:,\d{3}){1,3}(?:\.\d{1,2})?(?!\d)"
    r"|(?P<cents>\d{1,3},\d{3}00(?!\d))"
    r"|(?P<loose>\d{1,3},\ \d{3}(?!\d)|\d{2}\ \d{3}(?!\d)|\d{3}\ 000(?!\d))"
    r"|(?P<point>\d{1,3}\.\d{3}(?!\d))"
    r"|\d{1,9}(?:\.\d{1,4})?(?!\d|,\d)"
)
_DIGIT = re.compile("[0-9]")  # a search for one character class is the fast path of `re`
_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
_BIG = re.compile(r"\s?(?:million|billion|trillion|mn(?![a-z])|bn(?![a-z])|tn(?![a-z]))|[mb](?![a-z])", _I)
_COUNT = re.compile(
    r"\s?(?:%|per\s?cent)|\s?-?(?:days?|hours?|hrs?|weeks?|wks?|months?|mths?|years?|yrs?|people|staff|miles?|mins?|minutes|st|nd|rd|th|x|st"
    r"|point|engineers?|users|times|am|pm(?=\s?[-)]))(?![a-z])|\+?\s?(?:years|days)(?![a-z])",
    _I,
)
_K = re.compile(r"\s?k(?![a-z0-9])|k(?=p\.?\s?a|per\b)|\s?(?:thousand|grand)(?![a-z])", _I)
_GLUED_K = re.compile(r"k(?=[A-Z])(?![BHVW])|K(?=[A-Z][a-z])")  # "£35-40kA top bank": the line break is lost
_HINT = re.compile(
    r"\s?[-(]?\s?(?:[kpa/£€$]|(?-i:[A-Z]{3}\b)|UKP|EUR|GBP|USD|pounds|each|every|daily|day\s?rate|hourly|thousand|grand|\()",
    _I,
)
_PLUS = re.compile(
    r"\+(?=[\s.,;)/|\-]|$)(?!\s{1,2}(?:\d{1,2} ?% ?)?(?:" + "|".join(_WORDS["suffix"]["extras"]) + r")\b)", _I
)
_JOIN = re.compile(
    r"[\s,.)\]]{0,3}(?:-{1,2}|–|to|o|/|~|or|up ?to|rising to|increasing to|through to|(?P<and>and|&))"
    r"\s{0,2}(?:up to |max(?:imum)? (?:of )?)?[\s(]{0,2}",
    _I,
)


def _alternatives(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{p})" for p in patterns)


def _named(groups: dict[str, list[str]]) -> str:
    return "|".join(f"(?P<{name}>{_alternatives(patterns)})" for name, patterns in groups.items())


_SIGN = re.compile(
    r"(?:(?P<ps>(?<![A-Za-z])PS)|"
    + "|".join(f"(?P<{code}_{n}>{pattern})" for n, (pattern, code) in enumerate(_WORDS["currency"]["signs"]))
    + r")\)?\s?(?:c(?:irca|a)?\.?\s?)?$"
)
_CODE = re.compile(
    r"\s?(?:(?P<code>"
    + "|".join(_WORDS["currency"]["codes"])
    + ")(?![A-Za-z])|(?i:"
    + "|".join(f"(?P<{code}>{pattern})" for pattern, code in _WORDS["currency"]["after"])
    + r"))(?!\s?\d)"
)
_BESIDE = re.compile(
    r"\s?[-(\[/,|:*]{0,2}\s?(?:(?:gross|basic|base|doe)\s)?(?:" + _named(_WORDS["period"]["beside"]) + r")\)?", _I
)
_NEAR = re.compile(r"(?:IR-?\s?35|[^\n£€$\d]){0,26}?(?:" + _named(_WORDS["period"]["near"]) + ")", _I)
_BEFORE = re.compile(r"(?<![a-z\d])(?<!\d )(?:" + _named(_WORDS["period"]["before"]) + r")[^\d\n£€$]{0,18}$", _I)
_PREFIX = re.compile(
    r"(?<![a-z])(?<!equivalent )(?<!equates )(?<!equal )(?<!amounts )(?<!amounting )(?:"
    + _named(_WORDS["prefix"])
    + r")[\s:]{0,2}(?:(?:circa|c\.?|a|about|around|approx\.?|basic|of|salary of)\s?)?$",
    _I,
)
_SUFFIX = re.compile(r"\s?[(,]?\s?(?:" + _named({side: _WORDS["suffix"][side] for side in ("up_to", "from")}) + ")", _I)
_GRADE = re.compile(
    r"\b(?:band|grade|level|scale|step|point|scp|spine|tier|zone|annex|section|nvq|ir|phase)s?[\s:.-]{0,2}$", _I
)
_CIRCA = re.compile(r"(?<![a-z])(?:circa|c)\.?\s?$", _I)

_SIGN_ENDS = frozenset("£€$¥₹₪)\ufffd")


@dataclass(frozen=True, slots=True)
class Figure:
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


@dataclass(slots=True)
class _Amount:
    start: int
    end: int
    value: Decimal
    currency: str | None = None
    k: bool = False
    big: bool = False  # millions, or per cent: not pay, and neither is what it is joined to
    plus: bool = False
    period: Period | None = None
    kept: bool = False

    @property
    def scaled(self) -> Decimal:
        return self.value * 1000 if self.k else self.value


def figures(text: str, *, field: bool = False) -> list[Figure]:
    """Return every figure that may be money, in order.

    In a salary field (`field=True`) a bare number counts; in running text only one with a currency, a k or a
    period right behind it, or joined to such a number.
    """
    return [figure for group in _groups(text, list(_amounts(text, field))) if (figure := _figure(text, group))]


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


# --- amounts ----------------------------------------------------------------------------------------------------


def _amounts(text: str, field: bool) -> Iterator[_Amount]:
    pos = 0
    while digit := _DIGIT.search(text, pos):
        pos = digit.end()
        if found := _NUMBER.match(text, digit.start()):
            amount = _amount(text, found, field)
            pos = found.end() if amount is None else amount.end
            if amount is not None:
                yield amount


def _amount(text: str, found: re.Match[str], field: bool) -> _Amount | None:
    start, end = found.span()
    sign = _sign(text, start)
    if sign is None and _inside_word(text, start):
        return None
    if found["loose"] and sign is None:
        found = cast("re.Match[str]", _PLAIN.match(text, start))
        end = found.end()
    amount = _Amount(sign[0] if sign else start, end, _value(found), sign[1] if sign else None)
    if sign is None and not _HINT.match(text, end):
        amount.kept = field
        amount.big = _BIG.match(text, end) is not None
        return None if _counts_something(text, start, end) else amount
    _read_tail(text, amount)
    if amount.k and amount.value == 401 and sign is None:
        return None  # the American pension
    if amount.currency == "PS":
        amount.currency = "GBP" if amount.scaled >= 10_000 or amount.period else None
    amount.kept = field or amount.currency is not None or amount.k or amount.period is not None
    return amount


def _value(found: re.Match[str]) -> Decimal:
    groups = found.groupdict()
    if groups.get("point"):
        return Decimal(found[0].replace(".", ""))
    value = Decimal(re.sub(r"[, ]|\.{3}", "", found[0]))
    return value / 100 if groups.get("cents") else value


def _counts_something(text: str, start: int, end: int) -> bool:
    """A bare number that counts or names something: "25 days", "Band 6", "3rd", "5%"."""
    glued = text[end : end + 1].isalpha() and text[end : end + 2].lower() != "to"
    return glued or _GRADE.search(text[max(0, start - 10) : start]) is not None or _COUNT.match(text, end) is not None


def _sign(text: str, start: int) -> tuple[int, str] | None:
    """Return where the currency before a number begins and its code; "PS" for the mangled pound."""
    last = text[start - 1 : start].strip() or text[start - 2 : start - 1]
    if not last or not (last in _SIGN_ENDS or last.isupper() or last in "c."):
        return None
    window = max(0, start - 9)
    found = _SIGN.search(text[window:start])
    if found is None or (found[0][0].isalpha() and text[window + found.start() - 1 : window + found.start()].isalpha()):
        return None
    return window + found.start(), str(found.lastgroup).partition("_")[0].upper()


def _inside_word(text: str, start: int) -> bool:
    before = text[max(0, start - 2) : start]
    if not before:
        return False
    if before[-1].isalnum() or before[-1] == "_":
        return _CIRCA.search(text[max(0, start - 7) : start]) is None
    return len(before) == 2 and before[-1] in ".,:" and before[0].isdigit()


def _read_tail(text: str, amount: _Amount) -> None:
    """Read what stands right behind the number: k, currency, plus, period."""
    end = amount.end
    if found := _K.match(text, end) or _GLUED_K.match(text, end):
        amount.k, end = amount.value < 1000, found.end()  # "50,000K" is a slip
    elif _BIG.match(text, end):
        amount.big = True
    if amount.currency in (None, "USD") and (found := _CODE.match(text, end)):
        amount.currency, end = found["code"] or found.lastgroup, found.end()
    if found := _PLUS.match(text, end):
        amount.plus, end = True, found.end()
    if found := _BESIDE.match(text, end):
        amount.period, end = cast("Period", found.lastgroup), found.end()
    amount.end = end


# --- ranges -----------------------------------------------------------------------------------------------------


def _groups(text: str, amounts: list[_Amount]) -> Iterator[list[_Amount]]:
    """Join neighbours that make one range; leave out what is not money."""
    at = 0
    while at < len(amounts):
        group = [amounts[at]]
        while at + 1 < len(amounts) and _joined(text, group, amounts[at + 1]):
            at += 1
            group.append(amounts[at])
        at += 1
        if any(a.kept for a in group) and not any(a.big for a in group):
            yield group


def _joined(text: str, group: list[_Amount], b: _Amount) -> bool:
    a = group[-1]
    gap = text[a.end : b.start]
    if len(gap) > 26 or (a.period and b.period and a.period != b.period) or len(group) == 6:
        return False
    if a.currency and b.currency and a.currency != b.currency:
        return False
    if not gap.strip():
        both = (a.currency and b.currency) or (a.k and b.k)
        return len(group) == 1 and bool(both) and a.scaled < b.scaled <= 2.5 * float(a.scaled)
    found = _JOIN.fullmatch(gap)
    if found is None or (found["and"] and not _said_between(text, group[0])):
        return False
    return b.big or _ends(a, b) is not None


def _said_between(text: str, a: _Amount) -> bool:
    found = _PREFIX.search(text[max(0, a.start - 32) : a.start])
    return found is not None and found.lastgroup == "between"


def _ends(a: _Amount, b: _Amount) -> tuple[Decimal, Decimal, set[str]] | None:
    """Return the two ends of `a - b` with thousands spread over both, None when they make no range."""
    low, high, flags = a.scaled, b.scaled, set[str]()
    if b.k and not a.k and low < 1000 and b.value <= 25 * low:
        low *= 1000
    elif a.k and not b.k and high < 1000 and high <= 3 * a.value:
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


def _figure(text: str, group: list[_Amount]) -> Figure | None:
    low, high, flags = group[0].scaled, group[0].scaled, set[str]()
    for a, b in pairwise(group):
        first, second, more = _ends(a, b) or (a.scaled, b.scaled, set[str]())
        low, high = (first, second) if a is group[0] else (min(low, first), max(high, second))
        flags |= more
    if not high:
        return None
    last = group[-1]
    currency = next((a.currency for a in group if a.currency and a.currency != "PS"), None)
    period = next((a.period for a in reversed(group) if a.period), None)
    start, end, prefix = group[0].start, last.end, ""
    if found := _PREFIX.search(text[max(0, start - 32) : start]):
        prefix, start = str(found.lastgroup), max(0, start - 32) + found.start()
    if prefix == "about":
        flags.add("approx")
    scaled = any(a.k for a in group)
    figure = Figure(start, end, end, low, high, currency, period, period is not None, scaled, frozenset(flags))
    if not low:
        figure = replace(figure, min=None, flags=figure.flags | {"open_min"})
    elif len(group) == 1:
        figure = _opened(text, figure, prefix, last.plus)
    return figure if period else _with_period(text, figure)


def _opened(text: str, figure: Figure, prefix: str, plus: bool) -> Figure:
    """Return a single amount with its open end, where the words around it say so."""
    suffix = _SUFFIX.match(text, figure.end)
    side = prefix if prefix in ("up_to", "from") else str(suffix.lastgroup) if suffix else "from" if plus else ""
    if side == "up_to":
        return replace(figure, min=None, flags=figure.flags | {"open_min"})
    if side == "from":
        return replace(figure, max=None, flags=figure.flags | {"open_max"})
    return figure


def _with_period(text: str, figure: Figure) -> Figure:
    """Return the figure with a period that stands some words after or before it."""
    if found := _NEAR.match(text, figure.end):
        return replace(figure, period=cast("Period", found.lastgroup), end=found.end())
    window = max(0, figure.start - 34)
    if found := _BEFORE.search(text[window : figure.start]):
        return replace(figure, period=cast("Period", found.lastgroup), start=window + found.start())
    return figure
