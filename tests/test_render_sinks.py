"""Plain text, Telegram HTML and e-mail: any card at all becomes something valid, within the limits of its sink."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from rolecall.model import Message, MessageKind
from rolecall.render.email import MAX_HTML, render_email, render_html
from rolecall.render.telegram import plain, split, telegram_texts, units
from rolecall.render.text import render_text
from tests.cards import HOSTILE, card, message, messages
from tests.fakes.telegram_html import ENTITIES, LIMIT, check

# --- Telegram -------------------------------------------------------------------------------------------------


@given(messages)
@settings(max_examples=100)
def test_any_message_becomes_valid_telegram_html_within_the_limits(sent: Message) -> None:
    for text in (said.html for said in telegram_texts(sent)):
        parsed = check(text, markup=True)  # raises as the Bot API refuses
        assert units(parsed.text) <= LIMIT
        assert len(parsed.entities) <= ENTITIES
        assert all(address.startswith(("http://", "https://")) for address in parsed.links)
        for piece in split(plain(text)):
            assert check(piece, markup=False).text == piece


def test_an_alert_is_one_text_however_long_its_fields() -> None:
    long = card(1, **dict.fromkeys(("title", "company", "pay", "pay_evidence", "mode", "place"), "😀 <&> " * 200))
    assert len(telegram_texts(message("alert", long))) == 1


def test_a_long_digest_is_split_between_jobs() -> None:
    long = (card(n, title=f"Job {n} " + "x" * 150) for n in range(40))
    texts = [said.html for said in telegram_texts(message("digest", *long))]
    assert len(texts) > 2
    assert sum(text.count("<b><a ") for text in texts) == 40
    assert all(check(text, markup=True).text.rstrip().endswith(("Board", "more")) for text in texts)


def test_a_huge_digest_shows_the_hundred_best_and_counts_the_rest() -> None:
    texts = "".join(said.html for said in telegram_texts(message("digest", *(card(n, rank=n) for n in range(250)))))
    assert texts.count("<b><a ") == 100
    assert "https://jobs.example/249" in texts
    assert "and 150 more" in texts


def test_a_long_notice_is_split_at_its_lines() -> None:
    long = "\n".join(f"line {n} " + "word " * 30 for n in range(60))
    texts = [said.html for said in telegram_texts(message("notice", text=long))]
    assert len(texts) > 1
    assert all(check(text, markup=True).text.rstrip().endswith("word") for text in texts)


def test_the_plain_form_keeps_the_words_and_writes_out_the_links() -> None:
    text = plain(telegram_texts(message("alert", card(1, title="C++ & <Rust>")))[0].html)
    assert "C++ & <Rust> (https://jobs.example/1)" in text
    assert "<b>" not in text


def test_a_surrogate_pair_is_never_cut_in_two() -> None:
    pieces = split("😀" * 3000)
    assert [units(piece) for piece in pieces] == [4096, 1904]


# --- plain text -----------------------------------------------------------------------------------------------


@given(messages)
@settings(max_examples=60)
def test_plain_text_has_no_control_characters_but_line_breaks(sent: Message) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", render_text(sent))


@given(messages)
@settings(max_examples=40)
def test_colour_adds_our_own_escape_sequences_and_nothing_else(sent: Message) -> None:
    coloured = render_text(sent, colour=True)
    assert "\x1b" not in re.sub(r"\x1b\[[0-9;]+m", "", coloured)
    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == render_text(sent)


@pytest.mark.parametrize("kind", ["alert", "digest", "summary", "notice"])
@pytest.mark.parametrize("width", [40, 80, 100])
def test_lines_fit_the_terminal_and_links_stay_whole(kind: MessageKind, width: int) -> None:
    address = "https://jobs.example/" + "long-" * 40
    shown = card(1, title="Very long title " * 10, why=("because of this and that",) * 9, url=address)
    text = render_text(message(kind, shown, text="Some words to wrap. " * 20), width=width)
    assert all(len(row) <= width or row.strip() == address for row in text.split("\n"))
    assert kind == "notice" or address in text


# --- e-mail ---------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Collects what could do harm or load something, and checks that every tag is closed."""

    VOID = frozenset({"meta", "br", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.links += [value or ""] if name in ("href", "src") else []
            self.handlers += [name] if name.startswith("on") else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


@given(messages)
@settings(max_examples=60)
def test_any_message_becomes_a_page_without_foreign_markup(sent: Message) -> None:
    page = read(render_html(sent))
    assert not page.tags & {"script", "img", "iframe", "link", "object", "form"}
    assert not page.handlers
    assert all(address.startswith(("http://", "https://")) for address in page.links)


def test_a_hostile_card_is_words_on_the_page() -> None:
    page = render_html(message("digest", card(1, title=HOSTILE, company="<script>x</script>", url='https://a"b')))
    assert "&lt;script&gt;" in page
    assert 'a"b' not in page


def test_the_page_knows_light_and_dark_and_loads_nothing() -> None:
    page = render_html(message("digest"))
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "prefers-color-scheme: dark" in page
    assert not re.search(r"url\(|@import|src=", page)


@pytest.mark.parametrize("count", [1, 30, 400])
def test_the_html_part_stays_under_its_limit_and_counts_what_it_leaves_out(count: int) -> None:
    found = [card(n, searches=(f"Search {n % 3}",), rank=-n) for n in range(count)]
    mail = render_email(message("digest", *found))
    assert len(mail.html.encode()) <= MAX_HTML
    shown = len(re.findall('class="title"', mail.html))
    left_out = sum(int(n) for n in re.findall(r"and (\d+) more</p>", mail.html))
    assert shown + left_out == count
    assert "Search 2" in mail.html or count < 3


def test_the_line_that_a_list_of_mails_shows_ends_with_how_many_more_there_are() -> None:
    mail = render_email(message("digest", *(card(n) for n in range(3))))
    (shown,) = re.findall(r"<div style=\"display:none[^>]*>(.*)</div>", mail.html)
    assert shown.endswith(" and 2 more")


def test_the_text_part_has_every_job_with_its_link() -> None:
    mail = render_email(message("digest", *(card(n) for n in range(200))))
    assert all(f"https://jobs.example/{n}\n" in mail.text + "\n" for n in range(200))


def test_what_is_on_the_page_is_in_the_text_part_too() -> None:
    mail = render_email(message("digest"))
    for words in (
        "Python near Leeds",
        "£75k–£85k",
        "Leeds",
        "Reed",
        "closes tomorrow",
        "Jobs by Example Board",
        "Django",
    ):
        assert words in mail.text
        assert words in mail.html


# --- what is to be noted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["alert", "digest"])
def test_what_other_copies_say_stands_in_every_rendering(kind: MessageKind) -> None:
    sent = message(kind, card(1, notes=("salary from Reed", "Adzuna says £60k")))
    for shown in (render_text(sent), "\n".join(said.html for said in telegram_texts(sent)), render_html(sent)):
        assert "salary from Reed" in shown
        assert "Adzuna says £60k" in shown
