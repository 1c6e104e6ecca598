"""What follows from a poll: the source's next state, notices, and where each alert goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rolecall.alerts import Judged, alerts
from rolecall.config import Config
from rolecall.decide import (
    content_hash,
    merge,
    new_validators,
)
from rolecall.model import Action, Answer, Match, Page, RawPosting, Reply, Validators
from rolecall.plan import NewAlert
from tests.house import CHANNELS, NOON, config_of, greenhouse

RAW = RawPosting("feed:larkspur", "1", "Python developer", company="Larkspur Ltd", location="Leeds", description="Text")
CONFIG = config_of(
    CHANNELS
    + greenhouse("larkspur", "http://127.0.0.1")
    + '\n[[search]]\nname = "Python"\nstack.any = ["python"]\n[[search]]\nname = "Quiet"\nnotify = ["phone"]\n'
)
ENTRY = CONFIG.sources[0]


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


# --- the postings ---------------------------------------------------------------------------------------------


def test_a_row_listed_twice_is_one_posting_in_both_places() -> None:
    pages = [Page((RAW, replace(RAW, title="other", location="York"))), Page((replace(RAW, location="Leeds"),))]
    (merged,) = merge(pages)
    assert (merged.title, merged.location) == ("Python developer", "Leeds; York")


def test_times_and_addresses_may_change_without_a_new_meaning() -> None:
    raw = replace(RAW, closes_at=NOON)
    later = NOON + timedelta(hours=2)
    moved = replace(
        raw, url="https://new.example/1", apply_url="https://new.example/a", posted_at=NOON, closes_at=later
    )
    assert content_hash(moved) == content_hash(raw)


@pytest.mark.parametrize(
    "change",
    [
        {"salary_text": "£80,000"},
        {"title": "Senior Python developer"},
        {"location": "York"},
        {"description": "Other"},
        {"fields": {"pay": {"min": 1}}},
        {"tags": ("python",)},
        {"closes_at": NOON},
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
