"""How a job is done and whether it is open to the UK; all adverts here are invented."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Confidence, Fact, Mode, OfficeDays, RawPosting, UkFit, WorkMode
from rolecall.normalise.mode import read_mode, read_uk
from rolecall.normalise.mode_days import office_days
from rolecall.normalise.place import read_location
from rolecall.normalise.text import Doc, prepare
from tests.shared import shared
from tests.waiting import no_hang

R, H, S = Mode.REMOTE, Mode.HYBRID, Mode.ONSITE


def prepared(body: str = "", **more: object) -> Doc:
    return prepare(RawPosting(**{"source": "acme", "id": "1", "title": "", "description": body, **more}))  # type: ignore[arg-type]


def read(body: str = "", **more: object) -> Fact[WorkMode]:
    doc = prepared(body, **more)
    return read_mode(doc, read_location(doc))


def modes(body: str = "", **more: object) -> set[Mode]:
    return set((read(body, **more).value or WorkMode()).modes)


def uk(body: str = "", **more: object) -> UkFit | None:
    doc = prepared(body, **more)
    location = read_location(doc)
    return read_uk(doc, read_mode(doc, location), location).value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("This role is fully remote within the UK.", {R}),
        ("We are remote-first.", {R}),
        ("Working from home is the norm here. This is a remote position.", {R}),
        ("Remote (with quarterly travel to London).", {R}),
        ("This is a hybrid role based in Leeds.", {H}),
        ("The job is office-based in Reading with occasional home working.", {H}),
        ("No remote, fully on site.", {S}),
        ("Hybrid working from our Bath studio.", {H}),
        ("Expect a mix of home and office working.", {H}),
        ("You may choose hybrid or fully remote.", {H, R}),
        ("You will be in our head office 3 days a week.", {H}),
        ("This role is fully office based.", {S}),
        ("Monday to Friday, 5 days a week in the office.", {S}),
    ],
)
def test_a_sentence_about_this_role_says_the_mode(body: str, expected: set[Mode]) -> None:
    assert modes(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Experience with hybrid cloud and multi-cloud environments.",
        "You will support remote teams and remote customers.",
        "We have an on-site gym and office lunches.",
        "Work from anywhere for up to four weeks a year.",
        "You will build distributed systems for remote sensing.",
        "The process: phone screen, then an on-site interview in our office.",
        "Experience of working remotely helps.",
        "We give a home office stipend.",
        "You will support traders in the front office, 5 days a week.",
    ],
)
def test_words_that_only_look_like_a_mode_say_nothing(body: str) -> None:
    assert read(body).value is None


@pytest.mark.parametrize(
    "body",
    [
        "This is not a remote role.",
        "No remote option for this position.",
        "Remote working is not possible.",
        "Sorry, fully remote is not an option.",
    ],
)
def test_a_negation_rules_remote_out_and_names_nothing(body: str) -> None:
    value = read(body).value
    assert value is not None
    assert value.modes == frozenset()
    assert value.ruled_out == {R}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2 days a week on site", (2, 2)),
        ("two to three days per week in our leeds office", (2, 3)),
        ("2/3 days in the office", (2, 3)),
        ("at least 2 days per week in the office", (2, None)),
        ("3+ days in the office", (3, None)),
        ("up to 2 days working at home per week", (3, 5)),
        ("3 days from home", (2, 2)),
        ("in the office 4 days a week", (4, 4)),
        ("the office 2 days a month", (0.5, 0.5)),
        ("hybrid, once a month in the office", (0.25, 0.25)),
        ("two days a fortnight in the office", (1, 1)),
        ("60% in the office", (3, 3)),
        ("remote working (80 - 90%)", (0.5, 1)),
        ("tuesdays and thursdays in the office", (2, 2)),
        ("option to work remotely 3x a week", (2, 2)),
        ("remote, with 1 day per month in birmingham", (0.25, 0.25)),
        ("remote working with 2 days on site per month", (0.5, 0.5)),
        ("40% of your time in our leeds hub", (2, 2)),
    ],
)
def test_office_days_are_days_a_week(sentence: str, expected: tuple[float, float | None]) -> None:
    found = office_days(sentence)
    assert found is not None
    assert (found.office.min, found.office.max) == pytest.approx(expected)


@pytest.mark.parametrize(
    "sentence",
    ["25 days holiday and an office", "work from anywhere 10 days a year", "100% remote", "a paid day onsite"],
)
def test_days_of_another_kind_are_no_office_days(sentence: str) -> None:
    assert office_days(sentence) is None


def test_stated_office_days_beat_a_remote_field() -> None:
    fact = read(
        "You will be in our Leeds office 3 days a week.", source="lever:acme", fields={"workplaceType": "remote"}
    )
    assert fact.value is not None
    assert fact.value.modes == {H}
    assert fact.value.office_days == OfficeDays(3, 3)
    assert "field_says_remote" in fact.flags


def test_a_mere_hybrid_in_the_text_does_not_beat_a_remote_field() -> None:
    fact = read("We offer hybrid working.", source="lever:acme", fields={"workplaceType": "remote"})
    assert fact.value is not None
    assert fact.value.modes == {R}
    assert "conflict" in fact.flags
    assert fact.confidence <= Confidence.LOW
    assert {m for option in fact.alternatives for m in option.modes} == {R, H}


def test_one_office_day_a_month_is_remote_with_travel() -> None:
    value = read("Remote, with 1 day a month in our London office.").value
    assert value is not None
    assert value.modes == {R}
    assert value.travel == "occasional"


@pytest.mark.parametrize(
    ("board", "fields", "expected"),
    [
        ("ashby", {"workplaceType": "Hybrid", "isRemote": True}, {H}),
        ("ashby", {"workplaceType": "OnSite"}, {S}),
        ("lever", {"workplaceType": "unspecified"}, set()),
        ("lever", {"workplaceType": "on-site"}, {S}),
        ("teamtailor", {"remoteStatus": "fully"}, {R}),
        ("teamtailor", {"remoteStatus": "none"}, set()),
        ("recruitee", {"remote": True, "hybrid": True, "on_site": False}, {R, H}),
        ("smartrecruiters", {"location": {"remote": False, "hybrid": True}}, {H}),
        ("workable", {"telecommuting": True}, {R}),
        ("feed", {"jobLocationType": "TELECOMMUTE"}, {R}),
        ("remotive", {}, {R}),
    ],
)
def test_a_board_says_it_in_its_own_field(board: str, fields: dict[str, object], expected: set[Mode]) -> None:
    assert modes(source=f"{board}:acme", fields=fields) == expected


def test_ashby_is_remote_alone_is_remote_or_hybrid() -> None:
    fact = read(source="ashby:acme", location="London", fields={"isRemote": True})
    assert fact.value is not None
    assert fact.value.modes == frozenset()
    assert "conflict" in fact.flags


def test_partly_remote_in_a_title_is_hybrid() -> None:
    assert modes(title="Kettle Engineer | Leeds | ONSITE or partial REMOTE") == {S, H}


def test_ashby_is_remote_beside_a_whole_country_is_remote() -> None:
    assert modes(source="ashby:acme", location="United Kingdom", fields={"isRemote": True}) == {R}
    address = {"postalAddress": {"addressCountry": "United Kingdom", "addressLocality": ""}}
    assert modes(source="ashby:acme", location="United Kingdom", fields={"isRemote": True, "address": address}) == {R}


def test_of_ashby_s_two_the_text_says_which() -> None:
    fields = {"isRemote": True}
    assert modes("This is a hybrid role.", source="ashby:acme", location="United Kingdom", fields=fields) == {H}
    assert modes("This is a remote role.", source="ashby:acme", location="United Kingdom", fields=fields) == {R}


def test_ashby_is_remote_beside_an_office_that_only_the_address_names_says_neither() -> None:
    address = {"postalAddress": {"addressCountry": "United Kingdom", "addressLocality": "Leeds"}}
    for location in ("United Kingdom", ""):
        fact = read(source="ashby:acme", location=location, fields={"isRemote": True, "address": address})
        assert fact.value is not None
        assert (fact.value.modes, "conflict" in fact.flags) == (frozenset(), True)


@pytest.mark.parametrize(
    ("location", "expected", "flags"),
    [
        ("Remote", {R}, set()),
        ("Cardiff, London or Remote (UK)", {R}, {"office_optional"}),
        ("Remote,Hybrid - WFH / Bristol", {H}, set()),
        ("Hybrid/Remote", {H, R}, set()),
        ("London (Hybrid)", {H}, set()),
        ("Anywhere", {R}, set()),
        ("London", set(), set()),
    ],
)
def test_a_location_field_may_hold_the_mode(location: str, expected: set[Mode], flags: set[str]) -> None:
    fact = read(location=location)
    assert set((fact.value or WorkMode()).modes) == expected
    assert flags <= fact.flags


@pytest.mark.parametrize(
    "title",
    ["Remote Sensing Engineer", "Remote Support Analyst", "Hybrid Cloud Engineer", "Distributed Systems Engineer"],
)
def test_trades_of_a_title_are_no_mode(title: str) -> None:
    assert modes(title=title) == set()


def test_hashtags_are_weak_and_two_of_them_conflict() -> None:
    fact = read("Apply now. #LI-Remote #LI-Hybrid")
    assert fact.value is not None
    assert fact.value.modes == {R, H}
    assert fact.confidence == Confidence.LOW
    assert "conflict" in fact.flags


def test_remote_for_the_start_is_not_remote() -> None:
    fact = read("Remote during probation, then 3 days in the office.")
    assert fact.value is not None
    assert fact.value.modes == {H}
    assert "temporary_remote" in fact.flags


def test_what_is_said_of_other_people_decides_nothing() -> None:
    assert modes("Some of our roles are hybrid, 3 days a week in the office.", location="Remote") == {R}


def test_evidence_is_a_span_of_the_text() -> None:
    doc = prepared("Kettles matter.\nYou will spend 2 days a week in our Leeds office, HR willing.")
    fact = read_mode(doc, read_location(doc))
    assert fact.source == "body"
    assert fact.evidence in doc.body
    assert "2 days a week" in fact.evidence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Core hours are 2pm to 6pm GMT.", "ok"),
        ("EST hours required.", "late"),
        ("At least 4 hours overlap with EST.", "ok"),
        ("SGT hours required.", "early"),
        ("Core hours are 10-4 GMT.", "ok"),
        ("Core hours are 9am - 3pm Pacific Time.", "late"),
        ("You'll need at least 4 hours of overlap with US Eastern.", "ok"),
        ("Core hours 9-5 Central European Time", "ok"),
    ],
)
def test_hours_are_judged_by_a_london_day(text: str, expected: str) -> None:
    value = read(text).value
    assert value is not None
    assert value.uk_hours == expected


@pytest.mark.parametrize(
    ("text", "much"),
    [
        ("Monthly travel to Leeds.", "occasional"),
        ("You will travel to Leeds once a month.", "occasional"),
        ("The role has 20% travel.", "occasional"),
        ("The role has 25% travel.", "regular"),
        ("We make travel better.", None),
    ],
)
def test_how_much_one_travels_is_read(text: str, much: str | None) -> None:
    value = read(f"This role is fully remote. {text}").value
    assert value is not None
    assert value.travel == much


def test_a_home_base_is_read_with_its_radius() -> None:
    value = read("Fully remote, but you must live within 30 miles of Leeds.").value
    assert value is not None
    assert value.home_base is not None
    assert (value.home_base.name, value.home_base.miles) == ("Leeds", 30)


@pytest.mark.parametrize(
    ("location", "body", "expected"),
    [
        ("Leeds, UK", "", UkFit.YES),
        ("Remote (UK)", "", UkFit.YES),
        ("Remote - Europe", "", UkFit.YES),
        ("Anywhere (EMEA)", "", UkFit.YES),
        ("Remote (EU)", "", UkFit.UNCLEAR),
        ("Remote - Europe", "You need the right to work in the EU.", UkFit.UNCLEAR),
        ("Remote - US", "", UkFit.NO),
        ("Remote (US or Canada)", "", UkFit.NO),
        ("Berlin, Germany", "", UkFit.NO),
        ("Berlin, Germany / Remote", "", UkFit.UNCLEAR),
        ("Remote", "", UkFit.UNCLEAR),
        ("Remote", "We offer a 401(k) and PTO.", UkFit.NO),
        ("Remote", "We offer 25 days holiday and a pension.", UkFit.YES),
        ("Remote", "Contact us only via the form.", UkFit.UNCLEAR),
        ("Ireland, England, United Kingdom", "", UkFit.YES),
        ("Remote, Germering, United Kingdom", "", UkFit.UNCLEAR),
        ("Perth", "", UkFit.UNCLEAR),
    ],
)
def test_whether_a_person_in_the_uk_may_take_it(location: str, body: str, expected: UkFit) -> None:
    assert uk(body, location=location) == expected


def test_the_address_of_the_head_office_opens_no_region() -> None:
    address = {"postalAddress": {"addressRegion": "Europe", "addressCountry": "France"}}
    fields = {"address": address}
    assert uk(source="ashby:acme", location="Anywhere in France, Spain", fields=fields) == UkFit.NO
    assert uk(source="weworkremotely", location="Anywhere in the World", fields={"state": "Utah"}) == UkFit.YES


def test_a_job_that_asks_to_move_abroad_is_not_open_to_the_uk() -> None:
    assert uk(title="Relocate to Australia: Kettle Engineer", location="Leeds, UK", country="GB") == UkFit.NO


@settings(max_examples=100)
@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_read(body: str, title: str, location: str) -> None:
    fact = read(body, title=title, location=location, salary_text=title)
    assert len(fact.evidence) <= 160


_words = st.lists(
    st.sampled_from(
        [
            "remote",
            "hybrid",
            "2",
            "days",
            "a week",
            "in the office",
            "not",
            "%",
            "50",
            "from home",
            "UK",
            ".",
            "\n",
            "#LI-Remote",
            "once",
            "a month",
            "GMT",
            "hours",
            "9am",
            "-",
        ]
    ),
    max_size=40,
)


@settings(max_examples=100)
@given(_words, _words)
def test_any_jumble_of_its_own_words_can_be_read(body: list[str], location: list[str]) -> None:
    doc = prepared(" ".join(body), location=" ".join(location))
    where = read_location(doc)
    fact = read_mode(doc, where)
    assert fact.source != "body" or fact.evidence in doc.body
    assert read_uk(doc, fact, where).value in UkFit


def test_a_huge_hostile_posting_is_read_to_its_end() -> None:
    hostile = [
        "remote " * 9000,
        "hybrid 2 days " * 4500,
        "in the office " * 4500,
        "9 " * 30000,
        "A" * 60000,
        "based in London " * 4000,
    ]
    with no_hang():
        for body in hostile:
            read(body, location=body[:2000], title=body[:2000])


def test_the_shared_cases_hold() -> None:
    wrong = []
    for line in shared("data", "cases", "mode.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        context, wanted = case.get("context", {}), case["expect"]
        key = {"title": "title", "location": "location", "salary_field": "salary_text"}.get(
            context.get("where", ""), "description"
        )
        texts = {
            "description": context.get("body", ""),
            key: case["input"],
            "title": case["input"] if key == "title" else "",
        }
        body = texts.pop("description")
        fact = read(body, **{"source": context.get("board", "acme"), "fields": context.get("fields", {}), **texts})
        value = fact.value or WorkMode()
        if sorted(value.modes) != sorted(wanted["modes"]) or not set(wanted.get("flags", [])) <= fact.flags:
            wrong.append(case["id"])
    assert wrong == []


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (("Remote",), UkFit.UNCLEAR),
        (("Remote (US)",), UkFit.NO),
        (("Remote - APAC", "Remote - EMEA"), UkFit.YES),
        (("London",), UkFit.YES),
    ],
)
def test_the_other_places_of_a_board_say_who_may_apply(others: tuple[str, ...], expected: UkFit) -> None:
    fields = {"secondaryLocations": [{"location": other} for other in others]}
    assert uk("We build tools.", source="ashby:acme", location="New York", fields=fields) is expected


def test_a_place_among_others_that_says_remote_makes_the_office_a_choice() -> None:
    fact = read(
        "We build tools.",
        source="ashby:acme",
        location="New York",
        fields={"secondaryLocations": [{"location": "Remote"}]},
    )
    assert fact.value is not None
    assert fact.value.modes == {R}
    assert "office_optional" in fact.flags


def test_an_office_to_work_hybrid_from_is_no_mere_skill() -> None:
    assert modes("The ability to work in a hybrid model from our Leeds office.") == {H}
    assert modes("Experience working in a hybrid team.") == set()
    assert modes("* Hybrid or multi-cloud Kubernetes experience") == set()
