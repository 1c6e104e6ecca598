"""Patterns that are tried only where a word that they need stands."""

import re

import pytest

from rolecall.literals import Guarded, needed


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bgeo(?:graphic)?[- ]ranges?", ("range",)),
        (r"(?:umb(?:rella)?|PAYE)\b", ("paye", "umb")),
        (r"(?:fully |100 ?% )?remote(?:ly)?", ("remote",)),
        (r"(?:home|at home) work", (" work",)),
        (r"(?:full|part)+[- ]time", ("time",)),
        (r"\d+ ?(?:%|k)?", ("",)),
        (r"x?(?:a|bc|)", ("",)),
    ],
)
def test_what_every_match_of_a_pattern_holds(pattern: str, words: tuple[str, ...]) -> None:
    assert needed(pattern) == words


def test_where_patterns_cannot_be_read_every_one_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.literals.parser", None)
    assert needed("remote") == ("",)
    assert Guarded("remote").search("Remote")


@pytest.mark.parametrize("text", ["", "UMBRELLA rate", "the umb", "Paye", "pay", "umbra"])
def test_a_guarded_pattern_finds_what_the_pattern_finds(text: str) -> None:
    pattern = r"\b(?:umb(?:rella)?|paye)\b"
    found, plain = Guarded(pattern), re.compile(pattern, re.IGNORECASE)
    assert bool(found.search(text)) == bool(plain.search(text))
    assert bool(found.match(text)) == bool(plain.match(text))
