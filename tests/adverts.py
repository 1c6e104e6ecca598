"""Invented adverts for the tests of recognition: two roles told in a few sentences, and prose without any sense."""

from __future__ import annotations

from random import Random

from rolecall.dedupe import assign, fingerprint
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


def posting(
    id: str,  # noqa: A002 - the field's own name
    title: str = "Backend Engineer",
    company: str = "Acme Ltd",
    place: str = "Leeds",
    text: str = ROLE,
    source: str = "reed",
    url: str = "",
    apply_url: str = "",
) -> Posting:
    raw = RawPosting(source, id, title, url, company, place, description=text, apply_url=apply_url)
    places = (Place(place, "GB"),) if place else ()
    return Posting(raw=raw, text=text, location=Fact(Location(places), "field", place, "place.field"))


def shown(*postings: Posting) -> list[Print]:
    return [fingerprint(one) for one in postings]


def jobs(*postings: Posting) -> int:
    """Return how many vacancies the adverts are taken for."""
    return len({assignment.job for assignment in assign(shown(*postings), [])})


def prose(seed: int, words: int) -> str:
    """Return invented words, the same for the same seed; two seeds share no run of three words."""
    random = Random(seed)
    return " ".join(
        f"{random.choice('bdfglmnprst')}{random.choice('aeiou')}{random.randrange(10_000)}" for _ in range(words)
    )
