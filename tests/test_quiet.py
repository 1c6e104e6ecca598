"""Quiet hours: local, across midnight, other ones at weekends, and right on the nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.schedule import Quiet, parse_hours, quiet_until

LONDON, SYDNEY = ZoneInfo("Europe/London"), ZoneInfo("Australia/Sydney")
NIGHT = parse_hours("22:00-07:30")
NIGHTS = Quiet(NIGHT, NIGHT)


def until(local: str, quiet: Quiet = NIGHTS, zone: ZoneInfo = LONDON) -> str:
    """Return the local end of the silence at a local time, "" where there is none."""
    end = quiet_until(datetime.fromisoformat(local).replace(tzinfo=zone), zone, quiet)
    return f"{end.astimezone(zone):%a %H:%M}" if end else ""


@pytest.mark.parametrize(
    ("local", "end"),
    [
        ("2026-11-23T21:59:59", ""),
        ("2026-11-23T22:00:00", "Tue 07:30"),
        ("2026-11-23T23:59:59", "Tue 07:30"),
        ("2026-11-24T00:00:00", "Tue 07:30"),
        ("2026-11-24T07:29:59", "Tue 07:30"),
        ("2026-11-24T07:30:00", ""),
    ],
)
def test_silence_reaches_across_midnight(local: str, end: str) -> None:
    assert until(local) == end


def test_silence_may_lie_within_a_day() -> None:
    office = Quiet(parse_hours("09:00-17:30"))
    assert [until(f"2026-11-23T{at}", office) for at in ("08:59", "09:00", "17:30")] == ["", "Mon 17:30", ""]
    assert until("2026-11-21T12:00", office) == "", "not at a weekend"


def test_the_night_to_saturday_is_one_of_the_weekend_and_the_night_to_monday_is_not() -> None:
    quiet = Quiet(NIGHT, parse_hours("23:30-10:00"))
    fri, sat, sun = (f"2026-11-{day}T22:30" for day in (20, 21, 22))
    assert [until(local, quiet) for local in (fri, sat, sun)] == ["", "", "Mon 07:30"]
    assert [until(f"2026-11-{day}T09:00", quiet) for day in (20, 21, 22, 23)] == ["", "Sat 10:00", "Sun 10:00", ""]


def test_stretches_that_touch_are_one_silence() -> None:
    whole_weekend = Quiet(parse_hours("00:00-08:00"), parse_hours("00:00-23:59"))
    assert until("2026-11-21T12:00", whole_weekend) == "Sat 23:59"
    touching = Quiet(parse_hours("20:00-06:00"), parse_hours("06:00-20:00"))
    assert until("2026-11-22T07:00", touching) == "Mon 06:00", "Sunday's ends when Monday's begins"


def test_an_hour_less_of_silence_in_march_and_an_hour_more_in_october() -> None:
    for night, hours in (("2026-03-28", 8.5), ("2026-10-24", 10.5), ("2026-11-23", 9.5)):
        start = datetime.fromisoformat(f"{night}T22:00").replace(tzinfo=LONDON).astimezone(UTC)
        end = quiet_until(start, LONDON, NIGHTS)
        assert end is not None
        assert end - start == timedelta(hours=hours)
        assert f"{end.astimezone(LONDON):%H:%M}" == "07:30"


def test_an_end_that_does_not_exist_in_march_is_an_hour_later() -> None:
    quiet = Quiet(weekend=parse_hours("22:00-01:30"))
    assert until("2026-03-29T00:30", quiet) == "Sun 02:30"
    assert until("2026-03-29T02:45", quiet) == ""


def test_an_end_that_exists_twice_in_october_is_the_first_and_silence_does_not_begin_again() -> None:
    quiet = Quiet(weekend=parse_hours("22:00-01:30"))
    minutes = [datetime(2026, 10, 25, 0, 0, tzinfo=UTC) + timedelta(minutes=n) for n in range(0, 120, 10)]
    ends = [quiet_until(at, LONDON, quiet) for at in minutes]
    assert ends == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)] * 3 + [None] * 9


def test_a_persons_night_is_their_own() -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # 23:00 in Sydney
    assert quiet_until(now, LONDON, NIGHTS) is None
    assert quiet_until(now, SYDNEY, NIGHTS) == datetime(2026, 11, 23, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "22:00", "22-7", "22:00-25:00", "22:00-07:30-08:00", "always", "22:00-22:00"])
def test_what_is_no_stretch_of_hours_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-07:30, or none"):
        parse_hours(text)


def test_none_is_no_silence() -> None:
    assert parse_hours("None") == ()
    assert until("2026-11-23T23:00", Quiet()) == ""


MOMENTS = st.integers(1_767_000_000, 1_830_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
HOURS = st.tuples(*[st.times().map(lambda at: at.replace(second=0, microsecond=0))] * 2).filter(lambda h: h[0] != h[1])


@given(MOMENTS, HOURS, HOURS, st.sampled_from([LONDON, SYDNEY]))
def test_silence_always_ends_and_is_over_then(
    now: datetime, week: tuple[time, ...], weekend: tuple[time, ...], zone: ZoneInfo
) -> None:
    quiet = Quiet(week, weekend)
    end = quiet_until(now, zone, quiet)
    if end is not None:
        assert now < end < now + timedelta(days=5)
        assert quiet_until(end, zone, quiet) is None
