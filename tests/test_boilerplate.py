"""What an employer says in all its adverts is learned from them and counts nothing: only the role is compared."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.dedupe import assign, same
from rolecall.dedupe.boilerplate import learn
from rolecall.model import Posting, Print
from tests.adverts import posting, prose, shown

ABOUT, BENEFITS = prose(1, 160), prose(2, 80)
TITLES = ("Office Manager", "Product Designer", "Payroll Clerk", "Data Analyst")
OTHERS = [posting(f"other {n}", title, text=f"{ABOUT} {prose(n, 60)} {BENEFITS}") for n, title in enumerate(TITLES, 10)]


def vacancies(*postings: Posting, beside: list[Posting]) -> int:
    return len({found.job for found in assign(shown(*postings), [], learned=learn(shown(*beside)))})


def test_two_roles_with_one_title_stay_apart_though_four_fifths_of_their_texts_are_the_employers() -> None:
    one, other = (posting(str(n), text=f"{ABOUT} {prose(n, 60)} {BENEFITS}", source=f"board {n}") for n in (3, 4))
    assert vacancies(one, other, beside=[]) == 1, "too much in common, as long as nothing else is known of the employer"
    assert vacancies(one, other, beside=OTHERS) == 2


def test_so_do_two_excerpts_that_begin_with_what_the_employer_says_everywhere() -> None:
    about = prose(1, 60)
    others = [posting(f"other {n}", title, text=f"{about} {prose(n, 20)}") for n, title in enumerate(TITLES, 10)]
    one, other = (posting(str(n), text=f"{about} {prose(n, 20)}", source=f"board {n}") for n in (3, 4))
    assert vacancies(one, other, beside=[]) == 1
    assert vacancies(one, other, beside=others) == 2
    assert vacancies(one, posting("5", text=one.text, source="board 5"), beside=others) == 1


def test_a_role_told_again_with_another_boards_footer_is_found() -> None:
    """Half of the role's own sentences are left, between other things that both boards always say."""
    role, footer = prose(3, 200), prose(8, 300)
    others = [posting(f"shown {n}", title, text=f"{prose(n, 60)} {footer}") for n, title in enumerate(TITLES, 20)]
    one = posting("1", text=f"{ABOUT} {role} {BENEFITS}")
    other = posting("2", text=f"{role[: len(role) * 3 // 4]} {prose(9, 10)} {footer}", source="adzuna")
    assert vacancies(one, other, beside=[]) == 2
    assert vacancies(one, other, beside=[*OTHERS, *others]) == 1


def test_copies_that_are_equal_are_one_vacancy_even_when_all_of_their_text_is_boilerplate() -> None:
    text = f"{ABOUT} {BENEFITS}"
    others = [posting(f"other {n}", title, text=text) for n, title in enumerate(TITLES)]
    copies = [posting(city, text=text, place=city, source="greenhouse:acme") for city in ("Leeds", "Bath")]
    assert vacancies(*copies, beside=others) == 1


def test_an_agencys_template_joins_no_two_clients_and_its_copy_of_a_clients_advert_is_found() -> None:
    template = prose(1, 40)
    agency = {"company": "Hopkins Recruitment", "source": "reed"}
    others = [
        posting(f"other {n}", title, text=f"{template} {prose(n, 40)}", **agency) for n, title in enumerate(TITLES)
    ]
    one, two = (posting(str(n), text=f"{template} {prose(n, 40)}", **agency) for n in (11, 12))
    clients = posting("client", company="Acme", text=prose(11, 40), source="greenhouse:acme")
    assert vacancies(one, two, beside=others) == 2
    assert vacancies(one, clients, beside=others) == 1
    assert vacancies(two, clients, beside=others) == 2


def test_three_ranks_of_one_role_teach_nothing() -> None:
    ranks = [posting(rank, f"{rank} Backend Engineer", text=prose(1, 200)) for rank in ("Junior", "Senior", "Lead", "")]
    assert learn(shown(*ranks)) == {}


def test_what_is_learned_of_one_company_is_not_held_against_another() -> None:
    learned = learn(shown(*OTHERS))
    assert list(learned) == ["acme"]
    one, other = shown(*(posting(n, company="Larkspur", text=f"{ABOUT} {BENEFITS}", source=n) for n in ("reed", "rss")))
    assert same(one, other, learned) == same(one, other)


@given(st.lists(st.sampled_from(shown(*OTHERS, posting("1"), posting("2", company="Larkspur")))), st.randoms())
@settings(max_examples=50)
def test_what_is_learned_does_not_depend_on_the_order(prints: list[Print], random: Random) -> None:
    assert learn(prints) == learn(random.sample(prints, len(prints))) == learn([*prints, *prints])
