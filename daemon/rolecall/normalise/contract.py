"""Permanent, contract or fixed term, and where a contract stands to IR35 (design: section 11).

Order: the board's field, the title, the pay field, the body. The public sector is never inferred to be inside.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rolecall.model import UNSTATED, Confidence, ContractType, Fact, Ir35
from rolecall.normalise.fields import stated
from rolecall.normalise.rules import Hit, hits, rules
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("contract")
_INTERN = re.compile(r"\b(?:intern(?:ship)?|placement|working student|apprentice(?:ship)?)\b", re.IGNORECASE)
_CONFLICT = frozenset({"contract_conflict"})
_TEMP = frozenset({"temp"})
_PAY_FORM = "contract.day_rate"
_ORDER = (ContractType.PERMANENT, ContractType.FIXED_TERM, ContractType.CONTRACT)
_AT_A_RATE = (ContractType.PERMANENT, ContractType.CONTRACT, ContractType.FIXED_TERM)  # a day, with IR35 named


def read_contract(doc: Doc) -> Fact[ContractType]:
    """Return permanent, contract or fixed term; flags `temp` and `contract_conflict` (with the alternatives).

    Where the text says plainly something else than the board's field, the text wins: of 80 such Adzuna adverts
    read, it was right in 78. A field's "contract" also stands for a fixed term there, so that is no conflict.
    """
    text = _chosen(doc, hits(rules("contract"), doc.parts))
    field = _field(doc)
    if field is None or field.value is text.value:
        return text if field is None else field
    if text.value is None or text.confidence < Confidence.HIGH:
        return field
    if (field.value, text.value) == (ContractType.CONTRACT, ContractType.FIXED_TERM):
        return text
    return _in_conflict(text, {field.value} if field.value else set())


def _field(doc: Doc) -> Fact[ContractType] | None:
    for path, text in stated(doc.raw.fields, _WORDS["fields"]):
        word = _WORDS["field_words"].get(re.sub(r"[^a-z]+", "", text.lower()))
        if word is not None:
            flags = _TEMP if word == "temp" else frozenset()
            return Fact(_type(word), "field", f"{path}={text}"[:160], "contract.field", Confidence.HIGH, flags)
    return None


def _chosen(doc: Doc, found: list[Hit]) -> Fact[ContractType]:
    """Return the type that is said: words beat the form of the pay, permanent beats contract and says so.

    A fixed term beats "contract", unless a day rate and IR35 are named: a "temporary contract" is a contractor's then.
    """
    said = [hit for hit in found if hit.rule.name != _PAY_FORM] or found
    if not said:
        return UNSTATED
    types = {_type(hit.rule.value) for hit in said}
    rated = {_PAY_FORM, "contract.ir35"} <= {hit.rule.name for hit in found}
    hit = min(said, key=lambda hit: (_AT_A_RATE if rated else _ORDER).index(_type(hit.rule.value)))
    value = _type(hit.rule.value)
    if value is ContractType.CONTRACT and _INTERN.search(doc.title):
        return hit.fact(ContractType.FIXED_TERM, rule="contract.internship", confidence=Confidence.MEDIUM)
    fact = hit.fact(value, flags=_TEMP if hit.rule.value == "temp" else frozenset())
    return _in_conflict(fact, {ContractType.CONTRACT}) if value is ContractType.PERMANENT and len(types) > 1 else fact


def _in_conflict(fact: Fact[ContractType], others: set[ContractType]) -> Fact[ContractType]:
    assert fact.value is not None  # noqa: S101 - for the type checker: a conflict is between values
    return replace(fact, flags=fact.flags | _CONFLICT, alternatives=(fact.value, *sorted(others)))


def _type(word: str) -> ContractType:
    return ContractType.FIXED_TERM if word == "temp" else ContractType(word)


# --- IR35 -------------------------------------------------------------------------------------------------------


def read_ir35(doc: Doc, contract: Fact[ContractType]) -> Fact[Ir35]:
    """Return inside, outside or "to be confirmed"; what is written beats what is inferred from umbrella or PSC."""
    found = hits(rules("ir35"), doc.parts)
    if not found or contract.value is ContractType.PERMANENT:
        return UNSTATED
    best = max(found, key=lambda hit: (hit.rule.confidence, hit.rule.value == "tbc", -found.index(hit)))
    written = {hit.rule.value for hit in found if hit.rule.confidence is Confidence.HIGH}
    if {"inside", "outside"} <= written and "tbc" not in written:
        return best.fact(Ir35.TBC, rule="ir35.both", confidence=Confidence.LOW)
    return best.fact(Ir35(best.rule.value))
