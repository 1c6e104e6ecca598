"""robots.txt: what a host allows (RFC 9309), asked once a day, obeyed by pages and sitemaps, with its Crawl-delay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.errors import NotNow, Refused, Unreachable
from rolecall.fetch import HttpFetcher
from rolecall.fetch import robots as door
from rolecall.model import Request, Validators
from rolecall.robots import Robots, read
from tests.fakes.board import Board
from tests.waiting import PATIENCE, no_hang

HOST = "https://larkfield.example"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/jobs/1", True),
        ("User-agent: *\nDisallow:", "/jobs/1", True),
        ("User-agent: *\nDisallow: /", "/jobs/1", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /careers\nAllow: /careers/jobs", "/careers/jobs/1", True),
        ("User-agent: *\nDisallow: /careers\nAllow: /careers/jobs", "/careers/team", False),
        ("User-agent: *\nAllow: /job\nDisallow: /job", "/job", True),
        ("User-agent: *\nDisallow: /*?", "/jobs/1?utm_source=x", False),
        ("User-agent: *\nDisallow: /*?", "/jobs/1", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /job$", "/jobs", True),
        ("User-agent: *\nDisallow: /a*b*c$", "/a-b-b-c", False),
        ("User-agent: *\nDisallow: /f%C3%BCr", "/für", False),
        ("User-agent: Googlebot\nDisallow: /", "/jobs", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Rolecall\nAllow: /", "/jobs", True),
        ("User-agent: *\nAllow: /\n\nuser-agent: ROLECALL/1.0\ndisallow: /jobs # please", "/jobs/1", False),
        ("User-agent: one\nUser-agent: rolecall\nDisallow: /a\n\nUser-agent: rolecall\nDisallow: /b", "/b", False),
        ("\ufeffUser-agent: *\r\nDisallow: /jobs\r\n", "/jobs", False),
        ("Disallow: /jobs", "/jobs", True),
        ("User-agent: rolecall\n\nUser-agent: *\nDisallow: /jobs", "/jobs", False),
    ],
)
def test_the_longest_rule_of_the_right_group_decides(text: str, path: str, allowed: bool) -> None:
    assert read(text).allows(HOST + path) is allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7.5", 7.5),
        ("User-agent: *\nCrawl-delay: 7\n\nUser-agent: rolecall\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: *\nCrawl-delay: 9999999", 3600),
    ],
)
def test_a_crawl_delay_is_a_sensible_number_of_seconds(text: str, delay: float) -> None:
    assert read(text).delay == delay


@given(st.text(max_size=300), st.text("/ab?*$%", max_size=30))
@settings(max_examples=60)
def test_any_text_is_read_and_any_address_is_answered(text: str, path: str) -> None:
    read(f"User-agent: *\nDisallow: {text}\n{text}").allows(f"{HOST}/{path}")


def test_a_hostile_file_is_read_and_asked_to_its_end() -> None:
    text = "User-agent: *\n" + f"Disallow: /{'*a' * 140}b$\n" * 100_000
    with no_hang():
        assert read(text).allows(f"{HOST}/{'a' * 1_900}c")


# --- at the door --------------------------------------------------------------------------------------------------


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    async with Board() as board:
        board.serve("/jobs/1", "one", "text/html")
        board.serve("/secret", "two", "text/html")
        yield board


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(pause=0, allow_private=True, deadline=PATIENCE) as fetcher:
        yield fetcher


def paths(board: Board) -> list[str]:
    return [path for _, path, _ in board.asked]


async def test_it_is_asked_once_a_day_for_pages_and_never_for_boards(
    board: Board, fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.serve("/robots.txt", "User-agent: *\nDisallow: /secret", "text/plain")
    for _ in "12":
        await fetcher.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())
    with pytest.raises(Refused, match=r"robots\.txt"):
        await fetcher.fetch(Request(f"{board.url}/secret", robots=True), Validators())
    await fetcher.fetch(Request(f"{board.url}/secret"), Validators())
    assert paths(board) == ["/robots.txt", "/jobs/1", "/jobs/1", "/secret"]
    monkeypatch.setattr(door, "DAY", -1.0)
    async with HttpFetcher(pause=0, allow_private=True) as another:
        for _ in "12":
            await another.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())
    assert paths(board)[4:] == ["/robots.txt", "/jobs/1"] * 2


async def test_a_host_without_the_file_allows_everything(board: Board, fetcher: HttpFetcher) -> None:
    assert (await fetcher.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())).body == b"one"


async def test_a_host_that_cannot_say_allows_nothing_and_is_asked_again(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/robots.txt", status=500)
    with pytest.raises(Unreachable, match=r"robots\.txt.*500"):
        await fetcher.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())
    board.serve("/robots.txt", "", "text/plain")
    assert (await fetcher.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())).status == 200


async def test_a_redirect_leads_nowhere_that_is_forbidden(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/robots.txt", "User-agent: *\nDisallow: /secret", "text/plain")
    moved = board.redirect("/moved", f"{board.url}/secret")
    with pytest.raises(Refused, match=r"robots\.txt"):
        await fetcher.fetch(Request(moved, robots=True), Validators())
    assert "/secret" not in paths(board)


async def test_a_crawl_delay_is_kept_between_requests(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/robots.txt", "User-agent: *\nCrawl-delay: 0.3", "text/plain")
    started = monotonic()
    for _ in "12":
        await fetcher.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())
    assert monotonic() - started >= 0.6


async def test_a_long_crawl_delay_is_not_waited_for_in_the_middle_of_a_poll(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/robots.txt", "User-agent: *\nCrawl-delay: 600", "text/plain")
    with pytest.raises(NotNow) as caught:
        await fetcher.fetch(Request(f"{board.url}/jobs/1", robots=True), Validators())
    assert caught.value.retry_after is not None
    assert 590 < caught.value.retry_after <= 600


def test_no_rules_allow_everything() -> None:
    assert Robots().allows(f"{HOST}/jobs")
