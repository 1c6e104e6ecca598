"""Invented pairs of adverts of the kinds that are hard: agencies' templates, teams, cities, reposts, excerpts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rolecall.model import Fact, Pay, Posting, Salary
from tests.adverts import jobs, posting

TIDEWAY = (
    "Tideway Mapping makes charts for harbours, pilots and the people who dredge between them. We are looking for a "
    "Python Engineer to join our Charts team. You will own the service that turns soundings into contours, keep its "
    "tests honest and its nights quiet, and sit beside the surveyors who use it. We write Python and a little Rust, "
    "store everything in Postgres and deploy on every merge. You have built services that other teams rely on, can "
    "read a query plan, and would rather delete a thing than configure it. We work four days in any place and meet "
    "on Tuesdays. There is a pension of nine per cent, thirty days of holiday, a small boat that anybody may take "
    "out, and a budget for books. We welcome applications from people who have had a career break, and will make "
    "adjustments for any part of the interview. Please tell us which of our charts you would correct first."
)
TIDEWAY_ALERTS = (
    "Tideway Mapping makes charts for harbours, pilots and the people who dredge between them. We are looking for a "
    "Python Engineer to join our Alerts team. Here you will decide when a ship is told that the bottom has moved: "
    "rules that are written with pilots, a queue that may lose nothing, and messages that are read in the rain. "
    "Kafka, Python and plain SMS are what we have, and you should have met at least two of them in anger. Being on "
    "call one week in six is part of it and is paid. You explain trade-offs to people who do not care for them and "
    "have led the repair of something that was broken for years. There is a pension of nine per cent, thirty days "
    "of holiday, a small boat that anybody may take out, and a budget for books. We welcome applications from "
    "people who have had a career break, and will make adjustments for any part of the interview."
)
AGENCY = (
    "My client, {client}, is searching for a Data Engineer to join their growing team. {about} You will build "
    "pipelines in Python and SQL, model data in the warehouse and work with analysts and stakeholders across the "
    "business. The role offers a salary of up to {pay}, hybrid working, and real progression. Please apply with an "
    "up to date CV or call me for a confidential chat. We act as an employment agency for permanent recruitment, "
    "and as an employment business for the supply of temporary workers. By applying you accept our terms, our "
    "privacy notice and the disclaimers that may be found at our website. {more}"
)
CLIENTS = {
    "grain": {
        "client": "a trader of grain with silos in four ports",
        "about": "They buy barley before it is sown, and every price that they quote rests on what the last twenty "
        "harvests did to each field. The platform they have was written by the founder on a train.",
        "more": "Knowledge of dbt and of Airflow will be asked about, and an interest in weather helps.",
    },
    "trams": {
        "client": "the operator of trams in a northern city",
        "about": "Each tram sends four hundred readings a second, most of which nobody has looked at, and the depot "
        "would like to know which wheel will be next. Spark has been bought and stands idle.",
        "more": "You need to have worked with streams, and to be content in a workshop that smells of oil.",
    },
}
BOARD = "An excellent chance has arisen at one of the most admired firms of the region, so read on and apply today. "


def tideway(id_: str, **other: str) -> Posting:
    said = {"title": "Python Engineer", "company": "Tideway Mapping Ltd", "place": "Bristol", "text": TIDEWAY, **other}
    return posting(id_, **said)


def agency(id_: str, client: str, pay: str = "£60,000", **other: str) -> Posting:
    text = AGENCY.format(pay=pay, **CLIENTS[client])
    said = {"title": "Data Engineer", "company": "Quillfeather Recruitment", "place": "Leeds", "text": text, **other}
    return posting(id_, **said)


def cut(one: Posting, characters: int = 500) -> Posting:
    text = one.text[:characters] + "…"
    return replace(one, text=text, raw=replace(one.raw, description=text, source="adzuna"))


def paid(one: Posting, least: int, most: int) -> Posting:
    pay = Pay("base", Decimal(least), Decimal(most), "GBP", "year")
    return replace(one, salary=Fact(Salary(pay, (least, most), "salary")))


def said(one: Posting, old: str, new: str) -> Posting:
    assert old in one.text
    return replace(one, text=one.text.replace(old, new))


def alerts(id_: str, **other: str) -> Posting:
    return tideway(id_, text=TIDEWAY_ALERTS, **other)


A, B = tideway("a"), tideway("b", source="adzuna")

SAME = {
    "two boards": (A, B),
    "cut after 500": (A, cut(B)),
    "cut after 300": (A, cut(B, 300)),
    "both cut, not alike": (cut(A, 420), cut(B)),
    "a board's own sentence in front": (A, tideway("b", text=BOARD + TIDEWAY)),
    "a board's own sentence in front, then cut": (A, cut(tideway("b", text=BOARD + TIDEWAY))),
    "own sentence, both cut": (cut(A), cut(tideway("b", text=BOARD + TIDEWAY))),
    "own sentence behind": (A, tideway("b", text=f"{TIDEWAY} {BOARD}")),
    "legal form": (A, tideway("b", company="TIDEWAY MAPPING (UK) Limited")),
    "place in the title": (A, tideway("b", title="Python Engineer - Bristol, hybrid")),
    "pay in the title": (A, tideway("b", title="Python Engineer (£55k - £65k)")),
    "another city, whole": (A, tideway("b", place="Cardiff")),
    "three cities, one cut": (tideway("a", place="Cardiff"), cut(B)),
    "reposted, pay edited": (paid(A, 50_000, 60_000), paid(B, 55_000, 65_000)),
    "reposted, a sentence edited": (A, said(B, "We work four days in any place and meet on Tuesdays.", "")),
    "reposted, benefits rewritten": (A, said(B, "a small boat that anybody may take out", "free berths for kayaks")),
    "agency, two boards": (agency("a", "grain"), agency("b", "grain", source="adzuna")),
    "agency, pay edited": (agency("a", "trams"), agency("b", "trams", pay="£65,000", source="adzuna")),
    "agency, one cut": (agency("a", "grain"), cut(agency("b", "grain"))),
    "agency under another agency's name": (agency("a", "grain"), agency("b", "grain", company="Harl & Stow")),
    "without a place": (A, tideway("b", place="")),
    "accents and quotes lost": (A, said(B, "We are looking", "We\u2019re looking")),
}  # fmt: skip

DIFFERENT = {
    "agency, two clients": (agency("a", "grain"), agency("b", "trams")),
    "agency, two clients, two boards": (agency("a", "grain"), agency("b", "trams", source="adzuna")),
    "agency, two clients, two cities": (agency("a", "grain"), agency("b", "trams", place="York")),
    "agency, two clients, one pay": (
        paid(agency("a", "grain"), 60_000, 60_000), paid(agency("b", "trams"), 60_000, 60_000)
    ),
    "agency, two clients, both cut, two cities": (cut(agency("a", "grain")), cut(agency("b", "trams", place="York"))),
    "agency, two clients, one cut": (agency("a", "grain"), cut(agency("b", "trams"))),
    "two teams, one title": (A, alerts("b")),
    "two teams in the title": (
        tideway("a", title="Python Engineer, Charts"), tideway("b", title="Python Engineer, Alerts")
    ),
    "two teams, one cut": (A, cut(alerts("b"))),
    "two teams, two cities": (A, alerts("b", place="Cardiff")),
    "senior": (A, tideway("b", title="Senior Python Engineer")),
    "numeral": (tideway("a", title="Python Engineer II"), tideway("b", title="Python Engineer III")),
    "fixed term elsewhere, both cut": (
        cut(A),
        cut(said(tideway("b", place="Cardiff"), "You will own", "This is a 6 month fixed term contract. You will own")),
    ),
    "for another role than the title": (
        cut(A), cut(said(B, "looking for a Python Engineer", "looking for a Soundings Data Manager"))
    ),
    "other pay, both cut short": (paid(cut(A, 60), 40_000, 50_000), paid(cut(B, 60), 70_000, 80_000)),
    "references": (
        said(A, "Please tell", "Job reference: TM-20411. Please tell"),
        said(B, "Please tell", "Job reference: TM-20999. Please tell"),
    ),
    "no text, two cities": (tideway("a", text=""), tideway("b", text="", place="Cardiff")),
    "another employer's text": (A, posting("b", "Python Engineer", "Larkspur Ltd", "Bristol", AGENCY)),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_one_vacancy_is_found_to_be_one(pair: tuple[Posting, Posting]) -> None:
    assert jobs(*pair) == 1


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_two_vacancies_stay_two(pair: tuple[Posting, Posting]) -> None:
    assert jobs(*pair) == 2
