"""Paste an advert, see it as Rolecall reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.model import RawPosting
from rolecall.normalise import normalise
from rolecall.render.advert import Reading, marked, readings

ADVERT = """Senior Backend Engineer - Leeds, hybrid
Two days a week in the office.
Requirements:
- Python and PostgreSQL; Rust is a bonus
Salary: £70,000 - £82,000 per annum. Permanent. We cannot offer visa sponsorship.
"""


def run(*arguments: str, text: str = "") -> str:
    result = CliRunner().invoke(app, ["why", *arguments], input=text)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_every_fact_is_shown_with_the_words_it_was_read_from() -> None:
    shown = run("--text", text=ADVERT)
    for expected in ("Senior", "£70k–£82k", '"£70,000 - £82,000 per annum"', "Hybrid, 2 days a week", "no sponsorship"):
        assert expected in shown


def test_what_the_advert_does_not_say_is_said_to_be_not_stated() -> None:
    rows = [line.split() for line in run("-", text="Developer").splitlines()]
    assert ["salary", "not", "stated"] in rows
    assert ["mode", "not", "stated"] in rows


def test_the_words_are_marked_in_the_text() -> None:
    assert "[£70,000 - £82,000 per annum](salary)" in run("-", text=ADVERT)


def test_the_pound_sign_that_tells_the_country_does_not_hide_the_salary() -> None:
    assert "[£70k-£85k](salary)" in run("-", text="Engineer\nAcme, Leeds. £70k-£85k.")


def test_a_clearance_alone_is_no_kind_of_contract() -> None:
    rows = [line.split() for line in run("-", text="Engineer\nSC clearance required.").splitlines()]
    assert ["contract", "not", "stated"] in rows


def test_an_advert_is_read_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "advert.txt").write_text(ADVERT)
    assert run("--text", str(tmp_path / "advert.txt")) == run("-", text=ADVERT)


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    result = CliRunner().invoke(app, ["why", "--text", "absent.txt"])
    assert result.exit_code == 2
    assert "absent.txt cannot be read" in result.output


def test_json_is_the_filters_object() -> None:
    assert '"min": 70000' in run("-", "--json", text=ADVERT)


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20), max_size=6))
def test_marking_changes_nothing_in_the_text(text: str, evidence: list[str]) -> None:
    found = [Reading("x", "y", words, "", "") for words in evidence]
    plain = "".join(span.text for span in marked(text, []))
    assert "".join(span.text for span in marked(text, found)) == plain


@given(st.text(max_size=500))
def test_any_text_can_be_shown(text: str) -> None:
    posting = normalise(RawPosting("advert", "1", text[:80], description=text))
    assert len(readings(posting)) >= 12
