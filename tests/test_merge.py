"""The best of a vacancy's copies: each value from the copy that knows it, the employer's link first, conflicts kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rolecall.dedupe import Merged, merge
from rolecall.model import Mode, Posting, RawPosting
from rolecall.normalise import normalise
from rolecall.render.card import notes

TEXT = "You will mend clocks with Python and Django. Hybrid, two days a week in the office. "


def copy(source: str, **changes: Any) -> Posting:
    """Return an invented advert as one source shows it."""
    raw = RawPosting(
        source=source,
        id="1",
        title="Senior Python Developer",
        url=f"https://{source.partition(':')[0]}.example/1",
        company="Larkspur Ltd",
        location="Leeds",
        description=TEXT,
        country="GB",
    )
    return normalise(replace(raw, **changes))


OWN = copy("greenhouse:larkspur", url="https://boards.greenhouse.io/larkspur/jobs/1234567")
REED = copy("reed", description=TEXT + "£80,000 a year.")
ADZUNA = copy("adzuna", description="Mend clocks with Python …", truncated=True, location="West Yorkshire")


def said(found: Merged) -> tuple[str, ...]:
    return notes(found, "one", ())


def test_one_copy_is_itself() -> None:
    found = merge([REED])
    assert found.posting == REED
    assert said(found) == ()


def test_the_link_is_the_employers_own_before_a_boards_before_an_agencys_or_aggregators() -> None:
    agency = copy("reed", company="Teasel Recruitment", description=TEXT + "Our client mends clocks.")
    assert agency.agency.value
    assert merge([ADZUNA, agency, REED, OWN]).posting.raw is OWN.raw
    assert merge([ADZUNA, agency, REED]).posting.raw is REED.raw
    assert merge([agency, ADZUNA]).posting.raw is agency.raw, "the first where none is nearer to the employer"


def test_ir35_is_said_of_the_rate_it_stands_with_and_not_of_another_copys_salary() -> None:
    contract = copy("jobserve", description=TEXT + "£500 a day outside IR35.")
    assert merge([REED, contract]).posting.ir35.value is None
    assert merge([OWN, contract]).posting.ir35.value == "outside"


def test_stated_pay_comes_from_the_copy_that_states_it_and_says_so() -> None:
    found = merge([OWN, REED])
    assert found.posting.salary == REED.salary
    assert found.posting.raw is OWN.raw
    assert said(found) == ("salary from Reed",)


def test_stated_pay_beats_an_estimate_whoever_states_it() -> None:
    estimate = {"salary_min": 61000, "salary_max": 61000, "salary_is_predicted": "1"}
    guessed = copy("adzuna", fields=estimate)
    assert merge([guessed, REED]).posting.salary == REED.salary
    assert merge([guessed, REED]).conflicts == ()


def test_the_whole_text_is_read_before_an_excerpt() -> None:
    assert merge([ADZUNA, OWN]).posting.text == OWN.text
    assert merge([ADZUNA, OWN]).posting.stack == OWN.stack


def test_what_two_copies_say_otherwise_is_shown_and_not_averaged() -> None:
    own = copy("greenhouse:larkspur", url=OWN.raw.url, description=TEXT + "£80,000 a year.")
    other = copy(
        "reed", description=TEXT.replace("Hybrid, two days a week in the office", "Fully remote") + "£65,000 a year."
    )
    found = merge([other, own])
    assert found.posting.salary == own.salary
    assert found.posting.mode.value is not None
    assert found.posting.mode.value.modes == {Mode.HYBRID}
    assert [name for name, _ in found.conflicts] == ["salary", "mode"]
    assert said(found)[0] == "Greenhouse says £80k, Reed says £65k"


def test_boards_of_one_name_that_disagree_are_told_apart() -> None:
    own = copy("greenhouse:larkspur", description=TEXT + "£80,000 a year.")
    other = copy("greenhouse:larkspur-careers", id="2", description=TEXT + "£65,000 a year.")
    assert said(merge([own, other])) == ("greenhouse:larkspur says £80k, greenhouse:larkspur-careers says £65k",)


def test_an_employers_board_is_its_own_whatever_address_its_adverts_have() -> None:
    own = copy("greenhouse:larkspur", url="https://careers.larkspur.example/1?gh_jid=1")
    assert merge([REED, own]).posting.raw is own.raw


def test_a_company_that_only_another_copy_names_is_named() -> None:
    nameless = copy("feed:jobs", company="")
    assert merge([nameless, ADZUNA]).posting.raw == replace(nameless.raw, company="Larkspur Ltd")


def test_pay_in_other_words_is_no_conflict() -> None:
    own = copy("greenhouse:larkspur", url=OWN.raw.url, description=TEXT + "£75,000 to £80,000 a year.")
    assert merge([own, REED]).conflicts == ()


def test_adverts_for_several_cities_on_one_board_are_one_vacancy_in_all_of_them() -> None:
    cities = [copy("greenhouse:larkspur", id=city, location=city) for city in ("London", "Leeds", "Bristol")]
    location = merge(cities).posting.location.value
    assert location is not None
    assert [place.name for place in location.places] == ["London", "Leeds", "Bristol"]


def test_another_boards_name_for_the_place_adds_none() -> None:
    location = merge([OWN, REED, ADZUNA]).posting.location.value
    assert location is not None
    assert [place.name for place in location.places] == ["Leeds"]


def test_what_may_be_the_same_is_named_with_the_command_that_joins_it() -> None:
    assert notes(merge([REED]), "one", ("two",)) == ("may be the same as two: rolecall join one two, or split",)
