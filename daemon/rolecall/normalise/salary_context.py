"""What stands around a figure: words that say it is pay, that it is not, and labels (understanding.md 8.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from rolecall.literals import Guarded
from rolecall.normalise.money import Figure
from rolecall.normalise.words import load

Label = Literal["", "ote", "actual", "umbrella", "paye", "here", "there", "extra"]
FteBasis = Literal["full", "pro_rata"] | None

SMALL = 12_000  # under this a figure beside "training" or "bonus" is an extra

_WORDS = load("salary")
_I = re.IGNORECASE


def _any(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(patterns) + ")"


_CUE, _EXTRA, _KIND, _COUNTRY = _WORDS["cue"], _WORDS["extra"], _WORDS["kind"], _WORDS["country"]
_OTE, _UMBRELLA, _PAYE = (rf"\b{_any(_KIND[name])}\b" for name in ("ote", "umbrella", "paye"))
_SMALL_EXTRA = rf"\b{_any(_EXTRA['words'])}\b"

_CUE_BEFORE = Guarded(rf"\b{_any(_CUE['before'])}\b")
_CUE_AFTER = re.compile(rf"[\s(,|/*.-]{{0,5}}{_any(_CUE['after'])}(?![a-z])", _I)
_SALARIED = Guarded(r"\bsalar(?:y|ies)\b[^\d£€$\n]{0,20}$")
_RATED = re.compile(rf"\b{_any(_CUE['rate'])}\b", _I)
_ENDS_HERE = re.compile(r"\s{0,2}(?:$|[\n.,;|)(/+&•*-]|[A-Z])")

_EXTRA_NEAR = re.compile(_SMALL_EXTRA, _I)
_EXTRA_GOVERNS = re.compile(rf"{_SMALL_EXTRA}(?: (?:of|is|worth|up to))*[\s:(-]{{0,3}}$", _I)
_NEVER_BEFORE = re.compile(
    rf"\b(?<!salary )(?<!pay )(?<!package )(?<!package is )(?<!rate ){_any(_EXTRA['never_before'])}"
    rf"(?: (?:(?:our|their|the) )?{_any(_EXTRA['others'])})?(?: (?:of|is|up|to))*[\s:]{{0,3}}$",
    _I,
)
_NEVER_AFTER = re.compile(  # "£90k of hardware"
    rf"\s?of [a-z]|\s{{0,2}}(?:in |of |worth of |towards )?(?:\w+ )?{_any(_EXTRA['never_after'])}\b", _I
)
_ESTIMATED = Guarded(rf"[^\w£€$]{{0,4}}\(?{_any(_EXTRA['estimated'])}\b")
_ESTIMATED_BEFORE = Guarded(rf"\b{_any(_EXTRA['estimated'])}(?: (?:salary|pay|base|annual))*[\s:]{{0,3}}$")
_OTHER_UNIT = re.compile(rf"\s?(?:per|an?|each|/)\s?{_any(_EXTRA['units'])}\b", _I)

_OTE_ANYWHERE = Guarded(_OTE)
_OTE_BEFORE = Guarded(rf"{_OTE}[^\d£€$+|;\n]{{0,22}}$")
_OTE_AFTER = Guarded(rf"[^\d£€$+|;,.\n]{{0,14}}{_OTE}(?![\s:(-]{{0,3}}(?:of |up to |to |circa |c)?[£€$\d])")
_TOTAL_BEFORE = Guarded(rf"\b{_any(_KIND['total_cash'])}\b")
_PACKAGE_BEFORE = Guarded(r"\bpackage (?:of|worth)[\s:]{0,2}(?:up to |around |circa )?$")
_PACKAGE_AFTER = Guarded(r"\s?\(?(?:total )?package(?: value)?\)?\s?(?=$|[\n.,;|)])")
_RATE_RIGHT_BEFORE = Guarded(rf"(?:(?P<umbrella>{_UMBRELLA})|(?P<paye>{_PAYE}))(?: rate)?[\s:(-]{{0,4}}$")
_RATE_AFTER = Guarded(rf"[^\d£€$/|;\n]{{0,14}}?(?:(?P<umbrella>{_UMBRELLA})|(?P<paye>{_PAYE}))")
_RATE_BEFORE = Guarded(rf"(?:(?P<umbrella>{_UMBRELLA})|(?P<paye>{_PAYE}))[^\d£€$/|;\n]{{0,10}}$")
_ACTUAL_BEFORE = Guarded(rf"(?<![\dk] )\b{_any(_KIND['actual'])}[^\d£€$\n]{{0,22}}$")
_ACTUAL_AFTER = Guarded(r"\s?\(?actual\b(?![\s:]{0,2}(?:salary|pay)?[\s:(]{0,3}£)")
_PRO_RATA = Guarded(rf"\b{_any(_KIND['pro_rata'])}")
_FULL = Guarded(rf"\b{_any(_KIND['full'])}\b")
_FULL_RIGHT = (
    re.compile(rf"[\s)(]{{0,2}}{_any(_KIND['full'])}\b", _I),
    re.compile(rf"\b{_any(_KIND['full'])}[\s:]{{0,3}}$", _I),
)
_HERE = Guarded(rf"(?<![\w.]){_any(_COUNTRY['here'])}\)?[\s:,-]{{0,4}}$")
_THERE = re.compile(rf"(?<![\w.]){_any(_COUNTRY['there'])}\)?[\s:,-]{{0,4}}$", _I)

# Where the words around stop belonging to the figure.
_CUT_BEFORE = re.compile(r"[\n.;|+*,!?•](?!\d)"), re.compile(r"\b(?:plus|with)\b", _I)
_CUT_AFTER = re.compile(r"[\n.;|+*,!?(•&]"), re.compile(r"\b(?:plus|and|with)\b|  ", _I)
_STANDS_ALONE = re.compile(r"(?:^|[\n|*•:;(]|\s[-–]|[a-z.)](?=£)|  )\s?$", _I)


class Context(NamedTuple):
    """The words right before and right after a figure; every question about them is a method.

    `cued`: "Salary:", "rate", "paying" before it or in it, or "basic", "DOE", "+ bonus" behind it.
    """

    before: str
    after: str
    near_before: str
    near_after: str
    cued: bool

    @property
    def salaried(self) -> bool:
        return _SALARIED.search(self.before) is not None

    @property
    def rated(self) -> bool:
        """A rate is spoken of: an amount without a period may be one."""
        return _RATED.search(self.before) is not None or _RATED.search(self.after) is not None

    @property
    def stands_alone(self) -> bool:
        """It begins a line or a part of a header line."""
        return _STANDS_ALONE.search(self.before) is not None

    @property
    def ends(self) -> bool:
        """What follows is no noun that a bare "50k" would count."""
        return _CUE_AFTER.match(self.after) is not None or _ENDS_HERE.match(self.after) is not None

    @property
    def total_cash(self) -> bool:
        return _TOTAL_BEFORE.search(self.before) is not None

    @property
    def package(self) -> bool:
        return _PACKAGE_BEFORE.search(self.before) is not None or _PACKAGE_AFTER.match(self.after) is not None

    @property
    def full_time(self) -> bool:
        """It is marked as the full-time figure beside a part-timer's: "£22,000 (£36,667 FTE)"."""
        after, before = _FULL_RIGHT
        return after.match(self.after) is not None or before.search(self.before) is not None

    def is_estimate(self) -> bool:
        return _ESTIMATED.match(self.after) is not None or _ESTIMATED_BEFORE.search(self.before) is not None

    def is_extra(self, amount: Decimal) -> bool:
        """A small amount near "training", "bonus", "lunch"; a salary word between them takes it back."""
        if amount >= SMALL:
            return False
        cues = [m.end() for m in _CUE_BEFORE.pattern.finditer(self.near_before)]
        extras = [m.end() for m in _EXTRA_NEAR.finditer(self.near_before)]
        if extras:
            return not cues or extras[-1] >= cues[-1]
        return not cues and _EXTRA_NEAR.search(self.near_after) is not None

    def governed_by_extra(self, *, field: bool) -> bool:
        """For an explicit rate only the very next words count: "allowance of £25 a day", "£25 a day lunch"."""
        if _EXTRA_GOVERNS.search(self.near_before):
            return True
        return not field and _EXTRA_NEAR.match(self.near_after.lstrip()) is not None

    def never_pay(self) -> bool:
        """Budgets, turnover, funding, sign-on bonuses: at any size."""
        if _NEVER_BEFORE.search(self.near_before):
            return True
        return not _CUE_BEFORE.search(self.near_before) and _NEVER_AFTER.match(self.near_after) is not None

    def other_unit(self) -> bool:
        """Per session, per visit, per head: nothing that can be made a year."""
        return _OTHER_UNIT.match(self.after) is not None

    def label(self, *, home_currency: bool) -> Label:
        if _OTE_BEFORE.search(self.before) or _OTE_AFTER.match(self.after):
            return "ote"
        if _ACTUAL_BEFORE.search(self.before) or _ACTUAL_AFTER.match(self.after):
            return "actual"
        rate = _RATE_RIGHT_BEFORE.search(self.before) or _RATE_AFTER.match(self.after)
        if found := rate or _RATE_BEFORE.search(self.before):
            return "umbrella" if found["umbrella"] else "paye"
        if _HERE.search(self.before):
            return "here"
        return "there" if not home_currency and _THERE.search(self.before) else ""


def around(text: str, figure: Figure) -> Context:
    """Return the words around a figure, in windows of fixed length."""
    before, after = text[max(0, figure.start - 60) : figure.start], text[figure.core : figure.core + 44]
    cue = _CUE_BEFORE.search(before) or _CUE_BEFORE.search(text[figure.start : figure.core]) or _CUE_AFTER.match(after)
    near_before, near_after = before, after
    for cut in _CUT_BEFORE:
        near_before = cut.split(near_before)[-1]
    for cut in _CUT_AFTER:
        near_after = cut.split(near_after, maxsplit=1)[0]
    return Context(before, after, near_before, near_after, cued=cue is not None)


def fte_basis(window: str) -> FteBasis:
    """Return what the words say about part-time pay: "pro rata" a full-time figure, "FTE", or nothing."""
    if _PRO_RATA.search(window):
        return "pro_rata"
    return "full" if _FULL.search(window) else None


def says_ote(text: str) -> bool:
    return _OTE_ANYWHERE.search(text) is not None
