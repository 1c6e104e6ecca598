"""Contract type and IR35."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.model import Confidence, ContractType, Fact, Ir35, RawPosting
from rolecall.normalise.contract import read_contract, read_ir35
from rolecall.normalise.text import prepare


def contract(body: str = "", title: str = "", **raw: Any) -> Fact[ContractType]:
    return read_contract(prepare(RawPosting("", "1", title, description=body, **raw)))


def ir35(body: str) -> Fact[Ir35]:
    doc = prepare(RawPosting("", "1", "", description=body))
    return read_ir35(doc, read_contract(doc))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("This is a permanent role in Leeds.", "permanent"),
        ("Contract Type: Permanent", "permanent"),
        ("Leeds | Permanent | £60k", "permanent"),
        ("Full-time, permanent", "permanent"),
        ("6 month initial contract, day rate negotiable", "contract"),
        ("Duration: 12 months", "contract"),
        ("Outside IR35, remote", "contract"),
        ("£550 per day", "contract"),
        ("Interim role for six months", "contract"),
        ("Contract to perm", "contract"),
        ("We seek an independent contractor.", "contract"),
        ("12 month fixed term contract", "fixed_term"),
        ("9 months FTC", "fixed_term"),
        ("This is maternity cover until June.", "fixed_term"),
        ("A temporary position for the summer", "fixed_term"),
    ],
)
def test_words_and_the_form_of_pay_tell_the_type(body: str, expected: str) -> None:
    assert contract(body).value == expected


@pytest.mark.parametrize(
    "body",
    [
        "You will write smart contracts in Rust and contract tests with Pact.",
        "Experience of contract law and government contracts",
        "Your contract of employment starts with six months of probation.",
        "Experience managing contractors",
        "We act as an employment agency for permanent recruitment and for the supply of temporary workers.",
        "A permanent change in how people travel",
        "Fixed cost projects and fixed income products",
        "We process 3,000 orders per day",
    ],
)
def test_other_contracts_say_nothing(body: str) -> None:
    assert contract(body).value is None


@pytest.mark.parametrize("title", ["Java Developer - 6 month contract", "Java Developer, 12 months"])
def test_months_in_a_title_are_a_contract(title: str) -> None:
    assert read_contract(prepare(RawPosting("x", "1", title))).value == "contract"


def test_permanent_wins_over_ir35_and_says_that_they_conflict() -> None:
    fact = contract("Rate: £85k; Outside IR35: yes; Permanent")
    assert (fact.value, fact.flags) == (ContractType.PERMANENT, {"contract_conflict"})
    assert set(fact.alternatives) == {ContractType.PERMANENT, ContractType.CONTRACT}


def test_a_choice_of_both_is_a_conflict_with_both_as_alternatives() -> None:
    assert set(contract("Permanent or contract").alternatives) == {ContractType.PERMANENT, ContractType.CONTRACT}


def test_the_boards_field_is_believed_unless_the_text_says_plainly_something_else() -> None:
    assert contract(fields={"contract_type": "permanent"}).source == "field"
    other = contract("6-month contract, inside IR35", fields={"contract_type": "permanent"})
    assert (other.value, other.flags) == (ContractType.CONTRACT, {"contract_conflict"})
    hired = contract("Job Type: Full-time, Temporary", fields={"contract_type": "permanent"})
    assert (hired.value, hired.flags) == (ContractType.FIXED_TERM, {"temp", "contract_conflict"})
    assert contract("12 month fixed term contract", fields={"contract_type": "contract"}).flags == frozenset()
    assert contract(fields={"contractType": "Temporary"}).flags == {"temp"}
    assert contract(fields={"employmentType": "FullTime"}).value is None


def test_a_students_contract_is_a_fixed_term() -> None:
    assert contract("Contract\nLondon", title="Data Science Intern").value is ContractType.FIXED_TERM


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Inside IR35", "inside"),
        ("£600/day outside of IR-35", "outside"),
        ("IR35: Outside", "outside"),
        ("IR35 status: inside", "inside"),
        ("IR35 TBC", "tbc"),
        ("inside or outside IR35", "tbc"),
    ],
)
def test_ir35_is_read_as_written(body: str, expected: str) -> None:
    fact = ir35(body)
    assert (fact.value, fact.confidence >= Confidence.MEDIUM) == (expected, True)


def test_umbrella_and_psc_only_hint_at_ir35() -> None:
    assert (ir35("£400 per day via umbrella").value, ir35("£400 per day via umbrella").confidence) == ("inside", 2)
    assert (ir35("£400 per day through your PSC").value, ir35("£400 per day through your PSC").confidence) == (
        "outside",
        2,
    )
    assert ir35("£500 per day for a government department").value is None
