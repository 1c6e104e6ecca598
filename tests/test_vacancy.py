"""Reposts are counted, closing dates believed where they can be, and only changes that matter are changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rolecall.model import Posting, RawPosting
from rolecall.normalise import normalise
from rolecall.stored import StoredJob, StoredPosting
from rolecall.vacancy import changes, closes_at, merged, reposts
from tests.store_plans import NOW, after

RAW = RawPosting("reed", "1", "Python Developer", company="Larkspur Ltd", location="Leeds", country="GB")


def stored(
    seen: datetime, closed: datetime | None = None, location: str = "Leeds", source: str = "reed"
) -> StoredPosting:
    raw = replace(RAW, id=f"{seen} {location}", source=source, location=location)
    return StoredPosting(raw, "one", seen, seen, closed, "{}")


def job(*postings: StoredPosting) -> StoredJob:
    return StoredJob("one", postings[0].first_seen, postings)


def advert(text: str = "", **changed: str) -> Posting:
    return normalise(replace(RAW, description=f"Mend clocks with Python. {text}", **changed))


def test_the_same_place_on_the_same_board_under_a_new_id_is_a_repost() -> None:
    assert reposts(job(stored(NOW), stored(after(days=20)), stored(after(days=41)))) == 2


def test_another_place_is_a_repost_when_the_first_had_closed() -> None:
    moved = stored(after(days=20), location="York")
    assert reposts(job(stored(NOW), moved)) == 0
    assert reposts(job(stored(NOW, closed=after(days=9)), moved)) == 1


def test_copies_for_several_cities_listed_anew_are_one_repost() -> None:
    cities = ("Leeds", "York", "Bath")
    adverts = [
        stored(after(days=days, hours=hour), location=city) for days in (0, 20, 41) for hour, city in enumerate(cities)
    ]
    assert reposts(job(*adverts)) == 2


def test_copies_for_several_cities_and_on_other_boards_are_no_reposts() -> None:
    cities = [stored(after(hours=hours), location=city) for hours, city in enumerate(("Leeds", "York", "Hull"))]
    assert reposts(job(*cities, stored(after(days=9), source="adzuna"))) == 0


def test_a_closed_copy_says_nothing_while_another_is_open() -> None:
    closed, open_ = stored(NOW, closed=after(days=9), location="York"), stored(after(days=10))
    assert merged(job(closed, open_)).posting.raw is open_.raw
    assert merged(job(closed)).posting.raw is closed.raw


@pytest.mark.parametrize(("days", "believed"), [(7, True), (-7, False)])
def test_a_closing_date_before_the_advert_appeared_is_a_slip(days: int, believed: bool) -> None:
    posting = normalise(replace(RAW, posted_at=NOW, closes_at=NOW + timedelta(days=days)))
    assert (closes_at(posting) is not None) == believed


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (advert(), advert("£80,000 a year."), ("pay now stated: £80k",)),
        (advert("£70,000 a year."), advert("£80,000 a year."), ("pay rose to £80k from £70k",)),
        (advert("£80,000 a year."), advert("£70,000 a year."), ()),
        (advert("£80,000 a year."), advert(), ()),
        (advert("Fully remote."), advert("On-site five days a week."), ("now On site (was Remote, open to the UK)",)),
        (advert(), advert("Fully remote."), ()),
        (
            advert(title="Mid-level Python Developer"),
            advert(title="Senior Python Developer"),
            ("now Senior (was Mid)",),
        ),
        (advert("Django."), advert("Flask, and free fruit."), ()),
    ],
)
def test_only_pay_that_appears_or_rises_mode_and_level_matter(
    before: Posting, now: Posting, said: tuple[str, ...]
) -> None:
    assert changes(before, now) == said


def test_open_again_matters() -> None:
    assert changes(advert(), advert(), reopened=True) == ("open again",)
