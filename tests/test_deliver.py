"""The second half of the journey: what becomes of a message, whatever its channel says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from rolecall import views
from rolecall.deliver import MOST_ATTEMPTS, MOST_UNCLEAR, deliver, settlement, suspension_notice
from rolecall.errors import Deferred, Rejected, StoreError, Unsendable
from rolecall.house import House
from rolecall.life.bells import Bells
from rolecall.life.nurse import store_notice
from rolecall.life.pulse import Pulse
from rolecall.life.sending import Sending
from rolecall.model import Action
from rolecall.outbox import Claim, Dead, Dropped, Outcome, RetryAt, Sent, Suspend
from rolecall.people import Again, Decision
from rolecall.plan import Plan
from rolecall.schedule import Quiet, parse_hours
from rolecall.store.memory import MemoryStore
from rolecall.stored import StoredAlert
from tests.house import CHANNELS, NOON, SEARCH, Clock, Ear, config_of, house_of
from tests.store_plans import SOURCE, alert, at_once, digest, notice, plan, posting
from tests.waiting import PATIENCE, until


@dataclass
class Evening:
    """A house with an ear on the phone, and its clock."""

    house: House
    ear: Ear
    clock: Clock

    async def next(self) -> object:
        channel = self.house.config.channel("phone")
        assert channel is not None
        return await deliver(channel, self.house)

    async def announce(self, *ids: str) -> None:
        new = [posting(id_, title=f"Python developer {id_}") for id_ in ids]
        alerts = tuple(alert(each, at_once(each, due=self.clock.now)) for each in new)
        await self.house.store.commit(plan(*new, now=self.clock.now, alerts=alerts))

    @property
    def titles(self) -> list[str]:
        return [card.title[-1] for message in self.ear.heard for card in message.cards]


@pytest.fixture
async def evening() -> AsyncIterator[Evening]:
    ear, clock = Ear(), Clock()
    async with house_of(config_of(CHANNELS + SEARCH, phone=ear), MemoryStore(), clock) as house:
        yield Evening(house, ear, clock)


async def test_a_message_is_sent_once_and_then_there_is_nothing_to_do(evening: Evening) -> None:
    await evening.announce("a")
    assert await evening.next() == Sent("heard")
    assert await evening.next() is None
    assert evening.titles == ["a"]


async def test_a_message_that_must_wait_holds_back_those_behind_it_so_that_order_is_kept(evening: Evening) -> None:
    await evening.announce("a")
    await evening.announce("b")
    evening.ear.errors.append(Deferred("down"))
    assert isinstance(await evening.next(), RetryAt)
    assert await evening.next() is None, "b does not overtake a"
    evening.clock.forward(minutes=5)
    await evening.next()
    await evening.next()
    assert evening.titles == ["a", "b"]


async def test_a_message_that_can_never_be_sent_is_set_aside_and_the_channel_goes_on(evening: Evening) -> None:
    await evening.announce("a")
    await evening.announce("b")
    evening.ear.errors.append(Unsendable("too odd"))
    assert await evening.next() == Dead("too odd")
    await evening.next()
    assert evening.titles == ["b"]
    assert [message.error for message in await evening.house.store.dead_messages()] == ["too odd"]


async def test_a_refused_channel_keeps_its_messages_until_it_is_mended(evening: Evening) -> None:
    await evening.announce("a")
    evening.ear.errors.append(Rejected("blocked"))
    assert await evening.next() == Suspend("blocked")
    evening.clock.forward(days=30)
    assert await evening.next() is None
    assert (await evening.house.store.channels(evening.clock.now))["phone"].suspended == "blocked"
    await evening.house.store.resume("phone")
    await evening.next()
    assert evening.titles == ["a"]


async def test_a_bug_in_a_notifier_is_retried_and_at_last_set_aside(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    await evening.announce("a")
    await evening.announce("b")
    evening.ear.errors.extend([KeyError("forgotten")] * MOST_UNCLEAR)
    outcomes = []
    for _ in range(MOST_UNCLEAR):
        outcomes.append(type(await evening.next()))
        evening.clock.forward(minutes=20)
    assert outcomes == [RetryAt] * (MOST_UNCLEAR - 1) + [Dead]
    assert "forgotten" in caplog.text
    await evening.next()
    assert evening.titles == ["b"]


async def test_a_message_cut_off_by_a_kill_is_sent_once_more_with_the_same_id(evening: Evening) -> None:
    await evening.announce("a")
    store = evening.house.store
    claim = await store.claim("phone", evening.clock.now, 300)
    assert claim is not None
    assert await store.release_leases() == 1
    await evening.next()
    assert [message.id for message in evening.ear.heard] == [claim.message_id]


async def test_a_digest_shows_each_job_once_and_the_best_first(evening: Evening) -> None:
    new = [posting(id_, title=f"Python developer {id_}") for id_ in "abc"]
    alerts = [alert(each, digest(due=NOON), rank=rank) for each, rank in zip(new, (1.0, 9.0, 5.0), strict=True)]
    alerts.append(alert(new[0], digest(due=NOON), search="other", rank=2.0, action=Action.DIGEST))
    await evening.house.store.commit(plan(*new, now=NOON, alerts=tuple(alerts)))
    await evening.next()
    (message,) = evening.ear.heard
    assert evening.titles == ["b", "c", "a"]
    assert message.cards[2].searches == ("other", "python")
    assert message.total == 3
    assert "3 new jobs" in message.subject


class Reading(MemoryStore):
    """Notes how many alerts are read at once; meanwhile, a poll may write."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []
        self.meanwhile: list[Plan] = []

    async def alerts_with(self, ids: Collection[int]) -> Sequence[StoredAlert]:
        self.read.append(len(ids))
        if self.meanwhile:
            await self.commit(self.meanwhile.pop())
        return await super().alerts_with(ids)


@pytest.fixture
async def reading(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Evening, Reading]]:
    """Five jobs wait for one digest, the later the better, which is read two at a time."""
    monkeypatch.setattr("rolecall.deliver.PAGE", 2)
    ear, clock, store = Ear(), Clock(), Reading()
    new = [posting(id_, title=f"Python developer {id_}") for id_ in "abcde"]
    alerts = tuple(alert(each, digest(due=NOON), rank=rank) for rank, each in enumerate(new))
    await store.commit(plan(*new, now=NOON, alerts=alerts))
    async with house_of(config_of(CHANNELS + SEARCH, phone=ear), store, clock) as house:
        yield Evening(house, ear, clock), store


async def test_a_digest_is_read_a_page_at_a_time_and_holds_every_job_the_best_first(
    reading: tuple[Evening, Reading],
) -> None:
    evening, store = reading
    await evening.next()
    assert evening.titles == list("edcba")
    assert len(evening.ear.heard) == 1
    assert store.read == [2, 2, 1]


async def test_a_job_that_becomes_part_of_another_while_its_digest_is_read_is_not_lost(
    reading: tuple[Evening, Reading],
) -> None:
    evening, store = reading
    store.meanwhile = [Plan(NOON, merges=(("job-a", "job-e"),))]
    await evening.next()
    cards = {card.job: card.title[-1] for card in evening.ear.heard[0].cards}
    assert cards.keys() == {"job-a", "job-b", "job-c", "job-d"}
    assert await store.alerted({"job-a"}) == {("python", "job-a")}


async def test_what_waits_through_quiet_hours_is_next_when_they_are_over(evening: Evening) -> None:
    await evening.announce("a")
    quiet = Quiet(hours := parse_hours("11:00-15:30"), hours)
    silent = replace(
        evening.house.config, channels=tuple(replace(each, quiet=quiet) for each in evening.house.config.channels)
    )
    shown = await views.status(evening.house.store, silent, evening.clock.now)
    due = {each.name: each.next_due for each in shown.channels if each.pending}
    assert due == {"phone": NOON.replace(hour=15, minute=30)}


async def test_what_waits_for_a_channel_that_is_gone_from_the_configuration_is_shown_by_status(
    evening: Evening,
) -> None:
    await evening.announce("a", "b")
    before = evening.house.config
    after = replace(before, channels=tuple(each for each in before.channels if each.name != "phone"))
    shown = await views.status(evening.house.store, after, evening.clock.now)
    assert [(each.name, each.pending, each.suspended) for each in shown.channels] == [
        ("digest", 0, ""),
        ("phone", 2, views.LEFT_BEHIND),
    ]
    for _ in "ab":
        await evening.next()
    shown = await views.status(evening.house.store, after, evening.clock.now)
    assert [each.name for each in shown.channels] == ["digest"], "nothing waits for it any more"


@pytest.mark.parametrize("seconds", [2 * 86_400.0, 1e12, float("inf")])
async def test_a_channel_that_asks_for_days_is_left_alone_for_one_and_never_asked_in_a_loop(
    evening: Evening, seconds: float
) -> None:
    await evening.announce("a")
    evening.ear.errors.append(Deferred("flood", retry_after=seconds, counts=False))
    assert isinstance(await evening.next(), RetryAt)
    assert await evening.next() is None
    evening.clock.forward(hours=23)
    assert await evening.next() is None
    evening.clock.forward(hours=1)
    assert await evening.next() == Sent("heard")


class Ill(MemoryStore):
    """Cannot be read, or written, for some calls to come."""

    unread = unwritten = 0

    async def alerts_with(self, ids: Collection[int]) -> Sequence[StoredAlert]:
        if self.unread:
            self.unread -= 1
            raise StoreError("disk I/O error")
        return await super().alerts_with(ids)

    async def settle(self, claim_id: int, outcome: Outcome, now: datetime) -> None:
        if self.unwritten:
            self.unwritten -= 1
            raise StoreError("the disk is full")
        await super().settle(claim_id, outcome, now)


@pytest.fixture
async def ill() -> AsyncIterator[tuple[Evening, Ill]]:
    ear, clock, store = Ear(), Clock(), Ill()
    async with house_of(config_of(CHANNELS + SEARCH, phone=ear), store, clock) as house:
        yield Evening(house, ear, clock), store


async def test_a_message_whose_jobs_cannot_be_read_waits_and_is_never_taken_for_one_that_may_have_arrived(
    ill: tuple[Evening, Ill],
) -> None:
    evening, store = ill
    await evening.announce("a")
    store.unread = 3 * MOST_UNCLEAR
    for _ in range(store.unread):
        assert isinstance(await evening.next(), RetryAt)
        evening.clock.forward(minutes=20)
    assert await evening.next() == Sent("heard")


async def test_what_was_sent_is_not_sent_again_however_long_the_disk_is_full(
    ill: tuple[Evening, Ill], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.deliver.SETTLE_PAUSE", 0.0)
    evening, store = ill
    await evening.announce("a")
    store.unwritten = 400  # five minutes of one-second pauses were 300
    assert await evening.next() == Sent("heard")
    evening.clock.forward(hours=1)
    assert await evening.next() is None
    assert evening.titles == ["a"]


async def test_the_owner_hears_of_a_full_disk_on_a_channel_whose_last_message_cannot_be_written_down_for_it(
    ill: tuple[Evening, Ill], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.deliver.SETTLE_PAUSE", 0.01)
    monkeypatch.setattr("rolecall.life.sending.PATIENCE", 0.01)
    evening, store = ill
    await evening.announce("a")
    store.unwritten = 1_000_000
    bells = Bells()
    sending = Sending(evening.house, bells, Pulse(evening.house, bells))
    async with asyncio.TaskGroup() as group:
        group.create_task(sending.once())
        await until(lambda: evening.ear.heard, "the message")
        notice = store_notice(StoreError("the disk is full"), evening.clock.now)
        await asyncio.wait_for(sending.say(notice, ["phone"]), PATIENCE)
        store.unwritten = 0
    assert [message.kind for message in evening.ear.heard] == ["alert", "notice"]


# --- people and quiet hours -----------------------------------------------------------------------------------

PEOPLE = """
[person.anna]
channels = ["phone"]
zone = "Europe/Warsaw"
quiet = "22:00-07:30"
[person.ben]
channels = ["digest"]
[[search]]
name = "annas"
person = "anna"
[[search]]
name = "bens"
person = "ben"
"""


@pytest.fixture
async def two() -> AsyncIterator[Evening]:
    """A house of two people, whose phones both are `phone` for the test's sake."""
    ear, clock = Ear(), Clock()
    async with house_of(config_of(CHANNELS + PEOPLE, phone=ear), MemoryStore(), clock) as house:
        yield Evening(house, ear, clock)


async def tell(two: Evening, *ids: str, search: str = "annas") -> None:
    new = [posting(id_, title=f"Python developer {id_}") for id_ in ids]
    alerts = tuple(alert(each, at_once(each, due=two.clock.now), search=search) for each in new)
    await two.house.store.commit(plan(*new, now=two.clock.now, alerts=alerts))


async def decide(two: Evening, kind: str, person: str, **said: Any) -> None:
    at = two.clock.forward(seconds=1)
    assert await two.house.store.record(Decision(f"{kind} {person}", kind, ((SOURCE, "a"),), at, person, **said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        ("dismissed", {}, "the user is done with its jobs"),
        ("applied", {}, "the user is done with its jobs"),
        ("muted_company", {"company": "LARKSPUR"}, "its employers are muted"),
        ("muted_agency", {"company": "Larkspur"}, "its employers are muted"),
    ],
)
async def test_what_one_person_said_counts_for_what_waits_for_them_and_not_for_others(
    two: Evening, kind: str, said: dict[str, str], reason: str
) -> None:
    for search, outcome in (("annas", Dropped(reason)), ("bens", Sent("heard"))):
        await tell(two, "a", search=search)
        if search == "annas":
            await decide(two, kind, "anna", **said)
        assert await two.next() == outcome


async def test_a_snoozed_job_is_left_out_of_what_comes_before_its_time_and_comes_back_once(two: Evening) -> None:
    await tell(two, "a")
    await decide(two, "snoozed", "anna", again=Again(two.clock.now + timedelta(hours=4), ("annas",), ("phone",)))
    assert await two.next() == Dropped("its jobs are snoozed")
    two.clock.forward(hours=4)
    assert [await two.next(), await two.next()] == [Sent("heard"), None]
    assert two.ear.heard[0].cards[0].notes == ("back, as you put it off",)


@pytest.mark.parametrize("days", [1, 3, 5])
async def test_a_job_put_off_anew_comes_back_once_when_the_last_word_says(two: Evening, days: int) -> None:
    await tell(two, "a")
    await two.next()
    for number, length in enumerate((3, days)):
        at = two.clock.forward(seconds=1)
        again = Again(at + timedelta(days=length), ("annas",), ("phone",))
        await two.house.store.record(Decision(f"{number}", "snoozed", ((SOURCE, "a"),), at, "anna", again=again))
    came = []
    for day in range(7):
        while outcome := await two.next():
            came += [day] if isinstance(outcome, Sent) else []
        two.clock.forward(days=1)
    assert came == [days]


async def test_what_a_person_said_counts_for_an_alert_of_a_search_that_is_gone_from_the_configuration(
    two: Evening,
) -> None:
    await tell(two, "a", search="renamed since")
    await decide(two, "dismissed", "anna")
    assert await two.next() == Dropped("the user is done with its jobs")


async def test_a_job_is_muted_for_a_person_only_when_all_who_advertise_it_are(two: Evening) -> None:
    direct = replace(posting("a").raw, id="b", company="Harebell Ltd")
    copy = replace(posting("b", "job-a"), raw=direct)
    await tell(two, "a")
    await two.house.store.commit(plan(copy))
    await decide(two, "muted_company", "anna", company="Larkspur Ltd")
    assert await two.next() == Sent("heard")


async def test_quiet_hours_hold_back_what_could_not_be_sent_before_them_but_nothing_urgent(two: Evening) -> None:
    two.clock.now = NOON.replace(hour=20, minute=59)  # 21:59 in Warsaw
    await tell(two, "a")
    two.ear.errors.append(Deferred("down"))
    assert isinstance(await two.next(), RetryAt)
    two.clock.forward(minutes=5)
    words = [notice("calm", due=two.clock.now), replace(notice("urgent", due=two.clock.now), urgent=True)]
    await two.house.store.commit(plan(now=two.clock.now, notices=tuple(words)))
    assert [await two.next(), await two.next()] == [Sent("heard"), None]
    two.clock.now = NOON.replace(day=24, hour=6, minute=30)
    assert [await two.next(), await two.next(), await two.next()] == [Sent("heard"), Sent("heard"), None]
    assert [message.kind for message in two.ear.heard] == ["notice", "alert", "notice"]


async def test_times_are_those_of_the_readers_clock(two: Evening) -> None:
    two.clock.now = NOON.replace(hour=7)
    late = replace(posting("a").raw, closes_at=NOON.replace(day=25, hour=23, minute=30))
    new = replace(posting("a"), raw=late)
    await two.house.store.commit(plan(new, now=two.clock.now, alerts=(alert(new, at_once(new), search="annas"),)))
    await two.next()
    assert two.ear.heard[0].cards[0].closes == "closes on Thursday", "not on Wednesday, as in London"


# --- the table of outcomes ------------------------------------------------------------------------------------


def claim(attempts: int = 0, ambiguous: int = 0, unclear: int = 0) -> Claim:
    return Claim(1, "phone", "alert", "m-1", "", "", attempts, ambiguous, False, NOON, unclear=unclear)


def wait(error: Deferred, attempts: int = 0) -> timedelta:
    outcome = settlement(error, claim(attempts), NOON)
    assert isinstance(outcome, RetryAt)
    return outcome.at - NOON


def test_waits_grow_from_seconds_to_a_quarter_of_an_hour() -> None:
    waits = [wait(Deferred("down"), attempts) for attempts in (0, 1, 5, 50)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=2), timedelta(minutes=15))


def test_a_channel_that_says_how_long_is_left_alone_so_long() -> None:
    assert wait(Deferred("flood", retry_after=3600)) == timedelta(hours=1)


def test_a_flood_is_no_fault_of_the_message() -> None:
    assert settlement(Deferred("flood", counts=False), claim(MOST_ATTEMPTS), NOON) == RetryAt(
        NOON + timedelta(minutes=15), "flood", counts=False
    )


def test_a_message_is_not_tried_for_ever() -> None:
    outcome = settlement(Deferred("down"), claim(MOST_ATTEMPTS), NOON)
    assert outcome == Dead(f"down (tried {MOST_ATTEMPTS} times)")


def test_after_three_unclear_answers_it_may_have_arrived_and_is_set_aside() -> None:
    unclear = Deferred("reset", ambiguous=True)
    first = settlement(unclear, claim(), NOON)
    assert isinstance(first, RetryAt)
    assert first.ambiguous
    third = settlement(unclear, claim(MOST_UNCLEAR - 1, MOST_UNCLEAR - 1, MOST_UNCLEAR - 1), NOON)
    assert isinstance(third, Dead)
    assert "may have arrived" in third.error


def test_kills_are_no_unclear_answers_of_the_channel() -> None:
    after_many_kills = settlement(Deferred("reset", ambiguous=True), claim(attempts=9, ambiguous=9, unclear=1), NOON)
    assert isinstance(after_many_kills, RetryAt)


# --- the word about a suspended channel -----------------------------------------------------------------------


def test_a_suspended_channel_is_told_of_by_another_one() -> None:
    config = config_of(CHANNELS + SEARCH)
    phone, pages = config.channels
    (told,) = suspension_notice(phone, Suspend("blocked"), config, NOON)
    assert (told.channel, told.urgent) == ("digest", True)
    assert "phone" in told.subject
    assert "blocked" in told.text
    (other,) = suspension_notice(pages, Suspend("no permission"), config, NOON)
    assert other.channel == "phone"


def test_a_persons_suspended_channel_is_told_of_by_another_one_of_theirs() -> None:
    text = CHANNELS + PEOPLE.replace('["digest"]', '["digest", "bens"]') + '[channel.bens]\nkind = "console"\n'
    config = config_of(text)
    bens = config.channel("bens")
    assert bens is not None
    assert [told.channel for told in suspension_notice(bens, Suspend("no"), config, NOON)] == ["digest"]


def test_with_a_single_channel_there_is_nobody_to_tell() -> None:
    config = config_of("[channel.console]" + SEARCH)
    assert suspension_notice(config.channels[0], Suspend("closed"), config, NOON) == ()
