"""The user's own patterns: ordinary ones are taken, and none that is taken can hold up the daemon."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.match.pattern import LONGEST, compiled
from tests.waiting import no_hang

ORDINARY = [
    r"\bSalesforce\b",
    r"^senior .*manager$",
    r"(graduate|junior|trainee)\b",
    r"c\+\+|c#",
    r"back-?end (java|kotlin)( developer| engineer)?",
    r"\b(?:sap|abap)\b.*\bconsult",
    r"[a-z]+ ?/ ?[a-z]+",
    r"(?i:php)(?!unit)",
    r"\d{4,6}",
    "",
]
SLOW = [
    "(a+)+b",
    "(a|aa)+b",
    "(a*)*b",
    "(.*a){20}",
    "(a?){40}a{40}",
    "a?" * 40 + "a" * 40,
    ".*.*.*.*=",
    r"(\w+\s?)*$",
    "(a|b|ab)*c",
    "(?=(a+)+b)",
    "((((a{1,9}){1,9}){1,9}){1,9}){1,9}",
    "(?>(a+)+)b",
    "(x)?(?(1)(a+)+|b)c",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_pattern_is_taken(text: str) -> None:
    assert compiled(text).flags & re.IGNORECASE


@pytest.mark.parametrize("text", SLOW)
def test_a_pattern_that_could_take_for_ever_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ValueError, match=r"use at most two of \* and \+"):
        compiled(text)


@pytest.mark.parametrize("text", ["(", "*", "[a", "a{99999999999}", "(" * 5000 + ")" * 5000, "(?P<x>a)(?P<x>b)"])
def test_what_is_no_pattern_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a pattern"):
        compiled(text)


ATOMS = st.sampled_from(["a", "b", ".", r"\w", "[ab]", "aa", "ab"])
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "{5,}"])),
        st.builds("({}|{})".format, inner, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=12,
)


@given(TEXTS)
@settings(max_examples=100)
def test_no_pattern_that_is_taken_holds_up_the_loop(text: str) -> None:
    try:
        pattern = compiled(f"{text}#")
    except ValueError:
        return
    for title in ("a" * LONGEST, "ab" * (LONGEST // 2), "b" * (LONGEST - 1) + "a"):
        with no_hang():
            pattern.search(title)
