"""Amounts of money in a text: a number with its currency, its k, its plus and the period that clings to it.

Numbers are found first, then what stands around each, in windows of fixed length: linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import cast

from rolecall.model import Period
from rolecall.normalise.words import load

_WORDS = load("salary")
_CURRENCY = _WORDS["currency"]
_I = re.IGNORECASE


def any_of(patterns: Iterable[str]) -> str:
    """Return one pattern that matches any of these."""
    return "(?:" + "|".join(f"(?:{p})" for p in patterns) + ")"


def named(groups: dict[str, list[str]]) -> str:
    """Return one pattern whose `lastgroup` says which of these lists matched."""
    return "(?:" + "|".join(f"(?P<{name}>{any_of(patterns)})" for name, patterns in groups.items()) + ")"


REACH = 34  # characters between two amounts of one range
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_NUMBER = re.compile(
    r"\d{1,9}(?![\d.,]| [\d.])"  # most: no other form is tried
    r"|\d{1,3}(?: \.{3} )?(?:,\d{3}){1,3}(?:\.\d{1,2})?(?!\d)"  # " ... " is where Adzuna cuts its snippets
    r"|(?P<cents>\d{1,3},\d{3}00(?!\d))"  # the point is lost
    r"|(?P<loose>\d{1,3}, \d{3}(?!\d)|\d{2} \d{3}(?!\d)|\d{3} 000(?!\d))"  # counts only behind a currency sign
    r"|(?P<point>\d{1,3}\.\d{3}(?!\d))"  # 62.068 is 62,068: no pay has three decimals
    r"|\d{1,9}(?:\.\d{1,4})?(?!\d|,\d)"
)
_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
_MILLIONS = re.compile(r"\s?(?:million|billion|trillion|(?:mn|bn|tn)(?![a-z]))|[mb](?![a-z])", _I)
_COUNTED = re.compile(rf"\s?(?:%|per\s?cent)|\s?[+-]?\s?{any_of(_WORDS['amount']['counted'])}(?![a-z])", _I)
_GRADE = re.compile(rf"\b{any_of(_WORDS['amount']['grades'])}s?[\s:.-]{{0,2}}$", _I)
_CIRCA = re.compile(r"(?<![a-z])(?:circa|c)\.?\s?$", _I)

# Whether it is worth looking closer at what follows a number without a currency before it.
_HINT = re.compile(r"\s?[-(]?\s?(?:[kpa/£€$(]|(?-i:[A-Z]{3}\b)|each|every|daily|day\s?rate|hourly|thousand|grand)", _I)
_HINT_BEGINS = frozenset("kpa/£€$(-edhtg")
_ANNOUNCED = re.compile(r"\b(?:(?:day|daily|hourly) rate|salary(?: range)?) ?[:-] ?$", _I)  # a bare number is pay, too
_ANNOUNCERS = frozenset(":-")
_K = re.compile(r"\s?k(?![a-z0-9])|k(?=p\.?\s?a|per\b)|\s?(?:thousand|grand)(?![a-z])", _I)
_GLUED_K = re.compile(r"k(?=[A-Z])(?![BHVW])|K(?=[A-Z][a-z])")  # "£35-40kA top bank": the line break is lost
_PLUS = re.compile(rf"\++(?=[\s.,;)/|\-]|$)(?!\s{{1,2}}(?:\d{{1,2}} ?% ?)?{any_of(_WORDS['suffix']['extras'])}\b)", _I)
_BESIDE = re.compile(
    rf"\s?[-(\[/,|:*]{{0,2}}\s?(?:(?:gross|basic|base|doe)\s)?{named(_WORDS['period']['beside'])}\)?", _I
)
_SIGN = re.compile(
    r"(?:(?P<mangled>(?<![A-Za-z])PS)|"
    + "|".join(f"(?P<{code}_{n}>{pattern})" for n, (pattern, code) in enumerate(_CURRENCY["signs"]))
    + r")\)?\s?(?P<circa>c(?:irca|a)?\.?\s?)?$"
)
_SIGNS = frozenset("£€$¥₹₪\ufffd")
_SIGN_ENDS = _SIGNS | set(")c.")
_POINTS = frozenset(".,:")
_PLAIN_SIGNS = {"£": "GBP", "€": "EUR", "$": "USD"}
_LETTERS = frozenset(re.findall("[A-Z]{3}", " ".join(pattern for pattern, _ in _CURRENCY["signs"])))
_CODE = re.compile(
    rf"\s?(?:(?P<code>{any_of(_CURRENCY['codes'])})(?![A-Za-z])|(?i:"
    + "|".join(f"(?P<{code}>{pattern})" for pattern, code in _CURRENCY["after"])
    + r"))(?!\s?\d)"
)


@dataclass(slots=True)
class Amount:
    """One number that may be money; `start` and `end` are its span with everything that clings to it."""

    start: int
    end: int
    number: Decimal
    currency: str | None = None
    k: bool = False
    plus: bool = False
    period: Period | None = None
    approx: bool = False
    millions: bool = False  # not pay, and neither is what it is joined to
    money: bool = False  # something says so: a currency, a k, a period, or the field it stands in

    @property
    def value(self) -> Decimal:
        return self.number * 1000 if self.k else self.number


def amounts(text: str, *, field: bool) -> list[Amount]:
    """Return every number of `text` that counts nothing else, in order; in a salary field each is money.

    In running text none at all where nothing is money: most numbers are years, days and percents, soon told apart.
    """
    found: list[Amount | re.Match[str]] = []
    digits = text.encode("latin-1", "replace").translate(_DIGITS)  # a byte a character: found ten times as fast
    at = digits.find(b"0")
    while at >= 0:
        end = at + 1
        if number := _NUMBER.match(text, at):
            amount = _amount(text, number, field)
            end = number.end() if amount is None else amount.end if isinstance(amount, Amount) else amount.end()
            if amount is not None:
                found.append(amount)
        at = digits.find(b"0", end)
    if not any(one.money for one in found if isinstance(one, Amount)):
        return []
    read = (one if isinstance(one, Amount) else _bare(text, one, money=False) for one in _beside(found))
    return [amount for amount in read if amount is not None]


def _beside(found: list[Amount | re.Match[str]]) -> Iterator[Amount | re.Match[str]]:
    """Yield what is near enough to its neighbour to make a range with it, and every amount that stands alone."""
    spans = [(one.start, one.end) if isinstance(one, Amount) else one.span() for one in found]
    near = [after[0] - before[1] <= REACH for before, after in pairwise(spans)]
    for one, left, right in zip(found, [False, *near], [*near, False], strict=True):
        if left or right or isinstance(one, Amount):
            yield one


def _amount(text: str, found: re.Match[str], field: bool) -> Amount | re.Match[str] | None:
    """Return an amount, None for what is none, and a bare number as it is: only beside money does it matter."""
    start = found.start()
    last = text[max(0, start - 9) : start].rstrip()[-1:]
    sign = _sign(text, start) if last in _SIGN_ENDS or last.isupper() else None
    if sign is None and _inside_word(text, start):
        return None
    if loose := sign is None and found["loose"] is not None:
        found = cast("re.Match[str]", _PLAIN.match(text, start))
    if sign is None and not _hinted(text, found.end()):
        money = field or (last in _ANNOUNCERS and _ANNOUNCED.search(text[max(0, start - 16) : start]) is not None)
        return _bare(text, found, money=money) if money or loose else found
    amount = Amount(start, found.end(), _number(found), money=field)
    if sign is not None:
        amount.start, amount.currency, amount.approx = sign
    _read_tail(text, amount)
    return None if sign is None and amount.k and amount.number == 401 else amount  # 401k: the American pension


def _hinted(text: str, end: int) -> bool:
    after = text[end : end + 3].lstrip()[:1]
    return (after in _HINT_BEGINS or after.isupper()) and _HINT.match(text, end) is not None


def _bare(text: str, found: re.Match[str], *, money: bool) -> Amount | None:
    """Return the amount of a number that nothing clings to, None where it counts something."""
    if _counts_something(text, found):
        return None
    millions = _MILLIONS.match(text, found.end()) is not None
    return Amount(found.start(), found.end(), _number(found), millions=millions, money=money)


def _number(found: re.Match[str]) -> Decimal:
    if found[0].isdecimal():
        return Decimal(found[0])
    groups = found.groupdict()
    if groups.get("point"):
        return Decimal(found[0].replace(".", ""))
    number = Decimal(re.sub(r"[, ]|\.{3}", "", found[0]))
    return number / 100 if groups.get("cents") else number


def _counts_something(text: str, number: re.Match[str]) -> bool:
    """A bare number that counts or names something: "25 days", "Band 6", "3rd", "5%"."""
    start, end = number.span()
    glued = text[end : end + 1].isalpha() and text[end : end + 2].lower() != "to"
    return glued or _GRADE.search(text[max(0, start - 10) : start]) is not None or _COUNTED.match(text, end) is not None


def _sign(text: str, start: int) -> tuple[int, str, bool] | None:
    """Return where the currency before a number begins, its code ("MANGLED" for PS), and whether "circa" follows it."""
    window = text[max(0, start - 9) : start]
    last = window[-1:].strip() or window[-2:-1]
    if not _may_end_sign(last, window):
        return None
    before = window.rstrip()[:-1].rstrip()[-1:]
    if last in _PLAIN_SIGNS and not (before.isupper() or before == "."):  # no "US$", "GBP £"
        return text.rindex(last, 0, start), _PLAIN_SIGNS[last], False
    found = _SIGN.search(window)
    if found is None:
        return None
    begin = start - len(window) + found.start()
    if text[begin].isalpha() and text[begin - 1 : begin].isalpha():
        return None
    code = next(name for name, written in found.groupdict().items() if written and name != "circa")
    return begin, code.partition("_")[0].upper(), bool(found["circa"])


def _may_end_sign(last: str, window: str) -> bool:
    """Whether a currency may end in this: asked of every number before the pattern is."""
    if last.isupper():
        return window.rstrip()[-3:] in _LETTERS or window.rstrip()[-2:] == "PS"
    if last in (")", "c", "."):
        return not _SIGNS.isdisjoint(window) or not window.islower()
    return last in _SIGNS


def _inside_word(text: str, start: int) -> bool:
    last = text[start - 1 : start]  # nothing at the beginning of a text
    if last.isalnum() or last == "_":
        return _CIRCA.search(text[max(0, start - 7) : start]) is None
    return last in _POINTS and text[start - 2 : start - 1].isdigit()


def _read_tail(text: str, amount: Amount) -> None:
    """Read what stands right behind the number: k, currency, plus, period."""
    end = amount.end
    if found := _K.match(text, end) or _GLUED_K.match(text, end):
        amount.k, end = amount.number < 1000, found.end()  # "50,000K" is a slip
    else:
        amount.millions = _MILLIONS.match(text, end) is not None
    if amount.currency in (None, "USD") and (found := _CODE.match(text, end)):
        amount.currency, end = found["code"] or found.lastgroup, found.end()
    if found := _PLUS.match(text, end):
        amount.plus, end = True, found.end()
    if found := _BESIDE.match(text, end):
        amount.period, end = cast("Period", found.lastgroup), found.end()
    if amount.currency == "MANGLED":  # PS75,000 and PS80k are pounds that lost their encoding, a PS5 is a toy
        amount.currency = "GBP" if amount.value >= 10_000 or amount.period else None
    amount.end = end
    amount.money = amount.money or amount.k or amount.currency is not None or amount.period is not None
