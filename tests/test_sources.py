"""Every kind reads its own format: invented replies with the habits of the real ones, good and bad."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from rolecall.errors import Unreadable
from rolecall.fetch import HttpFetcher
from rolecall.model import Page, RawPosting, Reply, Validators
from rolecall.ports import Source
from rolecall.secret import Secret
from rolecall.sources import KINDS
from rolecall.sources.adzuna import Adzuna
from rolecall.sources.arbeitnow import Arbeitnow
from rolecall.sources.ashby import Ashby
from rolecall.sources.bamboohr import BambooHR
from rolecall.sources.breezy import Breezy
from rolecall.sources.dates import LONDON, epoch, instant
from rolecall.sources.devitjobs import DevITjobs
from rolecall.sources.feed import Feed, PresetName, title_regex
from rolecall.sources.folder import Folder
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.hackernews import HackerNews
from rolecall.sources.himalayas import Himalayas
from rolecall.sources.jobicy import Jobicy
from rolecall.sources.lever import Lever
from rolecall.sources.mail import Mail
from rolecall.sources.nhs import NHS
from rolecall.sources.page import CareersPage
from rolecall.sources.personio import Personio
from rolecall.sources.pinpoint import Pinpoint
from rolecall.sources.presets import PRESETS
from rolecall.sources.reading import Row, places, short
from rolecall.sources.recruitee import Recruitee
from rolecall.sources.reed import Reed
from rolecall.sources.remoteok import RemoteOK
from rolecall.sources.remotive import Remotive
from rolecall.sources.repair import single_encoded, unescaped_html, without_boilerplate, without_poller_tag
from rolecall.sources.rippling import Rippling
from rolecall.sources.sitemap import Sitemap
from rolecall.sources.smartrecruiters import SmartRecruiters
from rolecall.sources.teamtailor import Teamtailor
from rolecall.sources.workable import Workable
from rolecall.sources.workday import Workday
from rolecall.sources.workingnomads import WorkingNomads

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
URL = "https://board.example/feed"


def reply(body: bytes | str | Path, content_type: str = "application/xml", **headers: str) -> Reply:
    content = body.read_bytes() if isinstance(body, Path) else body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(URL, 200, {"content-type": content_type, **named}, content, NOW)


def recorded(name: str) -> Reply:
    return reply(FIXTURES / name, "application/json" if name.endswith("json") else "application/xml")


def only(page: Page) -> RawPosting:
    assert len(page.postings) == 1
    return page.postings[0]


# --- all kinds ----------------------------------------------------------------------------------------------------

EXAMPLES: dict[str, Source] = {
    "feed": Feed(URL),
    "greenhouse": Greenhouse("quillfish"),
    "lever": Lever("harbourline"),
    "ashby": Ashby("pennywhistle"),
    "remoteok": RemoteOK(),
    "workable": Workable("brightwater"),
    "recruitee": Recruitee("acme"),
    "personio": Personio("acme"),
    "pinpoint": Pinpoint("acme"),
    "teamtailor": Teamtailor("acme"),
    "smartrecruiters": SmartRecruiters("Quillfish1"),
    "bamboohr": BambooHR("acme"),
    "breezy": Breezy("acme"),
    "rippling": Rippling("acme"),
    "workday": Workday("acme", "Careers", "wd3"),
    "nhs": NHS(),
    "workingnomads": WorkingNomads(),
    "devitjobs": DevITjobs(),
    "page": CareersPage(URL),
    "sitemap": Sitemap(URL),
    "adzuna": Adzuna("1a2b", Secret("hunter2")),
    "reed": Reed(Secret("hunter2")),
    "remotive": Remotive(),
    "jobicy": Jobicy(),
    "himalayas": Himalayas(),
    "arbeitnow": Arbeitnow(),
    "hackernews": HackerNews(),
    "mail": Mail("imap.quillfish.example", "mina", Secret("hunter2")),
    "folder": Folder("/srv/jobs"),
}
JSON_BOARDS = [
    name
    for name in EXAMPLES
    if name not in ("feed", "folder", "mail", "nhs", "page", "personio", "sitemap", "teamtailor")
]
BARE = ("devitjobs", "lever", "remoteok", "workingnomads", "breezy", "rippling")  # their answer is a list
LIST = {"adzuna": "results", "reed": "results", "recruitee": "offers", "pinpoint": "data", "arbeitnow": "data",
        "hackernews": "children", "smartrecruiters": "content", "bamboohr": "result", "workday": "jobPostings",
        }  # fmt: skip


def rows_of(kind: str, body: Any) -> list[Any]:
    rows = body if kind in BARE else body[LIST.get(kind, "jobs")]
    assert isinstance(rows, list)
    return rows


def test_there_is_an_example_of_every_kind_here() -> None:
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_it_is_and_how_often_it_may_be_asked(kind: str) -> None:
    source = EXAMPLES[kind]
    assert is_dataclass(source)
    assert source.kind == kind
    assert source.summary
    assert timedelta(0) < source.minimum <= source.interval
    assert source.name.partition(":")[0] == kind
    assert source.requests()[0].url.partition(":")[0] in ("https", "imaps", "file")


@pytest.mark.parametrize("kind", [*JSON_BOARDS, "nhs", "personio", "teamtailor"])
def test_a_board_can_be_moved_to_another_address_for_trials(kind: str) -> None:
    made: Any = KINDS[kind]
    required = {"board": "acme", "app_id": "1a2b", "app_key": Secret("k"), "key": Secret("k")}
    required |= {"tenant": "acme", "site": "Careers", "shard": "wd3"}
    options = {each.name: required[each.name] for each in fields(made) if each.name in required}
    source = made(**options, base="http://127.0.0.1:9")
    assert all(request.url.startswith("http://127.0.0.1:9/") for request in source.requests())


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize(
    "body",
    ["", "   ", "<!doctype html><html><head><title>Just a moment</title></head><body>…</body></html>", "Not found",
     '{"error": "Internal"}', '"jobs"', "null", "17", '{"jobs": [{"id": 1, "tit', "\x00\x01\x02", "{}{}"],
)  # fmt: skip
def test_what_is_not_this_kind_of_answer_is_unreadable_and_never_silently_empty(kind: str, body: str) -> None:
    with pytest.raises(Unreadable) as caught:
        EXAMPLES[kind].parse(reply(body))
    assert len(str(caught.value)) > 10


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("greenhouse", '{"jobs": [], "meta": {"total": 0}}'), ("lever", "[]"),
        ("ashby", '{"jobs": [], "apiVersion": "1"}'),
        ("remoteok", '[{"last_updated": 1, "legal": "Please link back."}]'),
        ("adzuna", '{"count": 0, "results": []}'), ("personio", "<workzag-jobs></workzag-jobs>"),
        ("nhs", "<nhsJobs><totalPages>0</totalPages><totalResults>0</totalResults></nhsJobs>"), ("workingnomads", "[]"),
        ("teamtailor", '{"version": "https://jsonfeed.org/version/1.1", "items": []}'),
        ("hackernews", '{"id": 1, "children": []}'),
        ("devitjobs", "[]"), ("sitemap", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'),
        ("page", '<script type="application/ld+json">{"@type": "ItemList", "itemListElement": []}</script>'),
        ("smartrecruiters", '{"offset": 0, "limit": 100, "totalFound": 0, "content": []}'),
        ("bamboohr", '{"meta": {"totalCount": 0}, "result": []}'), ("breezy", "[]"), ("rippling", "[]"),
        ("workday", '{"total": 0, "jobPostings": []}'),
        ("feed", '<rss version="2.0"><channel><title>Jobs</title></channel></rss>'),
        ("feed", '<feed xmlns="http://www.w3.org/2005/Atom"><title>Jobs</title></feed>'),
        ("feed", '{"version": "https://jsonfeed.org/version/1", "items": []}'), ("folder", "[]"),
    ],
)  # fmt: skip
def test_an_empty_list_is_no_postings_and_no_error(kind: str, body: str) -> None:
    page = EXAMPLES[kind].parse(reply(body))
    assert (page.postings, page.skipped) == ((), 0)


@pytest.mark.parametrize("kind", JSON_BOARDS)
def test_a_byte_order_mark_is_no_obstacle(kind: str) -> None:
    good = FIXTURES.joinpath(f"{kind}.json").read_bytes()
    for mark in (b"\xef\xbb\xbf", "ï»¿".encode()):
        assert EXAMPLES[kind].parse(reply(mark + good)) == EXAMPLES[kind].parse(reply(good))


@pytest.mark.parametrize("kind", JSON_BOARDS)
def test_a_row_that_is_wrong_is_counted_and_loses_nobody_else(kind: str) -> None:
    body = json.loads(FIXTURES.joinpath(f"{kind}.json").read_bytes())
    before = EXAMPLES[kind].parse(reply(json.dumps(body)))
    rows = rows_of(kind, body)
    rows.extend([None, 7, "text", [], {"id": None, "title": "x", "text": "Acme | Engineer"}])
    page = EXAMPLES[kind].parse(reply(json.dumps(body)))
    assert page.postings == before.postings
    assert page.skipped == before.skipped + 5
    assert not page.complete


@pytest.mark.parametrize("kind", JSON_BOARDS)
def test_rows_of_which_none_can_be_read_are_an_alarm(kind: str) -> None:
    rows = [{"uid": n, "called": "renamed", "text": "Acme | Engineer"} for n in range(3)]
    with pytest.raises(Unreadable, match="not one of 3 rows"):
        EXAMPLES[kind].parse(reply(json.dumps(rows if kind in BARE else {LIST.get(kind, "jobs"): rows})))


@pytest.mark.parametrize("kind", ["greenhouse", "lever", "ashby", "remoteok", "workable", "arbeitnow"])
def test_a_row_that_comes_twice_is_one_posting_in_both_places(kind: str) -> None:
    body = json.loads(FIXTURES.joinpath(f"{kind}.json").read_bytes())
    before = EXAMPLES[kind].parse(reply(json.dumps(body)))
    rows = rows_of(kind, body)
    again = json.loads(json.dumps(rows[1 if kind == "remoteok" else 0]))
    match kind:
        case "lever":
            again["categories"] = {"location": "Cardiff"}
        case "greenhouse":
            again["location"] = {"name": "Cardiff"}
        case _:
            again |= {"location": "Cardiff", "secondaryLocations": []}
            again |= {"locations": [{"city": "Cardiff"}]} if kind == "workable" else {}
    rows.append(again)
    page = EXAMPLES[kind].parse(reply(json.dumps(body)))
    assert len(page.postings) == len(before.postings)
    assert page.postings[0].location == places(before.postings[0].location, "Cardiff")


@pytest.mark.parametrize(
    "kind",
    [
        Greenhouse, Lever, Ashby, Workable, Recruitee, Personio, Pinpoint, Teamtailor, SmartRecruiters, BambooHR,
        Breezy, Rippling,
    ],
)  # fmt: skip
@pytest.mark.parametrize("board", ["", "https://boards.greenhouse.io/acme", "a b", "../x", "acme?x=1"])
def test_what_cannot_be_a_board_is_refused_with_a_hint(kind: type[Greenhouse], board: str) -> None:
    with pytest.raises(ValueError, match="is not a board's name"):
        kind(board)


def test_boards_with_two_homes_name_the_other_one_unless_the_user_chose() -> None:
    european = Lever("acme").elsewhere()
    assert european
    assert european.requests()[0].url == "https://api.eu.lever.co/v0/postings/acme?mode=json"
    assert Lever("acme", base="https://api.eu.lever.co").elsewhere() is None
    other = Personio("acme").elsewhere()
    assert other
    assert other.requests()[0].url == "https://acme.jobs.personio.com/xml?language=en"
    back = other.elsewhere()
    assert back
    assert back.domain == "de"


# --- greenhouse ---------------------------------------------------------------------------------------------------


def test_greenhouse_gives_the_whole_list_without_prospect_posts() -> None:
    page = Greenhouse("quillfish").parse(recorded("greenhouse.json"))
    assert page.complete
    assert [posting.id for posting in page.postings] == ["41001", "41003"]
    first = page.postings[0]
    assert (first.source, first.title, first.company) == (
        "greenhouse:quillfish",
        "Senior Backend Engineer",
        "Quillfish",
    )
    assert first.url == "https://boards.greenhouse.io/quillfish/jobs/41001?gh_jid=41001"
    assert first.posted_at == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)  # first published, not updated
    assert first.closes_at == datetime(2026, 12, 15, 23, 59, tzinfo=UTC)
    assert first.tags == ("Platform",)


def test_greenhouse_text_is_the_role_without_what_every_post_of_the_board_says() -> None:
    first, second = Greenhouse("quillfish").parse(recorded("greenhouse.json")).postings
    assert first.description == "<p>You will run <strong>Python</strong> services.</p>"
    assert second.description == "<p>Spark</p>"  # escaped twice


def test_greenhouse_keeps_pay_ranges_and_employment_but_no_recruiters() -> None:
    first = Greenhouse("quillfish").parse(recorded("greenhouse.json")).postings[0]
    assert first.fields["pay_input_ranges"][0]["min_cents"] == 7_000_000
    assert first.fields["employment_type"] == "Full time"
    assert "robin" not in str(first).lower()


def test_greenhouse_takes_the_offices_where_no_location_is_given() -> None:
    assert Greenhouse("quillfish").parse(recorded("greenhouse.json")).postings[1].location == "Remote - UK; London, UK"


# --- lever --------------------------------------------------------------------------------------------------------


def test_lever_joins_the_parts_of_the_text_and_all_places() -> None:
    page = Lever("harbourline", company="Harbourline").parse(recorded("lever.json"))
    first = page.postings[0]
    assert page.complete
    assert (first.company, first.location) == ("Harbourline", "London; Manchester")
    for part in ("We run Kubernetes.", "<h3>You bring &lt;3</h3>", "Five years of Go", "28 days"):
        assert part in first.description
    assert "moves ships" not in first.description
    assert first.posted_at == datetime(2026, 11, 2, 6, 13, 20, tzinfo=UTC)
    assert first.salary_text == "£80,000 - £95,000 a year"
    assert first.fields["salaryRange"] == {"currency": "GBP", "interval": "per-year-salary", "min": 80000, "max": 95000}
    assert (first.fields["workplaceType"], first.fields["country"]) == ("hybrid", "GB")


def test_lever_says_that_it_does_not_know_a_board_although_it_answers_200() -> None:
    with pytest.raises(Unreadable, match="'nobody'"):
        Lever("nobody").parse(reply('{"ok": false, "error": "Document not found"}'))


# --- ashby --------------------------------------------------------------------------------------------------------


def test_ashby_gives_listed_posts_with_their_places_once_each() -> None:
    page = Ashby("pennywhistle", company="Pennywhistle").parse(recorded("ashby.json"))
    assert [posting.id for posting in page.postings] == ["5f1c-0001", "5f1c-0003"]
    first = page.postings[0]
    assert (first.title, first.location) == ("Staff Engineer, Payments", "London; Bristol")
    assert first.fields["workplaceType"] == "Hybrid"
    assert first.fields["isRemote"] is True
    assert first.fields["address"]["postalAddress"]["addressCountry"] == "United Kingdom"


def test_ashby_keeps_the_words_that_tell_on_target_earnings_from_a_salary() -> None:
    pay = Ashby("pennywhistle").parse(recorded("ashby.json")).postings[0].fields["compensation"]
    assert pay["summaryComponents"][0]["minValue"] == 110_000
    assert "On Target" in pay["compensationTiers"][0]["components"][0]["summary"]


# --- remote ok ----------------------------------------------------------------------------------------------------


def test_remote_ok_is_repaired_attributed_and_linked_as_its_terms_ask() -> None:
    answer = reply(FIXTURES / "remoteok.json", cache_control="public, max-age=3600")
    page = RemoteOK().parse(answer)
    first, second = page.postings
    assert (page.complete, page.skipped, answer.fresh_for) == (False, 1, 3600)
    assert first.description == "<p>It’s about APIs – for £70k.</p>"
    assert first.company == "Larkspur & Sons"
    assert second.url == "https://remoteok.com/remote-jobs/remote-sre-tidewater-902"
    assert second.apply_url == "https://tidewater.example/jobs/9"
    assert second.truncated
    assert {posting.attribution for posting in page.postings} == {"Remote OK"}


@pytest.mark.parametrize(
    "cut", ["", ". This is a beta", " when applying to show you read the job post completely (#RMTkyLjAuMi4x"]
)
def test_the_pollers_address_is_removed_even_from_a_sentence_that_was_cut(cut: str) -> None:
    text = without_poller_tag(f"Go and SQL.<br/><br/>Please mention the word **GLAD** and tag RMTkyLjAuMi4x{cut}")
    assert text == "Go and SQL."


# --- boards with a key --------------------------------------------------------------------------------------------


def test_adzuna_says_whose_estimate_a_figure_is_and_names_no_advertiser_by_address() -> None:
    first, second = Adzuna("1a2b", Secret("hunter2")).parse(recorded("adzuna.json")).postings
    assert (first.country, first.attribution, first.truncated) == ("GB", "Jobs by Adzuna", True)
    assert (first.fields["salary_is_predicted"], second.fields["salary_is_predicted"]) == ("0", "1")
    assert (first.company, second.company) == ("Quillfish", "")


@pytest.mark.parametrize("source", [Adzuna("1a2b", Secret("hunter2")), Reed(Secret("hunter2"))], ids=["adzuna", "reed"])
def test_a_key_is_sent_but_stands_neither_in_the_address_nor_in_anything_that_is_shown(source: Source) -> None:
    request = source.requests()[0]
    assert "hunter2" not in request.url
    assert "hunter2" not in f"{request!r} {source!r} {source.name}"
    assert request.query.get("app_key") == "hunter2" or "Authorization" in request.headers


def test_reed_dates_are_british_days_and_a_closing_day_counts_to_its_end() -> None:
    first, second = Reed(Secret("k")).parse(recorded("reed.json")).postings
    assert first.posted_at == datetime(2026, 11, 15, tzinfo=UTC)
    assert first.closes_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert (first.title, first.truncated, second.closes_at) == ("Senior Java Developer", True, None)
    assert "minimumSalary" not in second.fields  # hidden pay is no pay, never 0


# --- the other boards ---------------------------------------------------------------------------------------------


def test_remotive_without_the_image_that_counts_readers() -> None:
    page = Remotive().parse(recorded("remotive.json"))
    assert page.complete
    assert page.postings[0].description == "<p>Go.</p>"
    assert (page.postings[0].salary_text, page.postings[0].attribution) == ("£70k - £80k", "Remotive")


def test_jobicy_in_all_its_forms() -> None:
    first, second = Jobicy().parse(recorded("jobicy.json")).postings
    assert (first.fields["annualSalaryMin"], second.fields["salaryMin"]) == ("60000", 50_000)
    assert (first.location, first.tags) == ("UK; Ireland", ("Software & Data",))
    assert first.posted_at == datetime(2026, 11, 7, 4, 10, 26, tzinfo=UTC)


def test_himalayas_keeps_where_and_when_one_must_be_but_no_invented_expiry() -> None:
    first, second = Himalayas().parse(recorded("himalayas.json")).postings
    assert (first.location, second.location) == ("United Kingdom", "")
    assert first.fields["timezoneRestrictions"] == [0, 1]
    assert first.closes_at is None


def test_workable_shows_no_hidden_place() -> None:
    first, second = Workable("brightwater").parse(recorded("workable.json")).postings
    assert (first.company, first.location) == ("Brightwater Ltd", "Leeds, West Yorkshire, United Kingdom")
    assert second.location == "York, North Yorkshire, United Kingdom"


def test_recruitee_keeps_no_mailboxes_and_nothing_unpublished() -> None:
    page = Recruitee("acme").parse(recorded("recruitee.json"))
    assert page.postings[0].description == "<p>Rails.</p>\n<p>Ruby.</p>"
    assert page.postings[0].closes_at == datetime(2026, 12, 5, 10, 10, 39, tzinfo=UTC)
    assert "job.x@" not in str(page)
    assert "Robin" not in str(page)
    draft = '{"offers": [{"id": 1, "title": "x", "status": "draft"}]}'
    assert Recruitee("acme").parse(reply(draft)).postings == ()


def test_pinpoint_shows_pay_only_where_the_employer_does() -> None:
    first, second = Pinpoint("acme").parse(recorded("pinpoint.json")).postings
    assert first.fields["compensation_minimum"] == 80_000
    assert "compensation_minimum" not in second.fields
    assert second.url == "https://acme.pinpointhq.com/en/postings/p-2"
    assert "<h3>What you will do</h3>" in first.description


def test_personio_joins_its_sections_and_offices() -> None:
    page = Personio("acme").parse(recorded("personio.xml"))
    first = page.postings[0]
    assert (first.company, first.location, page.complete) == ("Acme & Co", "London; Leeds", True)
    assert first.description.count("<h3>") == 2
    assert first.tags == ("Product and Tech", "Engineering", "software and web development", "kotlin", "jvm")
    assert first.url == "https://acme.jobs.personio.de/job/1834"


def test_arbeitnow_never_says_that_a_job_is_not_remote() -> None:
    first, second = Arbeitnow().parse(recorded("arbeitnow.json")).postings
    assert first.fields["remote"] is True
    assert "remote" not in second.fields


def test_hacker_news_comments_are_postings_where_they_look_like_one() -> None:
    first, second = HackerNews().parse(recorded("hackernews.json")).postings
    assert (first.company, first.title, first.salary_text) == ("Larkspur", "Senior Backend Engineer (Go)", "£80k/£95k")
    assert first.location == "London, UK | Hybrid"
    assert first.url == "https://news.ycombinator.com/item?id=4901"
    assert (second.title, second.location) == ("Staff", "REMOTE (UK)")


def test_hacker_news_takes_the_two_newest_threads_of_its_kind() -> None:
    titles = [
        "Ask HN: Who wants to be hired? (Nov)",
        *(f"Ask HN: Who is hiring? ({month})" for month in ("Nov", "Oct", "Sep")),
    ]
    hits = [{"objectID": str(n), "title": title} for n, title in enumerate(titles)]
    page = HackerNews().parse(reply(json.dumps({"hits": hits})))
    urls = [f"https://hn.algolia.com/api/v1/items/{number}" for number in (1, 2)]
    assert [(request.url, request.always) for request in page.following] == [(url, True) for url in urls]
    assert page.complete
    with pytest.raises(Unreadable, match="no thread"):
        HackerNews().parse(reply('{"hits": []}'))


# --- feeds --------------------------------------------------------------------------------------------------------


def test_an_rss_feed_of_titles_with_companies() -> None:
    page = Feed(URL, preset="weworkremotely").parse(recorded("weworkremotely.rss"))
    first, second = page.postings
    assert (first.company, first.title) == ("Mossgate", "Back-End Engineer: Billing")  # the first ": " counts
    assert (second.company, second.title) == ("", "No company in this title")
    assert first.id == "https://board.example/remote-jobs/mossgate-billing"
    assert first.url.endswith("?utm_source=rss")  # as served
    assert (first.location, first.fields["region"]) == ("Europe Only", "Europe Only")
    assert first.tags == ("Back-End Programming", "Python", "Django", "AWS")
    assert first.closes_at is None  # its expires_at is always thirty days: no closing date
    assert first.posted_at == datetime(2026, 11, 20, 22, 41, 40, tzinfo=UTC)
    assert (page.wait, page.complete) == (3600, False)


def test_an_atom_feed_of_a_government_department() -> None:
    page = Feed(URL, preset="oleeo").parse(recorded("oleeo.atom"))
    posting = only(page)
    assert page.complete
    assert (posting.id, posting.title, posting.company) == ("50123", "Senior Developer", "Ministry of Examples")
    assert posting.location == "Bracknell; Reading; Slough"
    assert posting.salary_text == "£44,500 - £52,000"
    assert posting.closes_at == datetime(2027, 6, 25, 22, 55, tzinfo=UTC)
    assert (posting.country, posting.tags) == ("GB", ("Digital", "Security & Data"))


def test_an_rss_1_feed_in_latin_1() -> None:
    page = Feed(URL, country="gb").parse(recorded("rss1.rdf"))
    posting = only(page)
    assert (posting.title, posting.country) == ("C++ Developer, 60k", "GB")
    assert posting.posted_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert page.wait == 6 * 3600


def test_repeated_elements_are_all_read() -> None:
    teamtailor = only(Feed(URL, preset="teamtailor").parse(recorded("teamtailor.rss")))
    assert (teamtailor.company, teamtailor.location, teamtailor.id) == ("Brightwater", "Leeds; York", "a1b2")
    assert teamtailor.fields["remoteStatus"] == "none"
    assert [each["country"] for each in teamtailor.fields["locations"]] == ["United Kingdom"] * 2
    himalayas = only(Feed(URL, preset="himalayas").parse(recorded("himalayas.rss")))
    assert (himalayas.company, himalayas.location) == ("Farrow", "United Kingdom; Ireland")
    assert himalayas.fields["timezoneRestrictions"] == ["0", "1"]


def test_a_json_feed_with_what_schema_org_says_in_it() -> None:
    page = Feed(URL).parse(recorded("jsonfeed.json"))
    first, second = page.postings
    assert (first.id, first.company, first.description) == ("a1b2", "Brightwater", "<p>Elixir.</p>")
    assert first.fields["baseSalary"]["value"]["minValue"] == 60_000
    assert first.closes_at == datetime(2026, 12, 24, tzinfo=UTC)
    assert (second.id, second.description) == ("7", "Linux.")
    assert [request.url.endswith("?page=2") for request in page.following] == [True]


def rss(item: str, head: str = "") -> Reply:
    return reply(f'<rss version="2.0"><channel><title>Jobs</title>{head}<item>{item}</item></channel></rss>')


def test_an_identity_is_the_guid_else_the_link_without_its_trackers_and_never_the_title() -> None:
    assert only(Feed(URL).parse(rss("<guid>g1</guid><title>A</title><link>https://x.example/1</link>"))).id == "g1"
    link = "<title>A</title><link>https://www.x.example/1?utm_source=rss&amp;id=5#top</link>"
    assert only(Feed(URL).parse(rss(link))).id == "https://x.example/1?id=5"
    with pytest.raises(Unreadable, match="no title or no identity"):
        Feed(URL).parse(rss("<title>A title alone</title>"))


def test_a_feed_that_is_not_well_formed_keeps_what_could_be_read() -> None:
    cut = FIXTURES.joinpath("weworkremotely.rss").read_bytes()
    page = Feed(URL).parse(reply(cut[: cut.rindex(b"<description>x")]))
    assert page.postings[0].id == "https://board.example/remote-jobs/mossgate-billing"
    oleeo = FIXTURES.joinpath("oleeo.atom").read_bytes()
    assert not Feed(URL, preset="oleeo").parse(reply(oleeo.replace(b"</feed>", b""))).complete


def test_a_feed_served_as_html_or_with_a_wrong_charset_is_still_a_feed() -> None:
    body = FIXTURES.joinpath("weworkremotely.rss").read_bytes()
    assert len(Feed(URL).parse(reply(body, "text/html")).postings) == 2
    latin = '<rss version="2.0"><channel><item><guid>1</guid><title>Développeur</title></item></channel></rss>'
    assert only(Feed(URL).parse(reply(latin.encode("latin-1"), "text/xml; charset=iso-8859-1"))).title == "Développeur"


def test_a_feed_without_its_root_as_school_boards_serve_it() -> None:
    item = "<reference>0044</reference><advertUrl>https://x.example/44</advertUrl><publishOn>2026-08-02</publishOn>"
    more = (
        "<expiresAt>2026-12-23T01:40:35+0100</expiresAt><jobTitle>IT Manager</jobTitle><salary>£50,879 a year</salary>"
    )
    posting = only(Feed(URL).parse(reply(f"<items><item>{item}{more}<jobAdvert>Text</jobAdvert></item></items>")))
    assert (posting.id, posting.title, posting.url) == ("0044", "IT Manager", "https://x.example/44")
    assert (posting.salary_text, posting.description) == ("£50,879 a year", "Text")
    assert posting.posted_at == datetime(2026, 8, 2, tzinfo=UTC)
    assert posting.closes_at == datetime(2026, 12, 23, 0, 40, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "headers", "wait"),
    [
        ("", {}, None),
        ("<ttl>90</ttl>", {}, 5400),
        ("<ttl>99999999</ttl>", {}, None),
        ("<ttl>soon</ttl>", {}, None),
        ("", {"cache_control": "public, max-age=7200"}, 7200),
        ("<ttl>60</ttl>", {"cache_control": "max-age=7200"}, 7200),
        ("", {"cache_control": "max-age=99999999"}, 86_400),
        ("<skipHours><hour>12</hour><hour>13</hour></skipHours>", {}, 5400),  # it is 12:30
        ("<ttl>45</ttl><skipHours><hour>13</hour></skipHours>", {}, 5400),
    ],
)
def test_a_feed_says_when_it_wants_to_be_asked_again(head: str, headers: dict[str, str], wait: float | None) -> None:
    body = f'<rss version="2.0"><channel><title>Jobs</title>{head}</channel></rss>'
    assert Feed(URL).parse(reply(body, **headers)).wait == wait


@pytest.mark.parametrize(
    ("pattern", "title", "parts"),
    [
        ("{company}: {title}", "Acme: Engineer: Go", ("Engineer: Go", "Acme")),
        ("{title}, {company}", "Engineer, Backend, Acme", ("Engineer, Backend", "Acme")),
        ("{title} at {company}", "Engineer at Acme (UK)", ("Engineer", "Acme (UK)")),
        ("[Hiring] {title}", "[Hiring] Engineer", ("Engineer", "")),
        ("{company}: {title}", "Engineer", ("Engineer", "")),
    ],
)
def test_a_title_pattern_takes_titles_apart(pattern: str, title: str, parts: tuple[str, str]) -> None:
    posting = only(Feed(URL, title_pattern=pattern).parse(rss(f"<guid>1</guid><title>{title}</title>")))
    assert (posting.title, posting.company) == parts


@pytest.mark.parametrize("pattern", ["{company}", "{title} {title}", "(.*)"])
def test_a_title_pattern_that_cannot_work_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="title_pattern"):
        title_regex(pattern)


@pytest.mark.parametrize("url", ["jobs.example/feed", "file:///etc/passwd", "ftp://x.example/feed", ""])
def test_a_feed_lies_on_the_web(url: str) -> None:
    with pytest.raises(ValueError, match="begins with https"):
        Feed(url)


def test_a_feeds_name_is_its_label_or_its_address_without_the_query() -> None:
    assert Feed("https://www.jobs.example/a/feed.rss").name == "feed:jobs.example/a/feed.rss"
    assert Feed(URL, label="Guardian").name == "feed:Guardian"
    one, other = (Feed(f"https://jobs.example/feed?key=secret{n}").name for n in (1, 2))
    assert one != other
    assert "secret" not in one
    assert Feed(URL, preset="weworkremotely").name == "weworkremotely:board.example/feed"


def test_every_preset_can_be_chosen() -> None:
    assert set(get_args(PresetName)) == set(PRESETS)


# --- folders ------------------------------------------------------------------------------------------------------


async def read_folder(path: Path) -> Page:
    source = Folder(str(path))
    async with HttpFetcher() as fetcher:
        return source.parse(await fetcher.fetch(source.requests()[0], Validators()))


async def test_a_file_of_postings_is_read_line_by_line_and_bad_lines_are_counted(tmp_path: Path) -> None:
    line = {
        "id": "x:1",
        "title": "Engineer",
        "company": "Acme",
        "salary_text": "£60k",
        "posted_at": "2026-11-01T00:00:00Z",
    }
    path = tmp_path / "jobs.jsonl"
    path.write_text(
        f'not json\n{json.dumps(line)}\n\n{{"title": "no id"}}\n{json.dumps({**line, "id": "x:2", "tags": ["go"]})}\n'
    )
    page = await read_folder(path)
    assert [posting.id for posting in page.postings] == ["x:1", "x:2"]
    assert (page.skipped, page.complete) == (2, False)
    assert page.postings[0].source == "folder:jobs.jsonl"
    assert page.postings[0].posted_at == datetime(2026, 11, 1, tzinfo=UTC)


async def test_a_directory_may_hold_postings_and_saved_feeds(tmp_path: Path) -> None:
    for name in ("weworkremotely.rss", "oleeo.atom", "jsonfeed.json", "rss1.rdf"):
        tmp_path.joinpath(name).write_bytes(FIXTURES.joinpath(name).read_bytes())
    tmp_path.joinpath("mine.json").write_text('[{"id": 1, "title": "Engineer"}]')
    tmp_path.joinpath("notes.txt").write_text("not looked at")
    page = await read_folder(tmp_path)
    assert len(page.postings) == 2 + 1 + 2 + 1
    assert {posting.source for posting in page.postings} == {f"folder:{tmp_path.name}"}
    assert page.complete


async def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("mine.json").write_text('[{"id": 1, "title": "Engineer"}]')
    tmp_path.joinpath("broken feed.xml").write_bytes(b"\x89\x00\xff")
    with pytest.raises(Unreadable, match=r"^broken feed\.xml: the answer is not a feed"):
        await read_folder(tmp_path)
    with pytest.raises(Unreadable, match=r"^broken feed\.xml: "):
        await read_folder(tmp_path / "broken feed.xml")


async def test_an_empty_directory_is_an_empty_list(tmp_path: Path) -> None:
    assert (await read_folder(tmp_path)).postings == ()


# --- the small things ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-16T11:55:32-04:00", datetime(2026, 7, 16, 15, 55, 32, tzinfo=UTC)),
        ("2026-08-23T01:40:35+0100", datetime(2026, 8, 23, 0, 40, 35, tzinfo=UTC)),
        ("2024-12-07 04:10:26", datetime(2024, 12, 7, 4, 10, 26, tzinfo=UTC)),
        ("2026-08-05 10:10:39 UTC", datetime(2026, 8, 5, 10, 10, 39, tzinfo=UTC)),
        ("2026-08-05", datetime(2026, 8, 5, tzinfo=UTC)),
        ("05/08/2026", datetime(2026, 8, 5, tzinfo=UTC)),
        ("01/09/2026 12:00:00", datetime(2026, 9, 1, 12, tzinfo=UTC)),
        ("25 Oct 2026 23:55 BST", datetime(2026, 10, 25, 22, 55, tzinfo=UTC)),
        ("31 Oct 2026 23:55 GMT", datetime(2026, 10, 31, 23, 55, tzinfo=UTC)),
        ("Fri, 04 Sep 2026 14:50:13 +0300", datetime(2026, 9, 4, 11, 50, 13, tzinfo=UTC)),
        ("Wed, 19 Aug 2026 05:00:00:0", datetime(2026, 8, 19, 5, tzinfo=UTC)),
        *((bad, None) for bad in ("", "soon", "0000-00-00", "99/99/2026", "2026", "1026-01-01", 5, None)),
        ("9999-12-31T23:59:59-12:00", None),
    ],
)  # fmt: skip
def test_a_date_however_it_is_written(written: object, meant: datetime | None) -> None:
    assert instant(written) == meant


def test_a_date_without_a_zone_is_local_where_the_board_is() -> None:
    assert instant("05/08/2026", LONDON) == datetime(2026, 8, 4, 23, tzinfo=UTC)


def test_an_epoch_that_is_no_date_is_none() -> None:
    assert epoch(1793600000000, "ms") == datetime(2026, 11, 2, 6, 13, 20, tzinfo=UTC)
    for bad in (0, -1, 1e300, float("nan"), float("inf"), True, "5", None, 10**40):
        assert epoch(bad, "s") is None


def test_encoding_is_repaired_only_where_it_was_damaged() -> None:
    assert single_encoded("It’s £70k".encode().decode("latin-1")) == "It’s £70k"
    for whole in ("It’s £70k", "£70k", "café", "plain", ""):
        assert single_encoded(whole) == whole


def test_html_is_unescaped_once_and_again_only_where_nothing_else_would_be_left() -> None:
    assert unescaped_html("&lt;p&gt;a &amp;lt; b&lt;/p&gt;") == "<p>a &lt; b</p>"
    assert unescaped_html("&amp;lt;p&amp;gt;a&amp;lt;/p&amp;gt;") == "<p>a</p>"


def test_boilerplate_goes_unless_it_is_all_there_is_or_never_ends() -> None:
    box = '<div class="content-intro"><div>a</div>b</div>'
    assert without_boilerplate(f"{box}<p>role</p>{box}") == "<p>role</p>"
    assert without_boilerplate(box) == box
    assert without_boilerplate('<div class="content-intro"><p>role</p>') == '<div class="content-intro"><p>role</p>'


def test_a_short_text_is_one_tidy_line_whatever_came() -> None:
    assert short("  CI&amp;amp;T \n  Ltd ") == "CI&T Ltd"
    assert short(17) == "17"
    for nothing in (None, True, [], {}, float("nan")):
        assert short(nothing) == ""


def test_a_row_never_fails_to_be_looked_at() -> None:
    for row in (Row({"a": 1, "b": ["x", 2, None], "c": {"d": "e"}}), Row([1]), Row(None)):
        assert row.row("a").row("b").text("c") == ""
        assert row.rows("a") == row.rows("b") == []
        assert row.texts("c") == ()
    assert Row({"b": ["x", 2, None]}).texts("b") == ("x", "2")


# --- how often ----------------------------------------------------------------------------------------------------

LEAST = {  # minutes between two looks, by kind (design: sources.md 1)
    **dict.fromkeys(("greenhouse", "ashby", "lever"), 30),
    **dict.fromkeys(("teamtailor", "recruitee", "personio", "pinpoint", "smartrecruiters"), 60),
    **dict.fromkeys(("devitjobs", "remoteok", "nhs"), 60),
    **dict.fromkeys(("workable", "workday"), 120),
    **dict.fromkeys(("bamboohr", "breezy", "rippling", "remotive", "jobicy", "himalayas"), 360),
    **dict.fromkeys(("workingnomads", "arbeitnow"), 360),
    "adzuna": 20,
    "reed": 15,
    "hackernews": 15,
}


@pytest.mark.parametrize(("kind", "minutes"), LEAST.items())
def test_no_board_is_asked_oftener_than_it_can_bear(kind: str, minutes: int) -> None:
    assert timedelta(minutes=minutes) <= KINDS[kind].minimum <= KINDS[kind].interval


@pytest.mark.parametrize("preset", ["weworkremotely", "oleeo", "teamtailor", "hnjobs"])
def test_a_feed_of_a_known_board_is_left_alone_for_an_hour(preset: Any) -> None:
    body = "<rss version='2.0'><channel><item><guid>1</guid><title>Engineer</title></item></channel></rss>"
    assert Feed("https://board.example/feed", preset=preset).parse(reply(body)).wait == 3600
