"""Which figure of a text is this job's pay: labels, plausibility, repairs and a score (understanding.md 8.5 to 8.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, cast

from rolecall.model import Pay, PayKind, Period
from rolecall.normalise import fx
from rolecall.normalise.money import Figure, figures
from rolecall.normalise.words import load

Where = Literal["field", "title", "body"]

_WORDS = load("salary")
_I = re.IGNORECASE
_BANDS: dict[str, tuple[int, int]] = {p: tuple(_WORDS["plausible"][p]) for p in _WORDS["plausible"] if p != "body_year"}
SMALL = 12_000  # under this a figure beside "training" or "bonus" is an extra, and no year's pay in running text


def _any(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(patterns) + ")"


_CUE_BEFORE = re.compile(rf"\b{_any(_WORDS['cue']['before'])}\b", _I)
_CUE_AFTER = re.compile(rf"[\s(,|/*.-]{{0,5}}{_any(_WORDS['cue']['after'])}(?![a-z])", _I)
_SALARIED = re.compile(r"\bsalar(?:y|ies)\b[^\d£€$\n]{0,20}$", _I)
_EXTRA = re.compile(rf"\b{_any(_WORDS['extra']['words'])}\b", _I)
_NEVER_BEFORE = re.compile(rf"\b{_any(_WORDS['extra']['never_before'])}[\s:]{{0,3}}$", _I)
_NEVER_AFTER = re.compile(rf"\s{{0,2}}(?:in |of |worth of )?(?:\w+ )?{_any(_WORDS['extra']['never_after'])}\b", _I)
_OTE_BEFORE = re.compile(rf"\b{_any(_WORDS['kind']['ote'])}\b[^\d£€$+|;\n]{{0,22}}$", _I)
_OTE_AFTER = re.compile(
    rf"[^\d£€$+|;,.\n]{{0,14}}\b{_any(_WORDS['kind']['ote'])}\b(?![\s:(-]{{0,3}}(?:of |up to |to |circa |c)?[£€$\d])",
    _I,
)
_OTE = re.compile(rf"\b{_any(_WORDS['kind']['ote'])}\b", _I)
_TOTAL = re.compile(rf"\b{_any(_WORDS['kind']['total_cash'])}\b", _I)
_UMBRELLA = rf"\b{_any(_WORDS['kind']['umbrella'])}\b"
_PAYE = rf"\b{_any(_WORDS['kind']['paye'])}\b"
_LABEL_AFTER = re.compile(rf"[^\d£€$/|;\n]{{0,14}}?(?:(?P<umbrella>{_UMBRELLA})|(?P<paye>{_PAYE}))", _I)
_LABEL_BEFORE = re.compile(rf"(?:(?P<umbrella>{_UMBRELLA})|(?P<paye>{_PAYE}))[^\d£€$/|;\n]{{0,10}}$", _I)
_ACTUAL = re.compile(rf"\b{_any(_WORDS['kind']['actual'])}[^\d£€$\n]{{0,22}}$", _I)
_PRO_RATA = re.compile(rf"\b{_any(_WORDS['kind']['pro_rata'])}", _I)
_FULL = re.compile(rf"\b{_any(_WORDS['kind']['full'])}\b", _I)
_HERE = re.compile(rf"(?<![\w.]){_any(_WORDS['country']['here'])}\)?[\s:,-]{{0,4}}$", _I)
_THERE = re.compile(rf"(?<![\w.]){_any(_WORDS['country']['there'])}\)?[\s:,-]{{0,4}}$", _I)
_ESTIMATED = re.compile(rf"[^\w£€$]{{0,4}}\(?{_any(_WORDS['extra']['estimated'])}\b", _I)
_ESTIMATED_BEFORE = re.compile(
    rf"\b{_any(_WORDS['extra']['estimated'])}(?: (?:salary|pay|base|annual))*[\s:]{{0,3}}$", _I
)
_GOVERNS = re.compile(rf"\b{_any(_WORDS['extra']['words'])}(?: (?:of|is|worth|up to))*[\s:(-]{{0,3}}$", _I)
_CUT_BEFORE = re.compile(r"[\n.;|+*,!?•](?!\d)|\bplus\b|\bwith\b", _I)
_CUT_AFTER = re.compile(r"[\n.;|+*,!?(•]|\bplus\b|\band\b|\bwith\b|&|  ", _I)
_STANDS_ALONE = re.compile(r"(?:^|[\n|*•:;(]|\s[-–]|[a-z.)](?=£)|  )\s?$", _I)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One figure as pay, with everything that speaks for and against it."""

    pay: Pay
    figure: Figure
    score: int
    flags: frozenset[str]
    label: Literal["", "ote", "actual", "umbrella", "paye", "here", "there"] = ""
    fte_basis: Literal["full", "pro_rata"] | None = None
    cued: bool = False

    @property
    def doubtful(self) -> bool:
        return not self.flags.isdisjoint({"implausible", "period_repaired", "suspect_rate"})


def candidates(text: str, where: Where, currency: str | None) -> list[Candidate]:
    """Return the figures of `text` that may be pay, in order; `currency` is that of the source or the country."""
    found = [c for figure in figures(text, field=where == "field") if (c := _candidate(text, figure, where, currency))]
    return _alone_with_ote(text, found) if where == "field" else found


def _alone_with_ote(text: str, found: list[Candidate]) -> list[Candidate]:
    """In a field, "OTE" anywhere names the only figure there is: "£40,000 per annum, inc benefits, OTE"."""
    if len(found) == 1 and _OTE.search(text):
        return [replace(found[0], pay=replace(found[0].pay, kind="ote"))]
    return found


def _candidate(text: str, figure: Figure, where: Where, currency: str | None) -> Candidate | None:
    code = figure.currency or currency
    if code is None or (where == "body" and figure.currency is None and figure.period is None and not figure.is_range):
        return None
    before, after = text[max(0, figure.start - 60) : figure.start], text[figure.end : figure.end + 44]
    settled = _settled(replace(figure, currency=code), where, _SALARIED.search(before) is not None)
    if settled is None or _vetoed(before, after, settled, figure.top, where):
        return None
    flags = settled.flags | ({"currency_inferred"} if figure.currency is None else set())
    label = _label(before, after, code == (currency or "GBP"))
    cued = _CUE_BEFORE.search(before) is not None or _CUE_AFTER.match(after) is not None
    period = cast("Period", settled.period)
    kind: PayKind = (
        "total_cash" if _TOTAL.search(text[max(0, figure.start - 90) : figure.start]) else _kind(label, period)
    )
    return Candidate(
        pay=Pay(kind, settled.min, settled.max, code, period),
        figure=figure,
        score=_score(settled, flags, label, cued, before, where, code == (currency or "GBP")),
        flags=flags,
        label=label,
        fte_basis=_fte_basis(text, figure, where),
        cued=cued,
    )


def _kind(label: str, period: Period) -> PayKind:
    if label == "ote":
        return "ote"
    return {"day": "day_rate", "hour": "hourly"}.get(period, "base")  # type: ignore[return-value]  # literals of a table


# --- period, repairs, plausibility ------------------------------------------------------------------------------


def _settled(figure: Figure, where: Where, salaried: bool) -> Figure | None:
    """Return the figure with its period settled and doubts flagged; None where no period can be right."""
    top = fx.BUNDLED.to_gbp(figure.top, cast("str", figure.currency)) or figure.top
    if figure.period and not figure.beside and not _plausible(top, figure.period):
        figure = replace(figure, period=None)
    if figure.period is None:
        figure = _inferred(figure, top, salaried)
        if (figure.period == "hour" and top < 8) or (figure.period == "month" and where != "field"):
            return None
    else:
        figure = _repaired(figure, top)
    top = fx.BUNDLED.to_gbp(figure.top, cast("str", figure.currency)) or figure.top
    flags = set(figure.flags)
    if not _plausible(top, figure.period) or (where != "field" and figure.period == "year" and top < SMALL):
        return None
    if figure.is_range and figure.top > 3 * figure.low:
        flags.add("wide")
    if figure.period == "day" and top >= 1500 and not figure.beside:
        flags.add("suspect_rate")
    return replace(figure, flags=frozenset(flags))


def _inferred(figure: Figure, top: Decimal, salaried: bool) -> Figure:
    if salaried and figure.low >= 20 and top < 300 and figure.low % 1 == 0:  # "Salary: £35-45" leaves out the k
        return replace(_times(figure, 1000, "k_assumed"), period="year")
    period: Period = "hour" if top < 150 else "day" if top < 1500 else "month" if top < 9000 else "year"
    return replace(figure, period=period, flags=figure.flags | {"period_inferred"})


def _repaired(figure: Figure, top: Decimal) -> Figure:
    """Mend a period that cannot be: "£45 to £55 per annum" is thousands, "£400 per hour" is a day."""
    if figure.period == "year" and 10 <= top < 300:
        return _times(figure, 1000, "k_assumed")
    if (figure.period == "year" and 300 <= top < 1500) or (figure.period == "hour" and 200 <= top < 1500):
        return replace(figure, period="day", flags=figure.flags | {"period_repaired"})
    if figure.period in ("hour", "day", "week") and top >= 15_000:  # "day rate" of another figure, or a slip
        return replace(figure, period="year", flags=figure.flags | {"period_repaired"})
    return figure


def _times(figure: Figure, factor: int, flag: str) -> Figure:
    low, high = (None if end is None else end * factor for end in (figure.min, figure.max))
    return replace(figure, min=low, max=high, flags=figure.flags | {flag})


def _plausible(top: Decimal, period: str | None) -> bool:
    low, high = _BANDS[period or "year"]
    return low <= top <= high


# --- what stands around -----------------------------------------------------------------------------------------


def _vetoed(before: str, after: str, figure: Figure, written: Decimal, where: Where) -> bool:
    """Say whether the words around make it something else: an allowance, a budget, a board's guess."""
    near_before = _CUT_BEFORE.split(before)[-1]
    near_after = _CUT_AFTER.split(after, maxsplit=1)[0]
    if _ESTIMATED.match(after) or _ESTIMATED_BEFORE.search(before):
        return True
    if figure.beside and figure.period in ("hour", "day"):
        return _GOVERNS.search(near_before) is not None or (
            where != "field" and _EXTRA.match(near_after.lstrip()) is not None
        )
    cue = [m.end() for m in _CUE_BEFORE.finditer(near_before)]
    if min(written, figure.top) < SMALL and _is_extra(near_before, near_after, cue[-1] if cue else 0):
        return True
    if where == "field" or cue:
        return False
    return _NEVER_BEFORE.search(near_before) is not None or _NEVER_AFTER.match(near_after) is not None


def _is_extra(near_before: str, near_after: str, cue: int) -> bool:
    """A small amount near "training", "bonus", "lunch"; a salary word between them takes it back."""
    extra = [m.end() for m in _EXTRA.finditer(near_before)]
    return extra[-1] >= cue if extra else not cue and _EXTRA.search(near_after) is not None


def _label(
    before: str, after: str, home_currency: bool
) -> Literal["", "ote", "actual", "umbrella", "paye", "here", "there"]:
    if _OTE_BEFORE.search(before) or _OTE_AFTER.match(after):
        return "ote"
    if _ACTUAL.search(before):
        return "actual"
    if found := _LABEL_AFTER.match(after) or _LABEL_BEFORE.search(before):
        return "umbrella" if found.lastgroup == "umbrella" else "paye"
    if _HERE.search(before):
        return "here"
    return "there" if not home_currency and _THERE.search(before) else ""


def _fte_basis(text: str, figure: Figure, where: Where) -> Literal["full", "pro_rata"] | None:
    window = text if where == "field" else text[max(0, figure.start - 24) : figure.end + 40]
    if _PRO_RATA.search(window):
        return "pro_rata"
    return "full" if _FULL.search(window) else None


def _score(
    figure: Figure, flags: frozenset[str], label: str, cued: bool, before: str, where: Where, home_currency: bool
) -> int:
    explicit = "period_inferred" not in flags
    score = 3 * (home_currency and figure.currency is not None and "currency_inferred" not in flags)
    score += 2 * cued + 2 * figure.is_range
    score += 2 * (explicit or (where == "field" and figure.period == "year"))
    score += {"here": 2, "there": -3, "umbrella": -1, "paye": 1}.get(label, 0)
    score -= 3 * (not flags.isdisjoint({"period_repaired", "suspect_rate"}))
    score -= 2 * (not explicit and figure.period != "year")
    if where == "body" and not cued and _STANDS_ALONE.search(before):
        score += 1
    return score
