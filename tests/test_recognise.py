"""One vacancy over its life: copies, reposts, bridges, updates and the user's word, through whole polls."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from rolecall import views
from rolecall.alerts import Judged
from rolecall.decide import Change, updates, without_bridges
from rolecall.dedupe import Advert
from rolecall.deliver import deliver
from rolecall.house import House
from rolecall.learned import TOGETHER, Learned
from rolecall.listing import listing
from rolecall.model import Action, Answer, Assignment, Match, Message, RawPosting
from rolecall.normalise import normalise
from rolecall.outbox import Dropped
from rolecall.people import Decision
from rolecall.plan import Plan
from rolecall.ports import Store
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from tests.fakes.board import Board
from tests.house import CHANNELS, NOON, SEARCH, Clock, Ear, config_of, greenhouse, house_of, job, jobs, poll_all

NAMES = ("larkspur", "harebell")
PATH = "/v1/boards/{}/jobs"
UPDATES = SEARCH + "updates = true\n"
TEXT = "You will mend the clocks of every railway station with Python and PostgreSQL. Remote within the UK. "


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "rolecall.db")
    yield made
    await made.close()


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    async with Board() as board:
        yield board


class Life:
    """A house whose boards say what they are told, a day at a time, and what the phone hears."""

    def __init__(self, board: Board, house: House, clock: Clock, phone: Ear) -> None:
        self.board, self.house, self.clock, self.phone = board, house, clock, phone

    async def day(self, *rows: dict[str, Any], board: str = NAMES[0]) -> list[Message]:
        """Poll the boards a day later; return what the phone was sent then."""
        before = len(self.phone.heard)
        self.board.serve(PATH.format(board), jobs(*rows))
        self.clock.forward(days=1)
        await poll_all(self.house)
        return await self.sent(before)

    async def sent(self, before: int) -> list[Message]:
        channel = self.house.config.channel("phone")
        assert channel is not None
        while await deliver(channel, self.house):
            pass
        return self.phone.heard[before:]

    async def decide(self, kind: Any, *ids: str) -> bool:
        keys = tuple(("greenhouse:larkspur", id_) for id_ in ids)
        return await self.house.store.record(Decision(f"{kind} {self.clock.now}", kind, keys, self.clock.now))


def living(board: Board, store: Store, search: str = UPDATES) -> AbstractAsyncContextManager[Life]:
    return _Living(board, store, search)


class _Living(AbstractAsyncContextManager[Life]):
    def __init__(self, board: Board, store: Store, search: str) -> None:
        self.board, self.clock, self.phone = board, Clock(), Ear()
        sources = "".join(greenhouse(name, board.url) for name in NAMES)
        self.opened = house_of(config_of(CHANNELS + search + sources, phone=self.phone), store, self.clock)

    async def __aenter__(self) -> Life:
        life = Life(self.board, await self.opened.__aenter__(), self.clock, self.phone)
        for name in NAMES:
            self.board.serve(PATH.format(name), jobs(job(99, title="Nurse", content="Nursing.")))
        await life.day()
        return life

    async def __aexit__(self, *error: object) -> None:
        await self.opened.__aexit__(None, None, None)


def advert(number: int = 1, pay: str = "", **changes: Any) -> dict[str, Any]:
    return job(number, company_name="Invented Works", content=TEXT + pay) | changes


# --- reposts --------------------------------------------------------------------------------------------------


async def test_a_repost_is_no_news_but_is_counted(board: Board, store: Store) -> None:
    async with living(board, store, SEARCH) as life:
        assert [message.kind for message in await life.day(advert(1))] == ["alert"]
        for number in (2, 3):
            await life.day()
            await life.day()
            assert await life.day(advert(number)) == []
        (row,) = await listing(store, life.house.config, life.clock.now, 10)
    assert row.card.age == "reposted twice, first seen 6 days ago"
    assert (await store.totals())["jobs"] == 2


async def test_pay_that_appears_is_one_short_update_if_the_search_wants_it(board: Board, store: Store) -> None:
    async with living(board, store) as life:
        await life.day(advert(1))
        (update,) = await life.day(advert(2, pay="£80,000 a year."))
        assert (update.kind, update.subject) == ("notice", "Update: Senior Python Engineer at Invented Works")
        assert update.text == "Pay now stated: £80k.\nhttps://jobs.example.org/2"
        assert await life.day(advert(2, pay="£80,000 a year. Free fruit.")) == []
        assert await life.day(advert(1)) == []
        assert await life.day(advert(3, pay="£80,000 a year.")) == [], "the same change is said once"


async def test_a_search_that_does_not_want_updates_hears_of_none(board: Board, store: Store) -> None:
    async with living(board, store, SEARCH) as life:
        await life.day(advert(1))
        assert await life.day(advert(1, pay="£80,000 a year.")) == []


@pytest.mark.parametrize(("notify", "channel", "wait"), [("", "phone", 0.0), ('notify = ["digest"]\n', "digest", 19.5)])
def test_an_update_goes_where_alerts_go_at_once_else_to_the_next_digest_time(
    notify: str, channel: str, wait: float
) -> None:
    config = config_of(CHANNELS + UPDATES + notify)
    posting = normalise(RawPosting("reed", "1", "Python Developer", attribution="Jobs by Reed"))
    match = Match("Python", Answer.YES, Action.ALERT, ())
    found = Judged(posting.key, "one", (match,))
    change = Change("one", posting, ("open again", "pay rose to £80k from £70k"))
    (told,) = updates([change], [found], {("Python", "one")}, config, NOON)
    assert (told.channel, told.due - NOON) == (channel, timedelta(hours=wait))
    assert told.text == "Open again; pay rose to £80k from £70k.\nJobs by Reed"
    assert updates([change], [found], {("Python", "two")}, config, NOON) == (), "nothing to update"
    assert updates([change], [replace(found, matches=())], {("Python", "one")}, config, NOON) == (), "matches no more"


async def test_what_opens_again_after_closing_is_an_update_each_time(board: Board, store: Store) -> None:
    async with living(board, store) as life:
        await life.day(advert(1))
        for _ in range(2):
            assert await life.day(job(99, title="Nurse")) + await life.day(job(99, title="Nurse", content="x")) == []
            assert await store.open_ids("greenhouse:larkspur") == {"99"}
            (update,) = await life.day(advert(1))
            assert update.text.startswith("Open again.")


async def test_an_upgrade_makes_no_updates(board: Board, store: Store) -> None:
    async with living(board, store) as life:
        await life.day(advert(1))
        for state in (await store.source_states()).values():
            await store.commit(Plan(life.clock.now, source=replace(state, version="0.0.9")))
        assert await life.day(advert(1, pay="£80,000 a year.")) == []


async def test_adverts_for_several_cities_are_one_alert_with_the_nearest_city_first(board: Board, store: Store) -> None:
    search = SEARCH + 'home = "Leeds"\nmax_miles = 20\n'
    text = TEXT.replace("Remote within the UK", "On site five days a week") * 8
    cities = [advert(n, location={"name": city}, content=text) for n, city in enumerate(("London", "Bristol", "Leeds"))]
    async with living(board, store, search) as life:
        (alert,) = await life.day(*cities)
    (card,) = alert.cards
    assert card.place == "Leeds, Bristol or London"
    assert card.url == "https://jobs.example.org/2", "the advert of the nearest one"
    assert card.also_on == (), "the others are on the same board"


async def test_the_same_advert_long_after_it_closed_is_another_opening(board: Board, store: Store) -> None:
    async with living(board, store) as life:
        await life.day(advert(1))
        await life.day()
        await life.day(job(99, title="Nurse"))
        life.clock.forward(days=70)
        assert [message.kind for message in await life.day(advert(2))] == ["alert"]


# --- merged knowledge -----------------------------------------------------------------------------------------


async def test_a_copy_that_states_the_pay_turns_a_doubt_into_an_alert(board: Board, store: Store) -> None:
    search = SEARCH + 'min_salary = "£70k"\nunknown = { salary = "exclude" }\n'
    async with living(board, store, search) as life:
        assert await life.day(advert(1)) == []
        (alert,) = await life.day(advert(7, pay="£80,000 a year."), board=NAMES[1])
    (card,) = alert.cards
    assert card.pay == "£80k"
    assert len(card.also_on) == 1


# --- boilerplate ----------------------------------------------------------------------------------------------


async def test_what_an_employer_says_in_every_advert_hides_no_job_once_it_is_known(board: Board, store: Store) -> None:
    about = "Python. " + prose(1)
    titles = ("Office Manager", "Product Designer", "Payroll Clerk", "Warehouse Planner")
    others = [advert(n, content=f"{about} {prose(n)}", title=title) for n, title in enumerate(titles, 10)]
    one = advert(1, content=about + prose(2)[:400], title="Python Engineer")
    other = advert(2, content=about + prose(3)[:400], title="Python Engineer")
    async with living(board, store) as life:
        assert len(await life.day(*others, one)) == 1
        assert len(await life.day(other, board=NAMES[1])) == 1, "most of its text is the employer's"
        assert await life.day(other | {"id": 3}, board=NAMES[1]) == [], "a copy is still a copy"


# --- jobs that may be one -------------------------------------------------------------------------------------


def bridge(job: str, *bridges: str) -> Assignment:
    return Assignment(("reed", "1"), job, bridges=bridges)


def test_jobs_that_turn_out_to_be_one_are_merged_into_the_one_that_was_alerted() -> None:
    assert without_bridges([bridge("a", "b", "c")], {"b"}) == ((bridge("b"),), (("b", "a"), ("b", "c")))
    assert without_bridges([bridge("a", "b")], ()) == ((bridge("a"),), (("a", "b"),))


def test_jobs_are_not_merged_after_two_alerts_nor_against_the_users_word() -> None:
    found = [bridge("a", "b")]
    assert without_bridges(found, {"a", "b"}) == (tuple(found), ())
    assert without_bridges(found, (), [frozenset("ab")]) == (tuple(found), ())


async def test_two_alerted_jobs_that_a_copy_shows_to_be_one_are_marked_and_can_be_joined(
    board: Board, store: Store
) -> None:
    """Two halves of one text that have nothing in common, and then the whole of it."""
    head, tail = prose(1), prose(2)
    async with living(board, store) as life:
        one, two, whole = (
            advert(n, content=f"Python. {text}", title="Clockwork Platform Engineer")
            for n, text in enumerate((head, tail, f"{head} {tail}"), 1)
        )
        assert len(await life.day(one)) == 1
        assert len(await life.day(one, two)) == 1
        assert await life.day(one, two, whole) == []
        first, second = [await store.find_url(row["absolute_url"]) for row in (one, two)]
        assert first is not None
        assert second is not None
        assert (first.maybe, second.maybe) == ((second.id,), (first.id,)), "marked, never merged silently"
        shown = await views.why(store, life.house.config, first.id)
        assert shown is not None
        assert f"may be the same as {second.id}: rolecall join {first.id} {second.id}, or split" in shown.notes
        assert await life.decide("join", "1", "2")
        joined = (await store.jobs({first.id}))[first.id]
        assert (len(joined.postings), joined.maybe) == (3, ())


def prose(seed: int) -> str:
    words = [
        a + b for a in ("spring", "cog", "dial", "chime", "tick", "wind") for b in ("er", "ing", "less", "ed", "y")
    ]
    return " ".join(Random(seed).choices(words, k=200))


# --- the user's word ------------------------------------------------------------------------------------------


async def test_what_was_dismissed_never_comes_back_under_another_id(board: Board, store: Store) -> None:
    async with living(board, store) as life:
        await life.day(advert(1))
        assert await life.decide("dismissed", "1")
        assert await life.day(advert(2, pay="£90,000 a year.")) == []
        assert await life.day(advert(5), board=NAMES[1]) == []
        found = await views.why(store, life.house.config, "https://jobs.example.org/2")
    assert found is not None
    assert found.notes[0] == "you dismissed it"
    assert len(found.job.postings) == 3


async def test_what_was_split_stays_apart_when_it_is_listed_again(board: Board, store: Store) -> None:
    async with living(board, store) as life:
        await life.day(advert(1), advert(2))
        assert (await store.totals())["jobs"] == 2
        assert await life.decide("split", "2")
        await life.day(advert(1), advert(2, pay="£90,000 a year."))
        await life.day(advert(1), advert(2), advert(3))
        one, two = [await store.find_url(f"https://jobs.example.org/{n}") for n in (1, 2)]
    assert one is not None
    assert two is not None
    assert one.id != two.id
    assert one.maybe == two.maybe == ()


# --- what has closed leaves what waits ------------------------------------------------------------------------


async def test_a_digest_whose_jobs_have_all_closed_is_not_sent_and_the_log_says_so(
    board: Board, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with living(board, store) as life:
        closing = (life.clock.now + timedelta(days=1, hours=10)).isoformat()
        await life.day(advert(1, application_deadline=closing))
        life.clock.forward(hours=20)
        channel = life.house.config.channel("digest")
        assert channel is not None
        outcomes = [await deliver(channel, life.house) for _ in range(2)]
    assert Dropped("its jobs have closed", closed=(1,)) in outcomes
    assert "not-sent channel=digest" in caplog.text
    assert "reason=its jobs have closed" in caplog.text


@pytest.mark.parametrize("others", [[], [job(2)]], ids=["the whole digest was dropped", "the others were told"])
async def test_a_job_that_had_closed_when_its_digest_went_out_is_told_when_it_is_open_again(
    board: Board, store: Store, others: list[dict[str, Any]]
) -> None:
    async with living(board, store, SEARCH + 'when = "digest"\nnotify = ["phone"]\n') as life:
        nurse = job(99, title="Nurse", content="Nursing.")
        await life.day(nurse)
        for listed in ([job(1)], [], []):  # gone is what two lists lack
            board.serve(PATH.format(NAMES[0]), jobs(nurse, *listed, *others))
            life.clock.forward(hours=1)
            await poll_all(life.house)
        told = await life.day(nurse, *others)
        assert [card.title for message in told for card in message.cards] == [each["title"] for each in others]
        await life.day(nurse, job(1), *others)
        (digest,) = await life.day(nurse, job(1), *others)
    assert [card.url for card in digest.cards] == [job(1)["absolute_url"]]


async def test_a_job_whose_closing_date_is_put_off_is_open_again_and_told(board: Board, store: Store) -> None:
    async with living(board, store, SEARCH + 'when = "digest"\nnotify = ["phone"]\n') as life:
        tonight, later = life.clock.now + timedelta(days=1, hours=10), life.clock.now + timedelta(days=30)
        await life.day(job(1, application_deadline=tonight.isoformat()))
        assert await life.day(job(1, application_deadline=tonight.isoformat())) == [], "it has closed"
        await life.day(job(1, application_deadline=later.isoformat()))
        (digest,) = await life.day(job(1, application_deadline=later.isoformat()))
        (row,) = await listing(store, life.house.config, life.clock.now, 10)
    assert [card.job for card in digest.cards] == [row.card.job]


# --- what is remembered of the employers ----------------------------------------------------------------------


async def test_what_was_learned_of_an_employer_is_asked_for_again_after_half_a_day() -> None:
    titles = ("Office Manager", "Product Designer", "Payroll Clerk", "Warehouse Planner")
    adverts = [
        Advert("larkspur", title.lower(), frozenset(range(number, number + 20))) for number, title in enumerate(titles)
    ]
    store, learned = Mock(beside=AsyncMock(return_value=adverts)), Learned()
    expected = {"larkspur": frozenset(range(2, 21))}
    for hours, asked in ((0, 1), (11, 1), (13, 2)):
        assert await learned.of({"larkspur"}, store, NOON + timedelta(hours=hours)) == expected
        assert store.beside.await_count == asked
    store.beside.return_value = []
    for asked in (3, 4):
        assert await learned.of({"foxglove"}, store, NOON) == {}, "nothing is known yet"
        assert store.beside.await_count == asked


class Asked(MemoryStore):
    """Notes of how many companies the adverts are read at once."""

    def __init__(self) -> None:
        super().__init__()
        self.together: list[int] = []

    async def beside(self, companies: Collection[str]) -> Sequence[Advert]:
        self.together.append(len(companies))
        roles = ("clerk", "analyst", "designer")
        return [Advert(company, role, frozenset({1, hash(role)})) for company in companies for role in roles]


async def test_of_hundreds_of_companies_in_doubt_only_some_adverts_lie_in_memory_at_once() -> None:
    store, companies = Asked(), [f"company {number}" for number in range(450)]
    learned = await Learned().of(companies, store, NOON)
    assert learned == dict.fromkeys(companies, frozenset({1}))
    assert max(store.together) == TOGETHER
    assert sum(store.together) == len(companies)
