"""Vacancies as clusters of postings: named after the first, never merged behind the user's back, whatever came when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.dedupe import as_json, assign, fingerprint, job_id, learn, links, same
from rolecall.dedupe.boilerplate import Boilerplate
from rolecall.dedupe.cluster import ID_LENGTH
from rolecall.dedupe.crowd import Crowd
from rolecall.dedupe.links import Links
from rolecall.dedupe.prints import EXCERPT
from rolecall.model import Assignment, Posting, Print
from tests.adverts import OTHER, ROLE, posting, prose, shown


def test_the_job_is_named_after_its_first_posting_and_says_why() -> None:
    first, second = assign(shown(posting("1"), posting("2", source="adzuna")), [])
    assert first.job == job_id(("reed", "1"))
    assert first.same_as is None
    assert len(first.job) == ID_LENGTH
    assert (second.job, second.same_as) == (first.job, ("reed", "1"))
    assert "company" in second.because


def test_a_known_vacancy_takes_the_new_copy_in() -> None:
    (known,) = shown(posting("1"))
    (assignment,) = assign(shown(posting("2", source="adzuna")), [(known, "job00001")])
    assert (assignment.job, assignment.bridges) == ("job00001", ())


def test_a_posting_seen_again_stays_with_its_vacancy_whatever_it_says_now() -> None:
    (known,) = shown(posting("1"))
    (assignment,) = assign(shown(posting("1", title="Gardener", text=OTHER)), [(known, "job00001")])
    assert assignment.job == "job00001"


def test_known_vacancies_are_never_merged_but_what_connects_them_is_named() -> None:
    url = "https://acme.example/jobs/9"
    one, other = shown(posting("1"), posting("2", text=OTHER, url=url))
    (assignment,) = assign(shown(posting("3", source="adzuna", url=url)), [(one, "job00001"), (other, "job00002")])
    assert {assignment.job, *assignment.bridges} == {"job00001", "job00002"}
    assert assignment.job == "job00002"  # the address is surer than the text


def test_sameness_is_symmetric() -> None:
    a, b = shown(posting("1"), posting("2", text=ROLE[:250]))
    assert same(a, b) == same(b, a)


BEGINNING = prose(5, 80)
ONE_ROLE, OTHER_ROLE = (f"{BEGINNING} {prose(seed, 150)}" for seed in (6, 7))

copies = st.builds(
    posting,
    st.uuids().map(str),
    st.sampled_from(
        ["Backend Engineer", "Settlement Ledger Engineer", "Senior Backend Engineer", "Backend Engineer, Search"]
    ),
    st.sampled_from(["Acme Ltd", "ACME", "Acme Payments", "Hopkins Recruitment", ""]),
    st.sampled_from(["Leeds", "Bath", ""]),
    st.sampled_from([ROLE, ROLE[:250], ROLE[60:], OTHER, OTHER[:240] + ROLE[:200], prose(1, 200), ""]),
    st.sampled_from(["reed", "adzuna", "greenhouse:acme"]),
    st.sampled_from(["", "https://acme.example/jobs/9", "https://acme.example/jobs/10"]),
)


@given(st.lists(copies, max_size=9), st.randoms())
@settings(max_examples=100)
def test_the_order_of_arrival_does_not_change_the_clusters(postings: list[Posting], random: Random) -> None:
    """Given what the employers say in all their adverts; and but for an excerpt that fits two vacancies."""
    prints = shown(*postings)
    shuffled = random.sample(prints, len(prints))
    at_once, later = clusters(assign(prints, [])), clusters(one_by_one(shuffled, prints))
    assert at_once == clusters(assign(shuffled, []))
    excerpts = {each.key for each in prints if each.length < EXCERPT} if at_once != whatever_fits(prints) else set()
    nothing = {frozenset[tuple[str, str]]()}
    assert {each - excerpts for each in at_once} - nothing == {each - excerpts for each in later} - nothing


def whatever_fits(prints: list[Print]) -> set[frozenset[tuple[str, str]]]:
    """Return the clusters as they would be if an excerpt made everything one that it fits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Links, "_differ", lambda *_: False)
        return clusters(assign(prints, []))


two_roles = st.builds(
    posting,
    st.uuids().map(str),
    st.just("Backend Engineer"),
    text=st.sampled_from([BEGINNING, BEGINNING[:300], ONE_ROLE, OTHER_ROLE]),
    source=st.sampled_from(["reed", "adzuna"]),
)


@given(st.lists(two_roles, max_size=9), st.randoms())
@settings(max_examples=100)
def test_an_excerpt_that_fits_two_roles_never_makes_them_one_whatever_came_first(
    postings: list[Posting], random: Random
) -> None:
    prints = shown(*random.sample(postings, len(postings)))
    for found in (assign(prints, []), one_by_one(prints, prints)):
        together = clusters(found)
        roles = [{each.key for each in postings if each.text == text} for text in (ONE_ROLE, OTHER_ROLE)]
        assert all(not (roles[0] & cluster and roles[1] & cluster) for cluster in together)
        assert all(any(keys <= cluster for cluster in together) for keys in roles if keys)


def test_thousands_of_copies_cost_as_many_comparisons_not_millions(monkeypatch: pytest.MonkeyPatch) -> None:
    (print_,) = shown(posting("1"))
    many = [replace(print_, id=str(number), places=frozenset({f"town {number}"})) for number in range(3_000)]
    counted = Mock(side_effect=links.same)
    monkeypatch.setattr(links, "same", counted)
    assert len({each.job for each in assign(many, [])}) == 1
    assert counted.call_count == len(many) - 1


def template(number: int, own: int) -> str:
    return f"{prose(2 + number, own)} {prose(1, own)}"


@pytest.mark.parametrize(
    "many",
    [
        [posting(str(n), text=template(n, 150), source="greenhouse:acme") for n in range(300)],
        [posting(str(n), "Data Engineer", text=template(n, 40)) for n in range(300)],
        [posting(str(n), "Data Engineer", text=template(n, 40 if n % 2 else 150)) for n in range(300)],
        [posting(str(n), "Settlement Ledger Engineer", place=f"Town {n}", text=template(n, 40)) for n in range(300)],
        [posting(str(n), "Data Engineer", place=f"Town {n}", text="") for n in range(300)],
    ],
    ids=["whole", "cut off", "half of them cut off", "cut off, in their own towns", "without text"],
)
def test_different_adverts_under_one_title_are_not_all_compared_with_all(
    monkeypatch: pytest.MonkeyPatch, many: list[Posting]
) -> None:
    prints = shown(*many)
    counted = Mock(side_effect=links.same)
    monkeypatch.setattr(links, "same", counted)
    assert len({each.job for each in assign(prints, [])}) == len(many)
    assert counted.call_count < 30 * len(many)


def in_a_crowd(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Posting]:
    titles = st.sampled_from(["Backend Engineer", "Settlement Ledger Engineer"])
    companies, places = st.sampled_from(["Acme Ltd", "Acme Payments"]), st.sampled_from(["Leeds", "Bath", ""])
    sources = st.sampled_from(["reed", "adzuna", "greenhouse:acme"])
    return st.builds(posting, st.uuids().map(str), titles, companies, places, texts, sources)


def told(seeds: tuple[int, ...], words: int) -> str:
    return " ".join(prose(seed, words) for seed in seeds)


whole_texts = st.tuples(*[st.integers(1, 5)] * 4).map(lambda seeds: told(seeds, 60))
any_texts = st.builds(told, st.lists(st.integers(1, 5), max_size=4).map(tuple), st.sampled_from([10, 33, 60]))
pays = st.sampled_from([(), (50_000,), (50_000, 60_000), (60_000, 70_000)])


@given(st.lists(in_a_crowd(whole_texts) | copies, min_size=3, max_size=12))
@settings(max_examples=60)
def test_whom_a_crowd_does_not_ask_would_have_said_no(postings: list[Posting]) -> None:
    prints = shown(*postings)
    found = []
    for crowd in (1, 1_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(links, "CROWD", crowd)
            patch.setattr(links, "OFTEN", crowd)
            found.append([clusters(assign(prints, [], learned=learned)) for learned in ({}, learn(prints))])
    assert found[0] == found[1]


@pytest.mark.parametrize(("new", "crowds"), [(1, 0), (links.OFTEN - 1, 0), (links.OFTEN, 1)])
def test_a_crowd_is_made_of_a_title_only_for_several_new_postings(
    monkeypatch: pytest.MonkeyPatch, new: int, crowds: int
) -> None:
    made: list[int] = []

    class Counted(Crowd):
        def __init__(self, prints: Iterable[Print], boilerplate: Boilerplate) -> None:
            super().__init__(prints, boilerplate)
            made.append(len(self._all))

    monkeypatch.setattr(links, "Crowd", Counted)
    prints = shown(*(posting(str(number), text=prose(number, 150)) for number in range(60 + new)))
    known = [(print_, print_.id) for print_ in prints[new:]]
    assert len(clusters(assign(prints[:new], known))) == new
    assert len(made) == crowds


@given(st.lists(st.tuples(in_a_crowd(any_texts), pays, st.booleans()), min_size=2, max_size=12))
@settings(max_examples=100)
def test_whoever_is_the_same_by_title_is_asked(postings: list[tuple[Posting, tuple[int, ...], bool]]) -> None:
    prints = [replace(fingerprint(each), pay=pay, retold=retold, posted=1) for each, pay, retold in postings]
    for learned in ({}, learn(prints)):
        crowd = Crowd(prints, learned)
        for one in prints:
            assert set(crowd.near(one)) >= {other for other in prints if same(one, other, learned)}


@given(copies, copies)
@settings(max_examples=100)
def test_what_is_the_same_shares_a_key_and_is_the_same_both_ways(a: Posting, b: Posting) -> None:
    one, other = shown(a, b)
    assert same(one, other) == same(other, one)
    if (found := same(one, other)) and found.score >= 0.9:
        assert one.keys & other.keys


def one_by_one(prints: list[Print], beside: list[Print]) -> list[Assignment]:
    known: list[tuple[Print, str]] = []
    found: list[Assignment] = []
    for each in prints:
        found += assign([each], known, learned=learn(beside))
        known.append((each, found[-1].job))
    return found


def clusters(assignments: Iterable[Assignment]) -> set[frozenset[tuple[str, str]]]:
    """Return which postings are together, vacancies found to be one counted as one."""
    groups: list[tuple[set[str], set[tuple[str, str]]]] = []
    for each in assignments:
        names, keys = {each.job, *each.bridges}, {each.key}
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names, keys = names | group[0], keys | group[1]
        groups.append((names, keys))
    return {frozenset(keys) for _, keys in groups}


def test_the_filter_prints_what_the_contract_says() -> None:
    assignments = assign(shown(posting("reed:1"), posting("adzuna:2", text=ROLE[:250])), [])
    first, second = map(as_json, assignments)
    assert first == {"id": "reed:1", "job": first["job"], "same_as": None, "because": [], "score": 1.0, "bridges": []}
    assert (second["id"], second["job"], second["same_as"]) == ("adzuna:2", first["job"], "reed:1")
    assert second["because"][:2] == ["company", "title"]
    assert 0 < second["score"] <= 1
