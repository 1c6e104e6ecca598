"""How a source is after each look at it, and when the next one comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rolecall.config import SourceEntry
from rolecall.errors import NotNow, Refused, SourceError, Unreachable, Unreadable
from rolecall.health import Look, after_failure, after_put_off, after_success, readdressed, rebased
from rolecall.model import Page, RawPosting, Request, Validators
from rolecall.plan import SourceState
from rolecall.schedule import DAY
from rolecall.secret import Secret
from rolecall.sources.adzuna import Adzuna
from tests.house import CHANNELS, NOON, config_of, feed, greenhouse

ENTRY = config_of(CHANNELS + greenhouse("larkspur", "http://127.0.0.1")).sources[0]
FEED = config_of(CHANNELS + feed("larkspur", "https://jobs.example.org/feed")).sources[0]
NEW = SourceState(ENTRY.source.name, NOON)
HOUR = timedelta(hours=1)
UNCHANGED = Look((), frozenset(), {})


def page(*ids: int, complete: bool = True) -> Page:
    return Page(tuple(RawPosting("x", str(number), "Engineer") for number in ids), complete)


def look(*pages: Page, **more: object) -> Look:
    ids = frozenset[str]().union(*(each.ids for each in pages))
    return replace(Look(pages, ids, {}, whole=all(each.complete for each in pages)), **more)  # type: ignore[arg-type] # by name


def seen(
    state: SourceState, *pages: Page, now: datetime = NOON, entry: SourceEntry = ENTRY, **more: object
) -> SourceState:
    return after_success(state, entry, look(*pages, **more), now)


def fail(state: SourceState, *errors: SourceError, entry: SourceEntry = ENTRY) -> SourceState:
    for error in errors:
        state = after_failure(state, entry, error, NOON)
    return state


# --- what it is called ----------------------------------------------------------------------------------------


def test_what_need_not_be_read_again_is_remembered_by_the_strings_of_last_time() -> None:
    """Small strings made anew at every poll, amid all that it drops, leave holes in the memory."""

    def listing(**items: str) -> Look:
        made_anew = {"".join(digest): "".join(id_) for digest, id_ in ((list(d), list(i)) for d, i in items.items())}
        return look(replace(page(1), items=made_anew))

    first = after_success(NEW, ENTRY, listing(d1="posting-1", d2="posting-2", d3="posting-3"), NOON)
    second = after_success(first, ENTRY, listing(d4="posting-4", d3="posting-5", d1="posting-1"), NOON)
    assert second.items == {"d1": "posting-1", "d3": "posting-5", "d4": "posting-4"}
    assert second.items["d1"] is first.items["d1"]
    assert next(iter(second.items)) is next(iter(first.items))


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (Unreachable("down"), "unreachable"),
        (Unreadable("HTML"), "unreadable"),
        (SourceError("a bug"), "unreadable"),
        (Refused("403"), "blocked"),
        (Refused("404", gone=True), "gone"),
    ],
)
def test_each_kind_of_failure_has_a_name(error: SourceError, health: str) -> None:
    assert fail(NEW, error).health == health


def test_a_source_that_lists_something_is_alive_and_one_that_never_did_is_empty() -> None:
    assert seen(NEW, page(1)).health == "alive"
    assert seen(NEW, page()).health == "empty"


def test_a_list_that_drops_to_nothing_is_an_error_until_a_second_look_agrees() -> None:
    full = seen(NEW, page(*range(40)))
    doubted = seen(full, page(), now=NOON + HOUR)
    assert (doubted.health, doubted.failures) == ("unreadable", 1)
    assert doubted.last_error == "it lists nothing, where there were 40: a second look decides"
    assert seen(doubted, page(), now=NOON + 2 * HOUR).health == "empty"
    unchanged = after_success(doubted, ENTRY, UNCHANGED, NOON + 2 * HOUR)
    assert unchanged.health == "empty", "an unchanged list agrees"
    assert seen(doubted, page(*range(40)), now=NOON + 2 * HOUR).health == "alive"


def test_the_end_of_a_few_jobs_is_no_fault() -> None:
    assert seen(seen(NEW, page(1, 2)), page(), now=NOON + HOUR).health == "empty"


def test_a_source_without_anything_new_for_far_longer_than_usual_is_silent() -> None:
    entry, state, now = replace(ENTRY, every=6 * HOUR, fixed=True), NEW, NOON
    for number in range(40):
        now += 6 * HOUR
        state = seen(state, page(number), now=now, entry=entry, new=1)
    assert state.health == "alive"
    for _ in range(4 * 6):
        now += 6 * HOUR
        state = after_success(state, entry, UNCHANGED, now)
    assert state.health == "silent"
    assert state.since is not None
    assert now - state.since == 18 * HOUR, "it was called so after three working days, a weekend and a look"


def test_one_trouble_may_change_its_face_and_began_when_it_began() -> None:
    state = after_failure(seen(NEW, page(1)), ENTRY, Unreachable("down"), NOON + HOUR)
    state = after_failure(state, ENTRY, Refused("403"), NOON + 2 * HOUR)
    assert (state.health, state.since) == ("blocked", NOON + HOUR)
    well = seen(state, page(1), now=NOON + 3 * HOUR)
    assert (well.health, well.since, well.failures) == ("alive", NOON + 3 * HOUR, 0)


# --- when it is asked again -----------------------------------------------------------------------------------


def test_failure_slows_down_and_keeps_what_made_the_next_request_conditional() -> None:
    known = replace(NEW, validators={"u": Validators("etag")}, baseline=True, last_success=NOON)
    waits = [fail(known, *[Unreachable("down")] * times).due_at - NOON for times in (1, 2, 8, 12)]
    assert waits == sorted(waits)
    assert waits[0] >= ENTRY.source.minimum, "a failing source is asked no oftener than a healthy one"
    assert waits[-1] > 20 * HOUR
    assert fail(known, Unreachable("down")).validators == known.validators


def test_a_source_is_not_asked_before_it_said() -> None:
    assert fail(NEW, Unreachable("busy", retry_after=7200)).due_at - NOON >= 2 * HOUR


def test_a_refusal_is_looked_at_twice_and_then_once_a_day() -> None:
    refusal = Refused("404", gone=True)
    assert fail(NEW, refusal).due_at == NOON + HOUR
    assert [fail(NEW, *[refusal] * times).due_at - NOON for times in (2, 3, 50)] == [DAY] * 3


def test_a_source_that_was_put_off_is_as_well_as_before() -> None:
    well = seen(NEW, page(1))
    after = after_put_off(well, NotNow("out of budget", retry_after=7200), NOON + HOUR)
    assert after == replace(well, due_at=NOON + 3 * HOUR, put_off="out of budget")
    assert seen(after, page(1), now=NOON + 3 * HOUR).put_off == ""


def test_an_unchanged_answer_keeps_the_counts_and_the_wishes_of_the_last_one() -> None:
    wish = seen(NEW, page(1, 2), wait=timedelta(hours=4))
    after = after_success(wish, ENTRY, UNCHANGED, NOON + 5 * HOUR)
    assert (after.postings, after.health) == (2, "alive")
    assert after.due_at >= NOON + 9 * HOUR


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=30)])
def test_after_the_clock_was_set_back_a_source_waits_for_one_interval_and_no_longer(back: timedelta) -> None:
    state = seen(NEW, page(1))
    after = rebased(state, NOON - back)
    assert after.due_at - (NOON - back) == state.due_at - NOON
    assert rebased(state, NOON) == state


# --- gaps -----------------------------------------------------------------------------------------------------


def newest(*ids: int) -> Page:
    return page(*ids, complete=False)


def test_a_page_of_the_newest_on_which_nothing_is_known_after_an_outage_may_have_a_gap() -> None:
    before = seen(NEW, newest(1, 2, 3))
    later = NOON + 2 * DAY
    assert seen(before, newest(7, 8, 9), now=later, new=3).gap == (NOON, later)
    failed = after_failure(before, ENTRY, Unreachable("down"), NOON + HOUR)
    assert seen(failed, newest(7, 8), now=NOON + 1.2 * HOUR, new=2).gap == (NOON, NOON + 1.2 * HOUR)


@pytest.mark.parametrize(
    ("pages", "new", "after"),
    [
        ([newest(3, 4)], 1, 2 * DAY),
        ([page(7, 8)], 2, 2 * DAY),
        ([newest(7, 8)], 2, timedelta(minutes=45)),
        ([], 0, 2 * DAY),
    ],
    ids=["one is known", "the whole list", "no outage", "unchanged"],
)
def test_otherwise_there_is_none(pages: Sequence[Page], new: int, after: timedelta) -> None:
    before = seen(NEW, newest(1, 2, 3))
    assert seen(before, *pages, now=NOON + after, new=new).gap is None


# --- moves ----------------------------------------------------------------------------------------------------

TO = "https://new.example.org/feed"
ASKED = Request("https://jobs.example.org/feed")


def told(state: SourceState, hours: float, to: str | None = TO, entry: SourceEntry = FEED) -> SourceState:
    return seen(state, page(1), now=NOON + timedelta(hours=hours), entry=entry, moved_to=to)


def test_an_address_that_has_moved_for_good_three_times_over_a_day_is_asked_there() -> None:
    state = NEW
    for hours in (0, 1, 2):
        state = told(state, hours)
        assert readdressed(ASKED, state) == ASKED, "three times, but within hours"
    state = told(state, 25)
    assert readdressed(ASKED, state).url == TO
    state = told(state, 26, to=None)
    assert readdressed(ASKED, state).url == TO, "there it is not moved any more"
    assert readdressed(Request("https://other.example.org/"), state).url == "https://other.example.org/"


def test_one_answer_at_the_old_address_or_another_target_begins_the_count_anew() -> None:
    state = told(told(told(told(NEW, 0), 1), 2, to=None), 30)
    assert readdressed(ASKED, state) == ASKED
    state = told(told(told(NEW, 0), 10), 25, to="https://else.example.org/")
    assert readdressed(ASKED, state) == ASKED


def test_a_new_address_that_fails_is_given_up_for_the_old_one() -> None:
    moved = told(told(told(NEW, 0), 1), 25)
    assert readdressed(ASKED, fail(moved, Refused("404", gone=True), entry=FEED)) == ASKED


def test_an_address_that_holds_a_key_is_never_remembered() -> None:
    entry = SourceEntry(Adzuna("id", Secret("key")), timedelta(hours=1))
    assert told(NEW, 0, to="https://new.example.org/?app_key=key", entry=entry).move is None
