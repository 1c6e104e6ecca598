"""Boards whose texts are asked for one by one: invented replies with the habits of the real ones, list and page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.errors import Unreadable
from rolecall.fetch import HttpFetcher
from rolecall.model import ContractType, Mode, RawPosting, Reply, Request, Validators
from rolecall.normalise import normalise
from rolecall.ports import Detail, Detailed
from rolecall.sandbox import Sandbox
from rolecall.secret import Secret
from rolecall.sources.bamboohr import BambooHR
from rolecall.sources.breezy import Breezy
from rolecall.sources.reed import Reed
from rolecall.sources.rippling import Rippling
from rolecall.sources.smartrecruiters import SmartRecruiters
from rolecall.sources.workday import Workday
from tests.fakes.board import Board
from tests.recorded import payload
from tests.shared import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "sources"
NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
SOURCES: list[Detailed] = [
    SmartRecruiters("Quillfish1"), BambooHR("acme"), Breezy("acme"), Rippling("acme"),
    Workday("acme", "Careers", "wd3", "rust"), Reed(Secret("hunter2")),
]  # fmt: skip


def reply(body: bytes | str, url: str = "https://board.example/jobs") -> Reply:
    return Reply(url, 200, {}, body.encode() if isinstance(body, str) else body, NOW)


def page_of(kind: str) -> bytes:
    return next(FIXTURES.glob(f"{kind}_detail.*")).read_bytes()


def rows(source: Detailed) -> tuple[RawPosting, ...]:
    return source.parse(reply(FIXTURES.joinpath(f"{source.kind}.json").read_bytes())).postings


def whole(source: Detailed, number: int = 0) -> RawPosting:
    """Return a posting of the list with what its page adds."""
    return source.read_detail(rows(source)[number], reply(page_of(source.kind)))


def modes(raw: RawPosting) -> set[Mode]:
    found = normalise(raw).mode.value
    return set(found.modes) if found else set()


def pay(raw: RawPosting) -> tuple[Any, ...] | None:
    found = normalise(raw).salary.value
    return found and (found.pay.min, found.pay.max, found.pay.currency, found.pay.period)


# --- all of them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)
def test_a_page_adds_the_text_and_leaves_the_identity_alone(source: Detailed) -> None:
    raw, posting = rows(source)[0], whole(source)
    assert posting.description
    assert posting.description != raw.description
    assert (posting.source, posting.id, posting.title) == (raw.source, raw.id, raw.title)
    assert (posting.truncated, posting.url) == (False, posting.url or raw.url)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)
@pytest.mark.parametrize(
    "body",
    ["", "Not found", "<!doctype html><html><body><h1>Just a moment</h1></body></html>", "{}", "[]", "null", "17",
     '{"error": "Internal"}', '{"jobAd": {"sections": []}, "result": 7, "description": {"role": 1}}', "\x00\x01",
     '<div class="description">never closed', '{"jobPostingInfo": null}'],
)  # fmt: skip
def test_a_page_without_the_text_is_unreadable(source: Detailed, body: str) -> None:
    with pytest.raises(Unreadable) as caught:
        source.read_detail(rows(source)[0], reply(body))
    assert len(str(caught.value)) > 10


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)
async def test_a_page_is_asked_at_the_boards_own_host_and_read_in_the_child(source: Detailed) -> None:
    moved = replace(source, base="http://127.0.0.1:9")  # type: ignore[type-var] # a dataclass, all of them
    listed = moved.parse(reply(FIXTURES.joinpath(f"{source.kind}.json").read_bytes())).postings[0]
    if source.kind == "breezy":
        listed = replace(listed, url=f"{moved.base}/p/1")
    wanted = moved.detail(listed)
    assert wanted
    assert wanted.url.startswith("http://127.0.0.1:9/")
    async with Sandbox() as sandbox:
        page = await sandbox.parse(Detail(moved, listed), reply(page_of(source.kind)))
    assert page.postings[0].description == moved.read_detail(listed, reply(page_of(source.kind))).description


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)
@pytest.mark.parametrize("odd", ["../../admin", "1/2?x=1#y", "@evil.example", "1 2", "é"])
def test_an_odd_id_does_not_lead_elsewhere(source: Detailed, odd: str) -> None:
    asked = source.detail(replace(rows(source)[0], id=odd))
    assert asked
    assert asked.url.startswith(("https://api.", "https://acme.", "https://www.reed.co.uk/api/1.0/jobs/"))
    assert "evil" not in asked.url.partition("/p/")[0].split("/")[2]


# --- smartrecruiters ----------------------------------------------------------------------------------------------


def test_smartrecruiters_list_tells_all_but_the_text() -> None:
    first, second = rows(SOURCES[0])
    assert (first.id, first.title, first.company) == ("744000001", "Senior Backend Engineer", "Quillfish")
    assert (first.location, second.location) == ("Leeds, ENG, United Kingdom", "York, GB")
    assert first.url == "https://jobs.smartrecruiters.com/Quillfish1/744000001"
    assert first.posted_at == datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
    assert first.salary_text == "£70,000 - £85,000 a year"
    assert first.tags == ("Information Technology", "Software")
    assert (modes(first), modes(second)) == ({Mode.HYBRID}, {Mode.REMOTE})
    assert normalise(first).contract.value is ContractType.PERMANENT
    assert "Robin" not in str(first)
    assert "experience_level" not in second.fields


def test_smartrecruiters_text_is_the_role_without_the_employers_praise() -> None:
    posting = whole(SOURCES[0])
    assert posting.description == (
        "<h3>Job Description</h3>\n<p>Python &amp; Kafka.</p>\n<h3>Qualifications</h3>\n<ul><li>Five years</li></ul>"
    )
    assert posting.url.endswith("/744000001-senior-backend-engineer")
    assert posting.salary_text == "£70,000 - £85,000 a year"
    praise = {"jobAd": {"sections": {"companyDescription": {"text": "<p>We love Java.</p>"}}}}
    assert SOURCES[0].read_detail(rows(SOURCES[0])[0], reply(json.dumps(praise))).description == "<p>We love Java.</p>"


def test_smartrecruiters_pages_are_followed_to_the_total() -> None:
    source = SmartRecruiters("acme", country="GB")
    (first,) = source.requests()
    assert first.url.endswith("/v1/companies/acme/postings?limit=100&offset=0&country=gb")
    content = [{"id": str(n), "name": "Engineer"} for n in range(100)]
    page = source.parse(reply(json.dumps({"offset": 100, "totalFound": 250, "content": content})))
    assert page.following == (Request(first.url.replace("offset=0", "offset=200")),)
    for last in ({"offset": 200, "content": content[:50]}, {"offset": 0, "content": []}):
        assert source.parse(reply(json.dumps({"totalFound": 250, **last}))).following == ()


# --- bamboohr -----------------------------------------------------------------------------------------------------


def test_bamboohr_says_remote_and_hybrid_but_its_zero_says_nothing() -> None:
    hybrid, remote, neither = rows(SOURCES[1])
    assert (hybrid.title, hybrid.location, hybrid.tags) == ("Platform Engineer", "Bristol, England", ("Engineering",))
    assert (remote.location, remote.url) == ("Hull, United Kingdom", "https://acme.bamboohr.com/careers/42")
    assert [modes(each) for each in (hybrid, remote, neither)] == [{Mode.HYBRID}, {Mode.REMOTE}, set()]
    assert normalise(neither).contract.value is ContractType.CONTRACT


def test_bamboohrs_page_adds_pay_date_and_country() -> None:
    posting = whole(SOURCES[1])
    assert posting.location == "Bristol, England, United Kingdom"
    assert posting.posted_at == datetime(2026, 11, 12, tzinfo=UTC)
    assert pay(posting) == (65_000, 75_000, "GBP", "year")
    level = normalise(posting).level.value
    assert level
    assert level.min.word == "mid"


# --- breezy -------------------------------------------------------------------------------------------------------


def test_breezys_list_has_places_and_pay() -> None:
    first, second = rows(SOURCES[2])
    assert (first.company, first.location) == ("Acme Tides", "Cardiff, GB; Swansea, United Kingdom")
    assert pay(first) == (55_000, 65_000, "GBP", "year")
    assert (modes(first), modes(second)) == (set(), {Mode.REMOTE})
    assert normalise(second).contract.value is ContractType.CONTRACT


def test_breezys_text_is_that_for_search_engines_else_the_pages_own() -> None:
    assert whole(SOURCES[2]).description == "<p>Go and NATS.</p>"
    page = page_of("breezy").decode()
    bare = page.replace("application/ld+json", "text/plain")
    text = SOURCES[2].read_detail(rows(SOURCES[2])[0], reply(bare)).description
    assert text == "<p>Go, NATS.</p><div>and tides</div>"


def test_breezy_is_not_sent_elsewhere_and_says_when_there_is_no_such_board() -> None:
    first, second = rows(SOURCES[2])
    assert SOURCES[2].detail(first)
    assert SOURCES[2].detail(second) is None
    with pytest.raises(Unreadable, match="no board 'acme'"):
        SOURCES[2].parse(reply("<html></html>", "https://breezy.hr/"))


# --- rippling -----------------------------------------------------------------------------------------------------


def test_ripplings_rows_of_one_job_are_one_posting_in_all_its_places() -> None:
    body = json.loads(FIXTURES.joinpath("rippling.json").read_bytes())
    body.append(body[0] | {"workLocation": {"label": "London, United Kingdom"}})
    first, second = SOURCES[3].parse(reply(json.dumps(body))).postings
    assert first.location == "Remote (United Kingdom); London, United Kingdom"
    assert second.url == "https://ats.rippling.com/acme/jobs/2f06-02"


def test_ripplings_page_adds_the_role_the_british_pay_and_the_other_places() -> None:
    posting = whole(SOURCES[3])
    assert posting.description == "<p>Python and Django.</p>"
    assert (posting.company, posting.location) == ("Acme Tides", "Remote (United Kingdom); Edinburgh, United Kingdom")
    assert pay(posting) == (70_000, 90_000, "GBP", "year")
    assert posting.posted_at == datetime(2026, 11, 14, 8, tzinfo=UTC)
    hourly = [{"currency": "USD", "frequency": "HOUR", "rangeStart": 18, "rangeEnd": 25}]
    body = {"description": {"role": "<p>x</p>"}, "payRangeDetails": hourly}
    assert pay(SOURCES[3].read_detail(rows(SOURCES[3])[0], reply(json.dumps(body)))) == (18, 25, "USD", "hour")


# --- workday ------------------------------------------------------------------------------------------------------


def test_workdays_numbers_places_and_days_are_read_from_its_words() -> None:
    first, second = rows(SOURCES[4])
    assert (first.id, first.location) == ("JR0042", "UK - London")
    assert (second.id, second.location) == ("/job/Leeds/Principal-Engineer_R-17-1", "")
    assert first.url == "https://acme.wd3.myworkdayjobs.com/Careers/job/UK-London/Software-Engineer-II_JR0042"
    assert [each.posted_at for each in (first, second)] == [
        datetime(2026, 11, 19, tzinfo=UTC),
        datetime(2026, 10, 23, tzinfo=UTC),
    ]
    assert modes(second) == {Mode.HYBRID}
    assert "postedOn" not in str(second.fields), "it changes every day, and the posting does not"


def test_workdays_page_tells_the_places_and_the_day() -> None:
    posting = whole(SOURCES[4], 1)
    assert posting.location == "Leeds, United Kingdom; Glasgow, United Kingdom"
    assert posting.posted_at == datetime(2026, 10, 1, tzinfo=UTC)
    assert modes(posting) == {Mode.REMOTE}
    assert SOURCES[4].detail(posting) == Request(
        "https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/Careers/job/Leeds/Principal-Engineer_R-17-1"
    )


def test_workday_is_searched_twenty_at_a_time_and_no_further_than_it_counts() -> None:
    source = Workday("acme", "Careers", "wd3", "rust")
    (first,) = source.requests()
    assert json.loads(first.body or b"") == {"appliedFacets": {}, "limit": 20, "offset": 0, "searchText": "rust"}
    assert (first.method, first.headers["Content-Type"]) == ("POST", "application/json")
    twenty = [{"title": "E", "externalPath": f"/job/{n}"} for n in range(20)]

    def after(offset: int, total: int, count: int = 20) -> Request | None:
        body = json.dumps({"total": total, "jobPostings": twenty[:count]})
        return next(iter(source.parse(reply(body, f"https://acme.example/jobs#offset={offset}")).following), None)

    following = after(20, 0)
    assert following
    assert json.loads(following.body or b"")["offset"] == 40, "its total is 0 after the first page"
    assert after(0, 20) is None
    assert after(0, 45, 19) is None
    assert after(1980, 0) is None, "behind 2,000 it begins anew"


def test_workday_is_never_asked_for_everything() -> None:
    with pytest.raises(ValueError, match="the whole list is too long"):
        Workday("acme", "Careers", "wd3", " ")
    with pytest.raises(ValueError, match="not a board's name"):
        Workday("acme", "Care/ers", "wd3")


async def test_workdays_pages_are_followed_through_the_child_by_post() -> None:
    async with Board() as board, HttpFetcher(pause=0, allow_private=True) as fetcher, Sandbox() as sandbox:
        said = []

        async def answer(request: Any) -> Any:
            from aiohttp import web

            said.append(await request.json())
            rows_ = [{"title": "E", "externalPath": f"/job/{said[-1]['offset'] + n}"} for n in range(20)]
            return web.json_response({"total": 40 if len(said) == 1 else 0, "jobPostings": rows_})

        board.on("/wday/cxs/acme/Careers/jobs", answer)
        source = Workday("acme", "Careers", "wd3", "rust", base=board.url)
        page = await sandbox.parse(source, await fetcher.fetch(source.requests()[0], Validators()))
        await sandbox.parse(source, await fetcher.fetch(page.following[0], Validators()))
    assert [each["offset"] for each in said] == [0, 20]


# --- reed ---------------------------------------------------------------------------------------------------------


def test_reed_is_asked_only_where_the_row_is_cut_or_its_pay_is_a_rate() -> None:
    source = SOURCES[5]
    cut, short = rows(source)
    asked = source.detail(cut)
    assert asked
    assert asked.url == "https://www.reed.co.uk/api/1.0/jobs/55001"
    assert asked.headers == source.requests()[0].headers
    assert source.detail(short) is None
    assert source.detail(replace(short, fields={"minimumSalary": 13.88, "maximumSalary": 16.0}))


def test_reeds_page_tells_a_days_rate_from_a_salary() -> None:
    posting = whole(SOURCES[5])
    assert pay(posting) == (250, 375, "GBP", "day")
    assert (posting.salary_text, posting.apply_url) == (
        "£250.00 - £375.00 per day",
        "https://harbourline.example/apply",
    )
    assert normalise(posting).contract.value is ContractType.CONTRACT
    assert posting.closes_at == rows(SOURCES[5])[0].closes_at


# --- recorded replies ---------------------------------------------------------------------------------------------


def test_recorded_lists() -> None:
    smart = SOURCES[0].parse(reply(payload("smartrecruiters", "careerkit-smartrecruiters.json")))
    assert (len(smart.postings), smart.complete, smart.following) == (1, True, ())
    assert smart.postings[0].location.endswith("United States")
    assert "Recruit" not in smart.postings[0].company
    rippling = SOURCES[3].parse(reply(payload("rippling", "careerkit-rippling.json")))
    assert [posting.location for posting in rippling.postings] == ["Remote (New Jersey, US); New York, NY"]
    workday = SOURCES[4].parse(reply(payload("workday", "careerkit-workday.json")))
    assert [posting.id for posting in workday.postings] == ["JR354232", "JR332446"]
    assert [posting.location for posting in workday.postings] == ["", ""]
    assert all(posting.posted_at for posting in workday.postings)


def test_a_recorded_page_of_reed() -> None:
    body = payload("reed", "apiService-test-detail-41416247.json")
    raw = RawPosting("reed:x", "41416247", "Management Accountant", truncated=True)
    posting = SOURCES[5].read_detail(raw, reply(body))
    assert pay(posting) == (38_000, 42_000, "GBP", "year")
    assert normalise(posting).contract.value is ContractType.PERMANENT
    assert len(posting.description) > 500
