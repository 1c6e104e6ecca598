"""One vacancy, however many boards carry it; different vacancies stay apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.dedupe import assign, canonical_url, normal_company
from rolecall.model import Fact, Pay, Posting, Print, Salary
from tests.adverts import OTHER, ROLE, jobs, posting, prose, shown


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Jobs.Example.com/a/1?utm_source=x&gh_src=y#apply", "https://jobs.example.com/a/1"),
        ("http://www.example.com/a/1/", "https://example.com/a/1"),
        ("https://example.com/jobs?gh_jid=42&ref=feed", "https://example.com/jobs?gh_jid=42"),
        ("https://www.adzuna.co.uk/jobs/land/ad/7?se=abc&v=DEF", "https://adzuna.co.uk/jobs/land/ad/7"),
        ("https://example.com/?v=2", "https://example.com?v=2"),
        ("mailto:jobs@example.com", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_an_address_loses_what_differs_from_visit_to_visit(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize("name", ["Acme", "ACME LTD", "Acme Limited", "The Acme Group plc", "Acme (UK) Ltd."])
def test_a_company_is_the_same_under_every_legal_form(name: str) -> None:
    assert normal_company(name) == "acme"


def test_a_company_of_legal_words_alone_keeps_its_name() -> None:
    assert normal_company("The Company Group") == "the company group"


def test_the_same_job_on_two_boards_is_one_vacancy() -> None:
    assert jobs(posting("1"), posting("2", company="ACME Limited", source="adzuna", text=ROLE[:260] + "…")) == 1


def test_the_same_address_is_the_same_vacancy_under_a_related_title() -> None:
    a = posting("1", url="https://acme.example/jobs/9?utm_source=feed")
    b = posting("2", title="Engineer (Backend)", url="https://acme.example/jobs/9", source="rss")
    assert jobs(a, b) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Backend Engineer", "Junior Backend Engineer"),
        ("Backend Engineer", "Senior Backend Engineer"),
        ("Software Engineer II", "Software Engineer IV"),
        ("Backend Engineer, Payments", "Backend Engineer, Search"),
        ("Backend Engineer", "Backend Engineer - Payments"),
        ("Backend Engineer [AB-20411]", "Backend Engineer [AB-20412]"),
        ("Tax Engineer Intern", "Tax Engineer International"),
    ],
)
def test_level_numeral_and_team_keep_vacancies_apart(one: str, other: str) -> None:
    assert jobs(posting("1", title=one), posting("2", title=other)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Backend Engineer", "Sr. Back-End Engineer (Leeds, Hybrid)"),
        ("Software Engineer II", "Software Engineer 2 - £60k - £70k"),
        ("Backend Engineer", "Backend Engineer - up to £70k"),
        ("Backend Engineer", "Backend Engineer, circa £65,000"),
        ("Backend Engineer", "Backend Engineer - Fully Remote, UK"),
        ("Backend Engineer - Leeds", "Backend Engineer (Newcastle)"),
        ("Backend Engineering Manager", "Manager, Backend Engineering"),
        ("Head of Data & Analytics", "Head of Data and Analytics"),
        ("Data Engineer, 12 month fixed term contract", "Data Engineer (FTC)"),
        ("Programme Co-ordinator", "Program Coordinator x2"),
        ("Backend Engineer", "Backend Engineer (Ref: 204117)"),
    ],
)
def test_spelling_place_mode_and_pay_in_a_title_do_not(one: str, other: str) -> None:
    assert jobs(posting("1", title=one), posting("2", title=other)) == 1


def test_a_different_description_vetoes_the_same_title() -> None:
    assert jobs(posting("1"), posting("2", text=OTHER)) == 2


def test_without_texts_the_same_title_needs_the_same_place() -> None:
    assert jobs(posting("1", text=""), posting("2", text="")) == 1
    assert jobs(posting("1", text=""), posting("2", text="", place="Bath")) == 2


def test_without_texts_two_adverts_on_an_employers_own_board_are_two() -> None:
    assert jobs(*(posting(number, text="", source="lever:acme") for number in "12")) == 2


def test_without_titles_nothing_is_the_same() -> None:
    assert jobs(posting("1", title=""), posting("2", title="")) == 2


# --- texts ----------------------------------------------------------------------------------------------------


@given(st.integers(0, 50), st.integers(150, 900), st.integers(400, 600), st.booleans())
@settings(max_examples=50)
def test_a_text_is_recognised_when_a_board_cuts_it_and_formats_it_anew(
    seed: int, words: int, cut: int, own_sentence: bool
) -> None:
    text = "We're looking for someone who's curious. " + prose(seed, words)
    copy = text[:cut].replace("'", "’").replace(" ", "\n* ", 3) + "…"
    copy = "This board presents an opening at Acme. " + copy if own_sentence else copy
    assert jobs(posting("1", text=text), posting("2", text=copy, source="adzuna")) == 1


def test_whole_texts_that_share_only_what_the_employer_says_of_itself_are_two_roles() -> None:
    about, benefits = prose(1, 150), prose(2, 150)
    one, other = (f"{about} {prose(role, 200)} {benefits}" for role in (3, 4))
    assert jobs(posting("1", text=one), posting("2", text=other, source="adzuna")) == 2


def test_two_adverts_on_an_employers_own_board_are_two_unless_nearly_equal() -> None:
    text = prose(1, 300)
    changed = f"{text[: int(len(text) * 0.7)]} {prose(2, 90)}"
    mine = posting("1", text=text, source="greenhouse:acme")
    assert jobs(mine, posting("2", text=changed, source="greenhouse:acme")) == 2
    assert jobs(mine, posting("2", text=text, source="greenhouse:acme", place="Bath")) == 1


def test_copies_for_several_cities_are_one_vacancy() -> None:
    cities = ["Leeds", "Bath", "York"]
    assert jobs(*(posting(city, title=f"Backend Engineer ({city})", place=city) for city in cities)) == 1


def test_a_common_title_in_another_city_needs_more_of_the_text() -> None:
    mostly = ROLE[: int(len(ROLE) * 0.72)] + OTHER[:100]
    assert jobs(posting("1"), posting("2", place="Bath", text=mostly)) == 2
    ledger = [posting("1", title="Ledger Engineer"), posting("2", title="Ledger Engineer", place="Bath", text=mostly)]
    assert jobs(*ledger) == 1


def test_excerpts_told_anew_prove_nothing_so_a_telling_title_in_one_place_decides() -> None:
    def excerpts(title: str, place: str = "Leeds") -> int:
        return jobs(posting("1", title=title), posting("2", title=title, text=OTHER, source="adzuna", place=place))

    assert excerpts("Settlement Ledger Engineer") == 1
    assert excerpts("Settlement Ledger Engineer", place="Bath") == 2
    assert excerpts("Senior Data Engineer") == 2
    assert excerpts("Senior Data Platform Engineer") == 2
    assert excerpts("Cloud Data Platform Engineer") == 1, "four common words together are telling"


@pytest.mark.parametrize(
    ("whole", "excerpt", "vacancies", "because"),
    [
        (prose(1, 300), prose(2, 75), 2, "of a copy, something would stand there"),
        (prose(1, 300), " ".join(prose(1, 300).split()[200:275]), 1, "a board may cut a text out of its middle"),
        (prose(1, 300), prose(2, 30), 1, "what is so short proves nothing"),
        (prose(1, 100), prose(2, 75), 1, "two excerpts may begin at different places of one text"),
        (prose(1, 1_000), prose(2, 75), 1, "the end of so long a text was not looked at"),
    ],
)
def test_a_long_excerpt_of_which_nothing_stands_in_a_whole_text_is_another_vacancys(
    whole: str, excerpt: str, vacancies: int, because: str
) -> None:
    one, other = posting("1", "Settlement Ledger Engineer", text=whole), posting("2", "Settlement Ledger Engineer")
    assert jobs(one, replace(other, text=excerpt)) == vacancies, because


def test_other_pay_keeps_adverts_apart_that_no_text_joins() -> None:
    def paid(id: str, low: int, text: str) -> Posting:  # noqa: A002 - the field's own name
        salary = Salary(Pay("base", Decimal(low), Decimal(low + 5000), "GBP", "year"), (low, low + 5000), "salary")
        return replace(posting(id, title="Settlement Ledger Engineer", text=text), salary=Fact(salary))

    assert jobs(paid("1", 60_000, ROLE), paid("2", 60_000, OTHER)) == 1
    assert jobs(paid("1", 60_000, ROLE), paid("2", 80_000, OTHER)) == 2


def test_one_range_of_pay_stands_in_for_a_telling_title_or_for_the_place() -> None:
    def told_anew(title: str, place: str, *ends: int) -> int:
        pay = Salary(Pay("base", Decimal(ends[0]), Decimal(ends[-1]), "GBP", "year"), (ends[0], ends[-1]), "salary")
        one, other = posting("1", title), posting("2", title, text=OTHER, place=place)
        return jobs(*(replace(each, salary=Fact(pay)) for each in (one, other)))

    assert told_anew("Data Engineer", "Leeds", 60_000, 65_000) == 1
    assert told_anew("Data Engineer", "Leeds", 60_000) == 2, "a single round figure is too often somebody else's too"
    assert told_anew("Data Engineer", "Bath", 60_000, 65_000) == 2
    assert told_anew("Settlement Ledger Engineer", "Bath", 60_000, 65_000) == 1


def told(id: str, text: str, place: str, day: int, *ends: int, title: str = "Data Engineer") -> Posting:  # noqa: A002 - the field's own name
    """Return an advert with a day and pay."""
    advert = posting(id, title, text=text, place=place, source="adzuna")
    pay = (
        Salary(Pay("base", Decimal(min(ends)), Decimal(max(ends)), "GBP", "year"), (min(ends), max(ends)), "salary")
        if ends
        else None
    )
    return replace(advert, raw=replace(advert.raw, posted_at=datetime(2026, 8, day, tzinfo=UTC)), salary=Fact(pay))


def retold(pay: str) -> str:
    return f"Salary: £{pay} per year\nRequirements: {OTHER}"


def test_an_advert_that_a_board_tells_in_its_own_words_is_found_by_its_week_and_its_pay_or_place() -> None:
    own = told("1", ROLE, "Leeds", 3, 60_000, 65_000)
    assert jobs(own, told("2", retold("65,000 - 65,000"), "Bath", 4, 65_000)) == 1
    assert jobs(own, told("2", retold("? - ?"), "Leeds", 4)) == 1
    assert jobs(own, told("2", retold("? - ?"), "Bath", 4)) == 2
    assert jobs(own, told("2", retold("70,000 - 70,000"), "Leeds", 4, 70_000)) == 2
    assert jobs(own, told("2", retold("65,000 - 65,000"), "Leeds", 20, 65_000)) == 2
    assert jobs(own, told("2", retold("65,000 - 65,000"), "Leeds", 4, 65_000, title="Senior Data Engineer")) == 2


def test_the_range_that_such_a_board_guesses_says_nothing() -> None:
    own = told("1", ROLE, "Leeds", 3, 73_000)
    assert jobs(own, told("2", retold("27,000 - 67,000"), "Leeds", 4, 27_000, 67_000)) == 1


def test_an_advert_told_in_a_boards_own_words_makes_no_two_vacancies_one() -> None:
    one, other = told("1", ROLE, "Leeds", 3, 60_000), told("2", prose(1, 80), "Leeds", 3, 60_000)
    copy = told("3", retold("60,000 - 60,000"), "Leeds", 4, 60_000)
    for order in permutations((one, other, copy)):
        assert jobs(*order) == 2
        known: list[tuple[Print, str]] = []
        for print_ in shown(*order):
            (found,) = assign([print_], known)
            known.append((print_, found.job))
            assert not found.bridges or print_.retold
        assert len({job for _, job in known}) == 2


def test_words_that_a_search_marked_in_a_title_are_the_words() -> None:
    assert (
        jobs(posting("1", title="<strong>Data</strong> <strong>Analyst</strong>"), posting("2", title="Data Analyst"))
        == 1
    )


def test_an_employer_spelt_without_its_spaces_is_the_same() -> None:
    assert jobs(posting("1", company="Recruitment Works.com"), posting("2", company="RecruitmentWorks.com")) == 1


def test_an_agencys_copy_is_found_by_its_text_with_a_higher_bar() -> None:
    agency = {"company": "Hopkins Recruitment", "source": "reed"}
    assert jobs(posting("1"), posting("2", text=ROLE, **agency)) == 1
    assert jobs(posting("1"), posting("2", text=ROLE[:200] + OTHER[:200], **agency)) == 2
    assert jobs(posting("1"), posting("2", text=ROLE, title="Frontend Engineer", **agency)) == 2


@pytest.mark.parametrize("seed", range(12))
def test_an_agencys_copy_is_found_without_what_the_client_says_of_itself(seed: int) -> None:
    role = prose(seed, 200)
    client = posting("1", text=f"{prose(100 + seed, 100)} {role}", source="greenhouse:acme")
    copy = posting("2", text=f"{role} {prose(200 + seed, 20)}", company="Hopkins Recruitment", source="reed")
    assert jobs(client, copy) == 1


# --- references and addresses ---------------------------------------------------------------------------------


def test_another_reference_is_another_vacancy_and_the_same_one_the_same() -> None:
    one, other = (f"Job reference: AB-{number}. " for number in (20411, 20412))
    assert jobs(posting("1", text=one + ROLE), posting("2", text=other + ROLE)) == 2
    retold = posting("2", title="Backend Software Engineer", text=one + OTHER, place="Bath")
    assert jobs(posting("1", text=one + ROLE), retold) == 1


def test_one_address_to_apply_at_is_one_vacancy() -> None:
    a = posting("1", apply_url="https://boards.greenhouse.io/acme/jobs/40211?gh_src=1")
    b = posting("2", text=OTHER, source="rss", url="https://boards.greenhouse.io/acme/jobs/40211")
    c = posting("3", text=OTHER + " Apply: https://boards.greenhouse.io/acme/jobs/40211?utm_source=x.", source="feed")
    assert jobs(a, b) == 1
    assert jobs(a, c) == 1


@pytest.mark.parametrize(
    "link",
    [
        "https://app.ashbyhq.com/api/images/user-content/f2a29288-97f7/team.png",
        "https://embedded-media.ashbyhq.com/embed/f47d1f69-9ec3-4b39/868e13ef-833e",
        "https://ashbyhq.com/downloadables/audit-08-2024.pdf",
        "https://boards.greenhouse.io/acme/2024-privacy-notice",
    ],
)
def test_a_picture_or_a_statement_that_adverts_share_joins_none(link: str) -> None:
    one, other = (f"{text} {link}" for text in (prose(1, 150), prose(2, 150)))
    assert jobs(posting("1", text=one), posting("2", text=other)) == 2


def test_an_address_that_two_adverts_only_link_to_joins_no_two_titles() -> None:
    link = "https://boards.greenhouse.io/acme/jobs/40211"
    one, other = (
        posting(id_, f"{end} Software Engineer", text=link) for id_, end in (("1", "Backend"), ("2", "Frontend"))
    )
    assert jobs(one, other) == 2
    assert (
        jobs(one, replace(one, raw=replace(one.raw, id="3", source="adzuna", title="Software Engineer (Backend)"))) == 1
    )


def test_a_careers_page_shared_by_many_vacancies_joins_none() -> None:
    page = "https://acme.example/careers"
    assert jobs(posting("1", apply_url=page), posting("2", title="Office Manager", text=OTHER, apply_url=page)) == 2
    assert jobs(posting("1", apply_url=page), posting("2", title="Senior Backend Engineer", apply_url=page)) == 2
