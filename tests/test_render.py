"""What a person reads: pay, places, modes and ages in British words, and nothing that could steer a screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from rolecall.model import (
    Answer,
    Clearance,
    ClearanceLevel,
    Closing,
    Confidence,
    ContractType,
    Copy,
    Fact,
    HomeBase,
    Ir35,
    Level,
    Location,
    Mode,
    Need,
    OfficeDays,
    Pay,
    Place,
    Posting,
    RawPosting,
    Reason,
    Rung,
    Salary,
    Tech,
    UkFit,
    Verdict,
    WorkMode,
)
from rolecall.render import ages, facts, money
from rolecall.render.card import make_card
from rolecall.render.clean import clean, clean_card, line, link
from rolecall.render.names import board_name
from rolecall.render.subject import subject
from tests.cards import CARD, HOSTILE, card, messages

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def pay(low: object, high: object, **more: Any) -> Pay:
    def figure(value: object) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    return Pay(**{"kind": "base", "currency": "GBP", "period": "year"} | more, min=figure(low), max=figure(high))


def salary(low: object, high: object, *, annual: tuple[int | None, int | None] = (None, None), **more: Any) -> Salary:
    own = {key: more.pop(key) for key in ("kind", "currency", "period") if key in more}
    return Salary(pay(low, high, **own), annual, **{"annual_basis": "salary"} | more)


# --- pay ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (salary(75000, 85000), "£75k–£85k"),
        (salary(72500, 72500), "£72.5k"),
        (salary(None, 70000), "up to £70k"),
        (salary(60000, None), "from £60k"),
        (salary("28950", "31245"), "£28,950–£31,245"),
        (salary(100000, 120000), "£100k–£120k"),
        (salary(550, 550, period="day", kind="day_rate"), "£550/day"),
        (salary(500, 600, period="day", kind="day_rate"), "£500–£600/day"),
        (salary(None, 600, period="day", kind="day_rate"), "up to £600/day"),
        (salary("41.11", "41.11", period="hour", kind="hourly"), "£41.11/hour"),
        (salary(70000, 80000, currency="EUR", annual=(58676, 67058)), "€70k–€80k (≈ £59k–£67k)"),
        (salary(None, 80000, currency="EUR", annual=(None, 67058)), "up to €80k (≈ up to £67k)"),
        (salary(240000, 300000, currency="PLN", annual=(46104, 57630)), "240k PLN–300k PLN (≈ £46k–£58k)"),
        (salary(4000, 5000, period="month", annual=(48000, 60000)), "£4,000–£5,000/month (≈ £48k–£60k a year)"),
        (salary("61742.58", "61742.58", predicted=True), "~£62k, Adzuna estimate"),
        (salary(166000, 166000, kind="ote"), "£166k OTE"),
        (salary(38000, 38000, others=(pay(45000, 45000, kind="ote"),)), "£38k, OTE £45k"),
        (salary(68500, 102700, kind="total_cash"), "£68.5k–£102.7k total cash"),
        (salary(25583, 25583, fte_basis="pro_rata", actual=Decimal(22533)), "£25,583 pro rata (actual £22,533)"),
    ],
)
def test_pay_reads_as_it_is_said_in_britain(value: Salary, said: str) -> None:
    assert money.pay_text(Fact(value), None, "Adzuna") == said


@pytest.mark.parametrize(
    ("ir35", "said"), [(Ir35.OUTSIDE, "outside IR35"), (Ir35.INSIDE, "inside IR35"), (Ir35.TBC, "IR35 to be confirmed")]
)
def test_a_day_rate_says_its_ir35_status(ir35: Ir35, said: str) -> None:
    rate = salary(550, 550, period="day", kind="day_rate", annual=(121000, 121000), annual_basis="rate")
    assert money.pay_text(Fact(rate), ir35) == f"£550/day, {said}"


def test_pay_that_is_not_stated_is_nothing_and_about_is_said() -> None:
    assert money.pay_text(Fact()) == ""
    assert money.pay_text(Fact(salary(None, None))) == ""
    assert money.pay_text(Fact(salary(60000, 60000), flags=frozenset({"approx"}))) == "circa £60k"


# --- where, level, contract -----------------------------------------------------------------------------------


def mode(*modes: Mode, days: tuple[float, float | None] | None = None, **more: Any) -> Fact[WorkMode]:
    return Fact(WorkMode(frozenset(modes), office_days=OfficeDays(*days) if days else None, **more))


@pytest.mark.parametrize(
    ("fact", "uk", "said"),
    [
        (mode(Mode.HYBRID, days=(2, 2)), UkFit.YES, "Hybrid, 2 days a week in the office"),
        (mode(Mode.HYBRID, days=(1, 1)), None, "Hybrid, 1 day a week in the office"),
        (mode(Mode.HYBRID, days=(2, 3)), None, "Hybrid, 2–3 days a week in the office"),
        (mode(Mode.HYBRID, days=(2, None)), None, "Hybrid, at least 2 days a week in the office"),
        (mode(Mode.HYBRID, days=(0, 2)), None, "Hybrid, up to 2 days a week in the office"),
        (mode(Mode.HYBRID, days=(2.5, None)), None, "Hybrid, at least 2.5 days a week in the office"),
        (mode(Mode.HYBRID, days=(0.25, 0.25)), None, "Hybrid, 1 day a month in the office"),
        (mode(Mode.HYBRID, days=(0.5, 0.5)), None, "Hybrid, 1 day a fortnight in the office"),
        (mode(Mode.REMOTE), UkFit.YES, "Remote, open to the UK"),
        (mode(Mode.REMOTE), UkFit.UNCLEAR, "Remote, UK eligibility unclear"),
        (mode(Mode.REMOTE), UkFit.NO, "Remote, not open to the UK"),
        (mode(Mode.REMOTE), None, "Remote"),
        (mode(Mode.REMOTE, Mode.HYBRID), UkFit.YES, "Remote or hybrid, open to the UK"),
        (mode(Mode.REMOTE, home_base=HomeBase("London", 30)), None, "Remote, based within 30 miles of London"),
        (mode(Mode.REMOTE, uk_hours="late"), None, "Remote, late hours for the UK"),
        (mode(Mode.ONSITE, days=(5, 5)), None, "On site"),
        (mode(), UkFit.YES, ""),
        (Fact(), UkFit.YES, ""),
    ],
)
def test_the_mode_says_the_office_days_and_whether_the_uk_may_apply(
    fact: Fact[WorkMode], uk: UkFit | None, said: str
) -> None:
    assert facts.mode_text(fact, uk) == said


def test_a_remote_label_that_the_text_contradicts_is_mentioned() -> None:
    fact = Fact(WorkMode(frozenset({Mode.HYBRID})), flags=frozenset({"field_says_remote"}))
    assert facts.mode_text(fact, None) == "Hybrid (advertised as remote)"


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (Level(Rung.SENIOR, Rung.SENIOR), "Senior"),
        (Level(Rung.MID, Rung.SENIOR), "Mid to Senior"),
        (Level(Rung.LEAD, Rung.LEAD, "management"), "Lead (management)"),
        (Level(Rung.EXEC, Rung.EXEC), "Executive"),
    ],
)
def test_a_level_is_said_in_words(level: Level, said: str) -> None:
    assert facts.level_text(Fact(level)) == said


def test_a_guess_is_marked_and_what_is_not_stated_is_nothing() -> None:
    assert facts.level_text(Fact(Level(Rung.MID, Rung.MID), confidence=Confidence.GUESS)) == "~Mid"
    assert facts.level_text(Fact()) == ""


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (Location((Place("Leeds", "GB"),)), "Leeds"),
        (Location((Place("Leeds", "GB"), Place("York", "GB"))), "Leeds or York"),
        (Location((Place("Dublin", "IE"),)), "Dublin (Ireland)"),
        (Location(tuple(Place(name) for name in "ABCDE")), "A, B, C and 2 more"),
        (Location((Place("Singapore", "SG"),)), "Singapore"),
        (Location(countries=frozenset({"GB"})), "UK"),
        (Location(unresolved=True), "Nether Wallop Campus"),
    ],
)
def test_places_are_named_and_what_was_not_recognised_is_quoted(location: Location, said: str) -> None:
    assert facts.place_text(Fact(location), "Nether Wallop Campus") == said


def test_a_location_that_only_repeats_the_mode_is_left_out() -> None:
    assert facts.place_text(Fact(), "Remote") == ""


@pytest.mark.parametrize(
    ("clearance", "said"),
    [
        (Clearance(ClearanceLevel.SC), "Fixed term, SC clearance"),
        (Clearance(ClearanceLevel.SC, "held"), "Fixed term, active SC clearance"),
        (Clearance(ClearanceLevel.DV, "eligible"), "Fixed term, eligible for DV clearance"),
        (Clearance(ClearanceLevel.SC, "preferred"), "Fixed term, SC clearance preferred"),
        (Clearance(ClearanceLevel.NONE), "Fixed term"),
        (None, "Fixed term"),
    ],
)
def test_the_contract_says_which_clearance_it_needs(clearance: Clearance | None, said: str) -> None:
    raw = RawPosting("reed", "1", "Engineer")
    posting = Posting(raw, "", contract=Fact(ContractType.FIXED_TERM), clearance=Fact(clearance))
    assert facts.contract_text(posting) == said


# --- ages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=40), "40 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=21), "3 weeks ago"),
        (timedelta(days=150), "5 months ago"),
        (timedelta(days=800), "2 years ago"),
        (-timedelta(hours=2), "today"),
    ],
)
def test_an_age_is_counted_in_calendar_days(before: timedelta, said: str) -> None:
    assert ages.ago(NOW - before, NOW, LONDON) == said


def test_a_date_without_a_time_of_day_is_today_not_twelve_hours_ago() -> None:
    assert ages.ago(datetime(2026, 11, 22, tzinfo=UTC), NOW, LONDON) == "today"


def test_days_are_those_of_the_readers_zone() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight of the 2nd in London
    noon = datetime(2026, 7, 2, 11, tzinfo=UTC)
    assert ages.ago(late, noon, LONDON) == "11 hours ago"
    assert ages.ago(late, noon, ZoneInfo("UTC")) == "yesterday"


@pytest.mark.parametrize(
    ("at", "date_only", "said"),
    [
        (datetime(2026, 11, 22, 17, tzinfo=UTC), False, "closes today at 17:00"),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), True, "closes today"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), True, "closes tomorrow"),
        (datetime(2026, 11, 27, 23, 59, tzinfo=UTC), True, "closes on Friday"),
        (datetime(2026, 12, 12, tzinfo=UTC), True, "closes on 12 December"),
        (datetime(2027, 1, 2, tzinfo=UTC), True, "closes on 2 January 2027"),
        (datetime(2026, 11, 20, tzinfo=UTC), True, "closed on 20 November"),
        (datetime(2026, 11, 22, 9, tzinfo=UTC), False, "closed on 22 November"),
    ],
)
def test_closing_soon_is_said_by_the_day(at: datetime, date_only: bool, said: str) -> None:
    assert ages.closes(at, NOW, LONDON, date_only=date_only) == said


# --- cards ----------------------------------------------------------------------------------------------------


def reason(criterion: str, label: str, answer: Answer = Answer.YES) -> Reason:
    return Reason(criterion, Verdict(answer, criterion, label))


def made(posting: Posting, *reasons: Reason, **more: Any) -> Any:
    given: dict[str, Any] = {"searches": ("s",), "copies": (), "first_seen": NOW - timedelta(hours=2), "rank": 1.0}
    return make_card(job="j1", posting=posting, reasons=reasons, now=NOW, zone=LONDON, **given | more)


RAW = RawPosting(
    source="greenhouse:harbour",
    id="1",
    title="Senior  Engineer\n",
    url="https://jobs.example/1",
    company="Harbour Lane",
    posted_at=NOW - timedelta(days=2),
    attribution="Jobs by Example",
)


def test_a_card_says_what_is_stated_and_leaves_out_what_is_not() -> None:
    shown = made(Posting(RAW, ""))
    assert (shown.title, shown.company, shown.source) == ("Senior Engineer", "Harbour Lane", "Greenhouse")
    assert (shown.pay, shown.mode, shown.level, shown.contract, shown.closes) == ("", "", "", "", "")
    assert (shown.age, shown.attribution) == ("posted 2 days ago", "Jobs by Example")


def test_a_card_without_a_date_says_when_it_was_first_seen() -> None:
    assert made(Posting(RawPosting("feed:x", "1", "Engineer"), "")).age == "first seen 2 hours ago"


def test_a_card_says_when_applications_close_at_the_latest_known() -> None:
    tomorrow = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    assert made(Posting(RAW, "", closing=Fact(Closing(tomorrow, date_only=True)))).closes == "closes tomorrow"


def test_the_technologies_a_search_asked_for_come_first_and_unwanted_ones_never() -> None:
    stack = (
        Tech("kubernetes", Need.MUST, 3.0),
        Tech("go", Need.NEUTRAL, 1.0),
        Tech("python", Need.MUST, 2.0),
        Tech("php", Need.NOT, 1.0),
        Tech("jvm", Need.NEUTRAL, 1.0, implied_by="scala"),
    )
    shown = made(Posting(RAW, "", stack=stack), reason("stack", "Go"))
    assert shown.stack == ("Go", "Kubernetes", "Python")


def test_the_reasons_are_said_once_each_and_those_against_are_not_given() -> None:
    reasons = (
        reason("levels", "senior"),
        reason("min_salary", "pay not stated", Answer.UNKNOWN),
        reason("mute", ""),
        reason("level", "senior"),
        reason("modes", "on site, you want remote", Answer.NO),
    )
    assert made(Posting(RAW, ""), *reasons).why == ("senior", "pay not stated")


def test_copies_are_named_as_people_call_the_boards() -> None:
    copies = (Copy("remoteok", "https://remoteok.example/1"), Copy("feed:7", "https://www.workboard.example/9"))
    assert [copy.source for copy in made(Posting(RAW, ""), copies=copies).also_on] == ["Remote OK", "workboard.example"]


def test_a_link_that_is_no_web_address_is_replaced_by_the_address_to_apply() -> None:
    raw = RawPosting("feed:x", "1", "Engineer", url="javascript:alert(1)", apply_url="https://jobs.example/apply")
    assert made(Posting(raw, "")).url == "https://jobs.example/apply"


def test_a_board_without_a_name_is_called_by_its_host() -> None:
    assert board_name("lever:acme") == "Lever"
    assert board_name("feed:1", "https://www.boards.example/x") == "boards.example"
    assert board_name("civil_list") == "Civil list"


# --- subjects -------------------------------------------------------------------------------------------------


def test_a_subject_says_what_is_inside() -> None:
    local = NOW.astimezone(LONDON)
    assert subject("alert", [CARD], local) == "Senior Backend Engineer at Harbour Lane Ltd, £75k–£85k"
    assert subject("digest", [CARD, card(2)], local) == "2 new jobs for you, Sunday 22 November"
    assert subject("digest", [CARD], local) == "1 new job for you, Sunday 22 November"
    assert subject("summary", [CARD] * 67, local) == "Open now: 67 jobs for “Python near Leeds”"
    assert subject("summary", [CARD, card(2, searches=("Go",))], local) == "Open now: 2 jobs for you"


# --- nothing steers the screen --------------------------------------------------------------------------------


def test_escape_sequences_bidi_marks_and_controls_are_taken_out() -> None:
    shown = line(HOSTILE)
    assert shown == 'red ab <b>&amp; "x" Bcc: all@example.com'


@given(messages)
@settings(max_examples=100)
def test_a_cleaned_message_is_visible_text_on_one_line_a_field(message: Any) -> None:
    cleaned = clean(message)
    for shown in cleaned.cards:
        for text in (
            shown.title,
            shown.company,
            shown.pay,
            *shown.why,
            *shown.stack,
            *(c.source for c in shown.also_on),
        ):
            assert text == text.strip()
            assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text)
            assert not any(char in text for char in "\u202e\u200b\u2066\ufeff\ud800")
        assert shown.url == "" or shown.url.startswith(("http://", "https://"))
        assert clean_card(shown) == shown
    cleaned.subject.encode()


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,x", "//jobs.example", "https://", "https://user:pw@jobs.example/"),
        *("https://jobs.example/a b", 'https://jobs.example/"x', "https://jobs.example:x/", "http://[::1", "x" * 3000),
        *("https://jobs.example/\u202e", "https://jobs.example/\x1b[2J", "ftp://jobs.example/"),
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert link(url) == ""


def test_a_web_address_stays_as_it_is() -> None:
    assert link(" https://jobs.example:8443/a?b=c&d=%20#e ") == "https://jobs.example:8443/a?b=c&d=%20#e"
