"""Criteria about the terms: contract, IR35, clearance, sponsorship, agencies."""

from __future__ import annotations

from typing import Literal

from rolecall.match.criterion import criterion, either, no, unknown, yes
from rolecall.match.wants import Search
from rolecall.model import ClearanceLevel, Confidence, ContractType, Ir35, Posting, Verdict


@criterion(reads=["contract"], unknown="contract")
def contract(posting: Posting, wanted: frozenset[ContractType], search: Search) -> Verdict:
    value = posting.contract.value
    if value is None:
        return unknown("contract_not_stated", "contract type not stated", "contract")
    words = value.replace("_", " ")
    if value in wanted:
        return yes("contract", words)
    return no("other_contract", f"{words}, you want {either(sorted(wanted)).replace('_', ' ')}")


@criterion(reads=["ir35", "contract"])
def ir35(posting: Posting, wanted: frozenset[Literal["inside", "outside", "unknown"]], search: Search) -> Verdict:
    """Asked of contracts only. "unknown" accepts what is not stated or to be confirmed."""
    value, kind = posting.ir35.value, posting.contract.value
    if kind is not ContractType.CONTRACT and (kind is not None or value is None):
        return yes("not_a_contract")
    if value is None or value is Ir35.TBC:
        label = "IR35 not stated" if value is None else "IR35 to be confirmed"
        return unknown("ir35_open", label) if "unknown" in wanted else no("ir35_open", label)
    if value.value in wanted:
        return yes("ir35", f"{value} IR35")
    return no("other_ir35", f"{value} IR35")


@criterion(reads=["clearance"], options=["clearance_eligible"])
def clearance_held(posting: Posting, wanted: ClearanceLevel, search: Search) -> Verdict:
    asked = posting.clearance.value
    if asked is None or asked.level is ClearanceLevel.NONE:
        return yes("no_clearance_asked")
    name = asked.level.name
    if wanted >= asked.level:
        return yes("clearance_held", f"{name}, which you hold")
    if asked.state == "preferred":
        return yes("clearance_preferred", f"{name} preferred, not required")
    if asked.state == "held":
        return no("clearance_lacking", f"{name} must be held")
    if asked.state == "eligible" or (asked.level is ClearanceLevel.BPSS and search.clearance_eligible):
        return (yes if search.clearance_eligible else no)("clearance_eligible", f"eligible for {name}")
    return unknown("clearance_unclear", f"{name} asked, not clear whether it must be held")


@criterion(reads=["visa"])
def need_sponsorship(posting: Posting, wanted: bool, search: Search) -> Verdict:
    offered = posting.visa.value.offered if posting.visa.value else None
    if not wanted:
        return yes("sponsorship_not_needed")
    if offered is None:
        return unknown("sponsorship_not_stated", "sponsorship not stated")
    if offered:
        return yes("sponsorship", "sponsorship" + (", with conditions" if "qualified" in posting.visa.flags else ""))
    if posting.visa.confidence <= Confidence.LOW:
        return unknown("sponsorship_unlikely", "asks for the right to work, sponsorship unlikely")
    return no("no_sponsorship", "no sponsorship")


@criterion(reads=["agency"])
def agencies(posting: Posting, wanted: Literal["include", "exclude", "lower"], search: Search) -> Verdict:
    if not posting.agency.value:
        return yes("no_agency")
    return no("agency", "an agency") if wanted == "exclude" else yes("agency", "an agency")
