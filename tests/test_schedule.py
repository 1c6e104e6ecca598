"""When digests go out and when sources are asked: arithmetic that must hold on the DST nights too."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.schedule import DAY, jittered, next_retry, next_slot, parse_duration, parse_time, spell

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.integers(1_767_000_000, 1_830_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
MORNING = (time(7, 30),)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45m", 2700), ("2h", 7200), ("1h 30m", 5400), ("90 seconds", 90), ("1d", 86400), ("0s", 0), ("1.5h", 5400)],
)
def test_a_length_of_time_is_read_as_a_person_writes_it(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "5", "10 parsecs x", "m", "-5m"])
def test_what_is_no_length_of_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="45m, 2h or 1d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["7", "25:00", "07:61", "half past seven", ""])
def test_an_impossible_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="07:30"):
        parse_time(text)


def test_the_digest_of_half_past_seven_is_in_local_time_in_summer_and_winter() -> None:
    assert next_slot(utc("2026-01-10T12:00:00+00:00"), LONDON, MORNING) == utc("2026-01-11T07:30:00+00:00")
    assert next_slot(utc("2026-07-10T12:00:00+00:00"), LONDON, MORNING) == utc("2026-07-11T06:30:00+00:00")


def test_a_time_that_does_not_exist_in_march_still_has_its_digest() -> None:
    slots = slots_between(utc("2026-03-28T00:00:00+00:00"), utc("2026-03-31T00:00:00+00:00"), (time(1, 30),))
    assert [f"{slot:%d %H:%M}" for slot in slots] == ["28 01:30", "29 01:30", "30 00:30"]


def test_a_time_that_exists_twice_in_october_has_one_digest() -> None:
    slots = slots_between(utc("2026-10-24T00:00:00+00:00"), utc("2026-10-27T00:00:00+00:00"), (time(1, 30),))
    assert [f"{slot:%d %H:%M}" for slot in slots] == ["24 00:30", "25 00:30", "26 01:30"]


def slots_between(start: datetime, end: datetime, at: tuple[time, ...]) -> list[datetime]:
    slots, now = [], start
    while (now := next_slot(now, LONDON, at)) < end:
        slots.append(now)
    return slots


@given(MOMENTS, st.lists(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=4))
def test_the_next_digest_is_always_after_now_and_within_a_day_and_an_hour(now: datetime, at: list[time]) -> None:
    slot = next_slot(now, LONDON, tuple(at))
    assert now < slot <= now + timedelta(hours=25)


@given(MOMENTS, st.integers(1, 86400))
def test_a_digest_every_so_often_is_a_multiple_of_its_length(now: datetime, seconds: int) -> None:
    slot = next_slot(now, LONDON, (), timedelta(seconds=seconds))
    assert now < slot <= now + timedelta(seconds=seconds)
    assert slot.timestamp() % seconds == 0


@given(MOMENTS, st.integers(60, 86400), st.integers(60, 86400), st.text(max_size=20))
def test_times_are_spread_by_a_tenth_but_never_below_the_floor(
    now: datetime, every: int, floor: int, name: str
) -> None:
    every, floor = max(every, floor), floor
    wait = jittered(timedelta(seconds=every), timedelta(seconds=floor), name, now).total_seconds()
    assert floor <= wait <= 1.1 * every + 1
    assert wait >= 0.9 * every - 1


@given(MOMENTS, st.integers(1, 10_000), st.integers(0, 7200), st.none() | st.floats(0, 86400))
def test_a_failing_source_is_never_given_up_never_hammered_and_asked_no_oftener_than_a_healthy_one(
    now: datetime, failures: int, floor: int, retry_after: float | None
) -> None:
    least = timedelta(seconds=floor)
    wait = next_retry(now, timedelta(minutes=30), least, "a", failures, retry_after) - now
    assert timedelta(minutes=1) < wait <= DAY
    assert wait >= min(DAY, max(least, timedelta(seconds=retry_after or 0)))


def test_retries_slow_down_to_once_a_day() -> None:
    now, no = utc("2026-05-01T00:00:00+00:00"), timedelta(0)
    waits = [next_retry(now, timedelta(minutes=30), no, "a", n, None) - now for n in (1, 3, 6, 9, 15)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=3)
    assert waits[-1] > timedelta(hours=20)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [("20s", "20 s"), ("45m", "45 min"), ("90m", "1.5 h"), ("3h", "3 h"), ("25h", "25 h"), ("2d", "2 days")],
)
def test_a_length_of_time_is_written_as_a_person_does(text: str, spelt: str) -> None:
    assert spell(parse_duration(text)) == spelt
