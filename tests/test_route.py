"""Where an alert goes and when: paces of searches, quiet hours, bursts, and how a snoozed job comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.alerts import Judged, alerts
from rolecall.config import Config
from rolecall.model import Action, Answer, Match
from rolecall.plan import NewAlert
from rolecall.route import again, silence_over
from tests.house import CHANNELS, config_of

NOON, NIGHT = datetime(2026, 11, 23, 12, 10, tzinfo=UTC), datetime(2026, 11, 23, 23, 10, tzinfo=UTC)
QUIET = '[person.anna]\nzone = "Europe/London"\nquiet = "22:00-07:30"\nquiet_weekend = "23:00-09:00"\n'


def house(search: str = "", more: str = QUIET) -> Config:
    return config_of(f'{CHANNELS}\n{more}\n[[search]]\nname = "Python"\n{search}\n')


def match(rank: float = 1.0, action: Action = Action.ALERT) -> Match:
    return Match("Python", Answer.YES, action, (), rank)


def plan(config: Config, count: int = 1, now: datetime = NOON, before: int = 0, **matched: Action) -> list[NewAlert]:
    found = [Judged(("feed", str(n)), f"job-{n}", (match(rank=n, **matched),)) for n in range(count)]
    return list(alerts(found, config, now, baseline=False, sent_alone={"Python": before}))


def phone(planned: list[NewAlert]) -> list[tuple[str, str]]:
    """Return bundle and local time of what goes to the phone."""
    to_phone = [delivery for alert in planned for delivery in alert.deliveries if delivery.channel == "phone"]
    return [(delivery.bundle, f"{delivery.due:%a %H:%M}") for delivery in to_phone]


# --- paces ----------------------------------------------------------------------------------------------------


def test_a_search_says_how_its_alerts_travel_and_else_each_channel_does() -> None:
    hour = ("hour:2026-11-23T13:00:00+00:00", "Mon 13:00")
    assert phone(plan(house())) == [("job:job-0", "Mon 12:10")]
    assert phone(plan(house('when = "hourly"'), 2)) == [hour, hour]
    assert phone(plan(house('when = "digest"'))) == [("digest:2026-11-24T07:30", "Tue 07:30")]
    (alert,) = plan(house('when = "instant"'))
    assert [delivery.bundle for delivery in alert.deliveries] == ["job:job-0", "job:job-0"]
    (alert,) = plan(house('when = "hourly"'))
    assert len({delivery.bundle for delivery in alert.deliveries}) == 1, "the digest channel too"


def test_what_is_only_worth_a_digest_is_no_alert_at_any_pace() -> None:
    (alert,) = plan(house('when = "instant"'), action=Action.DIGEST)
    assert [(delivery.channel, delivery.kind) for delivery in alert.deliveries] == [("digest", "digest")]


# --- quiet hours ----------------------------------------------------------------------------------------------


def test_in_quiet_hours_alerts_become_one_message_at_their_end() -> None:
    end = ("quiet:2026-11-24T07:30", "Tue 07:30")
    assert phone(plan(house(), 3, NIGHT)) == [end] * 3
    assert phone(plan(house('when = "hourly"'), 1, NIGHT)) == [end]
    assert phone(plan(house('when = "hourly"'), 1, NIGHT.replace(hour=21))) == [end], "22:00 is quiet already"


def test_a_digest_at_the_usual_time_waits_for_the_end_of_a_longer_silence() -> None:
    friday = NOON.replace(day=20)
    assert phone(plan(house('when = "digest"'), 1, friday)) == [("quiet:2026-11-21T09:00", "Sat 09:00")]


def test_a_burst_in_quiet_hours_waits_for_their_end_with_all_else() -> None:
    assert set(phone(plan(house(), 50, NIGHT))) == {("quiet:2026-11-24T07:30", "Tue 07:30")}


def test_a_digest_whose_time_was_chosen_comes_at_its_time() -> None:
    config = house(more=QUIET.replace("07:30", "09:00"))
    (alert,) = plan(config)
    (digest,) = [delivery for delivery in alert.deliveries if delivery.channel == "digest"]
    assert (digest.bundle, digest.loud) == ("digest:2026-11-24T07:30", True)
    assert not any(delivery.loud for delivery in alert.deliveries if delivery.channel == "phone")


def test_a_channel_has_quiet_hours_of_its_own_or_none() -> None:
    own = CHANNELS.replace('kind = "console"', 'kind = "console"\nquiet = "12:00-12:30"')
    config = config_of(f'{own}{QUIET}[[search]]\nname = "Python"\n')
    assert phone(plan(config)) == [("quiet:2026-11-23T12:30", "Mon 12:30")]
    assert phone(plan(config, 1, NIGHT)) == [("job:job-0", "Mon 23:10")]
    config = config_of(f'{own.replace("12:00-12:30", "none")}{QUIET}[[search]]\nname = "Python"\n')
    assert phone(plan(config, 1, NIGHT)) == [("job:job-0", "Mon 23:10")]


def test_two_people_have_each_their_own_night() -> None:
    text = """
    [channel.phone]
    kind = "console"
    [channel.telephone]
    kind = "console"
    [person.anna]
    channels = ["phone"]
    quiet = "22:00-07:30"
    [person.jan]
    channels = ["telephone"]
    quiet = "22:00-07:30"
    zone = "Europe/Warsaw"
    [[search]]
    name = "Python"
    person = "anna"
    [[search]]
    name = "Also Python"
    person = "jan"
    """
    now = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    both = Judged(("feed", "1"), "job-1", (match(), replace(match(), search="Also Python")))
    found = alerts([both], config_of(text), now, baseline=False)
    assert [(alert.person, delivery.bundle, delivery.due) for alert in found for delivery in alert.deliveries] == [
        ("anna", "job:job-1", now),
        ("jan", "quiet:2026-11-24T07:30", datetime(2026, 11, 24, 6, 30, tzinfo=UTC)),
    ]


# --- bursts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "alone"), [(0, 10), (7, 3), (10, 0), (99, 0)])
def test_beyond_ten_an_hour_the_best_come_alone_and_the_others_together(before: int, alone: int) -> None:
    planned = plan(house(), 25, before=before)
    bundles = phone(planned)
    assert [bundle for bundle, _ in bundles if bundle.startswith("job:")] == [
        f"job:job-{n}" for n in range(25 - alone, 25)
    ]
    assert set(bundles[: 25 - alone]) == {("burst:Python:2026-11-23T13:00:00+00:00", "Mon 13:00")}
    text = planned[0].deliveries[0].text
    assert 'rolecall list --search "Python"' in text
    assert "More than 10 in an hour" in text


def test_how_many_come_alone_is_the_searchs_choice() -> None:
    assert [bundle for bundle, _ in phone(plan(house("alerts_per_hour = 2"), 3))].count("job:job-0") == 0
    assert all(bundle.startswith("job:") for bundle, _ in phone(plan(house("alerts_per_hour = 0"), 99)))


def test_what_does_not_come_at_once_counts_for_no_burst() -> None:
    assert len(set(phone(plan(house('when = "hourly"'), 40)))) == 1
    quiet = [Judged(("feed", str(n)), f"digest-{n}", (match(99, Action.DIGEST),)) for n in range(30)]
    loud = Judged(("feed", "a"), "job-a", (match(),))
    found = alerts([*quiet, loud], house(), NOON, baseline=False)
    assert ("job:job-a", "Mon 12:10") in phone(list(found))


# --- snoozing -------------------------------------------------------------------------------------------------


def test_a_snoozed_job_comes_back_after_a_day_where_alerts_come_at_once_and_not_in_the_night() -> None:
    config = house()
    (anna,) = config.people
    back = again(anna, config, NOON)
    assert (back.until, back.searches, back.channels) == (NOON + timedelta(days=1), ("Python",), ("phone",))
    assert again(anna, config, NIGHT).until == datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    assert again(anna, config, NOON, channel="digest").channels == ("digest",)


def test_without_people_a_snoozed_job_comes_back_all_the_same() -> None:
    config = house(more="")
    back = again(config.people[0], config, NOON, wait=timedelta(hours=3))
    assert (back.until, back.searches, back.channels) == (NOON + timedelta(hours=3), ("Python",), ("phone",))


# --- whatever is configured ------------------------------------------------------------------------------------

TIMES = st.times().map(lambda at: f"{at:%H:%M}")
STRETCHES = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map("-".join) | st.just("none")
PACES = st.sampled_from(["", 'when = "instant"', 'when = "hourly"', 'when = "digest"'])
DIGESTS = st.sampled_from(['at = ["07:30"]', 'every = "45m"', 'at = ["01:30", "23:00"]\nquiet = "none"'])


@given(PACES, STRETCHES, STRETCHES, DIGESTS, st.integers(0, 30), st.integers(1_790_000_000, 1_810_000_000))
@settings(max_examples=80)
def test_every_alert_reaches_every_channel_of_its_search_once_and_never_in_silence(
    when: str, week: str, weekend: str, digests: str, count: int, at: int
) -> None:
    people = f'[person.anna]\nquiet = "{week}"\nquiet_weekend = "{weekend}"\n'
    channels = CHANNELS.replace('at = ["07:30"]', digests)
    config = config_of(f'{channels}{people}[[search]]\nname = "Python"\n{when}\n')
    now = datetime.fromtimestamp(at, UTC)
    planned = plan(config, count, now)
    assert len(planned) == count
    for alert in planned:
        assert [delivery.channel for delivery in alert.deliveries] == ["phone", "digest"]
        for delivery in alert.deliveries:
            channel = config.channel(delivery.channel)
            assert channel is not None
            assert delivery.due >= now
            assert delivery.loud or silence_over(channel, config, delivery.due) is None
