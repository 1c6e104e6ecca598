"""What a posting pays: the order of evidence (understanding.md 8.2 and 8.8).

Structured field, then the salary text, then title and body; the stated unit is kept, annual pounds stand beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from rolecall.literals import Guarded
from rolecall.model import UNSTATED, Confidence, ContractType, Fact, Origin, Pay, Salary
from rolecall.normalise.pay import Factors, annual_gbp
from rolecall.normalise.salary_boards import REWRITES, stated
from rolecall.normalise.salary_context import FteBasis
from rolecall.normalise.salary_text import Candidate, Where, best, candidates
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_CURRENCY = load("salary")["currency"]
_UNRELATED = 3  # as many employers of one source with one pay string: a neighbour's pay (8.8)
_MOST_OTHERS = 8
_UK = re.compile(r"\b(?:UK|United Kingdom|England|London|Scotland|Wales)\b")
_GEO = Guarded(r"\bgeo(?:graphic(?:al)?)?[- ](?:pay )?(?:ranges?|bands?|zones?|tiers?|differentials?)")


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
    fte_basis: FteBasis = None
    actual: Decimal | None = None
    rewritten: bool = False  # by a board that turns rates into years

    @property
    def firm(self) -> bool:
        """The source states it, in its own unit."""
        return not (self.predicted or self.rewritten or "period_inferred" in self.flags)


def read_salary(
    doc: Doc,
    contract: Fact[ContractType] = UNSTATED,
    factors: Factors | None = None,
) -> Fact[Salary]:
    """Return the pay of a posting, in the unit and currency it is stated in, with annual pounds beside it.

    No value where none is stated. A board's estimate comes back as `predicted`, and only where nothing is stated.
    Flags on the fact say what was inferred, mended or doubted (understanding.md 8.1). Never raises; linear.
    """
    field, doubts = _from_field(doc, contract.value)
    reading = _believed(field, doc)
    if reading is None:
        return Fact(flags=doubts)
    return _fact(reading, contract.value, factors, doubts - {"implausible"})


def home_currency(doc: Doc) -> str | None:
    """Return the currency of an unmarked figure: the country's, the board's, else the pound; None = not known."""
    board: str | None = _CURRENCY["of_board"].get(doc.raw.board)
    if doc.raw.country is None:
        return "GBP" if board is None or _in_uk(doc) else board
    country: str | None = _CURRENCY["of_country"].get(doc.raw.country.upper())
    return country or board


def _in_uk(doc: Doc) -> bool:
    country = doc.raw.country
    return country == "GB" or (country is None and _UK.search(doc.location or doc.title) is not None)


# --- which reading to believe -------------------------------------------------------------------------------------


def _from_field(doc: Doc, contract: ContractType | None) -> tuple[_Reading | None, frozenset[str]]:
    """Return what the source's own fields say, and the doubts that keep them from being believed."""
    repeated = doc.raw.fields.get("same_field_value_employers_30d")
    if isinstance(repeated, int) and repeated >= _UNRELATED:
        return None, frozenset({"aggregator_pay_suspect"})
    board = _from_board(doc, contract)
    if board and board.firm:
        return board, frozenset()
    found = candidates(doc.salary_field, "field", home_currency(doc)) if doc.salary_field else []
    if chosen := best(found, "field"):
        return _reading(doc, doc.salary_field, "field", chosen, found), frozenset()
    doubted = board is None and any("implausible" in c.flags for c in found)
    return board, frozenset({"implausible"}) if doubted else frozenset()


def _believed(field: _Reading | None, doc: Doc) -> _Reading | None:
    """Return the field's reading, unless it estimates, rewrites or is in a currency that only it speaks of."""
    if field is None:
        return _from_advert(doc)
    home = home_currency(doc) or "GBP"
    if not field.predicted and not field.rewritten and field.pay.currency == home:
        return field
    advert = _from_advert(doc)
    if advert is None:
        return field
    if field.predicted:
        return advert
    if advert.pay.currency == home and field.pay.currency != home:
        return replace(advert, flags=advert.flags | (field.flags & {"mixed_currency"}))
    return advert if field.rewritten and _says_more(advert.pay, field.pay) else field


def _says_more(advert: Pay, board: Pay) -> bool:
    """A rate in the text beats the annual figure of a board that rewrites pay, and so does what agrees with it."""
    ends = {board.min, board.max} - {None}
    if advert.period != "year" or {advert.min, advert.max} & ends:
        return True
    if advert.currency != board.currency:
        return False
    low, high = advert.min, advert.max  # "£49,230 - £54,700" where the field has a round 50,000
    return low is not None and high is not None and all(low < end < high for end in ends if end is not None)


def _from_board(doc: Doc, contract: ContractType | None) -> _Reading | None:
    found = stated(doc, contract)
    if found is None:
        return None
    return _Reading(
        pay=found.pay,
        source="field",
        evidence=found.evidence[:160],
        rule=f"salary.board.{doc.raw.board}",
        confidence=Confidence.LOW if found.flags & {"geo_range", "period_inferred"} else Confidence.HIGH,
        flags=found.flags,
        others=found.others,
        predicted=found.predicted,
        rewritten=doc.raw.board in REWRITES,
    )


def _from_advert(doc: Doc) -> _Reading | None:
    home = home_currency(doc)
    titles, bodies = candidates(doc.title, "title", home), candidates(doc.body, "body", home)
    title, body = best(titles, "title"), best(bodies, "body")
    if title and not (body and (body.score > title.score + 2 or _widens(body.pay, title.pay))):
        return _reading(doc, doc.title, "title", title, titles)
    return _reading(doc, doc.body, "body", body, bodies) if body else None


def _widens(body: Pay, title: Pay) -> bool:
    """The title names one end of the body's range: "Developer - £55,000" over "£50,000 - £55,000"."""
    one_end = title.min is None or title.max is None or title.min == title.max
    named = title.min if title.min is not None else title.max
    return one_end and body.period == title.period and _is_range(body) and named in (body.min, body.max)


# --- a chosen candidate as a reading ------------------------------------------------------------------------------


def _reading(doc: Doc, text: str, where: Where, chosen: Candidate, found: list[Candidate]) -> _Reading:
    rest = [c for c in found if c is not chosen]
    flags = chosen.flags | _more_flags(doc, where, chosen, rest)
    return _Reading(
        pay=chosen.pay,
        source=where,
        evidence=text[chosen.start : chosen.end].strip()[:160],
        rule=f"salary.{where}.{_shape(chosen)}",
        confidence=_confidence(chosen, flags, where),
        flags=flags,
        others=tuple(other for c in rest if (other := _other(c, chosen)))[:_MOST_OTHERS],
        fte_basis=chosen.fte_basis,
        actual=next((c.pay.max or c.pay.min for c in found if c.label == "actual"), None),
    )


def _more_flags(doc: Doc, where: Where, chosen: Candidate, rest: list[Candidate]) -> set[str]:
    pay, flags = chosen.pay, set[str]()
    if chosen.fte_basis == "pro_rata":
        flags.add("pro_rata")
    if pay.kind == "ote":
        flags.add("ote")
    if where == "field" and chosen.label != "here" and any(_unexplained(c, pay) for c in rest):
        flags.add("mixed_currency")
    if any(c.label == "extra" for c in rest):
        flags.add("extras_ignored")
    if pay.currency != "GBP" and _in_uk(doc) and ("wide" in chosen.flags or _GEO.search(doc.body)):
        flags.add("geo_range")
    return flags


def _unexplained(c: Candidate, pay: Pay) -> bool:
    return c.pay.currency != pay.currency and c.label not in ("here", "there", "extra")


def _other(c: Candidate, chosen: Candidate) -> Pay | None:
    """Return a figure worth keeping beside the chosen one: on-target earnings, umbrella, another country or unit."""
    if c.label == "umbrella":
        return replace(c.pay, kind="umbrella")
    if c.label in ("extra", "actual"):
        return None
    elsewhere = c.label == "there" or c.pay.currency != chosen.pay.currency
    another_unit = c.label == "" and c.pay.period != chosen.pay.period and c.explicit and not c.doubtful
    return c.pay if c.label == "ote" or elsewhere or another_unit else None


def _shape(c: Candidate) -> str:
    if c.doubtful or "k_assumed" in c.flags:
        return "repair"
    if c.pay.min is None:
        return "up_to"
    if c.pay.max is None:
        return "from"
    return "range" if _is_range(c.pay) else "point"


def _is_range(pay: Pay) -> bool:
    return pay.min is not None and pay.max is not None and pay.min != pay.max


def _confidence(c: Candidate, flags: frozenset[str], where: Where) -> Confidence:
    if c.doubtful or flags & {"wide", "mixed_currency", "geo_range"}:
        return Confidence.LOW
    if flags & {"k_assumed", "inverted"} or (where != "field" and "currency_inferred" in flags):
        return Confidence.MEDIUM
    return Confidence.MEDIUM if where == "body" and c.score < 6 else Confidence.HIGH


def _fact(
    reading: _Reading, contract: ContractType | None, factors: Factors | None, doubts: frozenset[str]
) -> Fact[Salary]:
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
    return Fact(salary, reading.source, reading.evidence, reading.rule, reading.confidence, reading.flags | doubts)
