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

from rolecall.cli.table import below, table, write
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


SOURCE = {
    "SOURCE": "greenhouse:larkfield",
    "HEALTH": "unreadable",
    "SINCE": "Mon 30 Nov 17:50",
    "READ": "Mon 30 Nov 17:50",
    "POSTINGS": "112 (3 unreadable)",
    "WHY": "the answer is a web page (HTML), not a feed; asked again, ever more slowly",
}


@pytest.mark.parametrize("width", [32, 40, 60, 80, 100, 120, 160])
def test_on_a_narrow_terminal_a_row_takes_several_lines_and_is_whole(width: int) -> None:
    lines = table([SOURCE, SOURCE | {"WHY": ""}], width=width).splitlines()
    assert all(len(each) <= width for each in lines)
    said = " ".join(" ".join(lines).split())
    assert SOURCE["WHY"] in said
    assert "…" not in said
    assert said.index("greenhouse:larkfield") < said.index("unreadable") < said.index("112 (3 unreadable)")


def test_what_is_too_long_for_the_last_column_is_wrapped_in_its_place() -> None:
    assert table([SOURCE], width=120).splitlines() == [
        "SOURCE                HEALTH      SINCE             READ              POSTINGS            WHY",
        "greenhouse:larkfield  unreadable  Mon 30 Nov 17:50  Mon 30 Nov 17:50  112 (3 unreadable)  "
        "the answer is a web page",
        f"{'':90}(HTML), not a feed; asked",
        f"{'':90}again, ever more slowly",
    ]


def test_an_address_in_the_last_column_can_be_copied_whole() -> None:
    url = "https://jobs.example/" + "x" * 60
    assert table([{"TITLE": "t" * 30, "URL": url}], width=40).splitlines()[-1].strip() == url


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_below_a_heading_of_its_own_a_table_has_none(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = below([SOURCE, SOURCE])
    assert said[0].startswith("  greenhouse:larkfield  unreadable")
    assert all(each.startswith("  ") and len(each) <= int(columns) for each in said)
    assert "HEALTH" not in "".join(said)


def test_what_another_program_reads_is_one_line_a_row_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", io.StringIO())
    row = {"TITLE": "t" * 150, "PLACE": "p" * 150, "N": 1}
    assert table([row]).splitlines()[1] == f"{'t' * 150}  {'p' * 150}  1"


def test_columns_says_how_wide_the_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert all(len(each) <= 40 for each in table([SOURCE]).splitlines())


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
