"""Discovery: from an address, a page or a name to the board behind it, checked by one polite question."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from rolecall import hosts
from rolecall.cli.finding import Search
from rolecall.config.add import source_of
from rolecall.discover import BY_NAME, careers_links, from_name, from_page, sitemaps, tokens
from rolecall.fetch import HttpFetcher
from rolecall.hosts import Candidate, from_address
from rolecall.plugins import kinds
from rolecall.sandbox import Sandbox
from tests.command import command
from tests.fakes.board import Board
from tests.shared import ROOT
from tests.waiting import PATIENCE, no_hang

FIXTURES = ROOT / "tests" / "fixtures" / "sources"


def test_every_public_board_that_is_known_by_its_address_can_be_configured() -> None:
    for url in (*hosts.PUBLIC, *hosts.FEEDS):
        (found,) = from_address(f"https://www.{url}")
        assert source_of(found.table(), kinds()).requests()
    nhs = from_address("https://www.jobs.nhs.uk/x?keyword=go&distance=20")[0]
    assert "keyword=go&distance=20" in source_of(nhs.table(), kinds()).requests()[0].url


def tables(found: tuple[Candidate, ...]) -> list[dict[str, str]]:
    return [each.table() for each in found]


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kind", "options"),
    [
        ("https://boards.greenhouse.io/larkfield", "greenhouse", {"board": "larkfield"}),
        ("https://job-boards.greenhouse.io/larkfield/jobs/4012345", "greenhouse", {"board": "larkfield"}),
        ("https://job-boards.eu.greenhouse.io/larkfield/jobs/4012345", "greenhouse", {"board": "larkfield"}),
        ("https://boards.greenhouse.io/embed/job_board/js?for=larkfield", "greenhouse", {"board": "larkfield"}),
        ("https://boards.greenhouse.io/embed/job_app?token=4&for=larkfield", "greenhouse", {"board": "larkfield"}),
        ("https://boards-api.greenhouse.io/v1/boards/larkfield/jobs", "greenhouse", {"board": "larkfield"}),
        ("https://larkfield.na.teamtailor.com/jobs", "teamtailor", {"board": "larkfield.na.teamtailor.com"}),
        ("https://devitjobs.uk/jobs/Larkfield-Engineer", "devitjobs", {}),
        ("https://www.workingnomads.com/remote-development-jobs", "workingnomads", {}),
        (
            "https://www.jobs.nhs.uk/candidate/search/results?keyword=software+developer&location=Leeds&distance=20",
            "nhs",
            {"keyword": "software developer", "location": "Leeds", "distance": "20"},
        ),
        ("https://news.ycombinator.com/item?id=47000001", "hackernews", {}),
        ("https://www.jobs.ac.uk/search/computer-sciences", "feed", {"preset": "jobsacuk"}),
        ("https://weworkremotely.com/remote-jobs/larkfield", "feed", {"preset": "weworkremotely"}),
        ("https://jobs.lever.co/larkfield/0e9d", "lever", {"board": "larkfield"}),
        (
            "https://jobs.eu.lever.co/larkfield",
            "lever",
            {"board": "larkfield", "base": "https://api.eu.lever.co"},
        ),
        ("https://jobs.ashbyhq.com/Larkfield/11aa-22", "ashby", {"board": "Larkfield"}),
        ("https://apply.workable.com/larkfield/j/AB12CD34EF/", "workable", {"board": "larkfield"}),
        ("https://larkfield.workable.com/", "workable", {"board": "larkfield"}),
        ("https://jobs.smartrecruiters.com/Larkfield1/7439", "smartrecruiters", {"board": "Larkfield1"}),
        ("https://larkfield.recruitee.com/o/engineer", "recruitee", {"board": "larkfield"}),
        ("https://larkfield.jobs.personio.com/job/12", "personio", {"board": "larkfield", "domain": "com"}),
        ("https://larkfield.pinpointhq.com/en/postings/1", "pinpoint", {"board": "larkfield"}),
        ("https://larkfield.bamboohr.com/careers/21", "bamboohr", {"board": "larkfield"}),
        ("https://larkfield.breezy.hr/p/1a2b", "breezy", {"board": "larkfield"}),
        ("https://ats.rippling.com/en-GB/larkfield/jobs/1", "rippling", {"board": "larkfield"}),
        (
            "https://larkfield.wd3.myworkdayjobs.com/en-GB/Careers/job/Leeds/Engineer_R1",
            "workday",
            {"tenant": "larkfield", "shard": "wd3", "site": "Careers"},
        ),
        (
            "https://larkfield.teamtailor.com/jobs/123-engineer",
            "teamtailor",
            {"board": "larkfield"},
        ),
    ],
)
def test_an_address_of_a_known_host_names_its_board(url: str, kind: str, options: dict[str, str]) -> None:
    assert from_address(url)[0].table() == {"kind": kind, **options}


@pytest.mark.parametrize(
    "url",
    [
        "https://larkfield.example/careers",
        "https://greenhouse.io.evil.example/larkfield",
        "https://boards.greenhouse.io/",
        "https://www.workable.com/pricing",
        "ftp://boards.greenhouse.io/larkfield",
        "https://[half",
        "",
    ],
)
def test_other_addresses_name_none(url: str) -> None:
    assert from_address(url) == ()


def test_where_an_address_leaves_two_machines_possible_both_are_tried() -> None:
    assert [dict(each.options).get("base", "") for each in from_address("https://jobs.lever.co/larkfield")] == [
        "",
        "https://api.eu.lever.co",
    ]
    domains = [dict(each.options)["domain"] for each in from_address("https://larkfield.jobs.personio.com/")]
    assert domains == ["com", "de"]


# --- pages --------------------------------------------------------------------------------------------------------

PAGE = """<html><head>
<link rel="alternate" type="application/rss+xml" title="Jobs" href="/jobs.rss">
<link rel="alternate" type="application/rss+xml" title="Blog" href="/blog/feed">
<link rel="stylesheet" href="/careers.css">
</head><body>
<script src="https:\\/\\/boards.greenhouse.io\\/embed\\/job_board\\/js?for=larkfield"></script>
<a href="https://jobs.lever.co/partnerco/1">one of our partners</a>
<a href="//boards.greenhouse.io/larkfield/jobs/1?gh_src=x&amp;y=1">Engineer</a>
<script type="application/ld+json">{"@graph": [{"@type": "JobPosting", "title": "Engineer"}]}</script>
</body></html>"""


def test_a_page_gives_its_boards_by_how_often_it_links_to_them_then_its_feeds_then_its_own_adverts() -> None:
    assert tables(from_page("https://larkfield.example/careers", PAGE)) == [
        {"kind": "greenhouse", "board": "larkfield"},
        {"kind": "lever", "board": "partnerco"},
        {"kind": "lever", "board": "partnerco", "base": "https://api.eu.lever.co"},
        {"kind": "feed", "url": "https://larkfield.example/jobs.rss"},
        {"kind": "page", "url": "https://larkfield.example/careers"},
    ]


def test_a_teamtailor_site_is_known_at_the_employers_own_address() -> None:
    page = '<script src="https://assets.teamtailor-cdn.com/a.js"></script>'
    assert tables(from_page("https://careers.larkfield.example/jobs", page)) == [
        {"kind": "teamtailor", "board": "careers.larkfield.example"},
        {"kind": "teamtailor", "board": "careers.larkfield.example", "form": "rss"},
    ]


def test_an_advert_with_greenhouses_number_on_another_site_is_a_guess_by_that_sites_name() -> None:
    assert tables(from_page("https://www.larkfield.co.uk/job?gh_jid=4012345", "")) == [
        {"kind": "greenhouse", "board": "larkfield"}
    ]


def test_the_list_of_jobs_is_found_behind_a_front_page() -> None:
    page = '<a href="/about">a</a><a href="/careers#top">c</a><a href="https://jobs.larkfield.example/">j</a>'
    page += '<a href="https://other.example/jobs">elsewhere</a><a href="http://[half/jobs">broken</a>'
    assert careers_links("https://larkfield.example/", page) == (
        "https://larkfield.example/careers",
        "https://jobs.larkfield.example/",
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<rss version='2.0'>", "feed"),
        ("\ufeff<?xml version='1.0'?>\n<!-- made here --><?xml-stylesheet href='x'?>\n<feed xmlns='x'>", "feed"),
        ("<!DOCTYPE rss><rdf:RDF xmlns:rdf='x'>", "feed"),
        ('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1", "items": []}', "feed"),
        ("<?xml version='1.0'?><urlset xmlns='x'>", "sitemap"),
        ("<sitemapindex xmlns='x'>", "sitemap"),
    ],
)
def test_an_address_that_is_itself_a_feed_or_a_sitemap_is_taken_as_one(body: str, kind: str) -> None:
    url = "https://larkfield.example/x"
    assert tables(from_page(url, body)) == [{"kind": kind, "url": url}]
    assert from_page(url, f"<html><body><pre>{body}</pre></body></html>") == ()


PIECES = [
    "<link rel=", "//" * 3, "<script type=application/ld+json>", "<script application/ld+json ",
    "//a.greenhouse.io/", "//boards.greenhouse.io/embed/x?for=", "a." * 3, "href=", "{" * 9, "//x.lever.co/&amp;",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_page_is_read_to_its_end(piece: str) -> None:
    page = piece * (600_000 // len(piece))
    with no_hang():
        from_page("https://larkfield.example/?gh_jid=1", page)
        careers_links("https://larkfield.example/", page)


def test_a_sitemap_is_where_robots_txt_says_or_at_its_usual_place() -> None:
    robots = "Sitemap: https://larkfield.example/posts.xml\nsitemap: https://www.larkfield.example/jobs.xml\n"
    robots += "Sitemap: https://elsewhere.example/jobs.xml\nUser-agent: *\n"
    usual = "https://larkfield.example/sitemap.xml"
    assert sitemaps("https://larkfield.example/careers/1", robots) == ("https://www.larkfield.example/jobs.xml", usual)
    assert sitemaps("https://larkfield.example/careers/1", "") == (usual,)


# --- names --------------------------------------------------------------------------------------------------------


def test_a_companys_name_becomes_the_names_its_board_may_have() -> None:
    assert tokens("Larkfield & Sons Ltd") == ("larkfieldandsons", "larkfield-and-sons", "larkfieldandsonsltd")
    assert tokens("Mina's") == ("minas",)
    assert tokens("The Group") == ("thegroup", "the-group")
    assert {each[0].kind for each in from_name("Larkfield")} >= {"greenhouse", "lever", "ashby", "teamtailor"}


# --- asking, over loopback ----------------------------------------------------------------------------------------


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    async with Board() as board:
        yield board


@pytest.fixture
async def search(board: Board) -> AsyncIterator[Search]:
    kinds = (*BY_NAME, "workday", "feed")
    fetcher = HttpFetcher(pause=0, allow_private=True, deadline=PATIENCE)
    async with fetcher, Sandbox() as parser:
        yield Search(fetcher, parser, dict.fromkeys(kinds, board.url))


GREENHOUSE = "/v1/boards/larkfield/jobs"


async def test_a_jobs_address_becomes_a_source_that_was_tried(board: Board, search: Search) -> None:
    board.serve(GREENHOUSE, (FIXTURES / "greenhouse.json").read_bytes())
    (found,) = (await search.run("https://boards.greenhouse.io/larkfield/jobs/1")).found
    assert found.name == "greenhouse:larkfield"
    assert found.postings > 0
    assert found.examples
    assert len(board.asked) == 1


async def test_a_careers_page_leads_to_its_board(board: Board, search: Search) -> None:
    board.serve(GREENHOUSE, (FIXTURES / "greenhouse.json").read_bytes())
    page = board.serve("/careers", '<a href="https://boards.greenhouse.io/larkfield">Jobs</a>', "text/html")
    result = await search.run(page)
    assert [each.name for each in result.found] == ["greenhouse:larkfield"]
    front = board.serve("/", '<a href="/careers">Careers</a>', "text/html")
    assert [each.name for each in (await search.run(front)).found] == ["greenhouse:larkfield"]


async def test_links_are_followed_only_where_robots_txt_allows_it(board: Board, search: Search) -> None:
    board.serve("/robots.txt", "User-agent: *\nDisallow: /careers", "text/plain")
    board.serve("/careers", '<a href="https://boards.greenhouse.io/larkfield">Jobs</a>', "text/html")
    front = board.serve("/", '<a href="/careers">Careers</a>', "text/html")
    assert (await search.run(front)).found == []
    assert "/careers" not in [path for _, path, _ in board.asked]


def advert(title: str) -> str:
    posting = {"@type": "JobPosting", "title": title, "hiringOrganization": {"name": "Larkfield"}}
    return f'<script type="application/ld+json">{json.dumps(posting)}</script>'


async def test_a_page_of_adverts_for_search_engines_is_a_source(board: Board, search: Search) -> None:
    page = board.serve(
        "/careers", advert("Engineer") + advert("Designer").replace('"@type"', '"url": "/jobs/2", "@type"'), "text/html"
    )
    (found,) = (await search.run(page)).found
    assert found.table == {"kind": "page", "url": page}


async def test_an_advert_alone_leads_to_the_sites_sitemap(board: Board, search: Search) -> None:
    board.serve("/robots.txt", f"Sitemap: {board.url}/maps/jobs.xml", "text/plain")
    urls = "".join(f"<url><loc>{board.url}/jobs/{n}-python-engineer</loc></url>" for n in range(7))
    board.serve("/maps/jobs.xml", f"<urlset>{urls}</urlset>", "application/xml")
    for number in range(7):
        page = board.serve(f"/jobs/{number}-python-engineer", advert(f"Python Engineer {number}"), "text/html")
    (whole,) = (await search.run(page)).found
    assert whole.table == {"kind": "sitemap", "url": f"{board.url}/maps/jobs.xml"}
    assert whole.postings == 7
    assert "Python Engineer" in whole.examples[0]


async def test_an_advert_without_a_sitemap_is_a_source_of_one(board: Board, search: Search) -> None:
    page = board.serve("/jobs/1-python-engineer", advert("Python Engineer"), "text/html")
    (found,) = (await search.run(page)).found
    assert (found.table["kind"], found.postings) == ("page", 1)


async def test_a_sitemap_without_a_single_advert_is_none(board: Board, search: Search) -> None:
    page = board.serve("/", "<h1>Larkfield</h1>", "text/html")
    board.serve("/sitemap.xml", f"<urlset><url><loc>{board.url}/careers</loc></url></urlset>", "application/xml")
    board.serve("/careers", "<h1>Write to us</h1>", "text/html")
    assert (await search.run(page)).found == []


async def test_a_name_is_looked_for_at_the_hosts_and_a_404_is_no_board(board: Board, search: Search) -> None:
    board.serve("/posting-api/job-board/larkfield-data", (FIXTURES / "ashby.json").read_bytes())
    result = await search.run("Larkfield Data Ltd")
    assert [each.name for each in result.found] == ["ashby:larkfield-data"]
    assert result.found[0].table["company"] == "Larkfield Data Ltd"
    assert (result.failed, result.unsupported) == ({}, {})


async def test_a_board_may_be_empty_but_not_where_every_name_gets_an_empty_list(board: Board, search: Search) -> None:
    board.serve(GREENHOUSE, '{"jobs": [], "meta": {"total": 0}}')
    board.serve("/v1/companies/larkfield/postings", '{"totalFound": 0, "content": []}')
    result = await search.run("Larkfield")
    assert [(each.name, each.postings) for each in result.found] == [("greenhouse:larkfield", 0)]


@pytest.mark.parametrize(
    ("url", "path", "kind", "block"),
    [
        ("https://jobs.smartrecruiters.com/Quillfish1/744000001", "/v1/companies/Quillfish1/postings",
         "smartrecruiters", {"board": "Quillfish1"}),
        ("https://acme.bamboohr.com/careers/41", "/careers/list", "bamboohr", {"board": "acme"}),
        ("https://acme.breezy.hr/p/18df3e-go-developer", "/json", "breezy", {"board": "acme"}),
        ("https://ats.rippling.com/en-GB/acme/jobs/1", "/platform/api/ats/v1/board/acme/jobs", "rippling",
         {"board": "acme"}),
        ("https://acme.wd3.myworkdayjobs.com/en-US/Careers/job/x_R1", "/wday/cxs/acme/Careers/jobs", "workday",
         {"tenant": "acme", "shard": "wd3", "site": "Careers"}),
    ],
)  # fmt: skip
async def test_boards_whose_texts_are_asked_for_one_by_one_are_found_by_the_address_of_a_job(
    board: Board, search: Search, url: str, path: str, kind: str, block: dict[str, str]
) -> None:
    board.serve(path, (FIXTURES / f"{kind}.json").read_bytes())
    (found,) = (await search.run(url)).found
    assert found.table == {"kind": kind, "base": board.url, **block}
    assert found.postings == (3 if kind == "bamboohr" else 2)


async def test_what_cannot_be_read_yet_is_named(board: Board, search: Search) -> None:
    result = await search.run("https://larkfield.icims.com/jobs/12/engineer/job")
    assert result.unsupported == {"icims": "larkfield"}
    assert board.asked == []


async def test_a_page_that_is_not_there_is_said(board: Board, search: Search) -> None:
    async def broken(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    result = await search.run(board.on("/careers", broken))
    assert not result.found
    assert "404" in next(iter(result.failed.values()))


async def test_the_command_prints_a_block_and_adds_it_once(board: Board, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    before = '[daemon]\nallow_private = true\nhost_pause = "0s"\n[channel.console]\n'
    config.write_text(before, encoding="utf-8")
    board.serve("/jobs.rss", (FIXTURES / "weworkremotely.rss").read_bytes(), "application/rss+xml")
    head = '<link rel="alternate" type="application/rss+xml" href="/jobs.rss">'
    page = board.serve("/careers", head, "text/html")
    words = ("discover", page, "--add", "--config", str(config))
    first, second = [await asyncio.to_thread(command, *words) for _ in "12"]
    block = f'[[source]]\nkind = "feed"\nurl = "{board.url}/jobs.rss"\n'
    assert (first.returncode, block in first.stdout) == (0, True)
    assert config.read_text(encoding="utf-8") == f"{before}\n{block}"
    assert (second.returncode, "is in" in second.stderr) == (78, True)
