"""Teamtailor, NHS Jobs, Working Nomads and the presets of feeds: invented replies with the habits of the real ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.asking import homes
from rolecall.errors import Unreadable
from rolecall.model import Page, Reply, Request
from rolecall.normalise import normalise
from rolecall.sources.feed import Feed
from rolecall.sources.nhs import NHS
from rolecall.sources.presets import PRESETS
from rolecall.sources.teamtailor import Teamtailor
from rolecall.sources.workingnomads import WorkingNomads
from tests.recorded import payload
from tests.shared import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "sources"
NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def reply(body: bytes | str, url: str = "https://board.example/jobs") -> Reply:
    return Reply(url, 200, {}, body.encode() if isinstance(body, str) else body, NOW)


def fixture(name: str, url: str = "https://board.example/jobs") -> Reply:
    return reply(FIXTURES.joinpath(name).read_bytes(), url)


# --- teamtailor ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("board", "url"),
    [
        ("brightwater", "https://brightwater.teamtailor.com/jobs.json"),
        ("jobs.a.example", "https://jobs.a.example/jobs.json"),
    ],
)
def test_a_teamtailor_board_is_a_name_or_a_host_of_the_employers_own(board: str, url: str) -> None:
    assert Teamtailor(board).requests() == (Request(url),)
    assert Teamtailor(board, form="rss").requests()[0].url.endswith("/jobs.rss")


def test_a_teamtailor_site_without_the_one_form_is_asked_for_the_other() -> None:
    assert [source.requests()[0].url for source in homes(Teamtailor("brightwater"))] == [
        "https://brightwater.teamtailor.com/jobs.json",
        "https://brightwater.teamtailor.com/jobs.rss",
    ]


def test_teamtailors_json_is_read_with_what_schema_org_says_in_it() -> None:
    page = Teamtailor("brightwater").parse(fixture("teamtailor.json"))
    first, second = page.postings
    assert (first.source, first.id, first.title) == ("teamtailor:brightwater", "a1b2-0001", "Backend Developer")
    assert (first.company, first.location) == ("Brightwater & Sons", "Leeds, GB; York, GB")
    assert first.description == "<p>Elixir and PostgreSQL.</p>"
    assert first.fields["baseSalary"]["value"]["maxValue"] == 70_000
    assert first.closes_at == datetime(2026, 12, 25, tzinfo=UTC)  # a day lasts until its end
    assert (second.company, second.location) == ("Brightwater careers", "1 Quay Street, Hull")
    assert normalise(first).mode.value is None  # a place is not "on site"
    mode = normalise(second).mode.value
    assert mode
    assert [each.value for each in mode.modes] == ["remote"]


def test_teamtailors_pages_together_are_the_whole_list() -> None:
    first = Teamtailor("brightwater").parse(fixture("teamtailor.json"))
    assert first.following == (Request("https://brightwater.example/jobs.json?page=2"),)
    assert first.complete
    body = json.loads(FIXTURES.joinpath("teamtailor.json").read_bytes())
    last = Teamtailor("brightwater").parse(reply(json.dumps({**body, "next_url": None})))
    assert (last.following, last.complete) == ((), True)


def test_teamtailors_rss_is_the_whole_list_only_while_it_is_short() -> None:
    assert Teamtailor("b").parse(fixture("teamtailor.rss")).complete
    item = "<item><title>Job {0}</title><guid>g{0}</guid></item>"
    many = "".join(item.format(number) for number in range(100))
    page = Teamtailor("b").parse(reply(f"<rss version='2.0'><channel><title>B</title>{many}</channel></rss>"))
    assert (len(page.postings), page.complete) == (100, False)


@pytest.mark.parametrize(("status", "modes"), [("none", None), ("fully", {"remote"}), ("hybrid", {"hybrid"})])
def test_teamtailors_none_is_an_unknown_workplace(status: str, modes: set[str] | None) -> None:
    body = FIXTURES.joinpath("teamtailor.rss").read_text().replace("<remoteStatus>none<", f"<remoteStatus>{status}<")
    (posting,) = Teamtailor("b").parse(reply(body)).postings
    assert posting.location == "Leeds; York"
    mode = normalise(posting).mode.value
    assert (mode and {each.value for each in mode.modes}) == modes


@pytest.mark.parametrize("row", [None, 7, [], {}, {"title": "No id"}, {"id": "no-title"}])
def test_a_bad_row_of_teamtailor_is_counted_and_loses_nobody_else(row: Any) -> None:
    body = json.loads(FIXTURES.joinpath("teamtailor.json").read_bytes())
    body["items"].insert(1, row)
    page = Teamtailor("brightwater").parse(reply(json.dumps(body)))
    assert (len(page.postings), page.skipped, page.complete) == (2, 1, False)


def test_a_row_of_teamtailor_that_comes_twice_is_one_posting_in_both_places() -> None:
    body = json.loads(FIXTURES.joinpath("teamtailor.json").read_bytes())
    body["items"].append({"id": "a1b2-0001", "title": "Backend Developer", "_jobposting": {"jobLocation": "Hull"}})
    page = Teamtailor("brightwater").parse(reply(json.dumps(body)))
    assert page.postings[0].location == "Leeds, GB; York, GB; Hull"


def test_the_recorded_board_of_teamtailor() -> None:
    page = Teamtailor("upcloud").parse(reply(payload("teamtailor", "tonttu84-teamtailor.rss")))
    assert [posting.fields["remoteStatus"] for posting in page.postings] == ["hybrid", "fully"]
    assert all(posting.company and posting.location and posting.description for posting in page.postings)
    assert page.complete


# --- bare lists ---------------------------------------------------------------------------------------------------


def test_a_bare_list_of_a_school_board_is_a_feed() -> None:
    row = {
        "reference": "0044",
        "advertUrl": "https://school.example/44",
        "jobTitle": "IT Manager",
        "jobAdvert": "<p>Text</p>",
    }
    row |= {
        "salary": "£40,000 a year",
        "expiresAt": "2026-12-10T12:00:00",
        "publishOn": "2026-11-20",
        "keyStages": ["ks1"],
    }
    page = Feed("https://school.example/jobs.json", country="GB").parse(
        reply(json.dumps([row, {"reference": "0045"}, 7]))
    )
    (posting,) = page.postings
    assert (posting.id, posting.title, posting.url) == ("0044", "IT Manager", "https://school.example/44")
    assert (posting.description, posting.salary_text, page.skipped) == ("<p>Text</p>", "£40,000 a year", 2)
    assert posting.closes_at == datetime(2026, 12, 10, 12, tzinfo=UTC)
    for other in ("[1, 2]", '[{"id": 1}]', '{"jobs": []}'):
        with pytest.raises(Unreadable):
            Feed("https://school.example/jobs.json").parse(reply(other))


# --- nhs jobs -----------------------------------------------------------------------------------------------------


def test_nhs_vacancies_with_their_places_in_both_nestings() -> None:
    page = NHS("developer").parse(fixture("nhs.xml"))
    first, second = page.postings
    assert (page.skipped, first.source, first.id) == (1, "nhs:developer", "C9100-26-0001")
    assert (first.location, second.location) == ("Leeds, LS1 9ZZ; York, YO1 9ZZ", "Hull, HU1 9ZZ")
    assert first.posted_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (first.closes_at, second.closes_at) == (
        datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC), datetime(2026, 12, 6, tzinfo=UTC),
    )  # fmt: skip
    read = [normalise(each) for each in page.postings]
    assert read[0].salary.value
    assert read[0].salary.value.annual_gbp == (47_810, 54_710)
    assert read[1].salary.value is None
    assert [each.contract.value and each.contract.value.value for each in read] == ["permanent", "fixed_term"]


def test_nhs_pages_follow_one_another_until_the_last_or_the_limit() -> None:
    source = NHS("python developer", location="Leeds", distance=20, pages=2)
    (asked,) = source.requests()
    assert "keyword=python+developer&location=Leeds&distance=20&page=1&limit=100" in asked.url
    body = FIXTURES.joinpath("nhs.xml").read_text().replace("<title></title>", "<title>A</title>")
    first = source.parse(reply(body, asked.url))
    (second,) = first.following
    assert second.url == asked.url.replace("page=1", "page=2")
    assert first.complete
    last = source.parse(reply(body, second.url))
    assert (last.following, last.complete) == ((), True)
    cut = replace(source, pages=1).parse(reply(body, asked.url))
    assert (cut.following, cut.complete) == ((), False)


@pytest.mark.parametrize(
    "body",
    [
        "<nhsJobs><totalResults>31</totalResults><vacancy><id>1</id></vacancy></nhsJobs>",
        "<nhsJobs><totalResults>1</totalResults><vacancyDetails><ref>1</ref></vacancyDetails></nhsJobs>",
        "<error>unavailable</error>",
        FIXTURES.joinpath("nhs.xml").read_text()[:900],
    ],
)
def test_nhs_jobs_in_another_form_are_an_alarm_and_never_no_jobs(body: str) -> None:
    with pytest.raises(Unreadable):
        NHS().parse(reply(body))


# --- working nomads -----------------------------------------------------------------------------------------------


def test_working_nomads_knows_its_jobs_by_the_number_in_their_address() -> None:
    page = WorkingNomads().parse(fixture("workingnomads.json"))
    first, second = page.postings
    assert (first.id, second.id) == ("1900001", "1900002")
    assert (first.tags, second.tags) == (("Development", "go", "postgresql", "aws"), ("System Administration",))
    assert first.posted_at == datetime(2026, 11, 20, 13, 15, tzinfo=UTC)
    assert first.attribution == "Working Nomads"
    mode = normalise(first).mode.value
    assert mode
    assert [each.value for each in mode.modes] == ["remote"]


# --- presets of the feed kind -------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", [name for name, each in PRESETS.items() if each.url])
def test_a_preset_brings_the_boards_own_address(preset: Any) -> None:
    source = Feed(preset=preset)
    assert source.requests()[0].url == PRESETS[preset].url
    assert source.name.startswith(f"{preset}:")
    assert Feed("https://other.example/feed", preset=preset).requests()[0].url == "https://other.example/feed"


@pytest.mark.parametrize("preset", ["", "teamtailor"])
def test_a_feed_without_an_address_is_refused(preset: Any) -> None:
    with pytest.raises(ValueError, match="address of a feed"):
        Feed(preset=preset)


def first_of(preset: Any, name: str) -> Page:
    return Feed(preset=preset).parse(fixture(name))


def test_jobs_ac_uk_says_employer_pay_and_closing_day_in_its_text() -> None:
    (posting,) = first_of("jobsacuk", "jobsacuk.rss").postings
    assert (posting.company, posting.salary_text) == ("University of Larkfield", "£45,000 to £52,000 per annum")
    assert (posting.country, posting.truncated) == ("GB", True)
    assert posting.posted_at is None


def test_hacker_news_jobs_say_who_is_hiring_in_the_title() -> None:
    first, second = first_of("hnjobs", "hnjobs.rss").postings
    assert (first.company, first.title) == ("Larkspur", "backend engineer in London")
    assert (second.company, second.title) == ("", "Founding engineers wanted")


def test_jobicys_feed_is_remote_and_attributed_and_asked_a_few_times_a_day() -> None:
    page = first_of("jobicy", "jobicy.rss")
    (posting,) = page.postings
    assert (posting.company, posting.location, posting.attribution) == ("Mossgate", "UK", "Jobicy")
    assert posting.description == "<p>Python and Django, remote.</p>"
    assert page.wait == 6 * 3600
    assert normalise(posting).mode.source == "field"
