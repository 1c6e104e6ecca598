"""feedparser says the same, only sooner."""

from __future__ import annotations

import importlib
import io
import sys
from copy import deepcopy
from types import ModuleType
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.sources import tuning
from tests.test_delta import Board, Poll, boards, polls
from tests.test_sources_mutated import FIXTURES

CP1252 = {code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))}


def _untouched() -> ModuleType:
    """Return a second copy of feedparser, as it comes."""
    tuned = {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] == "feedparser"}
    try:
        return importlib.import_module("feedparser")
    finally:
        sys.modules.update(tuned)


UNTOUCHED = _untouched()
tuning.tune(feedparser)


@settings(max_examples=100)
@given(st.text() | st.text(alphabet="a\x80\x85\x93\x9f£“⿿　🦀\ud800"))
def test_a_text_goes_through_the_table_as_through_that_of_feedparser(text: str) -> None:
    assert text.translate(tuning.table(CP1252)) == text.translate(CP1252)


def test_feedparsers_own_table_maps_one_character_to_one() -> None:
    assert all(len(character) == 1 for character in feedparser.mixin._cp1252)
    assert feedparser.mixin._cp1252[0x80] == "€"
    assert feedparser.mixin._cp1252[0x2014] == "—"


@pytest.mark.parametrize("name", [path.name for path in FIXTURES.iterdir() if path.suffix != ".json"])
def test_a_feed_is_read_as_by_feedparser_alone(name: str) -> None:
    body = FIXTURES.joinpath(name).read_bytes()
    assert _parsed(feedparser, body) == _parsed(UNTOUCHED, body)


@settings(max_examples=100)
@given(boards, polls)
def test_whatever_stands_in_a_feed_is_read_as_by_feedparser_alone(board: Board, poll: Poll) -> None:
    body = board.write(1, poll)
    assert _parsed(feedparser, body, board.content_type) == _parsed(UNTOUCHED, body, board.content_type)


PLAIN = ("title", "published", "published_parsed", "links", "tags")
KEYS = sorted({*PLAIN, *tuning._ODD, *feedparser.util.FeedParserDict.keymap})
values = st.sampled_from(["x", [], [{"term": "t"}], [{"rel": "license", "href": "h"}, {"rel": "enclosure"}], None])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS), values), st.dictionaries(st.sampled_from(KEYS), values))
def test_a_dictionary_answers_as_that_of_feedparser(first: dict[str, Any], then: dict[str, Any]) -> None:
    tuned, untouched = (_looked_through(module.util.FeedParserDict(first), then) for module in (feedparser, UNTOUCHED))
    assert tuned == untouched


def _looked_through(found: Any, then: dict[str, Any]) -> list[object]:
    for key, value in then.items():
        found[key] = value
    copied = deepcopy(found)
    assert type(copied) is type(found)
    looks = (type(found).__getitem__, type(found).get, _contains)
    return [_at(each, key, look) for each in (found, copied) for key in KEYS for look in looks]


def _contains(found: Any, key: str) -> bool:
    return key in found


def _at(found: Any, key: str, look: Any) -> object:
    try:
        return look(found, key)
    except (KeyError, TypeError, IndexError) as error:
        return type(error)


def _parsed(module: ModuleType, body: bytes, content_type: str = "application/xml") -> Any:
    try:
        found = module.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, LookupError, AttributeError, AssertionError, TypeError) as error:
        return type(error)
    return {name: value for name, value in found.items() if name != "bozo_exception"}
