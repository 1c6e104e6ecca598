"""Which figure of a text is this job's pay: candidates, their score, the best of them (understanding.md 8.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, cast

from rolecall.model import Pay, PayKind, Period
from rolecall.normalise.money import Figure, figures
from rolecall.normalise.salary_context import SMALL, Context, FteBasis, Label, around, fte_basis, says_ote
from rolecall.normalise.salary_period import in_pounds, settled

Where = Literal["field", "title", "body"]

_ENOUGH: dict[Where, int] = {"field": 0, "title": 1, "body": 3}  # the least score that is believed
_MOST = 200  # figures looked at in one text; no advert has as many
_DOUBTS = frozenset({"period_repaired", "suspect_rate"})


class Candidate(NamedTuple):
    """One figure as pay, with what speaks for it. `start` and `end` are its span in the text."""

    pay: Pay
    start: int
    end: int
    score: int
    flags: frozenset[str]
    label: Label = ""
    fte_basis: FteBasis = None

    @property
    def doubtful(self) -> bool:
        return bool(self.flags & _DOUBTS)

    @property
    def explicit(self) -> bool:
        """Its period is written, not inferred."""
        return "period_inferred" not in self.flags


def candidates(text: str, where: Where, currency: str | None) -> list[Candidate]:
    """Return the figures of `text` that may be pay, in order.

    `currency` is what an unmarked figure is in, None = not known. In a field, figures that nobody is paid and extras
    come back too, flagged implausible and labelled extra: `best` never takes them.
    """
    field = where == "field"
    written = figures(text, field=field)[:_MOST]
    found = [c for figure in written if (c := _candidate(text, figure, where, currency))]
    if not field:
        return _paye_first(found)
    return _one_rate(_paye_first(_alone_with_ote(text, found)))


def best(found: Sequence[Candidate], where: Where) -> Candidate | None:
    """Return the candidate to believe: the highest score, the earliest of equals.

    On-target earnings and the actual pay of part-timers are taken only when nothing else is stated.
    """
    believed = [c for c in found if c.score >= _ENOUGH[where] and c.label != "extra" and "implausible" not in c.flags]
    base = [c for c in believed if c.pay.kind != "ote" and c.label != "actual"]
    return max(base or believed, key=lambda c: c.score, default=None)


def _candidate(text: str, figure: Figure, where: Where, currency: str | None) -> Candidate | None:
    code, context = figure.currency or currency, around(text, figure)
    if code is None or (figure.currency is None and where == "body" and not _bare_is_pay(figure, context)):
        return None
    pay = settled(figure._replace(currency=code), salaried=context.salaried)
    extra = _is_extra(pay, figure, context, where)
    if _is_something_else(pay, context, where) or (extra and where != "field"):
        return None
    home = code == (currency or "GBP")
    label: Label = "extra" if extra else context.label(home_currency=home)
    return Candidate(
        pay=Pay(_kind(pay, label, context), pay.min, pay.max, code, cast("Period", pay.period)),
        start=figure.start,
        end=figure.end,
        score=_score(pay, context, label, where, written_home=home and figure.currency is not None),
        flags=pay.flags | ({"currency_inferred"} if figure.currency is None else set()),
        label=label,
        fte_basis=fte_basis(text if where == "field" else text[max(0, figure.start - 24) : figure.end + 40]),
    )


def _bare_is_pay(figure: Figure, context: Context) -> bool:
    """In running text a figure without currency needs a word for pay near it: "Salary up to 60K DOE"."""
    return context.cued and (figure.period is not None or context.ends)


def _is_something_else(pay: Figure, context: Context, where: Where) -> bool:
    if context.other_unit() or context.is_estimate():
        return True
    if where != "field" and (
        "implausible" in pay.flags or context.never_pay() or not _says_enough(pay, context, where)
    ):
        return True
    return "period_inferred" in pay.flags and pay.period == "hour" and pay.top < 8


def _is_extra(pay: Figure, written: Figure, context: Context, where: Where) -> bool:
    """A bonus, an allowance, a lunch. For an explicit rate only the very next words say so."""
    if written.beside and written.period in ("hour", "day"):
        return context.governed_by_extra(field=where == "field")
    return context.is_extra(min(written.top, pay.top))


def _says_enough(pay: Figure, context: Context, where: Where) -> bool:
    """In running text: a year is £12,000 at least, an inferred rate needs talk of rates, a month is never inferred."""
    if pay.period == "year":
        return in_pounds(pay.top, pay.currency) >= SMALL
    if "period_inferred" not in pay.flags:
        return True
    return pay.period != "month" and (context.rated or (where == "title" and pay.is_range))


def _kind(pay: Figure, label: Label, context: Context) -> PayKind:
    if label == "ote":
        return "ote"
    if context.total_cash:
        return "total_cash"
    if context.package:
        return "package"
    return "day_rate" if pay.period == "day" else "hourly" if pay.period == "hour" else "base"


def _score(pay: Figure, context: Context, label: Label, where: Where, *, written_home: bool) -> int:
    explicit = "period_inferred" not in pay.flags
    score = 3 if written_home else 1 if pay.scaled and where != "field" else 0
    score += 2 * context.cued + 2 * pay.is_range + context.full_time
    score += 2 * (explicit or (where == "field" and pay.period == "year"))
    score += {"here": 2, "there": -3, "umbrella": -1, "paye": 1}.get(label, 0)
    score -= 3 * bool(pay.flags & _DOUBTS)
    if not explicit and pay.period != "year":
        score -= 1 if context.rated and not context.cued else 2
    return score + (where == "body" and not context.cued and context.stands_alone)


# --- several figures that are one pay ----------------------------------------------------------------------------


def _alone_with_ote(text: str, found: list[Candidate]) -> list[Candidate]:
    """In a field, "OTE" anywhere names the only figure there is: "£40,000 per annum, inc benefits, OTE"."""
    if len(found) == 1 and says_ote(text):
        return [found[0]._replace(pay=replace(found[0].pay, kind="ote"))]
    return found


def _paye_first(found: list[Candidate]) -> list[Candidate]:
    """Of two rates side by side PAYE is the pay; umbrella has the employer's costs in it and lends it its period."""
    umbrella = next((c for c in found if c.label == "umbrella"), None)
    if umbrella is None or not any(c.label == "paye" for c in found):
        return found
    period, kind, score = umbrella.pay.period, umbrella.pay.kind, umbrella.score + 2
    return [
        c._replace(pay=replace(c.pay, period=period, kind=kind), score=score) if c.label == "paye" else c for c in found
    ]


def _one_rate(found: list[Candidate]) -> list[Candidate]:
    """In a field, several rates of one kind are one range: "£18.09 p/h weekdays, £20.20 p/h nights"."""
    rates = [c for c in found if c.pay.period in ("hour", "day") and c.label == "" and not c.doubtful]
    if (
        len(rates) < 2
        or len(rates) != sum(c.label != "extra" for c in found)
        or len({c.pay.period for c in rates}) != 1
    ):
        return found
    ends = [end for c in rates for end in (c.pay.min, c.pay.max) if end is not None]
    low, high = min(ends), max(ends)
    if high > 3 * low or not any(c.explicit for c in rates):
        return found
    first = rates[0]
    span = replace(first.pay, min=low, max=high)
    return [first._replace(pay=span, end=rates[-1].end, flags=first.flags - {"open_min", "open_max"})]
