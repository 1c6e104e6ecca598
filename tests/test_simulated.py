"""Three days of the real daemon in seconds: nobody is asked too often or forgotten, and each day has its digest.

Through the nights when the clocks change, a clock that is set, a suspend and a restart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from rolecall.budget import BUDGETS
from rolecall.config import Config
from rolecall.errors import Refused, Unreachable
from tests.house import SEARCH, config_of
from tests.simulation import Listener, World, live

HOURS = 72
TICK = timedelta(minutes=3)
SLACK = (TICK + timedelta(minutes=4)).total_seconds()  # until it is looked at, and its host's other sources

NAMED = 90 * 60  # seconds between two looks at every fourth board, as the user says

HEAD = """
[daemon]
database = "{folder}/rolecall.db"
zone = "{zone}"
tick = "3m"

[channel.paper]
kind = "html"
folder = "{folder}"
at = {at}
"""

BOARD = '\n[[source]]\nkind = "greenhouse"\nboard = "{}"\nbase = "https://{}.example.org"\n'
OTHERS = """
[[source]]
kind = "remoteok"
[[source]]
kind = "himalayas"
[[source]]
kind = "jobicy"
[[source]]
kind = "remotive"
[[source]]
kind = "remotive"
category = "data"
[[source]]
kind = "reed"
key = "invented"
[[source]]
kind = "feed"
url = "https://remotive.com/remote-jobs/feed"
label = "third"
"""
ADZUNA = (
    '\n[[source]]\nkind = "adzuna"\napp_id = "x"\napp_key = "invented"\nwhat = "{}"\nbase = "https://{}.example.org"\n'
)


def config(folder: Path, boards: int, zone: str = "Europe/London", at: str = '["07:30"]') -> Config:
    """Return a configuration with boards of twenty hosts; every fourth has a pace of its own, three have news."""
    text = HEAD.format(folder=folder, zone=zone, at=at) + SEARCH
    text += "".join(BOARD.format(f"news{number}", "busy") for number in range(3))
    for number in range(boards):
        fixed = 'every = "90m"\n' if number % 4 == 0 else ""
        text += BOARD.format(f"quiet{number}", f"boards{number % 20}") + fixed
    return config_of(text)


def world_of(config: Config, begin: str, **more: object) -> World:
    world = World(datetime.fromisoformat(begin).replace(tzinfo=UTC), config, **more)  # type: ignore[arg-type] # by name
    for channel in config.channels:
        object.__setattr__(channel, "notifier", Listener(world))
    return world


def digests(world: World) -> Counter[date]:
    """Return how many digests came on each local day."""
    zone = world.config.zone
    return Counter(at.astimezone(zone).date() for at, message in world.heard if message.kind == "digest")


def days(first: str, *, count: int) -> Counter[date]:
    return Counter(date.fromisoformat(first) + timedelta(days=number) for number in range(count))


def waits(world: World, source: str) -> list[float]:
    return [after.began - before.began for before, after in pairwise(world.of(source))]


def assert_polite(world: World) -> None:
    """Nobody is asked oftener than allowed, by the clock that nobody can set; hosts have their pauses."""
    for entry in world.config.sources:
        least = min(entry.source.minimum, entry.every).total_seconds()
        assert min(waits(world, entry.source.name), default=least) >= least, entry.source.name
    hosts = {call.host for call in world.calls}
    for host in hosts:
        calls = [call for call in world.calls if call.host == host]
        assert all(after.began - before.ended >= 2.0 - 1e-6 for before, after in pairwise(calls)), host


# --- an ordinary three days -----------------------------------------------------------------------------------


def troubles(source: str, at: float) -> Exception | None:
    hour = at / 3600
    if source == "greenhouse:quiet3":
        return Refused("404", gone=True)
    if source == "greenhouse:quiet5" and 10 < hour < 20:
        return Unreachable("down")
    if source == "greenhouse:quiet7" and 30 < hour < 36:
        return Unreachable("429", retry_after=7200)
    return None


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two hundred sources from a Friday noon to a Monday noon, over the night when summer time ends."""
    folder = tmp_path_factory.mktemp("simulated")
    both = config(folder, 190)
    text = "".join(ADZUNA.format(f"search{number}", "adzuna") for number in range(3)) + OTHERS
    more = config_of(HEAD.format(folder=folder, zone="Europe/London", at='["07:30"]') + SEARCH + text)
    object.__setattr__(both, "sources", (*both.sources, *more.sources))
    world = world_of(both, "2026-10-23T12:00", down=troubles)
    live(world, HOURS)
    return world


def test_no_source_is_asked_oftener_than_its_minimum_and_no_host_two_things_at_once(ordinary: World) -> None:
    assert len(ordinary.config.sources) > 200
    assert_polite(ordinary)


def test_no_source_is_forgotten(ordinary: World) -> None:
    end = HOURS * 3600
    for entry in ordinary.config.sources:
        asked = [0.0, *(call.began for call in ordinary.of(entry.source.name)), end]
        longest = max(after - before for before, after in pairwise(asked))
        assert longest <= 86_400 + SLACK, f"{entry.source.name}: {longest / 3600:.1f} h"


def test_an_interval_that_the_user_names_is_kept_to_the_tick(ordinary: World) -> None:
    fixed = [entry.source.name for entry in ordinary.config.sources if entry.fixed]
    assert len(fixed) > 40
    well = [wait for name in fixed for wait in waits(ordinary, name)]
    assert min(well) >= NAMED
    assert max(well) <= NAMED + SLACK


def test_boards_without_news_are_asked_less_and_less_often_and_those_with_news_as_often_as_they_allow(
    ordinary: World,
) -> None:
    quiet, busy = waits(ordinary, "greenhouse:quiet1"), waits(ordinary, "greenhouse:news1")
    assert quiet[-1] > 2 * quiet[0]
    assert sum(busy[-10:]) / 10 < 45 * 60


def test_a_board_that_is_gone_is_asked_once_a_day_and_one_that_comes_back_is_back(ordinary: World) -> None:
    assert len(ordinary.of("greenhouse:quiet3")) <= 5
    during = [call for call in ordinary.of("greenhouse:quiet5") if 10 < call.began / 3600 < 20]
    after = [call for call in ordinary.of("greenhouse:quiet5") if call.began / 3600 > 20]
    assert len(during) <= 12
    assert len(after) > 5


def test_a_host_that_asks_for_time_gets_it_from_all_its_boards(ordinary: World) -> None:
    (said,) = [call for call in ordinary.of("greenhouse:quiet7") if 30 < call.began / 3600 < 36][:1]
    calls = [call.began - said.ended for call in ordinary.calls if call.host == said.host and call.began > said.ended]
    assert min(calls) >= 7200
    others = [call for call in ordinary.calls if call.host == said.host and call.source != said.source]
    assert {call.source for call in others if call.began > said.began}, "they come back"


def test_budgets_hold_in_any_day_and_are_shared_fairly(ordinary: World) -> None:
    hosts = {"adzuna": "adzuna.example.org", "remotive": "remotive.com", "jobicy": "jobicy.com"}
    for name, host in hosts.items():
        limit = next(budget for budget in BUDGETS if budget.name == name).limits[0]
        calls = [call for call in ordinary.calls if call.host == host]
        for first in calls:
            in_a_day = [call for call in calls if 0 <= call.began - first.began < 86_399]
            assert len(in_a_day) <= limit.calls, name
        turns = Counter(call.source for call in calls)
        assert max(turns.values()) - min(turns.values()) <= 3, turns
    adzuna = [call for call in ordinary.calls if call.host == hosts["adzuna"]]
    assert len(adzuna) > 0.8 * 3 * 83, "and it is used"


def test_each_local_day_has_one_digest_when_summer_time_ends(ordinary: World) -> None:
    assert digests(ordinary) == days("2026-10-24", count=3)


def test_a_host_with_hundreds_of_boards_delays_nobody_else(tmp_path: Path) -> None:
    text = HEAD.format(folder=tmp_path, zone="Europe/London", at='["07:30"]') + SEARCH
    text += "".join(BOARD.format(f"quiet{number}", "crowded") + 'every = "30m"\n' for number in range(300))
    world = world_of(config_of(text + BOARD.format("quiet", "alone") + 'every = "30m"\n'), "2026-06-10T12:00")
    live(world, 3)
    assert world.of("greenhouse:quiet")[0].began < 1
    assert max(waits(world, "greenhouse:quiet")) <= 30 * 60 + TICK.total_seconds() + 1
    assert_polite(world)


# --- the other nights when clocks change ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "at", "begin", "first"),
    [
        ("Europe/London", '["01:30"]', "2026-03-27T12:00", "2026-03-28"),
        ("Europe/London", '["01:30"]', "2026-10-23T12:00", "2026-10-24"),
        ("Australia/Sydney", '["02:30"]', "2026-04-03T02:00", "2026-04-04"),
        ("Australia/Sydney", '["02:30"]', "2026-10-02T02:00", "2026-10-03"),
    ],
    ids=["London in March", "London in October", "Sydney in April", "Sydney in October"],
)
def test_a_digest_in_the_hour_that_is_missing_or_doubled_comes_once(
    tmp_path: Path, zone: str, at: str, begin: str, first: str
) -> None:
    world = world_of(config(tmp_path, 5, zone, at), begin)
    live(world, HOURS)
    assert digests(world) == days(first, count=3)
    assert_polite(world)


# --- clocks that jump, machines that sleep --------------------------------------------------------------------

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("by", [-HOUR, -30 * DAY], ids=["an hour", "a month"])
def test_a_clock_that_is_set_back_makes_nobody_be_asked_too_often_or_forgotten(tmp_path: Path, by: timedelta) -> None:
    world = world_of(config(tmp_path, 40), "2026-06-10T12:00")
    live(world, 24, (10.25, lambda: world.jump(by)))
    assert_polite(world)
    for entry in world.config.sources:
        if entry.fixed:
            assert max(waits(world, entry.source.name)) <= 2 * NAMED + SLACK


@pytest.mark.parametrize("by", [HOUR, 8 * HOUR, 30 * DAY], ids=["an hour", "a night asleep", "a month"])
def test_after_a_suspend_or_a_jump_forward_everything_due_is_asked_at_once_and_once(
    tmp_path: Path, by: timedelta
) -> None:
    world = world_of(config(tmp_path, 40), "2026-06-10T12:00")
    live(world, 24, (10.25, lambda: world.jump(by)))
    jump = 10.25 * 3600
    for entry in world.config.sources:
        least = min(entry.source.minimum, entry.every).total_seconds()
        calls = world.of(entry.source.name)
        assert any(0 <= call.began - jump <= SLACK for call in calls) or by < entry.every * 8
        short = [(a, b) for a, b in pairwise(calls) if b.began - a.began < least]
        assert all(a.began <= jump <= b.began for a, b in short), "only across the jump"
        assert len(short) <= 1


def test_a_clock_that_goes_wild_and_is_set_right_again_forgets_nobody(tmp_path: Path) -> None:
    world = world_of(config(tmp_path, 40), "2026-06-10T12:00")
    there: Callable[[], None] = lambda: world.jump(30 * DAY)  # noqa: E731 # as in the other tests
    live(world, 24, (10.25, there), (11.25, lambda: world.jump(-30 * DAY)))
    for entry in world.config.sources:
        late = [call.began / 3600 for call in world.of(entry.source.name) if call.began / 3600 > 11.25]
        assert late, entry.source.name
        assert not entry.fixed or min(late) < 11.25 + (NAMED + SLACK) / 3600


def test_a_restart_asks_nobody_again_before_its_time_and_repeats_no_digest(tmp_path: Path) -> None:
    world = world_of(config(tmp_path, 40), "2026-06-10T12:00")
    live(world, HOURS, lives=3)
    assert_polite(world)
    assert digests(world) == days("2026-06-11", count=3)
