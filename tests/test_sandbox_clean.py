"""What leaves the child: lengths capped, nothing invisible, links only of the web; and what the parent believes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import RawPosting
from rolecall.sandbox import clean, wire

RAW = RawPosting("trial", "1", "Engineer")


def cleaned(**changes: object) -> RawPosting:
    made = clean.posting(replace(RAW, **changes))  # type: ignore[arg-type]
    assert made is not None
    return made


def test_control_bidi_zero_width_and_tag_characters_do_not_pass() -> None:
    posting = cleaned(
        title="Senior\u202e\x00 Engineer\u200b\x1b[31m\U000e0041",
        description="a\x07b\r\nc\td\ud800e\u2066f",
        company="A\nB",
    )
    assert posting.title == "Senior Engineer [31m"
    assert posting.description == "a b\nc\tdef"
    assert posting.company == "A B"


def test_texts_come_composed_so_that_equal_words_are_equal() -> None:
    assert cleaned(company="Cafe\u0301").company == "Caf\u00e9"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "//jobs.example/1", "/jobs/1", "jobs.example", "ftp://jobs.example/",
        "https://user:pass@jobs.example/", "https://jobs.example/ 1", "https://jobs.example/\u202e1", "https://[", "http://",
        "https://jobs.example/" + "x" * 2_000, "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_only_an_absolute_web_address_of_sensible_length_is_a_link(url: str) -> None:
    assert cleaned(url=url, apply_url=url).url == ""


def test_a_good_link_stays_as_served() -> None:
    assert (
        cleaned(url="https://jobs.example/1?utm_source=x&b=%20#top").url
        == "https://jobs.example/1?utm_source=x&b=%20#top"
    )


def test_a_text_that_had_to_be_cut_says_so() -> None:
    posting = cleaned(description="x" * 70_000, title="y" * 5_000)
    assert (len(posting.description), posting.truncated, len(posting.title)) == (64_000, True, 1_000)


def test_fields_hold_only_finite_shallow_short_values() -> None:
    deep: object = "x"
    for _ in range(10):
        deep = [deep]
    fields = cleaned(
        fields={"a": float("nan"), "b": 10**30, "c": deep, "d": object(), "e": "x" * 9_999, "f": (1, None)}
    ).fields
    assert fields["a"] is fields["b"] is fields["d"] is None
    assert fields["c"] == [[[[[None]]]]]
    assert len(fields["e"]) == 2_000
    assert fields["f"] == [1, None]
    assert cleaned(fields={str(n): "x" * 2_000 for n in range(100)}).fields == {}


def test_a_posting_of_which_no_title_or_id_is_left_is_counted_as_skipped() -> None:
    assert clean.posting(replace(RAW, title="\u200b\u202e")) is None
    assert clean.posting(replace(RAW, id=" ")) is None


texts = st.text(max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100)
@given(
    st.builds(
        RawPosting, source=texts, id=texts, title=texts, url=texts, company=texts, location=texts, description=texts,
        fields=st.dictionaries(texts, values, max_size=4), country=st.none() | texts, tags=st.lists(texts).map(tuple),
        posted_at=st.none() | st.datetimes(timezones=st.just(UTC)), truncated=st.booleans(),
    )
)  # fmt: skip
def test_cleaning_settles_and_travels_the_wire_unchanged(raw: RawPosting) -> None:
    once = clean.posting(raw)
    if once is None:
        return
    assert clean.posting(once) == once
    line = wire.posting_line(once)
    assert line.count(b"\n") == 1

    assert wire.read_posting(wire.read_line(line), once.source) == once


@pytest.mark.parametrize(
    "change",
    [
        {"title": 1}, {"fields": []}, {"tags": [1]}, {"tags": {"a": 1}}, {"country": 5}, {"truncated": 0},
        {"posted_at": "soon"}, {"source": "greenhouse:other"}, {"unheard": "of"}, {"title": None},
    ],
)  # fmt: skip
def test_a_line_of_the_wrong_types_is_not_believed(change: dict[str, object]) -> None:
    good = {"id": "1", "title": "x", "fields": {}, "tags": [], "truncated": False}
    assert wire.read_posting(good, "trial") == RawPosting("trial", "1", "x")
    with pytest.raises((ValueError, KeyError)):
        wire.read_posting({**good, **change}, "trial")
