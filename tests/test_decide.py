"""What follows from a poll: the source's next state, notices, and where each alert goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rolecall.config import Config
from rolecall.decide import (
    NOTICE_AFTER,
    Judged,
    after_failure,
    after_success,
    alerts,
    content_hash,
    merge,
    new_validators,
    notice_of,
)
from rolecall.errors import Refused, SourceError, Unreachable
from rolecall.model import Action, Answer, Match, Page, RawPosting, Reply, Validators
from rolecall.ports import NewAlert, SourceState
from rolecall.schedule import DAY
from tests.house import CHANNELS, NOON, config_of, greenhouse

RAW = RawPosting("feed:larkspur", "1", "Python developer", company="Larkspur Ltd", location="Leeds", description="Text")
CONFIG = config_of(
    CHANNELS
    + greenhouse("larkspur", "http://127.0.0.1")
    + '\n[[search]]\nname = "Python"\nstack.any = ["python"]\n[[search]]\nname = "Quiet"\nnotify = ["phone"]\n'
)
ENTRY = CONFIG.sources[0]
NEW = SourceState(ENTRY.source.name, NOON)


def match(search: str = "Python", action: Action = Action.ALERT, rank: float = 1.0) -> Match:
    return Match(search, Answer.YES, action, (), rank)


def judged(*matches: Match, job: str = "job-1", source_id: str = "1") -> Judged:
    return Judged((ENTRY.source.name, source_id), job, matches)


def plan(*found: Judged, baseline: bool = False, config: Config = CONFIG) -> tuple[NewAlert, ...]:
    return alerts(found, config, NOON, baseline=baseline)


def where(alert: NewAlert) -> list[tuple[str, str, str]]:
    return [(delivery.channel, delivery.bundle, delivery.kind) for delivery in alert.deliveries]


# --- where alerts go ------------------------------------------------------------------------------------------


def test_an_alert_is_sent_at_once_to_the_phone_and_joins_the_next_local_digest() -> None:
    (alert,) = plan(judged(match()))
    assert where(alert) == [("phone", "job:job-1", "alert"), ("digest", "digest:2026-11-24T07:30", "digest")]
    assert [delivery.due - NOON for delivery in alert.deliveries] == [timedelta(0), timedelta(hours=19, minutes=30)]


def test_a_first_poll_is_a_summary_on_every_channel_and_no_flood() -> None:
    found = [judged(match(), job=f"job-{n}", source_id=str(n)) for n in range(300)]
    bundles = {place for alert in plan(*found, baseline=True) for place in where(alert)}
    assert bundles == {("phone", "summary:Python", "summary"), ("digest", "summary:Python", "summary")}


def test_what_is_only_worth_a_digest_goes_to_the_digest_channels_alone() -> None:
    (alert,) = plan(judged(match(action=Action.DIGEST)))
    assert where(alert) == [("digest", "digest:2026-11-24T07:30", "digest")]


def test_without_a_digest_channel_it_comes_in_a_daily_digest_on_the_others() -> None:
    (alert,) = plan(judged(match("Quiet", Action.DIGEST)))
    assert where(alert) == [("phone", "digest:2026-11-24T07:30", "digest")]


def test_a_vacancy_that_two_searches_match_travels_in_one_message_on_a_channel() -> None:
    both = plan(judged(match(), match("Quiet")))
    assert len(both) == 2
    assert {place for alert in both for place in where(alert) if place[0] == "phone"} == {
        ("phone", "job:job-1", "alert")
    }


def test_two_copies_of_a_vacancy_in_one_poll_are_one_alert_by_the_better_copy() -> None:
    worse, better = judged(match(action=Action.DIGEST, rank=9.0)), judged(match(rank=1.0), source_id="2")
    for order in ([worse, better], [better, worse]):
        (alert,) = plan(*order)
        assert alert.key[1] == "2"
        assert alert.action is Action.ALERT


# --- the source -----------------------------------------------------------------------------------------------


def fail(state: SourceState, error: SourceError, times: int = 1) -> SourceState:
    for _ in range(times):
        state = after_failure(state, ENTRY, error, NOON)
    return state


def test_failure_slows_down_and_keeps_what_made_the_next_request_conditional() -> None:
    known = replace(NEW, validators={"u": Validators("etag")}, baseline=True, last_success=NOON)
    waits = [fail(known, Unreachable("down"), times).due_at - NOON for times in (1, 2, 3, 12)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=3)
    assert fail(known, Unreachable("down")).validators == known.validators


def test_a_source_is_not_asked_before_it_said() -> None:
    assert fail(NEW, Unreachable("busy", retry_after=7200)).due_at - NOON >= timedelta(hours=2)


def test_a_refusal_slows_the_source_to_once_a_day() -> None:
    refused = fail(NEW, Refused("404"))
    assert (refused.health, refused.due_at) == ("suspended", NOON + DAY)


def test_success_forgets_failures_and_counts_what_was_read() -> None:
    ok = after_success(fail(NEW, Unreachable("down"), 3), ENTRY, [Page((RAW,), skipped=2)], {}, NOON)
    assert (ok.health, ok.failures, ok.postings, ok.skipped, ok.baseline) == ("ok", 0, 1, 2, True)


def test_an_unchanged_answer_keeps_the_counts_of_the_last_one() -> None:
    ok = after_success(replace(NEW, postings=7, skipped=1), ENTRY, [], {}, NOON)
    assert (ok.postings, ok.skipped, ok.health) == (7, 1, "ok")


TROUBLES: dict[str, list[SourceError]] = {
    "for long": [Unreachable("down")] * (NOTICE_AFTER + 4),
    "for good": [Refused("404")] * 3,
    "refused, then down, then refused": [Refused("403"), *[Unreachable("down")] * 8, Refused("403")],
    "down for long, then refused": [*[Unreachable("down")] * 8, Refused("410")],
}


@pytest.mark.parametrize("errors", TROUBLES.values(), ids=TROUBLES.keys())
def test_one_notice_when_a_source_breaks_and_one_when_it_is_back(errors: list[SourceError]) -> None:
    told, state = [], NEW
    for error in errors:
        before, state = state, after_failure(state, ENTRY, error, NOON)
        told += [notice.subject for notice in notice_of(before, state, "phone", NOON)]
    after = after_success(state, ENTRY, [], {}, NOON)
    told += [notice.subject for notice in notice_of(state, after, "phone", NOON)]
    assert told == [f"{NEW.name} cannot be read", f"{NEW.name} is back"]


def test_a_short_trouble_is_not_worth_a_notice() -> None:
    state = fail(NEW, Unreachable("down"), NOTICE_AFTER - 1)
    assert notice_of(NEW, state, "phone", NOON) == ()
    assert notice_of(state, after_success(state, ENTRY, [], {}, NOON), "phone", NOON) == ()


def test_without_an_owner_nobody_is_told() -> None:
    assert notice_of(NEW, fail(NEW, Refused("404")), None, NOON) == ()


# --- the postings ---------------------------------------------------------------------------------------------


def test_a_row_listed_twice_is_one_posting_in_both_places() -> None:
    pages = [Page((RAW, replace(RAW, title="other", location="York"))), Page((replace(RAW, location="Leeds"),))]
    (merged,) = merge(pages)
    assert (merged.title, merged.location) == ("Python developer", "Leeds; York")


def test_times_and_addresses_may_change_without_a_new_meaning() -> None:
    moved = replace(RAW, url="https://new.example/1", apply_url="https://new.example/a", posted_at=NOON, closes_at=NOON)
    assert content_hash(moved) == content_hash(RAW)


@pytest.mark.parametrize(
    "change",
    [
        {"salary_text": "£80,000"},
        {"title": "Senior Python developer"},
        {"location": "York"},
        {"description": "Other"},
        {"fields": {"pay": {"min": 1}}},
        {"tags": ("python",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_person_reads_makes_it_a_changed_posting(change: dict[str, object]) -> None:
    assert content_hash(replace(RAW, **change)) != content_hash(RAW)  # type: ignore[arg-type] # each value fits its key


def test_a_posting_with_broken_text_has_a_hash_too() -> None:
    assert content_hash(replace(RAW, title="\ud800")) != content_hash(RAW)


def test_an_unchanged_reply_keeps_its_validators_and_a_new_one_brings_its_own() -> None:
    old = {"a": Validators("old", None, "hash"), "b": Validators("old"), "gone": Validators("old")}
    unchanged = Reply("a", 304, {}, b"", NOON)
    changed = Reply("elsewhere", 200, {"etag": '"new"', "last-modified": "today"}, b"body", NOON)
    kept = new_validators([unchanged, changed], ["a", "b"], old)
    assert kept == {"a": old["a"], "b": Validators('"new"', "today", changed.body_hash)}
