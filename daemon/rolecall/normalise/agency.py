"""Agency or direct employer (design: section 14): the board's word, the company's name, then the text."""

from __future__ import annotations

import re
from functools import cache

from rolecall.model import UNSTATED, Confidence, Fact
from rolecall.normalise.rules import hits, rules
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_WORDS = load("agency")
_NAME = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS['name_words'])})(?!\w)")
_WEAK = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS['weak_name_words'])})(?!\w)")
_NOT = re.compile("|".join(_WORDS["not_names"]))
_TAIL = re.compile(
    r"[\s,]+(?:ltd|limited|plc|llp|inc|uk|\(uk\)|group|holdings|recruitment|technology|technologies|international|it|services)\.?$"
)
_START = re.compile(rf"(?:{'|'.join(_WORDS['starts'])})(?=\W)")
_TRADING = re.compile(r" (?:trading as|t/a) ")
_FIELDS = (("postedByRecruitmentAgency", True), ("postedByDirectEmployer", False), ("isAgency", True))


def read_agency(doc: Doc) -> Fact[bool]:
    """Return True for an agency, False for a direct employer, no value where nothing tells."""
    for name, value in _FIELDS:
        if doc.raw.fields.get(name) is True:
            return Fact(value, "field", f"{name}=true", "agency.field")
    return _by_name(doc) or _by_text(doc) or UNSTATED


def _by_name(doc: Doc) -> Fact[bool] | None:
    name = doc.company.lower()
    if not name:
        return None
    if any(map(_known, _TRADING.split(name))):
        return Fact(True, "field", doc.company[:160], "agency.list")
    if _NAME.search(name) and not _NOT.search(name):
        return Fact(True, "field", doc.company[:160], "agency.name", Confidence.MEDIUM)
    return None


def _by_text(doc: Doc) -> Fact[bool] | None:
    found = hits(rules("agency"), doc.parts)
    if not found:
        return None
    hit = next((hit for hit in found if hit.rule.value == "direct"), found[0])
    sure = hit.rule.value == "direct" or _WEAK.search(doc.company.lower()) or not doc.company
    return hit.fact(hit.rule.value == "agency", confidence=Confidence.HIGH if sure else Confidence.MEDIUM)


def _known(name: str) -> bool:
    """Whether this is a listed agency: the whole name, or the name without its legal form."""
    if _START.match(name):
        return True
    while name not in _agencies():
        shorter = _TAIL.sub("", name)
        if shorter == name:
            return False
        name = shorter
    return True


@cache
def _agencies() -> frozenset[str]:
    return frozenset(_WORDS["agencies"])
