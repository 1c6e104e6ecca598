"""What the owner hears of the sources: one word when one breaks, one when it is well again, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from rolecall.config import Config
from rolecall.deliver import deliver
from rolecall.outbox import Sent
from rolecall.plan import Move, SourceHealth, SourceState
from rolecall.report import Reporter
from rolecall.rhythm import Rhythm
from rolecall.store.memory import MemoryStore
from rolecall.trouble import digest_line, in_trouble, what_next, why
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, Ear, config_of, greenhouse, house_of, job, jobs, poll_all

NAMES = ("larkspur", "harebell", "campion", "teasel")
PATH = "/v1/boards/{}/jobs"
WELL = Rhythm(NOON - timedelta(days=40), NOON - timedelta(hours=9), 5.0, 86400.0, 2 * 86400.0, 30, 40.0)


def config(*names: str) -> Config:
    return config_of(CHANNELS + SEARCH + "".join(greenhouse(name, "http://127.0.0.1") for name in names or NAMES))


def state(name: str = "larkspur", health: SourceHealth = "alive", failures: int = 0, **more: object) -> SourceState:
    error = "x answered 404 (not found)" if failures else ""
    made = SourceState(
        f"greenhouse:{name}", NOON, health=health, since=NOON, failures=failures, last_error=error, rhythm=WELL,
        postings=12, pace="asked every 3 h: about 1 new a day",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type] # by name


def by_name(*states: SourceState) -> Mapping[str, SourceState]:
    return {each.name: each for each in states}


class Owner:
    """A daemon's word to its owner, hour by hour."""

    def __init__(self, config: Config) -> None:
        self.clock, self.store, self.config = Clock(), MemoryStore(), config

    async def hears(self, *states: SourceState, hours: float = 0) -> list[tuple[str, str]]:
        """Return the messages after a look at the sources, and another one when the wait is over."""
        self.clock.forward(hours=hours)
        async with house_of(self.config, self.store, self.clock) as house:
            reporter = Reporter(house)
            await reporter.report(by_name(*states))
            self.clock.forward(minutes=11)
            await reporter.report(by_name(*states))
            said = []
            while (claim := await self.store.claim("phone", self.clock.now, 60)) is not None:
                said.append((claim.subject, claim.text))
                await self.store.settle(claim.id, Sent(), self.clock.now)
        return said


GONE = state(health="gone", failures=2)


# --- what is a trouble ----------------------------------------------------------------------------------------


def test_a_short_trouble_is_none_yet() -> None:
    first: dict[SourceHealth, int] = {"unreachable": 3, "unreadable": 2, "blocked": 2, "gone": 2}
    for health, failures in first.items():
        assert not in_trouble(state(health=health, failures=failures - 1))
        assert in_trouble(state(health=health, failures=failures))


def test_an_empty_list_is_a_trouble_only_where_there_used_to_be_many() -> None:
    assert in_trouble(state(health="empty"))
    assert not in_trouble(state(health="empty", rhythm=Rhythm(usual=2)))


def test_each_trouble_is_said_in_a_sentence() -> None:
    words = [why(each, config(), NOON) for each in (
        GONE,
        state(health="empty", postings=0),
        state(health="empty", rhythm=Rhythm()),
        state(health="silent"),
        state(put_off="out of budget: larkspur allows 4 calls a day"),
        state(gap=(NOON - timedelta(days=1), NOON)),
        state(gap=(NOON - timedelta(days=30), NOON - timedelta(days=29))),
        state(move=Move("https://a.example/", "https://b.example/", NOON, 3, settled=True)),
    )]  # fmt: skip
    assert words == [
        "x answered 404 (not found)",
        "it lists nothing, where there usually are 40",
        "it has never listed anything yet",
        "nothing new since Mon 23 Nov 03:00; something comes every 24 h, weekends aside",
        "out of budget: larkspur allows 4 calls a day",
        "gap possible: what came and went between Sun 22 Nov 12:00 and Mon 23 Nov 12:00 was not seen",
        "",
        "it has moved: put https://b.example/ into your configuration",
    ]
    assert what_next(GONE) == "asked once a day"
    assert what_next(state()) == "asked every 3 h: about 1 new a day"


# --- the word to the owner ------------------------------------------------------------------------------------


async def test_one_word_when_a_source_breaks_and_one_when_it_is_well_again() -> None:
    owner = Owner(config())
    assert await owner.hears(GONE) == [
        (
            "greenhouse:larkspur is gone",
            "greenhouse:larkspur is gone since Mon 23 Nov 12:00: x answered 404 (not found). It is asked once a day.",
        )
    ]
    assert await owner.hears(replace(GONE, failures=3), hours=24) == []
    assert await owner.hears(replace(GONE, failures=4, health="blocked"), hours=24) == [], "the same trouble"
    assert await owner.hears(state(), hours=24) == [
        (
            "greenhouse:larkspur is well again",
            "greenhouse:larkspur is well again: 12 postings, asked every 3 h: about 1 new a day.",
        )
    ]
    assert await owner.hears(state(), hours=24) == []


async def test_a_source_that_breaks_again_and_again_is_not_told_each_time() -> None:
    owner, said = Owner(config()), []
    for _ in range(12):
        said += await owner.hears(GONE, hours=4)
        said += await owner.hears(state(), hours=4)
    assert len(said) == 4, "in four days: two troubles, two ends"


async def test_a_trouble_that_comes_back_for_good_is_told_when_it_has_lasted() -> None:
    owner = Owner(config())
    await owner.hears(GONE)
    await owner.hears(state(), hours=1)
    assert await owner.hears(GONE, hours=1) == []
    assert len(await owner.hears(replace(GONE, failures=9), hours=72)) == 1


async def test_what_is_over_before_it_was_told_is_not_told() -> None:
    clock = Clock()
    async with house_of(config(), clock=clock) as house:
        reporter = Reporter(house)
        assert not await reporter.report(by_name(GONE))
        clock.forward(minutes=5)
        assert not await reporter.report(by_name(state()))
        clock.forward(minutes=60)
        assert not await reporter.report(by_name(state()))


async def test_troubles_that_come_together_are_told_together() -> None:
    owner = Owner(config())
    ((subject, text),) = await owner.hears(*(state(name, "gone", 2) for name in NAMES[:3]), state(NAMES[3]))
    assert subject == "3 sources are in trouble"
    assert len(text.splitlines()) == 3


async def test_when_nothing_at_all_answers_it_is_probably_our_own_network() -> None:
    owner = Owner(config())
    said = await owner.hears(*(state(name, "unreachable", 3) for name in NAMES))
    assert said == [
        ("No source can be reached", "Not one of 4 has answered since Mon 23 Nov 12:00: is this machine's network up?")
    ]
    ((subject, _),) = await owner.hears(*map(state, NAMES), hours=3)
    assert subject == "4 sources are well again"


async def test_hundreds_of_troubles_are_one_message_of_a_readable_length() -> None:
    names = [f"board{number}" for number in range(300)]
    owner = Owner(config(*names, "well"))
    ((_, text),) = await owner.hears(*(state(name, "gone", 2) for name in names), state("well"))
    assert text.splitlines()[-1] == "And 280 more: rolecall status"


async def test_a_restart_repeats_nothing() -> None:
    owner = Owner(config())  # each `hears` is a new life of the daemon on the same database
    assert len(await owner.hears(GONE)) == 1
    assert await owner.hears(GONE, hours=1) == []


async def test_a_possible_gap_is_told_once_at_the_time_of_the_next_digest_and_interrupts_nobody() -> None:
    owner, gap = Owner(config()), state(gap=(NOON - timedelta(days=1), NOON))
    assert await owner.hears(gap) == []
    ((subject, text),) = await owner.hears(gap, hours=20)
    assert subject == "Postings may have been missed"
    assert "gap possible" in text
    assert await owner.hears(gap, hours=20) == []
    assert len(await owner.hears(replace(gap, gap=(owner.clock.now, owner.clock.now)), hours=24)) == 1, "another one"


async def test_a_move_is_told_once_with_the_new_address() -> None:
    owner = Owner(config())
    moved = state(move=Move("https://a.example/", "https://b.example/", NOON - timedelta(days=2), 3, settled=True))
    ((_, text),) = await owner.hears(moved)
    assert "put https://b.example/ into your configuration" in text
    assert await owner.hears(moved, hours=48) == []


async def test_without_an_owner_nobody_is_told_and_nothing_is_marked_as_told() -> None:
    nobody = replace(config(), channels=())
    async with house_of(nobody) as house:
        assert not await Reporter(house).report(by_name(GONE), at_once=True)
        assert await house.store.reported() == {}


# --- digests --------------------------------------------------------------------------------------------------


def test_a_digest_says_in_a_line_which_sources_are_in_trouble() -> None:
    assert digest_line(by_name(state()), config(), NOON) == ""
    ill = by_name(GONE, state("harebell", "silent"), state("campion"), state("not-configured", "gone", 9))
    assert digest_line(ill, config(), NOON) == (
        "2 sources are in trouble: greenhouse:larkspur (gone), greenhouse:harebell (silent)."
    )


def test_a_board_that_has_nothing_is_not_in_every_digest_for_ever() -> None:
    late = NOON + timedelta(days=15)
    assert digest_line(by_name(state(health="empty")), config(), late) == ""
    assert digest_line(by_name(GONE), config(), late)


async def test_from_a_board_that_vanishes_to_the_line_in_the_digest() -> None:
    clock, phone, paper = Clock(), Ear(), Ear()
    async with Board() as board:
        board.serve(PATH.format("larkspur"), jobs(job(1)))
        text = CHANNELS + SEARCH + "".join(greenhouse(name, board.url) for name in ("larkspur", "harebell"))
        async with house_of(config_of(text, phone=phone, digest=paper), clock=clock) as house:
            reporter = Reporter(house)
            for hours in range(30):
                if hours == 10:
                    board.serve(PATH.format("larkspur"), jobs(job(1), job(2)))
                await reporter.report(await poll_all(house))
                for channel in house.config.channels:
                    while await deliver(channel, house):
                        pass
                clock.forward(hours=1)
    (trouble,) = [message for message in phone.heard if message.kind == "notice"]
    assert trouble.subject == "greenhouse:harebell is gone"
    digests = [message for message in paper.heard if message.kind == "digest"]
    assert [message.text for message in digests] == ["1 source is in trouble: greenhouse:harebell (gone)."]
