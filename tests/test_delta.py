"""Reading only what is new in a feed gives what reading all of it gives, and where that is not certain all is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply
from rolecall.sandbox import Sandbox
from rolecall.sources.delta import Part, Unfit, split, unread
from rolecall.sources.feed import Feed
from tests.house import NOON
from tests.recorded import payload

FEED = Feed("https://board.example/jobs.rss", label="board")


def reply(body: bytes, known: Mapping[str, str] | None = None, content_type: str = "application/rss+xml") -> Reply:
    return Reply(FEED.url, 200, {"content-type": content_type}, body, NOON, known=known or {})


def item(number: int, more: str = "", title: str = "Engineer") -> str:
    return f"<item><guid>job-{number}</guid><title>{title} {number}</title>{more}</item>"


def rss(*items: str, head: str = "", attributes: str = "", start: str = "", end: str = "") -> bytes:
    channel = "\n".join((f"<title>Jobs</title>{head}", *items))
    return f"{start}<rss version='2.0'{attributes}><channel>{channel}\n</channel></rss>{end}".encode()


def read_again(before: bytes, after: bytes, feed: Feed = FEED) -> list[str]:
    """Return the titles of the items of `after` that are read after `before` was."""
    page = feed.parse(reply(after, feed.parse(reply(before)).items))
    assert page.ids == feed.parse(reply(after)).ids
    return [posting.title for posting in page.postings]


# --- what is saved --------------------------------------------------------------------------------------------


def test_only_new_items_are_read_again() -> None:
    assert read_again(rss(item(1), item(2)), rss(item(3), item(1), item(2))) == ["Engineer 3"]


def test_a_changed_item_is_read_again() -> None:
    assert read_again(rss(item(1), item(2)), rss(item(1), item(2, title="Lead"))) == ["Lead 2"]


def test_nothing_is_read_again_when_only_the_date_of_the_feed_has_changed() -> None:
    before, after = (rss(item(1), head=f"<lastBuildDate>{day} Nov 2026</lastBuildDate>") for day in (21, 22))
    assert read_again(before, after) == []


def test_a_comment_with_the_time_of_day_changes_nothing() -> None:
    before, after = (rss(item(1), end=f"<!-- made in 0.{tenth} s by a cache of <item>s -->") for tenth in (3, 7))
    assert read_again(before, after) == []


def test_the_list_of_items_in_an_rdf_head_may_grow() -> None:
    def rdf(*numbers: int) -> bytes:
        listed = "".join(f'<rdf:li rdf:resource="https://board.example/{n}"/>' for n in numbers)
        items = "".join(
            f'<item rdf:about="https://board.example/{n}"><title>Engineer {n}</title>'
            f"<link>https://board.example/{n}</link></item>"
            for n in numbers
        )
        return (
            '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f"<channel><title>Jobs</title><items><rdf:Seq>{listed}</rdf:Seq></items></channel>{items}</rdf:RDF>"
        ).encode()

    assert read_again(rdf(1, 2), rdf(3, 1, 2)) == ["Engineer 3"]


def test_atom_entries_with_inline_xhtml_are_told_apart() -> None:
    def atom(*numbers: int) -> bytes:
        entries = "".join(
            f"<entry><id>urn:{n}</id><title>Engineer {n}</title><content type='xhtml'>"
            f"<div xmlns='http://www.w3.org/1999/xhtml'>Job <b>{n}</b></div></content></entry>"
            for n in numbers
        )
        return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Jobs</title>{entries}</feed>".encode()

    assert read_again(atom(1, 2), atom(1, 2, 3)) == ["Engineer 3"]


@pytest.mark.parametrize(
    "text",
    [
        "<![CDATA[how to end an </item> and begin an <item> in XML]]>",
        "<!-- </item><item> -->plain",
        "&lt;/item&gt;&lt;item&gt;",
        "<![CDATA[<p xmlns:o='urn:office'>pasted</p>]]>",
    ],
)
def test_markup_that_only_looks_like_the_end_of_an_item_is_text(text: str) -> None:
    tricky = item(1, f"<description>{text}</description>")
    assert read_again(rss(tricky), rss(item(2), tricky)) == ["Engineer 2"]


def test_items_whose_bytes_change_at_every_fetch_are_read_each_time() -> None:
    before, after = (
        rss(item(1, f"<description>tag {tag}</description>"), item(2, f"<link>https://board.example/?{tag}</link>"))
        for tag in ("aa", "bb")
    )
    assert read_again(before, after) == ["Engineer 1", "Engineer 2"]


# --- where all is read ----------------------------------------------------------------------------------------


def test_what_is_said_of_all_items_counts_as_part_of_each() -> None:
    before, after = (rss(item(1), attributes=f" xml:base='https://{host}.example/'") for host in ("old", "new"))
    assert read_again(before, after) == ["Engineer 1"]


def test_other_options_of_the_source_read_the_same_item_anew() -> None:
    body = rss(item(1, title="Acme: Engineer"))
    known = FEED.parse(reply(body)).items
    page = replace(FEED, title_pattern="{company}: {title}").parse(reply(body, known))
    assert [posting.company for posting in page.postings] == ["Acme"]


def test_two_items_with_one_id_are_still_one_posting_in_two_places() -> None:
    london, leeds = (item(1, f"<location>{place}</location>") for place in ("London", "Leeds"))
    known = FEED.parse(reply(rss(london, item(2)))).items
    page = FEED.parse(reply(rss(london, leeds, item(2)), known))
    assert page.postings == FEED.parse(reply(rss(london, leeds, item(2)))).postings
    page = FEED.parse(reply(rss(leeds, item(2)), page.items))
    assert [posting.location for posting in page.postings] == ["Leeds"]


def test_an_item_that_gives_no_posting_is_counted_at_every_poll() -> None:
    bad = "<item><description>neither title nor id</description></item>"
    known = FEED.parse(reply(rss(item(1), bad))).items
    again = FEED.parse(reply(rss(item(1), bad), known))
    assert (again.skipped, again.postings, again.ids) == (1, (), {"job-1"})


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1), item(2)).decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='iso-8859-1'?>" + rss(item(1, title="Caf\u00e9")).decode().encode("latin-1"),
        rss(item(1, "<x:y xmlns:x='urn:x'>z</x:y>")),
        rss("<item xmlns:x='urn:x'><title>Engineer</title><guid>1</guid></item>"),
        rss(item(1, "<summary xml:base='https://base.example/'>x</summary>")),
        rss(item(1), "<ttl>60</ttl>", item(2)),
        rss(item(1), "text", item(2)),
        rss(item(1), "<item/>"),
        rss(item(1, item(2))),
        rss(item(1, "<?php echo ?>")),
        rss(item(1), "<!-- never closed "),
        rss(item(1, "<description><![CDATA[never closed")),
        b"<items>" + item(1).encode() + b"</items>",
        b"<rss version='2.0'><channel></channel></rss>",
        b"",
        b"</item><item>",
    ],
)
def test_a_feed_that_is_not_plain_is_not_cut(body: bytes) -> None:
    assert split(body) is None
    assert unread(body, "", {}, "") == Part(body)


def test_a_foreign_charset_in_the_header_is_not_cut() -> None:
    assert split(rss(item(1)), "text/xml; charset=ISO-8859-1") is None
    assert split(rss(item(1)), "text/xml; charset=UTF-8") is not None


def test_nothing_is_remembered_of_a_feed_that_is_not_well_formed() -> None:
    page = FEED.parse(reply(rss(item(1, "<undeclared:prefix>x</undeclared:prefix>"), item(2))))
    assert len(page.postings) == 2
    assert page.items == {}


def test_a_broken_new_item_makes_the_whole_feed_be_read_in_one_way() -> None:
    broken = item(3, "<description>a & b</description>")
    assert read_again(rss(item(1), item(2)), rss(item(1), item(2), broken)) == [
        "Engineer 1",
        "Engineer 2",
        "Engineer 3",
    ]


def test_what_does_not_go_with_what_was_left_out_is_unfit() -> None:
    part = Part(b"", ("h2",), {"h1": "job-1"})
    assert part.learned(["job-2"], broken=False) == {"h1": "job-1", "h2": "job-2"}
    for ids, broken in ((["job-1"], False), (["job-2", "job-3"], False), (["job-2"], True)):
        with pytest.raises(Unfit):
            part.learned(ids, broken=broken)


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("oleeo-talnet-atom/feed.xml", replace(FEED, preset="oleeo")),
        ("weworkremotely/opencruit-feed.xml", replace(FEED, preset="weworkremotely")),
        ("teamtailor/tonttu84-teamtailor.rss", replace(FEED, preset="teamtailor")),
        ("neogov/careerkit-neogov.xml", FEED),
    ],
)
def test_a_recorded_feed_read_in_two_parts_gives_what_it_gives_as_a_whole(path: str, feed: Feed) -> None:
    body = payload(*path.split("/"))
    cut = split(body)
    assert cut is not None
    first = feed.parse(reply(b"".join((cut.head, *cut.items[1:], cut.tail))))
    rest = feed.parse(reply(body, first.items))
    assert rest.postings + first.postings == feed.parse(reply(body)).postings
    assert len(rest.postings) == 1


# --- through the child process --------------------------------------------------------------------------------


async def test_what_is_known_travels_to_the_child_and_back() -> None:
    items = [item(number) for number in range(450)]
    async with Sandbox() as sandbox:
        first = await sandbox.parse(FEED, reply(rss(*items)))
        again = await sandbox.parse(FEED, reply(rss(item(500), *items), first.items))
    assert len(first.items) == 450
    assert [posting.id for posting in again.postings] == ["job-500"]
    assert again.ids == first.ids | {"job-500"}


async def test_what_had_to_be_cleaned_or_dropped_is_read_again() -> None:
    body = rss(item(1), item(2, title="\u200b").replace(" 2<", "<"), item(3).replace("job-3", "job\u200b-3"))
    async with Sandbox() as sandbox:
        first = await sandbox.parse(FEED, reply(body))
        again = await sandbox.parse(FEED, reply(body, first.items))
    assert set(first.items.values()) == {"job-1"}
    assert (again.skipped, again.ids) == (first.skipped, first.ids) == (1, {"job-1", "job-3"})


# --- delta = whole, over everything that can be thought of ----------------------------------------------------

NAMESPACES = {
    "rss": " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'",
    "rdf": " xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
    " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'",
    "atom": " xmlns='http://www.w3.org/2005/Atom' xmlns:dc='http://purl.org/dc/elements/1.1/'",
}
PLAIN = (
    "<!-- </item></entry><item> -->",
    "<dc:creator><![CDATA[</item></entry><item>]]></dc:creator>",
    "<dc:creator>Ann &lt;/item&gt; &amp; Bob</dc:creator>",
    "<company>Caf\u00e9 Noir \u2013 \U0001f600</company>",
    "<location xmlns='urn:somewhere'>Leeds</location>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>long text</p><svg/></div></content>",
    "<content type='text/plain'><b>bold</b> &lt;b&gt;</content>",
    "<content:encoded><div>inline</div></content:encoded>",
    "<source url='https://source.example/'>Elsewhere</source>",
    "<source><title>Elsewhere</title><author><name>Someone</name></author></source>",
    "<author><name>A Person</name><email>a@person.example</email></author>",
    "<image><title>Logo</title><url>https://img.example/1</url></image>",
    "<textinput><title>Search</title><name>q</name></textinput>",
    "<category domain='d'>Python</category><category term='Rust'/>",
    "<title xml:lang='fr'>Ing\u00e9nieur</title>",
)
NOT_PLAIN = (
    "<nested><item><title>inside</title></item></nested>",
    "<feed version='0.3'/><rss version='0.91'/>",
    "<ITEM><title>shouted</title></ITEM>",
    "<atom:entry xmlns:atom='http://www.w3.org/2005/Atom'><atom:title>x</atom:title></atom:entry>",
    "<open>",
    "a & b",
    "&nbsp;",
    "<undeclared:thing>x</undeclared:thing>",
    "<summary xml:base='https://base.example/' type='html'>&lt;a href='x'&gt;here&lt;/a&gt;</summary>",
    "<summary type='html' xml:base='https://other.example/'><div><a href='x'>inline</a></div></summary>",
    "<summary type='html'><div base='https://other.example/'>inline</div></summary>",
    "<a:location xmlns:a='urn:a'>Hull</a:location>",
    "<b:location xmlns:b='urn:a'>Hull</b:location>",
    "<dc:creator xmlns:dc='urn:a'>not Dublin Core</dc:creator>",
)
CHANGES = ("changed", "always new", "no id", "no title", "someone else's id")


@dataclass(frozen=True)
class Board:
    """How a board writes its feed, and what stands in its items."""

    dialect: str
    odd: tuple[str, ...]
    encoding: str = "utf-8"
    start: str = ""
    attributes: str = ""
    between: str = ""
    end: str = ""
    content_type: str = "application/rss+xml"
    own_base: str = ""  # {n}: the item's number

    def write(self, number: int, poll: Poll) -> bytes:
        """Return the feed as it is at a poll."""
        items = self.between.join(self._item(each, number, poll.changes.get(each, "")) for each in poll.items)
        head = "<title>Jobs</title>" + poll.head.replace("{n}", str(number))
        inside = {
            "rss": f"<rss version='2.0'{{}}><channel>{head}\n{items}</channel></rss>",
            "rdf": f"<rdf:RDF{{}}><channel>{head}</channel>\n{items}</rdf:RDF>",
            "atom": f"<feed{{}}>{head}\n{items}</feed>",
        }[self.dialect].replace("{}", NAMESPACES[self.dialect] + self.attributes, 1)
        start = self.start.replace("{encoding}", self.encoding.removesuffix("-sig"))
        whole = start + inside + self.end.replace("{n}", str(number))
        return (whole[:-20] if poll.cut_off else whole).encode(self.encoding, "xmlcharrefreplace")

    def _item(self, number: int, poll: int, change: str) -> str:
        said = {"changed": "second version", "always new": f"token {poll}"}.get(change, "first version")
        title = "" if change == "no title" else f"<title>Engineer {number}</title>"
        link = f"jobs/{number}" if number % 2 else f"https://board.example/jobs/{number}"
        identity = 1 if change == "someone else's id" else number
        odd = self.odd[number % len(self.odd)] if self.odd else ""
        if self.dialect == "atom":
            guid = "" if change == "no id" else f"<id>urn:{identity}</id>"
            base = self.own_base.replace("{n}", str(number))
            return f"<entry{base}>{guid}{title}<link href='{link}'/><summary>{said}</summary>{odd}</entry>"
        guid = "" if change == "no id" else f"<guid>job-{identity}</guid>"
        return f"<item>{guid}{title}<link>{link}</link><description>{said}</description>{odd}</item>"


@dataclass(frozen=True)
class Poll:
    items: tuple[int, ...]
    changes: Mapping[int, str]
    head: str
    cut_off: bool


def rarely(*values: str) -> st.SearchStrategy[str]:
    """Mostly nothing, sometimes one of the values."""
    return st.integers(0, 5).flatmap(lambda n: st.sampled_from(values) if n == 5 else st.just(""))


odd = st.lists(st.sampled_from(PLAIN), max_size=5).flatmap(
    lambda plain: rarely(*NOT_PLAIN).map(lambda bad: (*plain, bad) if bad else tuple(plain))
)
boards = st.builds(
    Board,
    dialect=st.sampled_from(list(NAMESPACES)),
    odd=odd,
    encoding=rarely("utf-8-sig", "utf-16", "latin-1").map(lambda name: name or "utf-8"),
    start=st.sampled_from(["", "<?xml version='1.0' encoding='{encoding}'?>"])
    | rarely("<!DOCTYPE rss>", "<!-- <item> -->", "<!DOCTYPE rss [<!ENTITY x '<item><title>x</title></item>'>]>"),
    attributes=rarely(" xml:base='https://root.example/'", " xml:lang='en'", " xmlns:tt='urn:tt'"),
    own_base=rarely(' xml:base="https://own{n}.example/"', ' xml:base="own{n}/"'),
    between=st.sampled_from(["", "\n  ", "<!-- next <item> -->"]) | rarely("<ttl>60</ttl>", "text"),
    end=rarely("<!-- made at {n} -->", "junk"),
    content_type=rarely("text/xml", "text/html; charset=utf-8", "text/xml; charset=latin-1").map(
        lambda kind: kind or "application/rss+xml"
    ),
)
polls = st.builds(
    Poll,
    items=(st.permutations(range(1, 6)) | st.lists(st.integers(1, 6), max_size=6)).map(tuple),
    changes=st.dictionaries(st.integers(1, 12), st.sampled_from(CHANGES), max_size=2),  # 6 of 12 are not listed
    head=st.sampled_from(["", "<updated>{n}</updated>", "<description>{n} jobs</description>", "<!-- {n} <item> -->"])
    | rarely("<author><name>{n}</name></author>", "<link>https://head.example/</link>"),
    cut_off=rarely("yes").map(bool),
)


def _read(body: bytes, known: Mapping[str, str], content_type: str) -> Page | None:
    try:
        return FEED.parse(reply(body, known, content_type))
    except Unreadable:
        return None


def _polled(board: Board, polls: list[Poll], *, delta: bool) -> Iterator[tuple[object, ...]]:
    """Yield what is known of the board after each poll."""
    stored: dict[str, RawPosting] = {}
    known: Mapping[str, str] = {}
    for number, poll in enumerate(polls):
        page = _read(board.write(number, poll), known if delta else {}, board.content_type)
        if page is None:
            yield ("unreadable", dict(stored))
            continue
        known = page.items
        stored |= {posting.id: posting for posting in page.postings}
        yield (page.ids, page.skipped, page.complete, page.wait, dict(stored))


@settings(max_examples=100)
@given(boards, st.lists(polls, min_size=2, max_size=4))
def test_reading_what_is_new_gives_the_same_as_reading_all(board: Board, polls: list[Poll]) -> None:
    assert list(_polled(board, polls, delta=True)) == list(_polled(board, polls, delta=False))
