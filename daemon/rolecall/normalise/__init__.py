"""From what a source said to what it means: `normalise(RawPosting) -> Posting`. Pure, linear in the text, never raises.

One module per field; the words they know live in the TOML files beside them.
"""

from __future__ import annotations

from rolecall.model import Posting, RawPosting
from rolecall.normalise.agency import read_agency
from rolecall.normalise.clearance import read_clearance
from rolecall.normalise.closing import read_closing
from rolecall.normalise.contract import read_contract, read_ir35
from rolecall.normalise.family import read_family
from rolecall.normalise.hours import read_hours
from rolecall.normalise.level import read_level
from rolecall.normalise.mode import read_mode, read_uk
from rolecall.normalise.place import read_location
from rolecall.normalise.quality import read_flags
from rolecall.normalise.salary import read_salary
from rolecall.normalise.stack import read_stack
from rolecall.normalise.text import prepare
from rolecall.normalise.visa import read_visa

__all__ = ["normalise", "outline"]


def normalise(raw: RawPosting) -> Posting:
    """Return the posting as understood: every value with its source, evidence, rule and confidence."""
    doc = prepare(raw)
    location = read_location(doc)
    mode = read_mode(doc, location)
    contract = read_contract(doc)
    salary = read_salary(doc, contract)
    stack = read_stack(doc)
    family = read_family(doc, stack)
    level, floor = read_level(doc, family, salary)
    return Posting(
        raw=raw,
        text=doc.body,
        family=family,
        level=level,
        level_floor=floor,
        mode=mode,
        uk=read_uk(doc, mode, location, salary),
        salary=salary,
        contract=contract,
        ir35=read_ir35(doc, contract),
        clearance=read_clearance(doc),
        visa=read_visa(doc),
        agency=read_agency(doc),
        hours=read_hours(doc, salary),
        closing=read_closing(doc),
        location=location,
        stack=stack,
        flags=read_flags(doc),
    )


def outline(raw: RawPosting) -> Posting:
    """Return the posting with its text, place and pay alone: what `dedupe.fingerprint` reads, in half the time."""
    doc = prepare(raw)
    return Posting(raw=raw, text=doc.body, location=read_location(doc), salary=read_salary(doc, read_contract(doc)))
