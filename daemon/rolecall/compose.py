"""From the alerts of a message to what it says of their jobs: pure, one page of jobs after another.

A digest may hold thousands of jobs, and adverts are long. So of a page only its contents are kept, which are short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from rolecall import people
from rolecall.config import Config, Person
from rolecall.model import Card, Copy, Message, Place, Reason
from rolecall.outbox import Claim
from rolecall.people import Mark, Muted
from rolecall.plan import AGAIN
from rolecall.render.buttons import keyboard
from rolecall.render.card import make_card, notes
from rolecall.render.subject import subject
from rolecall.schedule import DAY
from rolecall.stored import StoredAlert, StoredJob
from rolecall.vacancy import merged, pressable, reposts


@dataclass(frozen=True, slots=True)
class Contents:
    """What a message says of its jobs: a card for each. `dropped`: why a job that was to be in it is not.

    `closed`: the alerts whose jobs have closed.
    """

    cards: tuple[Card, ...] = ()
    dropped: str = ""
    closed: tuple[int, ...] = ()

    @property
    def jobs(self) -> list[str]:
        return [card.job for card in self.cards]


def contents(
    alerts: Sequence[StoredAlert], claim: Claim, config: Config, mutes: Sequence[Muted], now: datetime
) -> Contents:
    """Return what is still worth saying of the jobs of these alerts, as the reader of the claimed message sees them."""
    reader, whose = config.reader_of(claim.channel), config.whose({alert.search for alert in alerts})
    # Of a search that is gone from the configuration it is the reader's word that counts.
    people_of = [whose.get(alert.search, reader.name) for alert in alerts]
    reasons = [
        _why_not(alert.job, person, mutes, now) or _why_not_back(alert.job, claim)
        for alert, person in zip(alerts, people_of, strict=True)
    ]
    worth = [alert for alert, reason in zip(alerts, reasons, strict=True) if not reason]
    cards = [card_of(group, config, now, reader) for group in _by_job(worth)]
    closed = tuple(alert.id for alert in alerts if not alert.job.is_open)
    return Contents(tuple(cards), next(filter(None, reasons), ""), closed)


def united(pages: Sequence[Contents]) -> Contents:
    """Return the contents of several pages as those of one message, the best card first."""
    cards = sorted((card for page in pages for card in page.cards), key=lambda card: -card.rank)
    closed = tuple(alert for page in pages for alert in page.closed)
    return Contents(tuple(cards), next((page.dropped for page in pages if page.dropped), ""), closed)


def compose(claim: Claim, found: Contents, config: Config, now: datetime, aside: str = "") -> Message:
    """Return the message a claimed row stands for: one card per job, times as its reader's clock says."""
    zone = config.reader_of(claim.channel).zone
    return Message(
        id=claim.message_id,
        kind=claim.kind,
        subject=claim.subject or subject(claim.kind, found.cards, now.astimezone(zone)),
        cards=found.cards,
        text=" ".join(filter(None, (claim.text, aside))),
        total=len(found.cards),
        created_at=claim.created_at,
    )


def _by_job(alerts: Iterable[StoredAlert]) -> Iterator[list[StoredAlert]]:
    ordered = sorted(alerts, key=lambda alert: alert.job.id)
    return (list(group) for _, group in groupby(ordered, key=lambda alert: alert.job.id))


def _why_not(job: StoredJob, person: str, mutes: Sequence[Muted], now: datetime) -> str:
    """Return why a person need not hear of a job any more, or not yet; "" where they shall."""
    if not job.is_open:
        return "its jobs have closed"
    if people.is_done(person, job.marks):
        return "the user is done with its jobs"
    if people.is_snoozed(person, job.marks, now):
        return "its jobs are snoozed"
    employers = {copy.raw.company for copy in job.postings if copy.closed_at is None}
    return "its employers are muted" if all(people.muted(person, each, mutes) for each in employers) else ""


def _why_not_back(job: StoredJob, claim: Claim) -> str:
    """Return why a snoozed job does not come back with this message: it was put off anew since, or called back."""
    if not claim.bundle.startswith(AGAIN) or any(mark.at == claim.created_at for mark in job.marks if mark.until):
        return ""
    return "its jobs were put off otherwise"


# --- one job ------------------------------------------------------------------------------------------------------


def card_of(alerts: Sequence[StoredAlert], config: Config, now: datetime, reader: Person) -> Card:
    """Return the card of one job that matched one or more searches, as its reader sees it: the best of its copies."""
    best = max(alerts, key=lambda alert: alert.rank)
    job = best.job
    home, marks = _home(best.search, config), people.of(reader.name, job.marks)
    known = merged(job, home=home)
    return make_card(
        job=job.id,
        posting=known.posting,
        reasons=_reasons(alerts),
        searches=tuple(sorted({alert.search for alert in alerts})),
        copies=_copies(job, known.posting.raw.source),
        first_seen=job.first_seen,
        now=now,
        zone=reader.zone,
        rank=best.rank,
        reposts=reposts(job),
        home=home,
        notes=(*_put_off(marks, now), *notes(known, job.id, job.maybe)),
        attributions=(copy.raw.attribution for copy in job.postings if copy.closed_at is None),
        buttons=keyboard(pressable(job, known.posting), marks, now, reader.zone),
    )


def _put_off(marks: Iterable[Mark], now: datetime) -> tuple[str, ...]:
    """Say that a job is back after a snooze, for as long as that is news."""
    is_back = any(mark.until and mark.until <= now < mark.until + DAY for mark in marks)
    return ("back, as you put it off",) if is_back else ()


def _home(search: str, config: Config) -> Place | None:
    return next((each.wanted.get("home") for each in config.searches if each.name == search), None)


def _reasons(alerts: Sequence[StoredAlert]) -> list[Reason]:
    """Unite the reasons of several searches, each said once."""
    said = {(r.criterion, r.verdict.label): r for alert in alerts for r in alert.reasons}
    return list(said.values())


def _copies(job: StoredJob, shown: str) -> tuple[Copy, ...]:
    """Return the open copies elsewhere than on the shown board: what that lists for other cities is no other place."""
    others = [p for p in job.postings if p.closed_at is None and p.raw.source != shown]
    return tuple(Copy(p.raw.source, p.raw.url, p.raw.company) for p in others)
