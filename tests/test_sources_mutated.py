"""Wrong types in every field: whatever a board does to one row, nothing is raised and the other rows are kept."""

from __future__ import annotations

import copy
import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.errors import Unreadable
from rolecall.model import Page, Reply
from rolecall.ports import Detail, Detailed, Readable, Source
from rolecall.sandbox import clean, wire
from rolecall.secret import Secret
from rolecall.sources import KINDS
from rolecall.sources.feed import Feed
from rolecall.sources.folder import Folder
from rolecall.sources.page import CareersPage
from rolecall.sources.sitemap import Sitemap

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
REQUIRED: dict[str, Any] = {"board": "acme", "app_id": "1a2b", "app_key": Secret("k"), "key": Secret("k")}
REQUIRED |= {"tenant": "acme", "site": "Careers", "shard": "wd3"}


def made(kind: str) -> Source:
    """Return a source of a kind with nothing but what it must have."""
    plugin = cast("Any", KINDS[kind])
    source: Source = plugin(**{each.name: REQUIRED[each.name] for each in fields(plugin) if each.name in REQUIRED})
    return source


SOURCES = {
    kind: made(kind) for kind in KINDS if kind not in ("feed", "folder", "mail", "nhs", "page", "personio", "sitemap")
}
SOURCES["jsonfeed"] = Feed("https://brightwater.example/jobs.json")
XML: dict[str, Source] = {
    "weworkremotely.rss": Feed("https://board.example/", preset="weworkremotely"),
    "oleeo.atom": Feed("https://board.example/", preset="oleeo"),
    "teamtailor.rss": Feed("https://board.example/", preset="teamtailor"),
    "rss1.rdf": Feed("https://board.example/"),
    "personio.xml": made("personio"),
    "nhs.xml": made("nhs"),
    "jobsacuk.rss": Feed(preset="jobsacuk"),
    "page.html": CareersPage("https://board.example/"),
    "sitemap.xml": Sitemap("https://board.example/"),
}

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=20) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def parse(source: Readable, body: bytes) -> Page:
    return source.parse(Reply("https://board.example/", 200, {}, body, datetime(2026, 11, 22, tzinfo=UTC)))


def rows_of(body: Any) -> list[Any]:
    names = ("jobs", "items", "results", "offers", "data", "children", "content", "result", "jobPostings")
    rows = body if isinstance(body, list) else next(body[name] for name in names if name in body)
    assert isinstance(rows, list)
    return rows


def places(value: Any) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, each in inner for path in ((key,), *((key, *rest) for rest in places(each)))]


@pytest.mark.parametrize("kind", SOURCES)
@settings(max_examples=60)
@given(data=st.data())
def test_a_wrong_value_anywhere_in_a_row_costs_at_most_that_row(kind: str, data: st.DataObject) -> None:
    body = json.loads(FIXTURES.joinpath(f"{kind}.json").read_bytes())
    source, before = SOURCES[kind], parse(SOURCES[kind], json.dumps(body).encode())
    rows = rows_of(body)
    victim = data.draw(st.integers(0, len(rows) - 1))
    *way, last = data.draw(st.sampled_from(places(rows[victim])))
    others = parse(source, json.dumps(_without(body, victim)).encode()).postings
    target = rows[victim]
    for step in way:
        target = target[step]
    target[last] = data.draw(junk)
    page = parse(source, json.dumps(body).encode())
    assert [posting for posting in page.postings if posting in others] == list(others)
    assert len(page.postings) <= len(before.postings) + 1
    _travels(page)


def _without(body: Any, victim: int) -> Any:
    body = copy.deepcopy(body)
    del rows_of(body)[victim]
    return body


def _travels(page: Page) -> None:
    for posting in page.postings:
        safe = clean.posting(posting)
        if safe is not None:
            assert wire.read_posting(wire.read_line(wire.posting_line(safe)), safe.source) == safe


@pytest.mark.parametrize("kind", SOURCES)
@settings(max_examples=40)
@given(body=junk)
def test_json_that_is_something_else_is_unreadable_or_empty_but_never_a_crash(kind: str, body: object) -> None:
    for shape in (
        body,
        [body],
        {"jobs": body},
        {"jobs": [body], "version": "https://jsonfeed.org/version/1", "items": [body]},
    ):
        try:
            _travels(parse(SOURCES[kind], json.dumps(shape).encode()))
        except Unreadable as error:
            assert str(error)  # noqa: PT017 # both outcomes are right


@pytest.mark.parametrize("kind", ["smartrecruiters", "bamboohr", "rippling", "workday", "reed"])
@settings(max_examples=40)
@given(data=st.data())
def test_a_wrong_value_anywhere_on_a_postings_own_page_is_read_or_unreadable_but_never_a_crash(
    kind: str, data: st.DataObject
) -> None:
    body = json.loads(FIXTURES.joinpath(f"{kind}_detail.json").read_bytes())
    source = cast("Detailed", SOURCES[kind])
    raw = parse(source, FIXTURES.joinpath(f"{kind}.json").read_bytes()).postings[0]
    *way, last = data.draw(st.sampled_from(places(body)))
    target = body
    for step in way:
        target = target[step]
    target[last] = data.draw(junk)
    try:
        _travels(parse(Detail(source, raw), json.dumps(body).encode()))
    except Unreadable as error:
        assert str(error)  # noqa: PT017 # both outcomes are right


@pytest.mark.parametrize("name", XML)
@settings(max_examples=60)
@given(data=st.data())
def test_a_feed_with_bytes_cut_changed_or_doubled_is_read_or_unreadable_but_never_a_crash(
    name: str, data: st.DataObject
) -> None:
    body = bytearray(FIXTURES.joinpath(name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body) - 1))
        stop = min(len(body), start + data.draw(st.integers(0, 40)))
        body[start:stop] = data.draw(st.binary(max_size=10) | st.just(bytes(body[start:stop]) * 2))
    try:
        _travels(parse(XML[name], bytes(body)))
    except Unreadable as error:
        assert str(error)  # noqa: PT017 # both outcomes are right


@settings(max_examples=60)
@given(
    body=st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | junk.map(lambda value: json.dumps(value).encode())
)
def test_a_folder_may_hold_anything(body: bytes) -> None:
    try:
        _travels(parse(Folder("/srv/jobs"), body))
    except Unreadable as error:
        assert str(error)  # noqa: PT017 # both outcomes are right
