"""Careers pages, sitemaps and DevITjobs: invented pages, and the whole way over loopback."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from rolecall import details
from rolecall.config import SourceEntry
from rolecall.errors import Unreadable
from rolecall.house import House
from rolecall.model import RawPosting, Reply, Request
from rolecall.normalise import normalise
from rolecall.plan import SourceState
from rolecall.poll import poll
from rolecall.ports import Addressed, Detail, Detailed, Source
from rolecall.sandbox import Sandbox
from rolecall.sources import jobposting
from rolecall.sources.devitjobs import DevITjobs
from rolecall.sources.page import CareersPage
from rolecall.sources.sitemap import Sitemap
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, config_of, house_of
from tests.recorded import payload
from tests.shared import ROOT
from tests.waiting import no_hang

FIXTURES = ROOT / "tests" / "fixtures" / "sources"
HERE = "https://pennywhistle.example/careers"


def reply(body: bytes | str, url: str = HERE, content_type: str = "text/html") -> Reply:
    return Reply(url, 200, {"content-type": content_type}, body.encode() if isinstance(body, str) else body, NOON)


def page_of(*postings: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in postings)


def advert(**changes: object) -> dict[str, object]:
    return {"@type": "JobPosting", "title": "Engineer", "description": "<p>Python.</p>"} | changes


# --- a careers page -----------------------------------------------------------------------------------------------


def test_a_careers_page_is_read_with_number_place_pay_and_end() -> None:
    page = CareersPage(HERE).parse(reply(FIXTURES.joinpath("page.html").read_bytes()))
    first, second = page.postings
    assert (page.complete, page.skipped, first.source) == (True, 0, "page:pennywhistle.example/careers")
    assert (first.id, second.id) == ("17", "https://pennywhistle.example/jobs/18")
    assert first.url == "https://pennywhistle.example/jobs/17-backend-engineer?utm_source=site"
    assert (first.company, first.location, second.location) == ("Pennywhistle Ltd", "Bristol, GB", "Leeds; York")
    assert first.description == "<p>Rust &amp; PostgreSQL.</p>"
    assert first.closes_at == datetime(2026, 12, 21, tzinfo=UTC)
    salary, mode = normalise(first).salary.value, normalise(second).mode.value
    assert salary
    assert (salary.pay.min, salary.pay.period) == (550, "day")
    assert mode
    assert [each.value for each in mode.modes] == ["remote"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(advert(identifier="7")),
        json.dumps([advert(identifier={"@type": "PropertyValue", "value": 7})]),
        json.dumps({"@graph": [{"@type": "WebSite"}, advert(identifier=7)]}),
        json.dumps({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": advert(identifier=7)}]}),
        json.dumps({"@type": "WebPage", "mainEntity": advert(identifier=7)}),
        f"<!--{json.dumps(advert(identifier=7))}-->",
        f"//<![CDATA[\n{json.dumps(advert(identifier=7))}\n//]]>",
        json.dumps(advert(identifier=7)).replace('"', "&quot;"),
        json.dumps(advert(identifier=7)).replace("Python.", "Python.\n\tGo."),
        f"{json.dumps(advert(identifier=7))};",
    ],
)
def test_json_ld_is_found_however_it_is_wrapped(text: str) -> None:
    (posting,) = CareersPage(HERE).parse(reply(f"<script type='application/ld+json'>{text}</script>")).postings
    assert (posting.id, posting.title) == ("7", "Engineer")


@pytest.mark.parametrize(
    "escaped",
    ["<p>R&amp;D</p>", "&lt;p&gt;R&amp;amp;D&lt;/p&gt;", "&amp;lt;p&amp;gt;R&amp;amp;amp;D&amp;lt;/p&amp;gt;"],
)
def test_a_text_is_html_however_often_it_was_escaped(escaped: str) -> None:
    (posting,) = CareersPage(HERE).parse(reply(page_of(advert(identifier=7, description=escaped)))).postings
    assert posting.description == "<p>R&amp;D</p>"


def test_an_advert_alone_on_its_page_is_known_by_the_pages_address_and_others_only_by_their_own() -> None:
    (alone,) = CareersPage(HERE).parse(reply(page_of(advert()), f"{HERE}?utm_source=x#top")).postings
    assert alone.id == HERE
    page = CareersPage(HERE).parse(reply(page_of(advert(), advert(url="/jobs/2"))))
    assert ([each.id for each in page.postings], page.skipped) == (["https://pennywhistle.example/jobs/2"], 1)
    shared = [advert(identifier="Pennywhistle", url=f"/jobs/{n}") for n in (1, 2)]
    assert len(CareersPage(HERE).parse(reply(page_of(*shared))).postings) == 2  # a number that all have is none


def test_a_page_without_adverts_is_an_alarm_but_an_empty_list_is_none() -> None:
    for text in ("<h1>Careers</h1>", page_of({"@type": "Organization"}), page_of("{broken")):
        with pytest.raises(Unreadable, match="JobPosting"):
            CareersPage(HERE).parse(reply(text))
    empty = CareersPage(HERE).parse(reply(page_of({"@type": "ItemList", "itemListElement": []})))
    assert (empty.postings, empty.complete) == ((), True)


def test_a_page_is_read_in_its_own_charset() -> None:
    script = (
        '<script type="application/ld+json">{"@type": "JobPosting", "title": "Développeur", "identifier": 1}</script>'
    )
    for body, kind in ((script.encode("latin-1"), "text/html; charset=ISO-8859-1"),
                       (b'<meta charset="iso-8859-1">' + script.encode("latin-1"), "text/html"),
                       (script.encode(), "text/html; charset=no-such-thing")):  # fmt: skip
        assert CareersPage(HERE).parse(reply(body, content_type=kind)).postings[0].title == "Développeur"


@pytest.mark.parametrize("made", [CareersPage, Sitemap])
def test_an_address_is_on_the_web(made: type[CareersPage] | type[Sitemap]) -> None:
    with pytest.raises(ValueError, match="begins with https"):
        made("careers.example/jobs")


PIECES = ["<script application/ld+json>", "<!--", "//<![CDATA[", "{", " ", "]]>", "&quot;"]


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_page_is_read_to_its_end(piece: str) -> None:
    text = f'<script type="application/ld+json">{piece * (600_000 // len(piece))}</script>'
    with no_hang():
        assert list(jobposting.job_postings(text)) == []


# --- a sitemap ----------------------------------------------------------------------------------------------------

BOARD = "https://board.example/sitemap.xml"


def test_a_sitemap_lists_the_addresses_that_look_like_adverts_of_its_own_site() -> None:
    page = Sitemap(BOARD).parse(reply(FIXTURES.joinpath("sitemap.xml").read_bytes(), BOARD))
    assert page.complete
    assert [(each.title, each.fields) for each in page.postings] == [
        ("senior python engineer leeds 1207", {"lastmod": "2026-11-20"}),
        ("careers", {"lastmod": "2026-11-01"}),
        ("data engineer", {}),
    ]
    assert page.postings[0].id == "https://board.example/careers/senior-python-engineer-leeds-1207"
    assert page.postings[2].url == "https://board.example/vacancy/data-engineer.html?ref=site"


def test_a_pattern_of_the_users_own_decides_which_addresses_are_adverts() -> None:
    page = Sitemap(BOARD, pattern="^/about").parse(reply(FIXTURES.joinpath("sitemap.xml").read_bytes(), BOARD))
    assert [each.url for each in page.postings] == ["https://board.example/about"]
    with pytest.raises(ValueError, match="no regular expression"):
        Sitemap(BOARD, pattern="(")


def index(*names: str) -> str:
    maps = "".join(f"<sitemap><loc>https://board.example/{name}</loc></sitemap>" for name in names)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'


def test_an_index_leads_to_the_lists_that_speak_of_jobs_else_to_all() -> None:
    def led(*names: str) -> list[str]:
        page = Sitemap(BOARD).parse(reply(index(*names), BOARD))
        assert all(request.robots and request.always for request in page.following)
        assert page.postings == ()
        return [request.url.rpartition("/")[2] for request in page.following]

    assert led("pages.xml", "jobs-1.xml.gz", "vacancies.xml") == ["jobs-1.xml.gz", "vacancies.xml"]
    assert led("a.xml", "b.xml") == ["a.xml", "b.xml"]
    assert len(led(*(f"{n}.xml" for n in range(40)))) == 15


@pytest.mark.parametrize("good", [True, False])
def test_a_sitemap_may_be_compressed_and_a_damaged_one_is_unreadable(good: bool) -> None:
    packed = gzip.compress(FIXTURES.joinpath("sitemap.xml").read_bytes())
    if good:
        assert len(Sitemap(BOARD).parse(reply(packed, BOARD)).postings) == 3
    else:
        for body in (packed[:-30], packed[:20] + b"xx" + packed[22:]):
            with pytest.raises(Unreadable, match="compressed"):
                Sitemap(BOARD).parse(reply(body, BOARD))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 60_000_000)
    with pytest.raises(Unreadable, match="too large"):
        Sitemap(BOARD).parse(reply(bomb, BOARD))


def test_a_date_that_most_addresses_share_says_nothing_of_any() -> None:
    def days(*changed: str) -> list[object]:
        urls = "".join(
            f"<url><loc>https://board.example/jobs/{n}</loc><lastmod>{at}</lastmod></url>"
            for n, at in enumerate(changed)
        )
        page = Sitemap(BOARD).parse(reply(f"<urlset>{urls}</urlset>", BOARD))
        return [each.fields.get("lastmod") for each in page.postings]

    made = [f"2026-11-22T06:00:{n:02}Z" for n in range(12)]
    assert days(*made) == [None] * 12
    assert days(*made, "2026-11-21T09:00:00Z") == ["2026-11-21"] + [None] * 12
    assert days(*made[:3]) == ["2026-11-22"] * 3


def test_of_a_long_sitemap_the_newest_addresses_are_taken() -> None:
    urls = "".join(
        f"<url><loc>https://board.example/jobs/{n}</loc><lastmod>2026-{n % 12 + 1:02}-01</lastmod></url>"
        for n in range(6_000)
    )
    page = Sitemap(BOARD).parse(reply(f"<urlset>{urls}</urlset>", BOARD))
    assert (len(page.postings), page.complete) == (5_000, False)
    assert page.postings[0].fields["lastmod"] == "2026-12-01"


# --- devitjobs ----------------------------------------------------------------------------------------------------


def light() -> tuple[RawPosting, ...]:
    return DevITjobs().parse(reply(FIXTURES.joinpath("devitjobs.json").read_bytes())).postings


def test_devitjobs_gives_whole_addresses_and_leaves_out_what_is_paused_or_outdated() -> None:
    first, second = light()
    assert first.url == "https://devitjobs.uk/jobs/Larkfield-Data-Senior-Python-Developer"
    assert first.posted_at == datetime(2026, 11, 18, tzinfo=UTC)  # not when it was first written, in 2023
    assert first.tags == ("Python", "Django", "PostgreSQL")
    assert (second.apply_url, second.country) == ("https://mossgate.example/jobs/7", "GB")


def test_devitjobs_fields_are_understood_and_no_is_not_true() -> None:
    one, two = map(normalise, light())
    assert one.salary.value and two.salary.value and one.mode.value and two.mode.value  # noqa: PT018 # for the type checker
    assert one.salary.value.annual_gbp == (70_000, 85_000)
    assert (two.salary.value.pay.period, two.salary.value.pay.max) == ("day", 600)
    assert [[mode.value for mode in each.mode.value.modes] for each in (one, two) if each.mode.value] == [
        ["hybrid"],
        ["remote"],
    ]
    assert [each.level.value and each.level.value.min.word for each in (one, two)] == ["senior", "mid"]
    assert [each.visa.value and each.visa.value.offered for each in (one, two)] == [False, True]


def test_devitjobs_text_comes_from_the_adverts_own_address() -> None:
    source, (first, _) = DevITjobs(), light()
    assert source.detail(first) == Request("https://devitjobs.uk/api/job/64f0a1")
    whole = source.read_detail(first, reply(FIXTURES.joinpath("devitjobs-detail.json").read_bytes()))
    assert whole.description.split("\n\n") == [
        "Larkfield Data builds pipelines.",
        "Responsibilities\nYou run Django services.",
        "Requirements\nFive years of Python.",
    ]
    for body in ("{}", '{"description": "  "}', "[]"):
        with pytest.raises(Unreadable, match="no text"):
            source.read_detail(first, reply(body))


def test_the_recorded_advert_of_the_german_sister_site() -> None:
    body = payload("devitjobs", "tonttu84-devitjobs_detail.json")
    (row,) = DevITjobs().parse(reply(f"[{body.decode()}]")).postings
    whole = DevITjobs().read_detail(row, reply(body))
    assert len(whole.description) > 500
    assert whole.posted_at == datetime(2026, 9, 4, 22, tzinfo=UTC)
    assert whole.fields["hasVisaSponsorship"] == "No"


# --- the whole way ------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """One source, watched by a house with one clock over loopback."""

    house: House
    board: Board
    clock: Clock
    state: SourceState = field(default_factory=lambda: SourceState("", NOON))
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def poll(self, source: Source) -> list[str]:
        """Poll, read what waits, and return the paths that were asked."""
        before, entry = len(self.board.asked), SourceEntry(source, timedelta(hours=6))
        first = not self.state.baseline
        self.state = await poll(entry, replace(self.state, name=source.name), self.house)
        await details.read(source, self.house, self.stop, first=first)
        self.clock.forward(hours=6)
        return [path for _, path, _ in self.board.asked[before:]]

    async def titles(self) -> set[str]:
        jobs = await self.house.store.recent(NOON - timedelta(days=1), 99)
        return {each.raw.title for each in jobs for each in each.postings if each.closed_at is None}


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    clock = Clock()
    async with Board() as board, house_of(config_of(CHANNELS + SEARCH), clock=clock) as house:
        yield Watch(house, board, clock)


def site(board: Board, *paths: str, changed: str = "2026-11-20") -> None:
    urls = "".join(f"<url><loc>{board.url}{path}</loc><lastmod>{changed}</lastmod></url>" for path in paths)
    board.serve("/sitemap-jobs.xml", f"<urlset>{urls}</urlset>", "application/xml")
    board.serve(
        "/sitemap.xml", index("x").replace("https://board.example/x", f"{board.url}/sitemap-jobs.xml"), "text/xml"
    )


async def test_a_sitemap_is_followed_and_each_new_advert_is_read_once(watch: Watch) -> None:
    board, source = watch.board, Sitemap(f"{watch.board.url}/sitemap.xml", company="Board Ltd")
    board.serve("/robots.txt", "User-agent: *\nDisallow: /jobs/secret", "text/plain")
    board.serve("/jobs/1-python-engineer", page_of(advert(title="Python Engineer")), "text/html")
    board.serve("/careers/benefits", "<h1>Free fruit</h1>", "text/html")
    board.serve("/jobs/secret", page_of(advert(title="Secret")), "text/html")
    site(board, "/jobs/1-python-engineer", "/careers/benefits", "/jobs/secret")
    asked = await watch.poll(source)
    assert asked[:3] == ["/robots.txt", "/sitemap.xml", "/sitemap-jobs.xml"]
    assert set(asked[3:]) == {"/jobs/1-python-engineer", "/careers/benefits"}
    assert await watch.titles() == {"Python Engineer"}

    board.serve("/jobs/2-go-engineer", page_of(advert(title="Go Engineer")), "text/html")
    site(board, "/jobs/1-python-engineer", "/careers/benefits", "/jobs/2-go-engineer")
    assert (await watch.poll(source))[2:] == ["/jobs/2-go-engineer"]  # what is no advert is not asked again
    assert await watch.titles() == {"Python Engineer", "Go Engineer"}

    board.serve("/careers/benefits", page_of(advert(title="Fruit Manager")), "text/html")
    site(board, "/careers/benefits", "/jobs/2-go-engineer", changed="2026-11-23")
    assert set((await watch.poll(source))[2:]) == {"/careers/benefits", "/jobs/2-go-engineer"}
    await watch.poll(source)
    assert await watch.titles() == {"Fruit Manager", "Go Engineer"}  # the first has gone twice


async def test_an_address_is_never_told_as_a_posting_when_its_page_cannot_be_read(watch: Watch) -> None:
    source = Sitemap(f"{watch.board.url}/sitemap.xml")
    site(watch.board, "/jobs/1", "/jobs/2")
    watch.board.serve("/jobs/1", status=500)
    watch.board.serve("/jobs/2", page_of(advert(title="Second")), "text/html")
    for _ in range(12):
        await watch.poll(source)
    assert await watch.titles() == {"Second"}
    assert sum(path == "/jobs/1" for _, path, _ in watch.board.asked) == 3


async def test_a_page_asks_robots_txt_first(watch: Watch) -> None:
    watch.board.serve("/careers", page_of(advert(title="Engineer")), "text/html")
    source = CareersPage(f"{watch.board.url}/careers")
    assert await watch.poll(source) == ["/robots.txt", "/careers"]
    assert await watch.poll(source) == ["/careers"]
    assert await watch.titles() == {"Engineer"}
    watch.state = SourceState("", NOON)
    async with Board() as other:
        other.serve("/robots.txt", "User-agent: Rolecall\nDisallow: /", "text/plain")
        assert await watch.poll(CareersPage(other.serve("/careers", page_of(advert()), "text/html"))) == []
        assert [path for _, path, _ in other.asked] == ["/robots.txt"]
    assert "robots.txt" in watch.state.last_error


async def test_devitjobs_from_the_list_to_the_text(watch: Watch) -> None:
    watch.board.serve("/api/jobsLight", FIXTURES.joinpath("devitjobs.json").read_bytes())
    watch.board.serve("/api/job/64f0a1", FIXTURES.joinpath("devitjobs-detail.json").read_bytes())
    source = DevITjobs(base=watch.board.url)
    assert set(await watch.poll(source)) == {"/api/jobsLight", "/api/job/64f0a1", "/api/job/64f0a2"}
    assert await watch.titles() == {"Senior Python Developer"}  # the other waits for its text
    for _ in range(3):
        await watch.poll(source)
    assert await watch.titles() == {"Senior Python Developer", "Go Contractor"}  # and stands without it at last


def test_they_are_what_the_poll_takes_them_for() -> None:
    assert isinstance(DevITjobs(), Detailed)
    assert not isinstance(DevITjobs(), Addressed)
    assert isinstance(Sitemap(BOARD), Addressed)
    assert not isinstance(CareersPage(HERE), Detailed)


async def test_they_are_read_in_the_child_too() -> None:
    async with Sandbox() as sandbox:
        sitemap = Sitemap(BOARD)
        page = await sandbox.parse(sitemap, reply(gzip.compress(FIXTURES.joinpath("sitemap.xml").read_bytes()), BOARD))
        first = page.postings[0]
        whole = await sandbox.parse(Detail(sitemap, first), reply(page_of(advert(title="Engineer")), first.url))
        assert [(each.id, each.title) for each in whole.postings] == [(first.id, "Engineer")]
        nothing = await sandbox.parse(Detail(sitemap, first), reply("<h1>Benefits</h1>", first.url))
        assert (nothing.postings, nothing.skipped) == ((), 0)
        led = await sandbox.parse(sitemap, reply(index("jobs.xml"), BOARD))
        assert led.following == (Request("https://board.example/jobs.xml", robots=True, always=True),)
        await sandbox.parse(CareersPage(HERE), reply(FIXTURES.joinpath("page.html").read_bytes()))
        with pytest.raises(Unreadable):
            await sandbox.parse(sitemap, reply(gzip.compress(b" " * 60_000_000), BOARD))
