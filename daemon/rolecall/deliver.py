"""The outbox, once: claim, render, send, settle. Settled after the send, never before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from rolecall import people, route
from rolecall.config import Channel, Config, Person
from rolecall.digest import overview
from rolecall.errors import Deferred, DeliveryError, Rejected, StoreError, Unsendable
from rolecall.house import House
from rolecall.model import Card, Copy, Message, Place, Reason
from rolecall.outbox import Claim, Dead, Dropped, Outcome, RetryAt, Sent, Suspend
from rolecall.people import Mark, Muted
from rolecall.plan import NewNotice
from rolecall.render.buttons import keyboard
from rolecall.render.card import make_card, notes
from rolecall.render.subject import subject
from rolecall.schedule import DAY
from rolecall.stored import StoredAlert, StoredJob
from rolecall.trouble import digest_line
from rolecall.vacancy import merged, pressable, reposts

log = logging.getLogger(__name__)

LEASE = 300.0  # seconds; far above any send, so that only a killed process loses its lease
SETTLE_PAUSE = 1.0  # seconds between two tries to write down what became of a message
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)
MOST_UNCLEAR = 3
MOST_ATTEMPTS = 500  # about five days of quarter hours


async def deliver(channel: Channel, house: House) -> Outcome | None:
    """Send the channel's oldest due message; None when there is nothing to do now.

    In quiet hours most messages wait, also those that were due before and could not be sent.
    """
    quiet = route.silence_over(channel, house.config, house.now()) is not None
    claim = await house.store.claim(channel.name, house.now(), LEASE, quiet)
    if claim is None:
        return None
    outcome = await _attempt(channel, claim, house)
    await _settle(claim, outcome, house)
    _log(channel, claim, outcome)
    return outcome


async def _settle(claim: Claim, outcome: Outcome, house: House) -> None:
    """Write down what became of the message, as long as it takes a full or locked disk: sent is sent."""
    for _ in range(int(LEASE / SETTLE_PAUSE)):
        try:
            return await house.store.settle(claim.id, outcome, house.now())
        except StoreError as error:
            log.error("settle-again id=%d error=%s", claim.id, error)
            await asyncio.sleep(SETTLE_PAUSE)
    return await house.store.settle(claim.id, outcome, house.now())


async def _attempt(channel: Channel, claim: Claim, house: House) -> Outcome:
    """Render and send. One of the three places that catch everything: no message may stop the daemon."""
    try:
        claim, reason = wanted(claim, house.config, await house.mutes(), house.now())
        if reason:
            return Dropped(reason)
        aside = await _aside(claim, house)
        message = await asyncio.to_thread(compose, claim, house.config, house.now(), aside)
        shown = await overview(claim, house.store, house.config, house.now(), channel.notifier.shows)
        return Sent(await channel.notifier.send(replace(message, overview=shown)))
    except DeliveryError as error:
        return settlement(error, claim, house.now())
    except Exception as error:  # a bug in a template or notifier: logged, retried, at last set aside
        log.exception("send-bug channel=%s id=%d", channel.name, claim.id)
        unclear = Deferred(f"a bug in Rolecall: {type(error).__name__}", retry_after=60, ambiguous=True)
        return settlement(unclear, claim, house.now())


def wanted(claim: Claim, config: Config, mutes: Sequence[Muted], now: datetime) -> tuple[Claim, str]:
    """Return the claim with the alerts that are still worth sending, and why not where none is left."""
    whose = config.whose({alert.search for alert in claim.alerts})
    reasons = [_why_not(alert.job, whose.get(alert.search, ""), mutes, now) for alert in claim.alerts]
    left = tuple(alert for alert, reason in zip(claim.alerts, reasons, strict=True) if not reason)
    worth = left or claim.kind == "notice"
    return replace(claim, alerts=left), "" if worth else next(iter(reasons), "it holds no job")


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


def settlement(error: DeliveryError, claim: Claim, now: datetime) -> Outcome:
    """Say what becomes of a message that was not sent: later, never, or the channel stops."""
    match error:
        case Rejected():
            return Suspend(str(error))
        case Unsendable():
            return Dead(str(error))
        case Deferred() if error.ambiguous and claim.unclear + 1 >= MOST_UNCLEAR:
            return Dead(f"{error} ({MOST_UNCLEAR} times without a clear answer; it may have arrived)")
        case Deferred() if claim.attempts + error.counts > MOST_ATTEMPTS:
            return Dead(f"{error} (tried {claim.attempts} times)")
        case Deferred():
            wait = max(_backoff(claim.attempts), timedelta(seconds=error.retry_after or 0))
            return RetryAt(now + wait, str(error), counts=error.counts, ambiguous=error.ambiguous)
    raise TypeError(f"a delivery error without a settlement: {error!r}")


def suspension_notice(channel: Channel, outcome: Suspend, config: Config, now: datetime) -> tuple[NewNotice, ...]:
    """Return one word to the channel's reader, or to the owner, by another channel; none when there is no other.

    It does not wait for the end of quiet hours: nothing else would tell that alerts pile up.
    """
    readers = config.reader_of(channel.name).channels
    known = [name for name in (config.owner, *(c.name for c in config.channels)) if name and name != channel.name]
    others = [name for name in known if name in readers] or known
    if not others:
        return ()
    text = f"{outcome.error}. Its messages are kept. Mend it and restart or reload Rolecall."
    key = f"suspended:{channel.name}:{now:%Y-%m-%d}"
    return (NewNotice(key, others[0], f"The channel {channel.name} is suspended", text, now, urgent=True),)


def _backoff(attempts: int) -> timedelta:
    return min(LONGEST_RETRY, FIRST_RETRY * int(2 ** min(attempts, 12)))


def _log(channel: Channel, claim: Claim, outcome: Outcome) -> None:
    fields = f"channel={channel.name} kind={claim.kind} id={claim.id} alerts={len(claim.alerts)}"
    match outcome:
        case Sent():
            log.info("sent %s again=%s", fields, claim.again)
        case RetryAt():
            log.warning("send-deferred %s until=%s error=%s", fields, f"{outcome.at:%Y-%m-%dT%H:%M:%SZ}", outcome.error)
        case Dead():
            log.error("send-dead %s error=%s", fields, outcome.error)
        case Dropped():
            log.info("not-sent %s reason=%s", fields, outcome.reason)
        case Suspend():
            log.error("channel-suspended %s error=%s", fields, outcome.error)


# --- from rows to a message -----------------------------------------------------------------------------------


async def _aside(claim: Claim, house: House) -> str:
    """Return what a digest says besides its jobs: which sources are in trouble."""
    if claim.kind != "digest":
        return ""
    return digest_line(await house.store.source_states(), house.config, house.now())


def compose(claim: Claim, config: Config, now: datetime, aside: str = "") -> Message:
    """Return the message a claimed row stands for: one card per job, best first, times as its reader's clock says."""
    reader = config.reader_of(claim.channel)
    ordered = sorted(claim.alerts, key=lambda alert: alert.job.id)
    groups = [list(group) for _, group in groupby(ordered, key=lambda alert: alert.job.id)]
    cards = sorted((card_of(group, config, now, reader) for group in groups), key=lambda card: -card.rank)
    return Message(
        id=claim.message_id,
        kind=claim.kind,
        subject=claim.subject or subject(claim.kind, cards, now.astimezone(reader.zone)),
        cards=tuple(cards),
        text=" ".join(filter(None, (claim.text, aside))),
        total=len(cards),
        created_at=claim.created_at,
    )


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
