"""What every store promises: one suite over the store on SQLite and its fake in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rolecall.dedupe import job_id
from rolecall.model import Assignment, Print, Validators
from rolecall.outbox import ChannelState, Claim, Dead, Dropped, RetryAt, Sent, Suspend
from rolecall.people import Again, Decision, Ruling, muted
from rolecall.plan import SETTLED, Committed, Move, NewPosting, Reported, SourceState, Waiting
from rolecall.ports import Store
from rolecall.rhythm import Rhythm
from rolecall.schedule import Limit
from rolecall.store import SqliteStore
from rolecall.store.memory import MemoryStore
from rolecall.stored import StoredAlert, StoredJob
from tests.store_plans import NOW, SOURCE, after, alert, alerts_of, at_once, digest, notice, plan, poll, posting

LEASE = 60.0


@pytest.fixture(params=["sqlite", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "rolecall.db")
    yield opened
    await opened.close()


async def claimed(store: Store, channel: str = "phone", now=NOW) -> Claim:  # type: ignore[no-untyped-def]  # a default tells
    claim = await store.claim(channel, now, LEASE)
    assert claim is not None
    return claim


async def gone(store: Store, *ids: str) -> None:
    """Let postings be missing twice."""
    for _ in range(2):
        await store.commit(poll(gone=ids))


async def claimed_alerts(store: Store, **when: datetime) -> Sequence[StoredAlert]:
    return await alerts_of(store, await claimed(store, **when))


async def subjects(store: Store, claim: Claim) -> list[str]:
    return [each.key[1] for each in await alerts_of(store, claim)]


# --- sources and searches -------------------------------------------------------------------------------------


async def test_a_source_state_comes_back_as_it_was_saved(store: Store) -> None:
    state = SourceState(
        name=SOURCE,
        due_at=after(minutes=30),
        validators={"https://larkspur.example/feed": Validators('"abc"', "Mon, 02 Mar 2026 09:00:00 GMT", "00ff")},
        baseline=True,
        health="unreachable",
        since=after(hours=-1),
        failures=3,
        last_try=NOW,
        last_success=after(hours=-2),
        last_error="503",
        last_error_at=NOW,
        postings=41,
        skipped=1,
        put_off="out of budget",
        pace="asked every 3 h: about 1 new a day",
        every=timedelta(hours=3),
        wait=timedelta(minutes=60),
        rhythm=Rhythm(after(days=-9), NOW, 3.25, 7200.5, 9000.0, 12, 40.5),
        move=Move("https://larkspur.example/feed", "https://larkspur.example/jobs", NOW, 3, settled=True),
        gap=(after(hours=-9), after(hours=-2)),
        version="0.1.0",
    )
    await store.commit(plan(source=state))
    assert await store.source_states() == {SOURCE: state}


async def test_the_latest_source_state_replaces_the_one_before(store: Store) -> None:
    await store.commit(plan(source=SourceState(SOURCE, NOW, {"u": Validators("a")}, failures=2)))
    await store.commit(plan(source=SourceState(SOURCE, after(hours=1))))
    assert await store.source_states() == {SOURCE: SourceState(SOURCE, after(hours=1))}


async def test_what_the_owner_was_told_is_remembered(store: Store) -> None:
    told = {(SOURCE, "trouble"): Reported(NOW), (SOURCE, "gap"): Reported(NOW, open=False)}
    await store.commit(plan(reported=told))
    await store.commit(plan(reported={(SOURCE, "trouble"): Reported(after(days=1), open=False)}))
    assert await store.reported() == told | {(SOURCE, "trouble"): Reported(after(days=1), open=False)}


async def test_a_budget_gives_no_more_calls_than_its_limits_in_any_stretch_of_time(store: Store) -> None:
    limits = (Limit(3, timedelta(days=1)), Limit(2, timedelta(minutes=1)))

    async def spend(now: datetime, budget: str = "larkspur") -> datetime | None:
        return await store.spend(budget, limits, now)

    assert [await spend(after(seconds=n)) for n in range(2)] == [None, None]
    assert await spend(after(seconds=2)) == after(seconds=60)
    assert await spend(after(seconds=60)) is None, "the first of the two has left the minute"
    assert await spend(after(hours=23)) == after(hours=24), "what was refused was not counted"
    assert await spend(after(hours=23), "harebell") is None
    assert await spend(after(hours=24)) is None
    assert await store.spent(after(seconds=0)) == {"larkspur": 3, "harebell": 1}


async def test_a_host_that_wants_to_be_left_alone_is_known_until_then(store: Store) -> None:
    await store.hold("jobs.example", after(minutes=5))
    await store.hold("jobs.example", after(hours=2))
    await store.hold("other.example", after(minutes=1))
    assert await store.held(NOW) == {"jobs.example": after(hours=2), "other.example": after(minutes=1)}
    assert await store.held(after(minutes=1)) == {"jobs.example": after(hours=2)}


async def test_a_clock_that_is_set_back_does_not_block_a_budget_for_longer_than_its_limit(store: Store) -> None:
    limits = (Limit(1, timedelta(days=1)),)
    assert await store.spend("larkspur", limits, after(days=30)) is None
    assert await store.spend("larkspur", limits, NOW) == after(days=1)
    assert await store.spend("larkspur", limits, after(days=1)) is None


async def test_searches_are_remembered_by_their_fingerprint(store: Store) -> None:
    await store.commit(plan(searches={"python": "f1", "go": "f2"}))
    await store.commit(plan(searches={"python": "f3"}))
    assert await store.searches() == {"python": "f3", "go": "f2"}


# --- postings -------------------------------------------------------------------------------------------------


async def test_only_stored_ids_are_known_and_only_of_their_own_source(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b", content_hash="second"), posting("a", "other", source="feed:x")))
    assert await store.known(SOURCE, ["a", "b", "c"]) == {"a": "first", "b": "second"}


async def test_known_takes_more_ids_than_one_statement_does(store: Store) -> None:
    await store.commit(plan(*(posting(f"{n}") for n in range(1100))))
    assert len(await store.known(SOURCE, [f"{n}" for n in range(1, 1200)])) == 1099


def row(source_id: str, **changes: Any) -> Waiting:
    return replace(Waiting(posting(source_id).raw, "first", NOW), **changes)


async def test_rows_that_wait_are_known_and_come_back_in_the_order_in_which_to_ask(store: Store) -> None:
    rows = (
        row("tried", tries=1), row("hopeless", hopeful=False), row("old", baseline=True),
        row("later", since=after(hours=1)), row("now"), row("twice", since=after(days=-4), tries=2),
    )  # fmt: skip
    elsewhere = replace(row("a"), raw=replace(posting("a").raw, source="feed:x"))
    await store.commit(plan(waiting=(*rows, elsewhere)))
    waiting = await store.waiting(SOURCE, 9)
    assert [each.raw.id for each in waiting] == ["now", "later", "tried", "twice", "old", "hopeless"]
    assert all(each in rows for each in waiting)
    assert await store.waiting(SOURCE, 2, skip=1) == waiting[1:3]
    assert await store.known(SOURCE, ["now", "a"]) == {"now": "first"}
    assert (await store.totals())["postings"] == 0
    assert await store.unread() == {SOURCE: 6, "feed:x": 1}


async def test_a_row_that_waits_ends_as_a_posting_or_is_dropped(store: Store) -> None:
    await store.commit(plan(waiting=(row("a"), row("b"), row("c"))))
    await store.commit(plan(posting("a", content_hash="second"), dropped=((SOURCE, "b"),)))
    assert [each.raw.id for each in await store.waiting(SOURCE, 9)] == ["c"]
    assert await store.known(SOURCE, ["a", "b", "c"]) == {"a": "second", "c": "first"}


async def test_a_row_that_changes_while_it_waits_stays_as_old_and_as_little_news(store: Store) -> None:
    await store.commit(plan(waiting=(row("a", baseline=True, tries=2),)))
    changed = row("a", content_hash="second", since=after(hours=1))
    await store.commit(plan(waiting=(changed,)))
    assert await store.waiting(SOURCE, 9) == [replace(changed, since=NOW, baseline=True)]


async def test_a_changed_row_of_a_stored_posting_is_known_as_it_waits(store: Store) -> None:
    await store.commit(plan(posting("a")))
    await store.commit(plan(waiting=(row("a", content_hash="second"),)))
    assert await store.known(SOURCE, ["a"]) == {"a": "second"}


async def test_a_row_that_waits_knows_whether_the_latest_list_held_it(store: Store) -> None:
    await store.commit(plan(waiting=(row("a"), row("b"))))
    await store.commit(poll(seen=("b", "c"), waiting=(row("c"),)))
    await store.commit(poll())  # an unchanged list
    assert {each.raw.id: each.listed for each in await store.waiting(SOURCE, 9)} == {
        "a": False, "b": True, "c": True,
    }  # fmt: skip


async def test_a_row_that_is_settled_stays_known_and_is_never_asked_until_it_changes_or_goes(store: Store) -> None:
    await store.commit(plan(waiting=(row("a"), row("b"))))
    await store.commit(plan(waiting=(row("a", tries=SETTLED), row("b", tries=SETTLED))))
    assert await store.waiting(SOURCE, 9) == []
    assert await store.known(SOURCE, ["a", "b"]) == {"a": "first", "b": "first"}
    await store.commit(plan(waiting=(row("a", content_hash="second"),)))
    assert [each.raw.id for each in await store.waiting(SOURCE, 9)] == ["a"]
    await store.commit(poll(seen=("a",)))
    assert await store.known(SOURCE, ["a", "b"]) == {"a": "second"}


async def test_a_posting_comes_back_as_the_source_said_it(store: Store) -> None:
    new = posting("a", posted_at=after(days=-1))
    await store.commit(plan(new))
    job = await store.job("job-a")
    assert job is not None
    (stored,) = job.postings
    assert stored.raw == new.raw
    assert json.loads(stored.facts) == new.facts
    assert (stored.job, stored.first_seen, stored.last_seen, stored.closed_at) == ("job-a", NOW, NOW, None)


async def test_a_changed_posting_is_updated_in_place(store: Store) -> None:
    await store.commit(plan(posting("a")))
    changed = posting("a", title="Senior Python developer", content_hash="second", keys=frozenset({"c:new"}))
    assert await store.commit(plan(changed, now=after(hours=1))) == Committed(postings=1)
    job = await store.job("job-a")
    assert job is not None
    (stored,) = job.postings
    assert (stored.raw.title, stored.first_seen, stored.last_seen) == ("Senior Python developer", NOW, after(hours=1))
    assert await store.known(SOURCE, ["a"]) == {"a": "second"}


async def test_a_changed_posting_is_found_by_its_new_keys_only(store: Store) -> None:
    await store.commit(plan(posting("a", keys=frozenset({"old", "both"}))))
    changed = posting("a", content_hash="second", keys=frozenset({"both", "new"}))
    await store.commit(plan(changed))
    assert await store.candidates({"old"}) == []
    assert await store.candidates({"new", "both"}) == [(changed.print, "job-a")]


async def test_a_posting_never_leaves_its_job(store: Store) -> None:
    """Otherwise an edited text would make a second alert for the same vacancy."""
    first = posting("a", "one")
    await store.commit(plan(first, alerts=(alert(first),)))
    moved = posting("a", "two", content_hash="second")
    assert await store.commit(plan(moved, alerts=(alert(moved),))) == Committed(postings=1)
    assert await store.alerted({"one", "two"}) == {("python", "one")}
    assert await store.job("two") is None


async def test_what_was_said_of_which_adverts_are_one_job_is_told_as_long_as_it_stands(store: Store) -> None:
    await store.commit(plan(posting("a", "one"), posting("b", "one"), posting("c", "two")))
    a, b, c = ((SOURCE, id_) for id_ in "abc")
    assert await store.rulings("one") == []
    await store.record(Decision("1", "join", (a, c), NOW))
    await store.record(Decision("2", "split", (b,), after(days=1)))
    assert list(await store.rulings("one")) == [Ruling("join", a, c, NOW), Ruling("split", b, a, after(days=1))]
    apart = await store.find_url("https://jobs.larkspur.example/b")
    assert apart is not None
    assert [ruling.kind for ruling in await store.rulings(apart.id)] == ["split"]
    await store.record(Decision("3", "undo", (b,), after(days=2)))
    assert [ruling.kind for ruling in await store.rulings("one")] == ["join"]


async def test_to_learn_from_come_late_adverts_of_a_company_under_different_titles(store: Store) -> None:
    titles = [f"Clock mender {name}" for name in ("Alpha", "Beta", "Gamma", "Delta")]
    await store.commit(plan(*(posting(title, title=title) for title in titles)))
    await store.commit(plan(*(posting(f"{title} again", title=f"Senior {title}") for title in titles)))
    found = await store.beside({"larkspur", "foxglove"})
    assert 1 < len(found) <= len(titles), "roles may share a slot"
    assert all(each.title.startswith("senior") for each in found), "the latest of each role, whatever its rank"
    assert await store.beside({"foxglove"}) == await store.beside(set()) == []
    await store.commit(plan(*(replace_company(posting(f"{title} again", title=title), "foxglove") for title in titles)))
    assert {each.title for each in await store.beside({"foxglove"})} <= {title.lower() for title in titles}
    assert all(not each.title.startswith("senior") for each in await store.beside({"larkspur"})), "they are another's"


def replace_company(new: NewPosting, company: str) -> NewPosting:
    return replace(new, print=replace(new.print, company=company))


async def test_candidates_share_a_key_and_come_once(store: Store) -> None:
    one, two, three = (posting(i, keys=frozenset({"shared", f"c:{i}"})) for i in "abc")
    await store.commit(plan(one, two, three, posting("d")))
    found = await store.candidates({"shared", "c:a", "nothing"})
    assert sorted(job for _, job in found) == ["job-a", "job-b", "job-c"]
    assert one.print in [each for each, _ in found]
    assert await store.candidates(set()) == []


async def test_what_closed_long_ago_is_no_candidate_unless_the_user_is_done_with_it(store: Store) -> None:
    shared = frozenset({"shared"})
    await store.commit(plan(*(posting(i, keys=shared) for i in "abc"), now=after(days=-70)))
    await store.commit(poll(after(days=-50), seen=("b",)))
    await store.record(decision("dismissed", "c"))
    found = await store.candidates(shared, after(days=-60))
    assert sorted(job for _, job in found) == ["job-b", "job-c"]


async def test_every_field_of_a_print_comes_back(store: Store) -> None:
    new = posting("a")
    assert all(getattr(new.print, each.name) for each in fields(Print)), "give the example a value for the new field"
    await store.commit(plan(new))
    assert await store.candidates(new.print.keys) == [(new.print, "job-a")]


async def test_seen_moves_last_seen_and_gone_twice_closes(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b")))
    await store.commit(poll(seen=("a",), gone=("b",)))
    assert await store.open_ids(SOURCE) == {"a", "b"}
    assert await store.missing_ids(SOURCE) == {"b"}
    await store.commit(poll(after(hours=1), seen=("a",), gone=("b",)))
    assert await store.missing_ids(SOURCE) == set()
    assert await store.open_ids(SOURCE) == {"a"}
    seen, gone = await store.job("job-a"), await store.job("job-b")
    assert seen is not None
    assert gone is not None
    assert (seen.postings[0].last_seen, seen.postings[0].closed_at) == (after(hours=1), None)
    assert (gone.postings[0].last_seen, gone.postings[0].closed_at) == (NOW, after(hours=1))


async def test_a_posting_that_is_still_gone_keeps_the_time_it_closed(store: Store) -> None:
    await store.commit(plan(posting("a")))
    for hours in (0, 1, 2):
        await store.commit(poll(after(hours=hours), gone=("a",)))
    job = await store.job("job-a")
    assert job is not None
    assert job.postings[0].closed_at == after(hours=1)


async def test_a_posting_missed_once_and_seen_again_was_never_gone(store: Store) -> None:
    await store.commit(plan(posting("a")))
    for listed in ({"gone": ("a",)}, {"seen": ("a",)}, {"gone": ("a",)}):
        await store.commit(poll(**listed))
    assert await store.open_ids(SOURCE) == {"a"}


async def test_an_unchanged_list_lacks_again_what_it_lacked_and_nothing_else(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b"), posting("c", source="feed:other")))
    await store.commit(poll(seen=("a",), gone=("b",)))
    await store.commit(poll(after(hours=1), unchanged=True))
    await store.commit(poll(after(hours=2), unchanged=True))
    assert await store.open_ids(SOURCE) == {"a"}
    assert await store.open_ids("feed:other") == {"c"}
    job = await store.job("job-b")
    assert job is not None
    assert job.postings[0].closed_at == after(hours=1)


async def test_past_its_closing_date_a_posting_is_closed_though_still_listed(store: Store) -> None:
    new = replace(posting("a"), closes_at=after(hours=1))
    await store.commit(plan(new, alerts=(alert(new, digest(due=after(hours=2))),)))
    await store.commit(poll(after(minutes=59), seen=("a",)))
    assert await store.open_ids(SOURCE) == {"a"}
    (told,) = await claimed_alerts(store, now=after(hours=2))
    assert told.job.postings[0].closed_at == after(hours=1)
    await store.commit(poll(after(hours=3), seen=("a",)))
    assert await store.open_ids(SOURCE) == set()


@pytest.mark.parametrize("changed", [False, True])
async def test_a_posting_seen_again_is_open_again(store: Store, changed: bool) -> None:
    await store.commit(plan(posting("a")))
    await gone(store, "a")
    again = replace(poll(seen=("a",)), postings=(posting("a", content_hash="second"),) if changed else ())
    await store.commit(again)
    assert await store.open_ids(SOURCE) == {"a"}
    assert await store.known(SOURCE, ["a"]) == {"a": "second" if changed else "first"}


async def test_what_had_gone_is_known_by_no_text_so_that_it_is_read_anew(store: Store) -> None:
    expired = replace(posting("b"), closes_at=NOW)
    await store.commit(plan(posting("a"), expired))
    await gone(store, "a")
    assert await store.known(SOURCE, ["a", "b"]) == {"a": "", "b": "first"}


async def test_text_of_every_alphabet_and_half_a_character_survives(store: Store) -> None:
    new = posting("ключ-🗝", title="Développeuse \ud800 \x00 🦀")
    await store.commit(plan(new, alerts=(alert(new, at_once(new)),)))
    job = await store.job("job-ключ")
    assert job is not None
    assert job.postings[0].raw == new.raw
    assert await subjects(store, await claimed(store)) == ["ключ-🗝"]


async def test_half_a_character_in_an_error_stops_nothing(store: Store) -> None:
    state = SourceState(SOURCE, NOW, last_error="odd: \ud800", move=Move("https://\udfff", "https://\udfff", NOW))
    await store.commit(plan(source=state, notices=(replace(notice(), text="\ud800"),)))
    await store.settle((await claimed(store)).id, Dead("\ud800"), NOW)
    assert (await store.source_states())[SOURCE].last_error.startswith("odd: ")
    assert len(await store.dead_messages()) == 1


# --- jobs -----------------------------------------------------------------------------------------------------


async def test_a_job_holds_its_postings_first_seen_first(store: Store) -> None:
    await store.commit(plan(posting("b", "one", source="feed:x")))
    why = Assignment((SOURCE, "a"), "one", ("feed:x", "b"), ("same address",))
    assert await store.commit(plan(replace(posting("a", "one"), assignment=why), now=after(hours=1))) == Committed(1)
    job = await store.job("one")
    assert job is not None
    assert [each.raw.id for each in job.postings] == ["b", "a"]
    assert job.first_seen == NOW
    assert job.postings[1].because == ("same address",)


async def test_a_job_is_found_by_an_unambiguous_beginning(store: Store) -> None:
    await store.commit(plan(posting("1", "abc"), posting("2", "abcd"), posting("3", "xyz"), posting("4", "a_%")))
    found = {asked: await store.job(asked) for asked in ("x", "abc", "abcd", "ab", "a_", "q", "", "abcde")}
    assert {asked: job.id for asked, job in found.items() if job} == {
        "x": "xyz",
        "abc": "abc",
        "abcd": "abcd",
        "a_": "a_%",
    }


async def test_a_job_is_found_by_any_form_of_its_address(store: Store) -> None:
    await store.commit(plan(posting("a")))
    for url in ("https://jobs.larkspur.example/a", "http://JOBS.larkspur.example/a/?utm_campaign=x#apply"):
        job = await store.find_url(url)
        assert job is not None
        assert job.id == "job-a"
    assert await store.find_url("https://jobs.larkspur.example/b") is None
    assert await store.find_url("not an address") is None


async def test_a_job_is_found_by_the_name_of_an_advert_whatever_slashes_it_has(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("https://jobs.larkspur.example/b/2")))
    for id_ in ("a", "https://jobs.larkspur.example/b/2"):
        job = await store.find_advert(f"{SOURCE}/{id_}")
        assert job is not None
        assert job.postings[0].name == f"{SOURCE}/{id_}"
    assert await store.find_advert(f"{SOURCE}/b") is None
    assert await store.find_advert("a") is None


async def test_jobs_come_by_id_those_without_postings_left_out(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b"), posting("c", "job-a")))
    found = await store.jobs({"job-a", "nothing"})
    assert {name: [each.raw.id for each in job.postings] for name, job in found.items()} == {"job-a": ["a", "c"]}


async def test_recent_jobs_come_newest_first_and_only_while_open(store: Store) -> None:
    await store.commit(plan(posting("old"), now=after(days=-40)))
    for hours, source_id in enumerate("abcd"):
        await store.commit(plan(posting(source_id), now=after(hours=hours)))
    await gone(store, "c")
    assert [job.id for job in await store.recent(after(days=-30), 10)] == ["job-d", "job-b", "job-a"]
    assert [job.id for job in await store.recent(after(days=-30), 1)] == ["job-d"]


async def test_totals_count_copies_beyond_the_first_as_duplicates(store: Store) -> None:
    one, two, three = posting("a", "one"), posting("b", "one"), posting("c", "two")
    await store.commit(plan(one, two, three, alerts=(alert(one, at_once(one)),)))
    await store.settle((await claimed(store)).id, Sent(), NOW)
    assert await store.totals() == {"postings": 3, "jobs": 2, "alerts": 1, "duplicates": 1, "messages": 1}


# --- alerts ---------------------------------------------------------------------------------------------------


async def test_an_alert_is_written_once_and_delivered_once(store: Store) -> None:
    one, copy = posting("a", "one"), posting("b", "one")
    assert await store.commit(plan(one, alerts=(alert(one, at_once(one)),))) == Committed(1, 1, 1, 1)
    await store.settle((await claimed(store)).id, Sent(), NOW)
    assert await store.commit(plan(copy, alerts=(alert(copy, at_once(copy)),))) == Committed(1, 0, 0, 0)
    assert await store.claim("phone", NOW, LEASE) is None
    assert await store.alerted(["one", "two"]) == {("python", "one")}


async def test_two_searches_that_match_one_job_travel_in_one_message(store: Store) -> None:
    one = posting("a")
    both = (alert(one, at_once(one)), alert(one, at_once(one), search="leeds"))
    assert await store.commit(plan(one, alerts=both)) == Committed(1, 1, 2, 1)
    claim = await claimed(store)
    assert [each.search for each in await alerts_of(store, claim)] == ["python", "leeds"]
    assert await store.alerted_at("job-a") == {"python": NOW, "leeds": NOW}


async def test_an_alert_goes_to_every_channel_it_names(store: Store) -> None:
    one = posting("a")
    await store.commit(plan(one, alerts=(alert(one, at_once(one), digest(channel="mail")),)))
    assert [(await claimed(store, name)).kind for name in ("phone", "mail")] == ["alert", "digest"]


async def test_an_alert_comes_back_with_its_reasons_and_all_copies_of_its_job(store: Store) -> None:
    one, copy = posting("a", "one"), posting("b", "one")
    planned = alert(copy, at_once(copy), rank=2.5)
    await store.commit(plan(one, copy, alerts=(planned,)))
    (found,) = await claimed_alerts(store)
    assert (found.search, found.key, found.action, found.rank) == ("python", copy.print.key, planned.action, 2.5)
    assert found.reasons == planned.reasons
    assert found.created_at == NOW
    assert [each.raw for each in found.job.postings] == [one.raw, copy.raw]


async def test_an_alert_without_a_stored_posting_is_a_bug_and_writes_nothing(store: Store) -> None:
    stranger = posting("nobody")
    with pytest.raises(LookupError):
        await store.commit(plan(posting("a"), alerts=(alert(stranger),), searches={"python": "f"}))
    assert await store.known(SOURCE, ["a"]) == {}
    assert await store.searches() == {}


async def test_alerts_are_listed_newest_posting_first(store: Store) -> None:
    old, new, undated = (
        posting("old", posted_at=after(days=-3)),
        posting("new", posted_at=after(days=1)),
        posting("mid"),
    )
    await store.commit(plan(old, new, undated, alerts=tuple(map(alert, (old, new, undated)))))
    assert [each.key[1] for each in await store.alerts(10)] == ["new", "mid", "old"]
    assert [each.key[1] for each in await store.alerts(2)] == ["new", "mid"]


async def test_alerts_are_listed_by_search_and_while_a_copy_is_open(store: Store) -> None:
    one, copy, other = posting("a", "one"), posting("b", "one"), posting("c")
    await store.commit(plan(one, copy, other, alerts=(alert(one), alert(other), alert(other, search="go"))))
    await gone(store, "a", "c")
    assert [each.job.id for each in await store.alerts(10)] == ["one"]
    assert [each.job.id for each in await store.alerts(10, open_only=False)] == ["job-c", "job-c", "one"]
    assert [each.search for each in await store.alerts(10, ["go"], open_only=False)] == ["go"]


async def test_the_jobs_that_searches_told_of_come_once_each_the_latest_alerted_first(store: Store) -> None:
    one, copy, other = posting("a", "one"), posting("b", "one"), posting("c")
    await store.commit(plan(one, other, alerts=(alert(one), alert(other), alert(other, search="go"))))
    await store.commit(plan(copy, alerts=(alert(copy, search="late"),)))
    assert await store.alerted_jobs(["python", "go", "late"], 10) == ["one", "job-c"]
    assert await store.alerted_jobs(["python", "go"], 10) == ["job-c", "one"]
    assert await store.alerted_jobs(["python", "go"], 1) == ["job-c"]
    assert await store.alerted_jobs([], 10) == []


async def test_what_was_told_is_what_was_sent(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, two, alerts=(alert(one, at_once(one)), alert(two, at_once(two)))))
    assert await store.told({"job-a", "job-b"}) == set()
    await store.settle((await claimed(store)).id, Sent(), NOW)
    assert await store.told({"job-a", "job-b"}) == {("python", "job-a")}


async def test_a_message_that_is_not_worth_sending_any_more_is_dropped_for_good(store: Store) -> None:
    await store.commit(plan(notices=(notice("a"), notice("b"))))
    first = await claimed(store)
    await store.settle(first.id, Dropped("all its jobs have closed"), NOW)
    assert (await claimed(store)).id != first.id
    assert await store.dead_messages() == []
    assert (await store.channels(NOW))["phone"].sent == 0


# --- jobs that may be one, and jobs that are ------------------------------------------------------------------


def bridging(source_id: str, job: str, *bridges: str) -> NewPosting:
    new = posting(source_id, job)
    return replace(new, assignment=replace(new.assignment, bridges=bridges))


async def test_jobs_that_a_posting_shows_to_be_perhaps_the_same_name_each_other(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b"), posting("c")))
    await store.commit(plan(bridging("d", "job-a", "job-b")))
    assert {name: job.maybe for name, job in (await store.jobs({"job-a", "job-b", "job-c"})).items()} == {
        "job-a": ("job-b",),
        "job-b": ("job-a",),
        "job-c": (),
    }


async def test_a_merge_moves_postings_with_their_alert_to_the_other_job(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, two, alerts=(alert(two, at_once(two)),)))
    await store.commit(plan(bridging("c", "job-a"), merges=(("job-a", "job-b"),)))
    jobs = await store.jobs({"job-a", "job-b"})
    assert [each.raw.id for each in jobs["job-a"].postings] == ["a", "b", "c"]
    assert jobs.keys() == {"job-a"}
    assert await store.job("job-b") is None
    assert [each.job.id for each in await claimed_alerts(store)] == ["job-a"]
    assert (await store.totals())["jobs"] == 1


async def test_an_alert_of_a_merged_job_is_the_other_jobs_alert(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, alerts=(alert(one, at_once(one)),)))
    merged = plan(two, merges=(("job-a", "job-b"),), alerts=(alert(two, at_once(two)),))
    assert (await store.commit(merged)).alerts == 0
    assert await store.alerted({"job-a", "job-b"}) == {("python", "job-a")}


# --- what the user decided ------------------------------------------------------------------------------------


def decision(kind: str, *ids: str, at: datetime = NOW, **said: Any) -> Decision:
    named = f"{kind} {ids} {at} {said}"
    return Decision(named, kind, tuple((SOURCE, id_) for id_ in ids), at, **said)  # type: ignore[arg-type]


def marked(job: StoredJob | None) -> list[str]:
    """Return what was said of a job, and by whom where that has a name."""
    assert job is not None
    return [f"{mark.person} {mark.kind}".strip() for mark in job.marks]


async def grouped(store: Store) -> list[str]:
    """Return the ids of the postings of each job, joined."""
    jobs = [await store.job(job.id) for job in await store.recent(after(days=-1), 10)]
    return sorted("".join(sorted(each.raw.id for each in job.postings)) for job in jobs if job)


async def test_what_the_user_joins_is_one_job_and_what_is_undone_is_two_again(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b"), posting("c", "job-b")))
    assert await store.record(decision("join", "a", "b"))
    assert await grouped(store) == ["abc"]
    await store.commit(plan(posting("d", "job-a")))
    assert await store.record(decision("undo", "c", at=after(hours=1)))
    assert await grouped(store) == ["ad", "bc"]
    assert (await store.jobs({"job-b"})).keys() == {"job-b"}


async def test_what_the_user_splits_is_two_jobs_that_are_kept_apart(store: Store) -> None:
    await store.commit(plan(posting("a", "one"), posting("b", "one"), posting("c", "one")))
    assert await store.record(decision("split", "b"))
    assert await grouped(store) == ["ac", "b"]
    (split,) = [job for job in await store.recent(after(days=-1), 10) if job.id != "one"]
    assert await store.apart({"one"}) == await store.apart({split.id}) == {frozenset(("one", split.id))}
    assert await store.apart({"other"}) == set()
    await store.commit(plan(bridging("d", "one", split.id)))
    assert [job.maybe for job in (await store.jobs({"one", split.id})).values()] == [(), ()]
    assert await store.record(decision("undo", "a", at=after(hours=1)))
    assert await grouped(store) == ["abcd"]
    assert await store.apart({"one"}) == set()


async def test_the_posting_that_named_a_job_can_be_split_from_it(store: Store) -> None:
    name = job_id((SOURCE, "a"))
    await store.commit(plan(posting("a", name), posting("b", name)))
    assert await store.record(decision("split", "a"))
    assert await grouped(store) == ["a", "b"]
    found = await store.job(name)
    assert found is not None
    assert found.postings[0].raw.id == "b"


async def test_what_was_told_of_a_job_counts_for_the_one_that_is_split_from_it(store: Store) -> None:
    one, copy = posting("a", "one"), posting("b", "one")
    await store.commit(plan(one, copy, alerts=(alert(one, at_once(one)),)))
    await store.settle((await claimed(store)).id, Sent(), NOW)
    await store.record(decision("split", "b"))
    assert (await store.commit(plan(copy, alerts=(alert(copy, at_once(copy)),)))).alerts == 0
    assert await store.claim("phone", NOW, LEASE) is None


async def test_what_waits_to_be_told_of_a_job_is_told_of_the_one_that_is_split_from_it_too(store: Store) -> None:
    one, copy = posting("a", "one"), posting("b", "one")
    planned = alert(one, at_once(one), digest(channel="mail", due=after(hours=8)), digest("unclear", due=NOW))
    await store.commit(plan(one, copy, alerts=(planned,)))
    await store.settle((await claimed(store)).id, Sent(), NOW)
    await store.settle((await claimed(store)).id, RetryAt(NOW, "no answer", ambiguous=True), NOW)
    await store.record(decision("split", "b"))
    assert await subjects(store, await claimed(store, "mail", now=after(hours=8))) == ["a", "b"]
    assert await subjects(store, await claimed(store)) == ["a"], "perhaps it was told of both already"


async def test_what_waited_to_be_told_of_a_job_waits_again_when_it_was_joined_by_mistake(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, alerts=(alert(one, at_once(one)),)))
    await store.settle((await claimed(store)).id, Sent(), NOW)
    await store.commit(plan(two, alerts=(alert(two, digest(due=after(hours=8))),)))
    await store.record(decision("join", "a", "b"))
    await store.record(decision("undo", "a", at=after(hours=1)))
    assert await subjects(store, await claimed(store, now=after(hours=8))) == ["b"]


async def test_a_join_that_is_undone_leaves_each_job_the_alerts_it_had_and_both_those_made_meanwhile(
    store: Store,
) -> None:
    one, two, copy = posting("a"), posting("b"), posting("c", "job-a")
    planned = (alert(one, search="go"), alert(two, at_once(two)), alert(one, search="both"), alert(two, search="both"))
    await store.commit(plan(one, two, alerts=planned))
    await store.settle((await claimed(store)).id, Sent(), NOW)
    await store.record(decision("join", "a", "b"))
    await store.commit(plan(copy, alerts=(alert(copy, search="meanwhile"),)))
    await store.record(decision("undo", "a", at=after(hours=1)))
    each = {(search, job) for search in ("both", "meanwhile") for job in ("job-a", "job-b")}
    assert await store.alerted({"job-a", "job-b"}) == {("go", "job-a"), ("python", "job-b")} | each
    assert await store.told({"job-a", "job-b"}) == {("python", "job-b")}


async def test_a_join_is_undone_though_another_person_split_it_again_meanwhile(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b")))
    await store.record(decision("dismissed", "b"))
    await store.record(decision("join", "a", "b", at=after(hours=1)))
    assert await store.record(decision("split", "a", at=after(hours=2), person="anna"))
    await store.record(decision("undo", "a", at=after(hours=3)))
    assert await grouped(store) == ["a", "b"]


async def test_two_alerts_of_one_search_become_one_when_their_jobs_are_joined(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, two, alerts=(alert(one, digest()), alert(two, digest()))))
    await store.record(decision("join", "a", "b"))
    (only,) = await claimed_alerts(store)
    assert (only.job.id, only.key) == ("job-a", (SOURCE, "a"))


async def test_what_the_user_is_done_with_is_listed_only_with_what_has_closed(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, two, alerts=(alert(one), alert(two))))
    await store.record(decision("applied", "a"))
    assert [each.job.id for each in await store.alerts(10)] == ["job-b"]
    assert len(await store.alerts(10, open_only=False)) == 2


@pytest.mark.parametrize("kind", ["applied", "dismissed"])
async def test_a_job_that_the_user_is_done_with_gets_no_alert_also_not_for_a_copy(store: Store, kind: str) -> None:
    one, copy = posting("a", "one"), posting("b", "one")
    await store.commit(plan(one))
    assert await store.record(decision(kind, "a"))
    planned = plan(copy, alerts=(alert(copy, at_once(copy), search="new"),))
    assert await store.commit(planned) == Committed(postings=1)
    assert marked(await store.job("one")) == [kind]
    assert await store.record(decision("undo", "b", at=after(hours=1)))
    assert (await store.commit(planned)).alerts == 1


async def test_a_joined_job_is_done_with_when_either_was(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b")))
    await store.record(decision("dismissed", "b"))
    await store.record(decision("join", "a", "b", at=after(hours=1)))
    assert marked(await store.job("job-a")) == ["dismissed"]


async def test_a_decision_is_carried_out_once_and_what_changes_nothing_is_none(store: Store) -> None:
    await store.commit(plan(posting("a", "one"), posting("b", "one"), posting("c")))
    for new in (decision("applied", "a"), decision("dismissed", "a", at=after(hours=1))):
        assert await store.record(new)
        assert not await store.record(new)
    assert not await store.record(decision("dismissed", "b", at=after(hours=1)))
    assert not await store.record(decision("join", "a", "b"))
    assert not await store.record(decision("split", "c"))
    undo = decision("undo", "a", at=after(hours=2))
    assert [await store.record(undo), await store.record(undo)] == [True, False]
    assert marked(await store.job("one")) == ["applied"]


async def test_the_id_of_a_job_that_was_joined_leads_to_the_one_it_is_part_of(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b")))
    await store.record(decision("join", "a", "b"))
    assert [job.id if (job := await store.job(id_)) else None for id_ in ("job-a", "job-b")] == ["job-a", "job-a"]
    await store.record(decision("undo", "a", at=after(hours=1)))
    job = await store.job("job-b")
    assert job is not None
    assert job.id == "job-b"


async def test_an_undo_of_one_kind_leaves_a_word_of_another_kind_alone(store: Store) -> None:
    await store.commit(plan(posting("a")))
    for hours, kind in enumerate(("saved", "applied")):
        await store.record(decision(kind, "a", at=after(hours=hours)))
    undo = replace(decision("undo", "a", at=after(hours=3)), of="applied")
    assert await store.record(undo)
    assert not await store.record(replace(undo, id="pressed again")), "the one before it was another word"
    job = await store.job("job-a")
    assert job is not None
    assert [mark.kind for mark in job.marks] == ["saved"]


async def test_a_channel_remembers_by_name_and_forgets_what_is_empty(store: Store) -> None:
    await store.note("phone", "paired", "1")
    await store.note("phone", "paired", "2")
    await store.note("phone", "moved", "half a \ud800 character")
    await store.note("other", "paired", "3")
    assert (await store.notes("phone"))["paired"] == "2"
    assert set(await store.notes("phone")) == {"paired", "moved"}
    await store.note("phone", "paired", "")
    assert set(await store.notes("phone")) == {"moved"}
    assert await store.notes("nobody") == {}


async def test_undo_takes_back_one_decision_after_another_until_nothing_is_left(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b")))
    await store.record(decision("join", "a", "b"))
    await store.record(decision("applied", "a", at=after(hours=1)))
    done = [await store.record(decision("undo", "a", at=after(hours=hours))) for hours in (2, 3, 4)]
    assert done == [True, True, False]
    assert await grouped(store) == ["a", "b"]


async def test_a_decision_about_what_is_not_stored_is_refused(store: Store) -> None:
    with pytest.raises(LookupError):
        await store.record(decision("applied", "nobody"))


# --- people ---------------------------------------------------------------------------------------------------


async def test_what_one_person_is_done_with_still_reaches_the_other(store: Store) -> None:
    one, copy = posting("a", "one"), posting("b", "one")
    await store.commit(plan(one, alerts=(alert(one, search="annas"), alert(one, search="bens"))))
    assert await store.record(decision("dismissed", "a", person="anna"))
    assert await store.alerts(10, ["annas"], person="anna") == []
    assert [each.job.id for each in await store.alerts(10, ["bens"], person="ben")] == ["one"]
    new = [replace(alert(copy, search=f"{name}s new"), person=name) for name in ("anna", "ben")]
    assert (await store.commit(plan(copy, alerts=tuple(new)))).alerts == 1


async def test_what_was_said_before_people_had_names_holds_for_everybody(store: Store) -> None:
    one = posting("a")
    await store.commit(plan(one))
    await store.record(decision("applied", "a"))
    assert (await store.commit(plan(one, alerts=(replace(alert(one), person="anna"),)))).alerts == 0


async def test_what_is_saved_is_listed_last_saved_first_also_when_closed_or_applied_to(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b"), posting("c")))
    for hours, id_ in enumerate("abc"):
        await store.record(decision("saved", id_, at=after(hours=hours), person="anna"))
    await store.record(decision("applied", "a", at=after(hours=4), person="anna"))
    await store.record(decision("dismissed", "b", at=after(hours=4), person="anna"))
    await gone(store, "c")
    assert [job.id for job in await store.saved("anna", 10)] == ["job-c", "job-a"]
    assert [job.id for job in await store.saved("anna", 1)] == ["job-c"]
    assert await store.saved("ben", 10) == []
    assert marked(await store.job("job-a")) == ["anna saved", "anna applied"]


async def test_a_person_takes_back_their_own_word_and_no_other(store: Store) -> None:
    await store.commit(plan(posting("a")))
    await store.record(decision("applied", "a", person="anna"))
    await store.record(decision("dismissed", "a", at=after(hours=1), person="ben"))
    assert await store.record(decision("undo", "a", at=after(hours=2), person="anna"))
    assert marked(await store.job("job-a")) == ["ben dismissed"]
    assert not await store.record(decision("undo", "a", at=after(hours=3), person="anna"))


async def test_a_join_that_is_taken_back_leaves_what_others_said_meanwhile(store: Store) -> None:
    await store.commit(plan(posting("a"), posting("b")))
    await store.record(decision("saved", "b", person="ben"))
    await store.record(decision("join", "a", "b", at=after(hours=1)))
    await store.record(decision("applied", "a", at=after(hours=2), person="ben"))
    assert marked(await store.job("job-a")) == ["ben saved", "ben applied"]
    assert await store.record(decision("undo", "a", at=after(hours=3), person="anna"))
    assert marked(await store.job("job-a")) == ["ben applied"]
    assert marked(await store.job("job-b")) == ["ben saved"]


async def test_a_mute_is_a_persons_own_and_named_in_any_form(store: Store) -> None:
    assert await store.record(decision("muted_company", person="anna", company="Larkspur Ltd"))
    assert await store.record(decision("muted_agency", at=after(hours=1), person="anna", company="Heron"))
    assert not await store.record(decision("muted_company", at=after(hours=1), person="anna", company="LARKSPUR"))
    assert not await store.record(decision("muted_company", at=after(hours=1), person="anna", company=" "))
    company, agency = await store.mutes({"anna", "ben"})
    assert await store.mutes({"ben"}) == []
    assert (company.said, company.name, company.at) == ("Larkspur Ltd", "larkspur", NOW)
    names = ("larkspur limited", "Larkspur Technology", "Heron Technology", "Heronsgate")
    assert [muted("anna", name, (company, agency)) for name in names] == [True, False, True, False]
    assert not muted("ben", "Larkspur", (company, agency))
    assert not await store.record(decision("unmuted", person="ben", company="Larkspur"))
    assert await store.record(decision("unmuted", at=after(hours=2), person="anna", company="The Larkspur Ltd"))
    assert await store.mutes({"anna"}) == [agency]


async def test_a_mute_that_a_posting_was_the_occasion_of_is_taken_back_by_undo(store: Store) -> None:
    await store.commit(plan(posting("a")))
    await store.record(decision("muted_company", "a", person="anna", company="Larkspur Ltd"))
    assert await store.record(decision("undo", "a", at=after(hours=1), person="anna"))
    assert await store.mutes({"anna"}) == []


def snooze(*ids: str, days: float = 1, at: datetime = NOW, channel: str = "phone") -> Decision:
    return decision(
        "snoozed", *ids, at=at, person="anna", again=Again(at + timedelta(days=days), ("python",), (channel,))
    )


async def test_a_snoozed_job_comes_back_once_when_its_time_has_come(store: Store) -> None:
    one = posting("a")
    await store.commit(plan(one, alerts=(alert(one, at_once(one)), alert(one, search="bens"))))
    await store.settle((await claimed(store)).id, Sent(), NOW)
    said = snooze("a")
    assert [await store.record(said), await store.record(said)] == [True, False]
    assert await store.claim("phone", after(hours=23), LEASE) is None
    claim = await claimed(store, now=after(days=1))
    assert (claim.kind, [each.search for each in await alerts_of(store, claim)]) == ("alert", ["python"])
    await store.settle(claim.id, Sent(), after(days=1))
    assert await store.claim("phone", after(days=9), LEASE) is None


async def test_a_snooze_that_is_taken_back_brings_nothing_back(store: Store) -> None:
    one = posting("a")
    await store.commit(plan(one, alerts=(alert(one),)))
    await store.record(snooze("a"))
    await store.record(decision("undo", "a", at=after(hours=1), person="anna"))
    assert await store.claim("phone", after(days=2), LEASE) is None
    assert marked(await store.job("job-a")) == []


async def test_what_was_never_told_cannot_be_snoozed(store: Store) -> None:
    await store.commit(plan(posting("a")))
    assert not await store.record(snooze("a"))
    assert marked(await store.job("job-a")) == []


async def test_what_came_alone_in_the_last_hour_is_counted_by_search(store: Store) -> None:
    one, two, three = posting("a"), posting("b"), posting("c")
    early = (alert(one, at_once(one)),)
    await store.commit(plan(one, alerts=early))
    late = (alert(two, at_once(two), at_once(two, "mail")), alert(two, search="go"), alert(three, digest()))
    await store.commit(plan(two, three, now=after(minutes=30), alerts=late))
    assert await store.sent_alone(["python", "go"], NOW) == {"python": 2}
    assert await store.sent_alone(["python"], after(minutes=1)) == {"python": 1}
    assert await store.sent_alone(["go"], NOW) == {}


async def test_an_alert_that_was_not_told_since_its_job_had_closed_may_be_made_anew(store: Store) -> None:
    one, two = posting("a"), posting("b")
    planned = (alert(one, digest(), digest(channel="mail")), alert(two, digest()))
    await store.commit(plan(one, two, alerts=planned))
    for channel, outcome, left in (("phone", Sent, {"job-a"}), ("mail", Dropped, set[str]())):
        claim = await claimed(store, channel)
        closed = tuple(each.id for each in await alerts_of(store, claim))
        await store.settle(claim.id, outcome("so it was", closed), NOW)
        assert {job for _, job in await store.alerted({"job-a", "job-b"})} == left, "what still waits elsewhere stays"
    assert await store.told({"job-a", "job-b"}) == set()
    assert (await store.commit(plan(one, two, alerts=planned))).alerts == 2


# --- the outbox: bundles --------------------------------------------------------------------------------------


async def test_alerts_of_one_bundle_share_a_message_while_it_is_pending(store: Store) -> None:
    for source_id in "ab":
        new = posting(source_id)
        await store.commit(plan(new, alerts=(alert(new, digest()),)))
    assert await subjects(store, await claimed(store)) == ["a", "b"]
    assert (await store.channels(NOW))["phone"].pending == 1


async def test_a_bundle_under_way_or_sent_is_followed_by_another_message(store: Store) -> None:
    claims = []
    for source_id in "abc":
        new = posting(source_id)
        await store.commit(plan(new, alerts=(alert(new, digest()),)))
        if claims:
            await store.settle(claims[-1].id, Sent(), NOW)
        claims.append(await claimed(store))
    assert [await subjects(store, claim) for claim in claims] == [["a"], ["b"], ["c"]]
    assert len({claim.message_id for claim in claims}) == 3


async def test_a_message_that_may_have_arrived_is_joined_by_nothing(store: Store) -> None:
    """Its next copy has the same message id: whoever drops copies would drop the alert that joined."""
    first, second = posting("a"), posting("b")
    await store.commit(plan(first, alerts=(alert(first, digest()),)))
    await store.settle((await claimed(store)).id, RetryAt(NOW, "no answer", ambiguous=True), NOW)
    await store.commit(plan(second, alerts=(alert(second, digest()),)))
    retried = await claimed(store)
    assert await subjects(store, retried) == ["a"]
    await store.settle(retried.id, Sent(), NOW)
    assert await subjects(store, await claimed(store)) == ["b"]


async def test_a_message_that_surely_did_not_arrive_is_joined(store: Store) -> None:
    first, second = posting("a"), posting("b")
    await store.commit(plan(first, alerts=(alert(first, digest()),)))
    await store.settle((await claimed(store)).id, RetryAt(NOW, "refused"), NOW)
    await store.commit(plan(second, alerts=(alert(second, digest()),)))
    assert await subjects(store, await claimed(store)) == ["a", "b"]


async def test_a_bundle_belongs_to_its_channel(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, two, alerts=(alert(one, digest()), alert(two, digest(channel="mail")))))
    assert [await subjects(store, await claimed(store, name)) for name in ("phone", "mail")] == [["a"], ["b"]]


async def test_a_notice_is_queued_once_on_a_channel(store: Store) -> None:
    assert await store.commit(plan(notices=(notice(), notice(), notice(channel="mail")))) == Committed(messages=2)
    claim = await claimed(store)
    assert (claim.kind, claim.subject, claim.text) == ("notice", notice().subject, notice().text)
    await store.settle(claim.id, Sent(), NOW)
    assert await store.commit(plan(notices=(notice(),), now=after(days=1))) == Committed()


# --- the outbox: claiming -------------------------------------------------------------------------------------


async def test_nothing_is_claimed_before_it_is_due_or_from_an_unknown_channel(store: Store) -> None:
    await store.commit(plan(notices=(notice(due=after(minutes=1)),)))
    assert await store.claim("phone", NOW, LEASE) is None
    assert await store.claim("pigeon", NOW, LEASE) is None
    assert await store.claim("phone", after(minutes=1), LEASE) is not None


async def test_a_clock_that_is_set_back_keeps_no_message_waiting_for_a_time_that_was_never_meant(store: Store) -> None:
    await store.commit(plan(notices=(notice("at once"), notice("in 8 hours", due=after(hours=8)))))
    assert await store.claim("phone", after(hours=-1), LEASE) is not None, "what was due stays due"
    await store.settle(1, Sent(), after(hours=-1))
    assert await store.claim("phone", after(hours=-1), LEASE) is None, "an hour back: the digest keeps its time"
    assert await store.claim("phone", after(days=-30), LEASE) is not None, "a month back: its time would never come"
    await store.settle(2, RetryAt(after(minutes=5), "slow down"), after(days=-30))
    assert await store.claim("phone", after(days=-30), LEASE) is not None, "nor does it wait a month for a hold"


async def test_messages_are_claimed_in_order_of_due_time_then_of_writing(store: Store) -> None:
    await store.commit(plan(notices=(notice("b"), notice("late", due=after(minutes=1)), notice("c"))))
    await store.commit(plan(notices=(notice("a", due=after(minutes=-1)),)))
    ids = []
    for _ in range(4):
        claim = await claimed(store, now=after(minutes=2))
        ids.append(claim.id)
        await store.settle(claim.id, Sent(), after(minutes=2))
    assert ids == [4, 1, 3, 2]


async def test_one_message_at_a_time_on_a_channel_and_channels_do_not_wait_for_each_other(store: Store) -> None:
    await store.commit(plan(notices=(notice("a"), notice("b"), notice("c", channel="mail"))))
    first = await claimed(store)
    assert await store.claim("phone", NOW, LEASE) is None
    assert await store.claim("mail", NOW, LEASE) is not None
    await store.settle(first.id, Sent(), NOW)
    assert (await claimed(store)).id != first.id


async def test_in_quiet_hours_only_what_is_loud_or_urgent_is_claimed(store: Store) -> None:
    one, two = posting("a"), posting("b")
    loud = replace(digest(due=after(minutes=1)), loud=True)
    urgent = replace(notice(due=after(minutes=2)), urgent=True)
    alerts = (alert(one, at_once(one)), alert(two, loud))
    await store.commit(plan(one, two, alerts=alerts, notices=(urgent, notice("calm"))))
    now, kinds = after(hours=1), []
    for quiet in (True, True, True, False, False):
        if claim := await store.claim("phone", now, LEASE, quiet):
            kinds.append(claim.kind)
            await store.settle(claim.id, Sent(), now)
    assert kinds == ["digest", "notice", "alert", "notice"]


async def test_what_stands_above_a_bundle_is_what_its_first_alert_says(store: Store) -> None:
    one, two = posting("a"), posting("b")
    await store.commit(plan(one, alerts=(alert(one, replace(digest(), text="More than 10"), search="one"),)))
    await store.commit(plan(two, alerts=(alert(two, digest()),)))
    claim = await claimed(store)
    assert (claim.text, len(claim.jobs)) == ("More than 10", 2)


async def test_a_lost_lease_is_claimed_again_with_the_same_message_id_and_says_so(store: Store) -> None:
    await store.commit(plan(notices=(notice(),)))
    first = await claimed(store)
    assert await store.claim("phone", after(seconds=LEASE - 1), LEASE) is None
    second = await claimed(store, now=after(seconds=LEASE))
    assert (first.again, second.again) == (False, True)
    assert (first.ambiguous, second.ambiguous) == (0, 1)
    assert (first.id, first.message_id) == (second.id, second.message_id)


async def test_what_may_have_arrived_before_a_crash_is_not_forgotten(store: Store) -> None:
    await store.commit(plan(notices=(notice(),)))
    await claimed(store)
    await store.release_leases()
    again = await claimed(store)
    await store.settle(again.id, RetryAt(NOW, "busy", counts=False), NOW)
    last = await claimed(store)
    assert (last.ambiguous, last.unclear) == (1, 0)  # a kill is no unclear answer


async def test_released_leases_are_claimable_at_once(store: Store) -> None:
    await store.commit(plan(notices=(notice("a"), notice("b"), notice("c", channel="mail"))))
    first = await claimed(store)
    await claimed(store, "mail")
    assert await store.release_leases() == 2
    again = await claimed(store)
    assert (again.id, again.again) == (first.id, True)


async def test_a_retry_keeps_the_message_id_and_counts_what_it_is_told(store: Store) -> None:
    await store.commit(plan(notices=(notice(),)))
    first = await claimed(store)
    await store.settle(first.id, RetryAt(NOW, "timeout", ambiguous=True), NOW)
    second = await claimed(store)
    await store.settle(second.id, RetryAt(NOW, "429", counts=False), NOW)
    third = await claimed(store)
    assert [(c.attempts, c.ambiguous, c.unclear, c.again) for c in (first, second, third)] == [
        (0, 0, 0, False),
        (1, 1, 1, False),
        (1, 1, 1, False),
    ]
    assert first.message_id == second.message_id == third.message_id


# --- the outbox: settling -------------------------------------------------------------------------------------


async def test_a_sent_message_is_never_claimed_again(store: Store) -> None:
    await store.commit(plan(notices=(notice(),)))
    await store.settle((await claimed(store)).id, Sent("receipt-1"), after(seconds=2))
    assert await store.claim("phone", after(days=1), LEASE) is None
    assert await store.channels(NOW) == {"phone": ChannelState("phone", sent=1, last_sent=after(seconds=2))}


async def test_a_retry_holds_the_whole_channel_so_that_order_is_kept(store: Store) -> None:
    await store.commit(plan(notices=(notice("a"), notice("b"))))
    first = await claimed(store)
    await store.settle(first.id, RetryAt(after(minutes=5), "slow down"), NOW)
    state = (await store.channels(NOW))["phone"]
    assert (state.not_before, state.last_error, state.pending) == (after(minutes=5), "slow down", 2)
    assert await store.claim("phone", after(minutes=4), LEASE) is None
    assert (await claimed(store, now=after(minutes=5))).id == first.id


async def test_a_dead_message_is_shown_with_its_reason_and_the_next_one_goes_on(store: Store) -> None:
    one = posting("a", title="Rust engineer")
    await store.commit(plan(one, alerts=(alert(one, at_once(one)),), notices=(notice("b"), notice("c"))))
    await store.settle((await claimed(store)).id, Dead("too long"), NOW)
    await store.settle((await claimed(store)).id, Dead("not text"), after(seconds=1))
    assert [(d.subject, d.error, d.at) for d in await store.dead_messages()] == [
        (notice().subject, "not text", after(seconds=1)),
        ("Rust engineer", "too long", NOW),
    ]
    assert len(await store.dead_messages(1)) == 1
    assert (await claimed(store)).subject == notice().subject
    assert (await store.channels(NOW))["phone"].dead == 2


async def test_a_dead_message_of_several_jobs_is_named_after_its_first_alert(store: Store) -> None:
    """Not after the job whose id comes first."""
    first, second = posting("z", title="Rust engineer"), posting("a", title="Go engineer")
    for each in (first, second):
        await store.commit(plan(each, alerts=(alert(each, digest()),)))
    await store.settle((await claimed(store)).id, Dead("too long"), NOW)
    assert [dead.subject for dead in await store.dead_messages()] == ["Rust engineer"]


async def test_a_suspended_channel_keeps_its_messages_until_it_is_resumed(store: Store) -> None:
    await store.commit(plan(notices=(notice("a"), notice("b", channel="mail"))))
    first = await claimed(store)
    await store.settle(first.id, Suspend("the bot was blocked"), NOW)
    state = (await store.channels(NOW))["phone"]
    assert (state.suspended, state.pending) == ("the bot was blocked", 1)
    assert await store.claim("phone", after(days=9), LEASE) is None
    assert await store.claim("mail", NOW, LEASE) is not None
    await store.resume("phone")
    assert (await store.channels(NOW))["phone"].suspended == ""
    assert (await claimed(store)).id == first.id


async def test_resume_lifts_the_wait_of_a_channel(store: Store) -> None:
    await store.commit(plan(notices=(notice(),)))
    await store.settle((await claimed(store)).id, RetryAt(after(hours=9), "slow down"), NOW)
    await store.resume("phone")
    await store.resume("pigeon")
    assert await store.claim("phone", NOW, LEASE) is not None


@pytest.mark.parametrize("late", [Sent("late"), RetryAt(after(days=1), "late"), Dead("late"), Suspend("late")])
@pytest.mark.parametrize("first", [Sent("r"), RetryAt(NOW, "busy"), Dead("no"), Suspend("no")])
async def test_settling_again_changes_nothing(
    store: Store, first: Sent | RetryAt | Dead | Suspend, late: Sent | RetryAt | Dead | Suspend
) -> None:
    await store.commit(plan(notices=(notice(),)))
    claim = await claimed(store)
    await store.settle(claim.id, first, NOW)
    before = await store.channels(NOW)
    await store.settle(claim.id, late, after(minutes=1))
    await store.settle(999, late, after(minutes=1))
    assert await store.channels(NOW) == before


async def test_when_silence_ends_early_what_waits_for_its_end_is_due_on_that_channel_alone(store: Store) -> None:
    one, two = posting("a"), posting("b")
    late = after(hours=9)
    waiting = [digest(bundle, channel, late) for channel in ("phone", "mail") for bundle in ("quiet:a", "digest:a")]
    await store.commit(plan(one, two, alerts=(alert(one, *waiting),)))
    await store.end_silence("phone", NOW)
    found = {name: state.next_due for name, state in (await store.channels(NOW)).items()}
    assert found == {"phone": NOW, "mail": late}
    await store.settle((await claimed(store)).id, Sent(), NOW)
    assert await store.claim("phone", NOW, LEASE) is None, "the digest waits"


async def test_hurry_makes_only_pending_summaries_due(store: Store) -> None:
    one, two = posting("a"), posting("b")
    later = after(days=1)
    summary = replace(digest("summary:python", due=later), kind="summary")
    await store.commit(plan(one, two, alerts=(alert(one, summary), alert(two, digest(due=later)))))
    assert await store.claim("phone", NOW, LEASE) is None
    await store.hurry(NOW)
    claim = await claimed(store)
    assert (claim.kind, await subjects(store, claim)) == ("summary", ["a"])
    await store.settle(claim.id, Sent(), NOW)
    assert await store.claim("phone", NOW, LEASE) is None


async def test_a_channel_says_what_waits_and_since_when(store: Store) -> None:
    assert await store.channels(NOW) == {}
    await store.commit(plan(notices=(notice("a", due=after(hours=2)), notice("b", due=after(hours=1)))))
    waiting = ChannelState("phone", pending=2, next_due=after(hours=1))
    assert await store.channels(NOW) == {"phone": waiting}
    assert await store.channels(after(hours=1)) == {"phone": replace(waiting, oldest=NOW)}


async def test_a_message_under_lease_is_next_due_when_its_lease_ends(store: Store) -> None:
    await store.commit(plan(notices=(notice(),)))
    await claimed(store)
    assert (await store.channels(NOW))["phone"].next_due == NOW + timedelta(seconds=LEASE)
    await store.release_leases()
    assert (await store.channels(NOW))["phone"].next_due == NOW
