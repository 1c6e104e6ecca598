"""What a posting pays: the order of evidence and the choice among candidates (understanding.md 8.2, 8.7, 8.8).

Structured field, then the salary text, then title and body; the original unit is kept, annual pounds stand beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from rolecall.model import Confidence, ContractType, Fact, Origin, Pay, Salary
from rolecall.normalise.pay import DEFAULT, Factors, annual_gbp
from rolecall.normalise.salary_boards import REWRITES, Stated, stated
from rolecall.normalise.salary_text import Candidate, Where, candidates
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("salary")
_UK = re.compile(r"\b(?:UK|United Kingdom|England|London|Scotland|Wales)\b")
_ENOUGH: dict[Where, int] = {"field": 0, "title": 1, "body": 3}  # the least score that is believed
_UNRELATED = 3  # as many employers of one source with one pay string: a neighbour's pay (8.8)


@dataclass(frozen=True, slots=True)
class _Reading:
    pay: Pay
    source: Origin
    evidence: str
    rule: str
    confidence: Confidence
    flags: frozenset[str] = frozenset()
    others: tuple[Pay, ...] = ()
    predicted: bool = False
    fte_basis: Literal["full", "pro_rata"] | None = None
    actual: Decimal | None = None


def read_salary(doc: Doc, contract: Fact[ContractType] = Fact(), factors: Factors = DEFAULT) -> Fact[Salary]:  # noqa: B008 - frozen
    """Return the pay of a posting, in the unit and currency it is stated in, with annual pounds beside it.

    No value where none is stated. A board's estimate comes back as `predicted` and only where nothing is stated.
    Flags on the fact say what was inferred, repaired or doubted (understanding.md 8.1). Never raises; linear.
    """
    suspect = _repeated(doc)
    board = None if suspect else _from_board(doc)
    reading = _believed(board, doc, suspect)
    flags = frozenset({"aggregator_pay_suspect"}) if suspect else frozenset[str]()
    if reading is None:
        return Fact(flags=flags)
    return _fact(reading, contract.value, factors, flags)


def _believed(board: _Reading | None, doc: Doc, suspect: bool) -> _Reading | None:
    """Return the reading to believe: the board's, unless it estimates, rewrites or contradicts the text."""
    if board and not board.predicted and doc.raw.board not in REWRITES:
        return board
    text = (None if suspect else _from_text(doc.salary_field, "field", doc)) or _from_advert(doc)
    if board is None or (text and (board.predicted or _says_more(text, board))):
        return text
    return board


def _says_more(text: _Reading, board: _Reading) -> bool:
    """A rate in the text beats an annual figure of a board that rewrites pay, and so does what agrees with it."""
    if text.pay.period != "year":
        return True
    ends = {text.pay.min, text.pay.max}
    return bool(ends & {board.pay.min, board.pay.max} - {None})


def _repeated(doc: Doc) -> bool:
    count = doc.raw.fields.get("same_field_value_employers_30d")
    return isinstance(count, int) and count >= _UNRELATED


def _from_board(doc: Doc) -> _Reading | None:
    found: Stated | None = stated(doc)
    if found is None:
        return None
    confidence = Confidence.LOW if found.flags & {"geo_range", "period_inferred"} else Confidence.HIGH
    return _Reading(
        found.pay, "field", found.evidence[:160], f"salary.board.{doc.raw.board}", confidence,
        found.flags, found.others, found.predicted,
    )  # fmt: skip


def _from_advert(doc: Doc) -> _Reading | None:
    title, body = _best(doc.title, "title", doc), _best(doc.body, "body", doc)
    if title and body and (body[0].score > title[0].score + 2 or _widens(body[0].pay, title[0].pay)):
        title = None
    if title:
        return _reading(doc.title, "title", *title)
    return _reading(doc.body, "body", *body) if body else None


def _widens(body: Pay, title: Pay) -> bool:
    """The title names one end of the body's range: "Developer - £55,000" over "£50,000 - £55,000"."""
    one_end = title.min is None or title.max is None or title.min == title.max
    named = title.min if title.min is not None else title.max
    return one_end and body.period == title.period and _is_range(body) and named in (body.min, body.max)


def _is_range(pay: Pay) -> bool:
    return pay.min is not None and pay.max is not None and pay.min != pay.max


def _from_text(text: str, where: Where, doc: Doc) -> _Reading | None:
    best = _best(text, where, doc) if text else None
    return _reading(text, where, *best) if best else None


def _best(text: str, where: Where, doc: Doc) -> tuple[Candidate, list[Candidate]] | None:
    found = _paye_first(candidates(text, where, home_currency(doc)))
    if where == "field":
        found = _one_rate(found)
    believed = [c for c in found if c.score >= _ENOUGH[where] and c.label != "actual"]
    base = [c for c in believed if c.label != "ote"]
    return (max(base or believed, key=lambda c: c.score), found) if believed else None


def _paye_first(found: list[Candidate]) -> list[Candidate]:
    """Of two rates side by side PAYE is the pay; umbrella has the employer's costs in it and lends it its period."""
    umbrella = next((c for c in found if c.label == "umbrella"), None)
    if umbrella is None or not any(c.label == "paye" for c in found):
        return found
    period, kind, score = umbrella.pay.period, umbrella.pay.kind, umbrella.score + 2
    return [
        replace(c, pay=replace(c.pay, period=period, kind=kind), score=score) if c.label == "paye" else c for c in found
    ]


def _one_rate(found: list[Candidate]) -> list[Candidate]:
    """In a field, several rates of one kind are one range: "£18.09 p/h weekdays, £20.20 p/h nights"."""
    rates = [c for c in found if c.pay.period in ("hour", "day") and c.label == ""]
    if len(rates) < 2 or len(rates) != len(found) or len({c.pay.period for c in rates}) != 1:
        return found
    ends = [end for c in rates for end in (c.pay.min, c.pay.max) if end is not None]
    low, high = min(ends), max(ends)
    if high > 3 * low or any(c.doubtful for c in rates) or all("period_inferred" in c.flags for c in rates):
        return found
    first = rates[0]
    return [replace(first, pay=replace(first.pay, min=low, max=high), flags=first.flags - {"open_min", "open_max"})]


def _reading(text: str, where: Where, best: Candidate, found: list[Candidate]) -> _Reading:
    rest = [c for c in found if c is not best]
    actual = next((c.pay.max or c.pay.min for c in rest if c.label == "actual"), None)
    if any(c.pay.currency != best.pay.currency and c.label != "there" for c in rest) and best.label != "here":
        best = replace(best, flags=best.flags | {"mixed_currency"}) if where == "field" else best
    return _Reading(
        pay=best.pay,
        source=where,
        evidence=text[best.figure.start : best.figure.end].strip()[:160],
        rule=f"salary.{where}.{_shape(best)}",
        confidence=_confidence(best, where),
        flags=best.flags
        | ({"pro_rata"} if best.fte_basis == "pro_rata" else set())
        | ({"ote"} if best.label == "ote" else set()),
        others=tuple(other for c in rest if (other := _other(c, best))),
        fte_basis=best.fte_basis,
        actual=actual,
    )


def _other(c: Candidate, best: Candidate) -> Pay | None:
    """Return a figure worth keeping beside the chosen one: on-target earnings, umbrella, another country's."""
    if c.label == "ote":
        return replace(c.pay, kind="ote")
    if c.label == "umbrella":
        return replace(c.pay, kind="umbrella")
    return c.pay if c.label == "there" or c.pay.currency != best.pay.currency else None


def _shape(c: Candidate) -> str:
    if c.doubtful or "k_assumed" in c.flags:
        return "repair"
    if c.pay.min is None:
        return "up_to"
    if c.pay.max is None:
        return "from"
    return "range" if c.pay.min != c.pay.max else "point"


def _confidence(c: Candidate, where: Where) -> Confidence:
    if c.doubtful or c.flags & {"wide", "mixed_currency", "geo_range"}:
        return Confidence.LOW
    if (
        c.flags & {"k_assumed", "inverted"}
        or (where != "field" and "currency_inferred" in c.flags)
        or (where == "body" and c.score < 6)
    ):
        return Confidence.MEDIUM
    return Confidence.HIGH


def home_currency(doc: Doc) -> str | None:
    """Return the currency of an unmarked figure: the board's, the country's, else the pound."""
    by_board: str | None = _WORDS["currency"]["of_board"].get(doc.raw.board)
    if doc.raw.country is None:
        return "GBP" if by_board is None or _UK.search(doc.location or doc.title) else by_board
    by_country: str | None = _WORDS["currency"]["of_country"].get(doc.raw.country.upper())
    return by_country or by_board


def _fact(reading: _Reading, contract: ContractType | None, factors: Factors, flags: frozenset[str]) -> Fact[Salary]:
    annual, basis, fx_date = annual_gbp(reading.pay, contract, factors)
    salary = Salary(
        pay=reading.pay,
        annual_gbp=annual,
        annual_basis=basis,
        predicted=reading.predicted,
        fte_basis=reading.fte_basis,
        actual=reading.actual,
        others=reading.others,
        fx_date=fx_date,
    )
    return Fact(salary, reading.source, reading.evidence, reading.rule, reading.confidence, reading.flags | flags)
