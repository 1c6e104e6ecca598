"""Rows in the forms people ask for: whatever a board wrote, it stays text."""

from __future__ import annotations

import csv
import html
import io
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.cli.table import table, write
from tests.cards import HOSTILE

ROWS = [
    {"TITLE": "Senior Engineer", "PLACE": "Leeds", "N": 1},
    {"TITLE": '=cmd|"/c calc"!A0', "PLACE": None, "N": 22},
]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u200b=1"]
texts = st.text(max_size=40) | st.sampled_from([*FORMULAS, HOSTILE, "<script>x</script>", "a|b", "日本語", "`"])


def test_columns_are_aligned_and_nothing_stands_for_nothing() -> None:
    lines = table(ROWS).splitlines()
    assert lines == [
        "TITLE              PLACE  N",
        "Senior Engineer    Leeds  1",
        '=cmd|"/c calc"!A0         22',
    ]


def test_the_widest_column_gives_way_to_a_narrow_terminal() -> None:
    lines = table([{"A": "a" * 500, "B": "b" * 10}], width=40).splitlines()
    assert all(len(line) <= 40 for line in lines)
    assert lines[1].endswith("…  bbbbbbbbbb")


def test_wide_letters_take_two_columns_also_where_they_are_cut() -> None:
    lines = table([{"A": "日" * 30, "B": "x"}], width=21).splitlines()
    assert lines[1] == "日" * 8 + "…" + " " + "  x"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(write([{"TITLE": text}], "csv")))
    assert row["TITLE"][:1] not in ("=", "+", "-", "@", "\t", "\r", "＝", "")


def test_csv_and_json_give_back_what_was_put_in() -> None:
    rows = [{"title": 'Engineer, "Backend"', "url": "https://jobs.example/" + "x" * 400}]
    assert list(csv.DictReader(io.StringIO(write(rows, "csv")))) == rows
    assert json.loads(write(rows, "json")) == rows


class Tags(HTMLParser):
    """Collects the tags a browser sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


@settings(max_examples=50)
@given(st.lists(st.fixed_dictionaries({"TITLE": texts, "URL": texts}), min_size=1, max_size=4))
def test_no_form_lets_markup_or_control_characters_through(rows: list[dict[str, object]]) -> None:
    page = write(rows, "html", title="<b>")
    plain = {"html", "head", "meta", "title", "style", "body", "h1", "table", "thead", "tr", "th", "tbody", "td", "a"}
    assert Tags(page).seen <= plain
    assert len(write(rows, "md").split("\n")) == len(rows) + 2
    assert len(write(rows, "table").split("\n")) == len(rows) + 1
    for form in ("html", "md", "table", "csv"):
        assert not set("\x1b\x00\u202e") & set(write(rows, form))  # type: ignore[arg-type] # each is a form


def test_only_web_addresses_become_links() -> None:
    page = write([{"URL": 'https://jobs.example/?a="&b'}, {"URL": "javascript:alert(1)"}], "html")
    assert Tags(page).links == ['https://jobs.example/?a="&b']
    assert html.escape("javascript:alert(1)") in page


def test_markdown_stays_a_table_whatever_a_title_holds() -> None:
    assert write([{"TITLE": "a|b [x](javascript:1) <i>"}], "md").splitlines()[2] == (
        r"| a\|b \[x\](javascript:1) \<i\> |"
    )
