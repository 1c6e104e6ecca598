"""The outbox, once: claim, render, send, settle. Settled after the send, never before."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from rolecall import route
from rolecall.compose import Contents, compose, contents, united
from rolecall.config import Channel, Config
from rolecall.digest import overview
from rolecall.errors import Deferred, DeliveryError, Rejected, StoreError, Unsendable
from rolecall.house import House
from rolecall.outbox import Claim, Dead, Dropped, Outcome, RetryAt, Sent, Suspend
from rolecall.plan import NewNotice
from rolecall.schedule import DAY
from rolecall.trouble import digest_line

log = logging.getLogger(__name__)

LEASE = 300.0  # seconds; far above any send, so that only a killed process loses its lease
SETTLE_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two tries to write down what became of a message
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)
LONGEST_WAIT = DAY  # that a channel may ask for: the store takes a longer one for a clock that was set back
MOST_UNCLEAR = 3
PAGE = 50  # jobs
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
    """Write down what became of the message, as long as it takes a full or locked disk: sent is sent.

    Nobody else sends on the channel meanwhile, whatever becomes of the lease.
    """
    pause = SETTLE_PAUSE
    while True:
        try:
            return await house.store.settle(claim.id, outcome, house.now())
        except StoreError as error:
            log.error("settle-again id=%d error=%s", claim.id, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _attempt(channel: Channel, claim: Claim, house: House) -> Outcome:
    """Render and send. One of the three places that catch everything: no message may stop the daemon."""
    try:
        found = await _contents(claim, house)
        if not found.cards and claim.kind != "notice":
            return Dropped(found.dropped or "it holds no job", found.closed)
        message = compose(claim, found, house.config, house.now(), await _aside(claim, house))
        shown = await overview(claim, found.jobs, house.store, house.config, house.now(), channel.notifier.shows)
        return Sent(await channel.notifier.send(replace(message, overview=shown)), found.closed)
    except DeliveryError as error:
        return settlement(error, claim, house.now())
    except StoreError as error:  # its jobs could not be read: nothing was sent
        return settlement(Deferred(str(error)), claim, house.now())
    except Exception as error:  # a bug in a template or notifier: logged, retried, at last set aside
        log.exception("send-bug channel=%s id=%d", channel.name, claim.id)
        unclear = Deferred(f"a bug in Rolecall: {type(error).__name__}", retry_after=60, ambiguous=True)
        return settlement(unclear, claim, house.now())


async def _contents(claim: Claim, house: House) -> Contents:
    """Return what the message says of its jobs, read a page at a time: their texts would be many megabytes together."""
    mutes, pages = await house.mutes(), list[Contents]()
    for start in range(0, len(claim.jobs), PAGE):
        ids = [alert for job in claim.jobs[start : start + PAGE] for alert in job]
        alerts = await house.store.alerts_with(ids)
        pages.append(await asyncio.to_thread(contents, alerts, claim, house.config, mutes, house.now()))
    return united(pages)


async def _aside(claim: Claim, house: House) -> str:
    """Return what a digest says besides its jobs: which sources are in trouble."""
    if claim.kind != "digest":
        return ""
    return digest_line(await house.store.source_states(), house.config, house.now())


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
            asked = timedelta(seconds=min(error.retry_after or 0, LONGEST_WAIT.total_seconds()))
            wait = max(_backoff(claim.attempts), asked)
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
    fields = f"channel={channel.name} kind={claim.kind} id={claim.id} alerts={sum(map(len, claim.jobs))}"
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
