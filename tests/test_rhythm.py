"""How often a source is asked: what its own news teach, within what its board, its user and its budget allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.budget import Budget, Share
from rolecall.config import SourceEntry
from rolecall.pace import Pace, pace_of
from rolecall.rhythm import Rhythm
from rolecall.schedule import DAY, Limit, working
from rolecall.sources.folder import Folder
from rolecall.sources.greenhouse import Greenhouse
from tests.house import NOON, config_of

HOUR, NONE = timedelta(hours=1), timedelta(0)
BOARD = SourceEntry(Greenhouse("larkspur"), Greenhouse.interval)


def lived(
    days: float, per_day: float, *, polls: int = 24, batch: int = 1, start: datetime = NOON
) -> tuple[Rhythm, datetime]:
    """Return what is known after days on which so many postings came, evenly, in batches."""
    rhythm, now, owed = Rhythm().after(40, 40, start), start, 0.0
    for _ in range(round(days * polls)):
        now += DAY / polls
        owed += per_day / polls
        new = int(owed / batch) * batch
        owed -= new
        rhythm = rhythm.after(new, 40 if new else None, now)
    return rhythm, now


def pace(rhythm: Rhythm, now: datetime, wait: timedelta = NONE, share: Share | None = None) -> Pace:
    return pace_of(BOARD, rhythm, wait, share, now)


# --- what is learned ------------------------------------------------------------------------------------------


def test_the_first_look_teaches_nothing_but_how_much_is_listed() -> None:
    rhythm = Rhythm().after(40, 40, NOON)
    assert (rhythm.usual, rhythm.per_day(NOON), rhythm.gaps) == (40, None, 0)
    assert rhythm.interval(timedelta(minutes=45), NOON) == timedelta(minutes=45)


@pytest.mark.parametrize("per_day", [0.5, 1, 5, 20])
def test_the_rate_of_new_postings_is_found(per_day: float) -> None:
    rhythm, now = lived(21, per_day)
    found = rhythm.per_day(now)
    assert found is not None
    assert 0.75 * per_day < found < 1.35 * per_day


def test_a_weekend_without_news_hardly_slows_a_busy_board() -> None:
    rhythm, friday = lived(20, 5)
    monday = friday + timedelta(days=2.7)
    assert rhythm.interval(BOARD.every, monday) < 2 * rhythm.interval(BOARD.every, friday)


def test_a_time_when_nobody_looked_is_no_gap_of_the_source() -> None:
    rhythm, now = lived(10, 4)
    after = rhythm.after(3, 40, now + timedelta(days=9), missed=True)
    assert (after.gap, after.longest, after.gaps) == (rhythm.gap, rhythm.longest, rhythm.gaps)


@given(st.lists(st.tuples(st.integers(-90_000, 900_000), st.integers(0, 500), st.none() | st.integers(0, 500))))
def test_no_history_and_no_jump_of_the_clock_leads_to_a_senseless_interval(
    looks: list[tuple[int, int, int | None]],
) -> None:
    rhythm, now = Rhythm(), NOON
    for seconds, new, listed in looks:
        now += timedelta(seconds=seconds)
        rhythm = rhythm.after(new, listed, now)
        found = pace(rhythm, now)
        assert BOARD.source.minimum <= found.next(now, "x") - now <= DAY


# --- silence --------------------------------------------------------------------------------------------------


def working_days(start: datetime, days: int, per_day: int = 3) -> tuple[Rhythm, datetime]:
    """Return what is known of a board that posts from nine to five on working days, and when it posted last."""
    rhythm = Rhythm().after(40, 40, start)
    for hour in range(days * 24):
        now = start + hour * HOUR
        posts = working(now, now + HOUR) > NONE and now.hour in range(9, 17, 8 // per_day)
        rhythm = rhythm.after(int(posts), 40 if posts else None, now)
    assert rhythm.news_at is not None
    return rhythm, rhythm.news_at


@pytest.mark.parametrize(
    ("last", "until", "expected"),
    [
        ("2026-03-06", "2026-03-09T17:00", False),  # a weekend
        ("2026-03-06", "2026-03-11T09:00", False),
        ("2026-03-06", "2026-03-13T09:00", True),
        ("2026-03-04", "2026-03-09T17:00", True),  # three working days
        ("2026-04-02", "2026-04-07T12:00", False),  # Easter: from Thursday to Tuesday
        ("2026-04-02", "2026-04-08T12:00", True),
        ("2026-12-18", "2027-01-08T09:00", False),  # Christmas: from Friday on, three weeks
        ("2026-12-18", "2027-01-13T09:00", True),
    ],
)
def test_silence_is_far_more_than_the_usual_gap_and_no_holiday(last: str, until: str, expected: bool) -> None:
    day = datetime.fromisoformat(last).replace(tzinfo=UTC)
    rhythm, _ = working_days(day - 20 * DAY, 21)
    assert rhythm.silent(datetime.fromisoformat(until).replace(tzinfo=UTC)) is expected


def test_a_board_that_posts_once_in_a_while_may_be_quiet_for_as_long_as_it_ever_was() -> None:
    rhythm, now = lived(40, 0.2, start=datetime(2026, 3, 2, tzinfo=UTC))
    assert not rhythm.silent(now + 9 * DAY)
    assert rhythm.silent(now + 30 * DAY)


def test_a_source_without_news_for_years_is_judged_as_quickly_as_any() -> None:
    assert working(datetime(1970, 1, 1, tzinfo=UTC), NOON) == working(NOON - 100 * DAY, NOON)
    assert working(NOON, NOON - DAY) == NONE


def test_a_source_that_is_hardly_known_is_never_called_silent() -> None:
    rarely, now = lived(30, 0.1)
    assert not rarely.silent(now + timedelta(days=300)), "three gaps are no habit"
    young, now = lived(1, 24)
    assert not young.silent(now + timedelta(days=5)), "its weekends are not known yet"


# --- how often ------------------------------------------------------------------------------------------------


def test_a_quiet_board_is_asked_less_often_and_a_busy_one_as_often_as_it_allows() -> None:
    known = {rate: pace(*lived(21, rate)) for rate in (0.1, 1, 3, 30)}
    assert [round(p.every / HOUR, 1) for p in known.values()] == [4.5, 2.3, 0.9, 0.5]
    assert [p.why for p in known.values()] == [
        "about 1 new a week", "about 1 new a day", "about 3 new a day", "about 30 new a day",
    ]  # fmt: skip
    assert str(known[1]) == "asked every 2.3 h: about 1 new a day"


def test_an_interval_the_user_names_is_obeyed_to_the_second() -> None:
    entry = config_of('[[source]]\nkind = "greenhouse"\nboard = "x"\nevery = "50m"').sources[0]
    rhythm, now = lived(30, 0.01)
    found = pace_of(entry, rhythm, NONE, None, now)
    assert found.next(now, "x") == now + timedelta(minutes=50)
    assert str(found) == "asked every 50 min: as your configuration says"


def test_a_source_that_asks_for_more_time_gets_it_whatever_the_user_says() -> None:
    entry = SourceEntry(Greenhouse("x"), timedelta(minutes=50), fixed=True)
    found = pace_of(entry, Rhythm(), timedelta(hours=2), None, NOON)
    assert found.next(NOON, "x") >= NOON + timedelta(hours=2)
    assert found.why == "it asks for that itself"


def test_sources_that_share_a_budget_are_asked_in_turn() -> None:
    budget = Budget("larkspur", (), (Limit(24, DAY),))
    found = pace(*lived(9, 50), share=Share(budget, 3))
    assert found.every == timedelta(hours=3)
    assert found.next(NOON, "x") - NOON >= timedelta(hours=3)
    assert found.why == "3 lists share 24 calls a day"


def test_the_users_own_folder_is_looked_at_as_often_as_ever() -> None:
    entry = SourceEntry(Folder(path="/tmp/jobs"), Folder.interval)  # noqa: S108 # never opened
    rhythm, now = lived(30, 0.01)
    assert pace_of(entry, rhythm, NONE, None, now).next(now, "x") == now + Folder.interval
