"""Contract: every kind against the recorded replies of its board, first by itself, then the whole way over loopback."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from rolecall.fetch import HttpFetcher
from rolecall.model import Page, RawPosting, Reply, Validators
from rolecall.ports import Source
from rolecall.sandbox import Sandbox
from rolecall.secret import Secret
from rolecall.sources.adzuna import Adzuna
from rolecall.sources.arbeitnow import Arbeitnow
from rolecall.sources.ashby import Ashby
from rolecall.sources.feed import Feed
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.hackernews import HackerNews
from rolecall.sources.himalayas import Himalayas
from rolecall.sources.jobicy import Jobicy
from rolecall.sources.lever import Lever
from rolecall.sources.personio import Personio
from rolecall.sources.pinpoint import Pinpoint
from rolecall.sources.recruitee import Recruitee
from rolecall.sources.reed import Reed
from rolecall.sources.remoteok import RemoteOK
from rolecall.sources.remotive import Remotive
from rolecall.sources.workable import Workable
from tests.fakes.board import Board
from tests.recorded import cassette, literal, payload, payloads

ASHBY = {"9fin": 30, "hyperexponential": 27, "lawhive": 17, "multiverse": 41, "neworbit": 31}
URL = "https://board.example/feed"


def read(source: Source, body: bytes, content_type: str = "application/json") -> Page:
    return source.parse(Reply(URL, 200, {"content-type": content_type}, body, datetime(2026, 11, 22, tzinfo=UTC)))


def check(postings: tuple[RawPosting, ...], site: str = "https://") -> None:
    """What holds of every posting of every board."""
    assert len({posting.id for posting in postings}) == len(postings)
    for posting in postings:
        assert posting.id
        assert posting.title == " ".join(posting.title.split())
        assert posting.url.startswith(("https://", site))
        assert posting.description
        assert posting.posted_at is not None
        assert posting.posted_at.utcoffset() is not None
        assert "&amp;" not in f"{posting.title}{posting.company}{posting.location}"


def remoteok() -> bytes:
    return cassette("remoteok", "goapilibs-vcr-2024-12-04.yaml")[0]


# --- by itself ----------------------------------------------------------------------------------------------------


def test_greenhouse() -> None:
    body = payload("greenhouse", "careerkit-greenhouse.json")
    page = read(Greenhouse("amplitude"), body)
    check(page.postings)
    assert (len(page.postings), page.skipped, page.complete) == (len(json.loads(body)["jobs"]), 0, True)
    for posting, row in zip(page.postings, json.loads(body)["jobs"], strict=True):
        assert posting.id == str(row["id"])
        assert posting.company == row["company_name"].strip()
        assert posting.location == row["location"]["name"]
        assert "content-intro" not in posting.description
        assert "&lt;" not in posting.description[:200]
        assert not re.search(r"[\w.]+@[\w.]+", str(posting.fields))


def test_lever() -> None:
    rows = json.loads(payload("lever", "careerkit-lever.json"))
    page = read(Lever("idealist"), payload("lever", "careerkit-lever.json"))
    check(page.postings)
    assert (len(page.postings), page.complete) == (len(rows), True)
    for posting, row in zip(page.postings, rows, strict=True):
        assert posting.posted_at == datetime.fromtimestamp(row["createdAt"] / 1000, UTC)
        for part in row["lists"]:
            assert part["content"] in posting.description
        assert posting.fields["workplaceType"] == row["workplaceType"]


@pytest.mark.parametrize("board", ASHBY)
def test_ashby(board: str) -> None:
    body = payload("ashby", f"stapply-2025-10-28-{board}.json")
    page = read(Ashby(board), body)
    check(page.postings)
    assert (len(page.postings), page.skipped, page.complete) == (ASHBY[board], 0, True)
    for posting, row in zip(page.postings, json.loads(body)["jobs"], strict=True):
        assert posting.fields.get("isRemote") == row["isRemote"]
        assert posting.fields["address"]["postalAddress"]["addressCountry"]
        places = posting.location.split("; ")
        assert len(places) == len(set(places))


def test_ashby_with_workplace_types() -> None:
    page = read(Ashby("highlight"), payload("ashby", "careerkit-ashby.json"))
    assert {posting.fields["workplaceType"] for posting in page.postings} <= {"Remote", "Hybrid", "OnSite"}
    assert len(page.postings) == 2


def test_ashby_pay_is_stated_by_few_and_its_on_target_words_survive() -> None:
    stated = [
        posting
        for path in payloads("ashby", "stapply-*.json")
        for posting in read(Ashby("x"), path.read_bytes()).postings
        if posting.fields.get("compensation", {}).get("summaryComponents")
    ]
    assert len(stated) == 7
    assert all(posting.salary_text for posting in stated)
    assert sum("On Target" in json.dumps(posting.fields) for posting in stated) == 3


def test_remote_ok() -> None:
    rows = json.loads(remoteok())
    page = read(RemoteOK(), remoteok())
    assert len(rows) == 99
    assert (len(page.postings), page.skipped, page.complete) == (97, 1, False)  # one row has no title
    check(page.postings)
    for posting in page.postings:
        assert posting.attribution == "Remote OK"
        assert "remoteok.com/remote-jobs/" in posting.url.lower()
        assert not re.search(r"Please mention the word|\bR[A-Za-z0-9+/]{11,}={0,2}\b\)", posting.description)
        assert "beta feature" not in posting.description


def test_remote_ok_text_is_no_longer_encoded_twice() -> None:
    damaged = sum("\xe2\x80" in row.get("description", "") for row in json.loads(remoteok()))
    left = sum("\xe2\x80" in posting.description for posting in read(RemoteOK(), remoteok()).postings)
    assert damaged > 50
    assert left == 0


def test_we_work_remotely() -> None:
    page = read(Feed(URL, preset="weworkremotely"), payload("weworkremotely", "opencruit-feed.xml"), "text/xml")
    check(page.postings)
    assert (len(page.postings), page.wait) == (5, 3600)
    for posting in page.postings:
        assert posting.company
        assert not posting.title.startswith(posting.company)
        assert posting.fields["type"]
        assert posting.closes_at is None


def test_the_ministry_of_justice() -> None:
    page = read(Feed(URL, preset="oleeo"), payload("oleeo-talnet-atom", "feed.xml"), "application/atom+xml")
    check(page.postings)
    assert (len(page.postings), page.complete, page.skipped) == (193, True, 0)
    for posting in page.postings:
        assert posting.id.isdecimal()
        assert not posting.title.startswith(posting.id)
        assert "£" in posting.salary_text
        assert posting.location
        assert posting.closes_at is not None
        assert posting.country == "GB"
    assert any("; " in posting.location for posting in page.postings)


def test_an_edited_oleeo_feed_in_which_numbers_repeat() -> None:
    page = read(Feed(URL, preset="oleeo"), payload("oleeo-talnet-atom", "simplefeed.xml"))
    assert Counter(posting.id for posting in page.postings).most_common(1)[0][1] == 1


def test_teamtailor_and_school_feeds_and_neogov() -> None:
    teamtailor = read(Feed(URL, preset="teamtailor"), payload("teamtailor", "tonttu84-teamtailor.rss"))
    check(teamtailor.postings)
    assert len(teamtailor.postings) == 2
    assert all(posting.fields["remoteStatus"] for posting in teamtailor.postings)
    for name in ("ventrus.xml", "broadbean.xml", "fusion.json"):
        school = read(Feed(URL, country="GB"), payload("uk-ats-teaching-vacancies", name)).postings
        assert len(school) == 1
        assert "£" in school[0].salary_text
        assert school[0].closes_at is not None
        assert school[0].description
    neogov = read(Feed(URL), payload("neogov", "careerkit-neogov.xml")).postings
    assert len(neogov) == 2
    assert all(posting.fields["baseSalary"]["value"]["unitText"] for posting in neogov)
    assert neogov[0].closes_at is not None
    for mark in (b"\xef\xbb\xbf", "ï»¿".encode()):
        assert read(Feed(URL), mark + payload("neogov", "careerkit-neogov.xml")).postings == neogov


def test_adzuna_whole_reply() -> None:
    page = read(Adzuna("1a2b", Secret("k")), json.dumps(literal("adzuna", "rawstories-dummydata.js")).encode())
    check(page.postings)
    assert (len(page.postings), page.skipped, page.complete) == (50, 0, False)
    assert all(posting.attribution == "Jobs by Adzuna" and posting.country == "GB" for posting in page.postings)


def test_adzuna_of_one_day() -> None:
    rows = json.loads(payload("adzuna", "ebuka-2026-08-05-postings.json"))["postings"]
    page = read(Adzuna("1a2b", Secret("k")), json.dumps({"results": rows}).encode())
    check(page.postings)
    assert len(page.postings) == len({row["id"] for row in rows})
    assert page.skipped == 0
    assert not any("@" in posting.company for posting in page.postings)
    predicted = Counter(posting.fields.get("salary_is_predicted") for posting in page.postings)
    assert min(predicted["0"], predicted["1"]) > 100  # as texts, never as booleans


def test_reed() -> None:
    rows = literal("reed", "tech-test-joao-dummyJobsData.js")
    one = literal("reed", "tech-test-joao-dummyResponse.js")["jobsResponse"]
    for body, count in (({"results": rows}, 5), (one, 1)):
        page = read(Reed(Secret("k")), json.dumps(body).encode())
        check(page.postings)
        assert len(page.postings) == count
        assert all(posting.closes_at for posting in page.postings)


@pytest.mark.parametrize(
    ("source", "file", "envelope", "count"),
    [
        (Remotive(), ("remotive", "opencruit-response.json"), "jobs", 3),
        (Jobicy(), ("jobicy", "opencruit-response.json"), "jobs", 3),
        (Himalayas(), ("himalayas", "opencruit-response.json"), "jobs", 3),
        (Arbeitnow(), ("arbeitnow", "opencruit-response.json"), "data", 3),
        (Recruitee("acme"), ("recruitee", "careerkit-recruitee.json"), "", 2),
    ],
)
def test_boards_of_which_few_rows_are_recorded(
    source: Source, file: tuple[str, str], envelope: str, count: int
) -> None:
    body = json.loads(payload(*file))
    page = read(source, json.dumps({envelope: body} if envelope else body).encode())
    check(page.postings)
    assert (len(page.postings), page.skipped) == (count, 0)
    assert all(posting.company for posting in page.postings)
    assert "/track/" not in str(page)


def test_jobicy_whole_replies_of_2024() -> None:
    bodies = cassette("jobicy", "goapilibs-vcr-2024-12-08.yaml")
    pages = [read(Jobicy(), body) for body in bodies]
    assert [len(page.postings) for page in pages] == [20, 15, 19, 10]
    for page in pages:
        check(page.postings)
        assert page.skipped == 0


def test_workable_and_personio_rows_of_one_job_are_one_posting() -> None:
    workable = read(Workable("zaelab"), payload("workable", "careerkit-workable.json"))
    assert [posting.location for posting in workable.postings] == ["Spain; Portugal"]
    personio = read(Personio("acme"), payload("personio", "careerkit-personio.xml"))
    assert [posting.location for posting in personio.postings] == ["Munich; Berlin"]


def test_pinpoint() -> None:
    page = read(Pinpoint("acme"), payload("pinpoint", "careerkit-pinpoint.json"))
    assert len(page.postings) == 2
    assert all(posting.description and posting.url for posting in page.postings)


def test_hacker_news() -> None:
    page = read(HackerNews(), payload("hn-whoishiring", "hunt-hackernews.json"))
    check(page.postings)
    assert len(page.postings) >= 2
    assert all(posting.company and "|" not in posting.title for posting in page.postings)


# --- the whole way ------------------------------------------------------------------------------------------------


async def test_all_of_them_over_loopback_through_the_fetcher_and_the_child() -> None:
    async with Board() as board, HttpFetcher(pause=0, allow_private=True) as fetcher, Sandbox() as sandbox:
        greenhouse = payload("greenhouse", "careerkit-greenhouse.json")
        lever = payload("lever", "careerkit-lever.json")
        board.serve("/v1/boards/amplitude/jobs", greenhouse, etag='"1"')
        board.serve("/v0/postings/idealist", lever)
        board.serve("/posting-api/job-board/9fin", payload("ashby", "stapply-2025-10-28-9fin.json"))
        board.serve("/api", remoteok(), last_modified="Wed, 04 Dec 2024 21:54:27 GMT")
        atom = board.serve("/feed", payload("oleeo-talnet-atom", "feed.xml"), "application/atom+xml")
        wwr = board.serve("/wwr.rss", payload("weworkremotely", "opencruit-feed.xml"), "application/rss+xml")
        sources: list[tuple[Source, int]] = [
            (Greenhouse("amplitude", base=board.url), 2),
            (Lever("idealist", base=board.url), 2),
            (Ashby("9fin", base=board.url), 30),
            (RemoteOK(base=board.url), 97),
            (Feed(atom, preset="oleeo"), 193),
            (Feed(wwr, preset="weworkremotely"), 5),
        ]
        for source, count in sources:
            page = await sandbox.parse(source, await fetcher.fetch(source.requests()[0], Validators()))
            assert len(page.postings) == count, source.name
            check(page.postings, site=board.url)
            assert not re.search("[\u200b-\u200f\u202a-\u202e]", str(page.postings))
