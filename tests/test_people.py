"""What people say of jobs: the latest word counts, and what it is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rolecall.people import Mark, MarkKind, is_done, is_snoozed, say, state

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LONDON, WARSAW = ZoneInfo("Europe/London"), ZoneInfo("Europe/Warsaw")


def mark(kind: MarkKind, person: str = "anna", until: datetime | None = None) -> Mark:
    return Mark(person, kind, NOW, until)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["saved", "applied"], ["saved", "applied"]),
        (["applied", "dismissed"], ["dismissed"]),
        (["saved", "dismissed"], ["dismissed"]),
        (["dismissed", "saved"], ["saved"]),
        (["snoozed", "applied"], ["applied"]),
        (["saved", "snoozed"], ["saved", "snoozed"]),
        (["applied", "applied"], ["applied"]),
    ],
)
def test_the_latest_word_counts_and_what_is_saved_stays_saved(words: list[MarkKind], left: list[MarkKind]) -> None:
    marks: tuple[Mark, ...] = ()
    for word in words:
        marks = say(marks, mark(word))
    assert [each.kind for each in marks] == left


def test_who_is_done_with_a_job_is_not_everybody_unless_nobody_had_a_name() -> None:
    assert is_done("anna", [mark("applied")])
    assert not is_done("ben", [mark("applied")])
    assert is_done("ben", [mark("applied", person="")])
    assert not is_done("anna", [mark("saved")])


def test_a_snoozed_job_is_out_of_sight_until_its_time() -> None:
    snoozed = [mark("snoozed", until=NOW + timedelta(days=1))]
    assert is_snoozed("anna", snoozed, NOW)
    assert not is_snoozed("anna", snoozed, NOW + timedelta(days=1))
    assert not is_snoozed("ben", snoozed, NOW)


def test_what_was_said_is_told_in_words_and_in_the_persons_own_time() -> None:
    marks = [mark("saved"), mark("applied"), mark("dismissed", person="ben")]
    assert state("anna", marks, NOW, LONDON) == "saved, applied 3 Nov"
    assert state("ben", marks, NOW, LONDON) == "dismissed 3 Nov"
    snoozed = [mark("snoozed", until=NOW + timedelta(hours=14, minutes=30))]
    assert state("anna", snoozed, NOW, LONDON) == "snoozed until Tue 3 Nov 23:30"
    assert state("anna", snoozed, NOW, WARSAW) == "snoozed until Wed 4 Nov 00:30"
    assert state("anna", snoozed, NOW + timedelta(days=1), LONDON) == ""
