"""One vacancy, however many boards carry it; different vacancies stay apart."""

from __future__ import annotations

import pytest

from rolecall.dedupe import assign, canonical_url, fingerprint, job_id, normal_company, same
from rolecall.model import Fact, Location, Place, Posting, Print, RawPosting

ROLE = (
    "You will build the ledger that settles card payments for small shops. We work in pairs, ship every day and keep "
    "the pager quiet. You know one typed language well, have run services in production and can explain a trade-off. "
    "The team of six owns its design, its deployments and its on-call rota, and you will mentor two graduates."
)
OTHER = (
    "Our search group ranks eleven million recipes for hungry cooks. The stack is old but tidy, the data is large and "
    "the questions are hard. Bring patience, statistics and a liking for slow queries that become fast ones. We meet "
    "in the office when a whiteboard helps and otherwise trust you to find your own desk and your own hours."
)


def posting(id: str, title: str = "Backend Engineer", company: str = "Acme Ltd", place: str = "Leeds",  # noqa: A002 - the field's own name
            text: str = ROLE, source: str = "reed", url: str = "") -> Posting:  # fmt: skip
    raw = RawPosting(source=source, id=id, title=title, company=company, location=place, description=text, url=url)
    places = (Place(place, "GB"),) if place else ()
    return Posting(raw=raw, text=text, location=Fact(Location(places), "field", place, "place.field"))


def shown(*postings: Posting) -> list[Print]:
    return [fingerprint(one) for one in postings]


def jobs(*postings: Posting) -> int:
    return len({assignment.job for assignment in assign(shown(*postings), [])})


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


def test_the_same_address_is_the_same_vacancy_whatever_else_differs() -> None:
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
    ],
)
def test_level_numeral_and_team_keep_vacancies_apart(one: str, other: str) -> None:
    assert jobs(posting("1", title=one), posting("2", title=other)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Backend Engineer", "Sr. Back-End Engineer (Leeds, Hybrid)"),
        ("Software Engineer II", "Software Engineer 2 - £60k - £70k"),
        ("Backend Engineer", "Backend Engineer - Fully Remote, UK"),
    ],
)
def test_spelling_place_mode_and_pay_in_a_title_do_not(one: str, other: str) -> None:
    assert jobs(posting("1", title=one), posting("2", title=other)) == 1


def test_a_different_description_vetoes_the_same_title() -> None:
    assert jobs(posting("1"), posting("2", text=OTHER)) == 2


def test_without_texts_the_same_title_needs_the_same_place() -> None:
    assert jobs(posting("1", text=""), posting("2", text="")) == 1
    assert jobs(posting("1", text=""), posting("2", text="", place="Bath")) == 2


def test_the_job_is_named_after_its_first_posting_and_says_why() -> None:
    first, second = assign(shown(posting("1"), posting("2", source="adzuna")), [])
    assert first.job == job_id(("reed", "1"))
    assert first.same_as is None
    assert len(first.job) == 8
    assert (second.job, second.same_as) == (first.job, ("reed", "1"))
    assert "company" in second.because


def test_a_known_vacancy_takes_the_new_copy_in() -> None:
    (known,) = shown(posting("1"))
    (assignment,) = assign(shown(posting("2", source="adzuna")), [(known, "job00001")])
    assert assignment.job == "job00001"


def test_a_posting_seen_again_stays_with_its_vacancy_whatever_it_says_now() -> None:
    (known,) = shown(posting("1"))
    (assignment,) = assign(shown(posting("1", title="Gardener", text=OTHER)), [(known, "job00001")])
    assert assignment.job == "job00001"


def test_sameness_is_symmetric() -> None:
    a, b = shown(posting("1"), posting("2", text=ROLE[:250]))
    assert same(a, b) == same(b, a)
