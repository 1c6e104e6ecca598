"""feedparser says the same, only sooner."""

from __future__ import annotations

import io
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.sources import syndication, tuning
from tests.test_sources_mutated import FIXTURES

CP1252 = {code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))}


@settings(max_examples=100)
@given(st.text() | st.text(alphabet="a\x80\x85\x93\x9f£“⿿　🦀\ud800"))
def test_a_text_goes_through_the_table_as_through_that_of_feedparser(text: str) -> None:
    assert text.translate(tuning.table(CP1252)) == text.translate(CP1252)


def test_feedparsers_own_table_maps_one_character_to_one() -> None:
    syndication.read(b"<rss version='2.0'><channel/></rss>")  # tuned from here on
    assert all(len(character) == 1 for character in feedparser.mixin._cp1252)
    assert feedparser.mixin._cp1252[0x80] == "€"
    assert feedparser.mixin._cp1252[0x2014] == "—"


@pytest.mark.parametrize("name", [path.name for path in FIXTURES.iterdir() if path.suffix != ".json"])
def test_a_feed_is_read_as_by_feedparser_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = FIXTURES.joinpath(name).read_bytes()
    tuning.tune(feedparser)
    tuned = _parsed(body)
    monkeypatch.setattr(feedparser.api, "PREFERRED_XML_PARSERS", [])
    monkeypatch.setattr(feedparser.mixin, "_cp1252", CP1252)
    assert tuned == _parsed(body)


def _parsed(body: bytes) -> Any:
    found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    return {name: value for name, value in found.items() if name != "bozo_exception"}
