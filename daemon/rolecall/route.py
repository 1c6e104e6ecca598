"""Where an alert goes and when: at once, with others of the hour, in a digest, when silence is over. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from rolecall.config import Channel, Config, Person
from rolecall.match import Search
from rolecall.model import Action
from rolecall.people import Again
from rolecall.plan import QUIET, Delivery
from rolecall.schedule import DAY, next_slot, quiet_until

HOUR = timedelta(hours=1)


def deliveries(
    search: Search,
    job: str,
    action: Action,
    config: Config,
    now: datetime,
    *,
    baseline: bool = False,
    many: bool = False,
) -> tuple[Delivery, ...]:
    """Return where one alert goes. In a baseline it joins a summary; `many`: more have come at once than are wanted.

    What is only worth a digest goes to the search's digest channels; where it has none, to a daily digest on its
    other channels, so that nothing is dropped.
    """
    channels = config.notified(search)
    if baseline:
        return tuple(_summary(channel, search, config, now) for channel in channels)
    if action is Action.DIGEST:
        chosen = [channel for channel in channels if channel.digests] or list(channels)
        return tuple(digest(channel, config, now, search.name) for channel in chosen)
    return tuple(_alert(channel, search, job, config, now, many) for channel in channels)


def _alert(channel: Channel, search: Search, job: str, config: Config, now: datetime, many: bool) -> Delivery:
    match search.when or ("digest" if channel.digests else "instant"):
        case "digest":
            return digest(channel, config, now, search.name)
        case "hourly":
            return _with_the_hour(channel, "hour", config, now)
        case _ if many:
            burst = _with_the_hour(channel, f"burst:{search.name}", config, now)
            return burst if burst.bundle.startswith(QUIET) else replace(burst, text=_why_together(search))
        case _:
            return _when_not_quiet(Delivery(channel.name, f"job:{job}", "alert", now), channel, config)


def _why_together(search: Search) -> str:
    return (
        f"More than {search.alerts_per_hour:g} in an hour for {search.name}, so these come together. "
        f'All of them: rolecall list --search "{search.name}"'
    )


def _with_the_hour(channel: Channel, name: str, config: Config, now: datetime) -> Delivery:
    slot = next_slot(now, config.zone, (), HOUR)
    return _when_not_quiet(Delivery(channel.name, f"{name}:{slot.isoformat()}", "digest", slot), channel, config)


def digest(channel: Channel, config: Config, now: datetime, search: str = "") -> Delivery:
    """Return the channel's next digest. Silence does not hold back one whose time of day the user chose for it."""
    zone = config.reader_of(channel.name).zone
    slot = next_slot(now, zone, channel.at or config.daemon.digest_at, channel.every, channel.on)
    # With `every`, slots may be seconds apart; with `at`, the local date and time name the digest once for ever.
    name = slot.isoformat() if channel.every else f"{slot.astimezone(zone):%Y-%m-%dT%H:%M}"
    if channel.per_search and search:
        name = f"{name}:{search}"
    chosen = bool(channel.at) and channel.every is None
    planned = Delivery(channel.name, f"digest:{name}", "digest", slot, loud=chosen)
    return planned if chosen else _when_not_quiet(planned, channel, config)


def _summary(channel: Channel, search: Search, config: Config, now: datetime) -> Delivery:
    return Delivery(channel.name, f"summary:{search.name}", "summary", now + config.daemon.summary_wait)


def _when_not_quiet(delivery: Delivery, channel: Channel, config: Config) -> Delivery:
    """Return the delivery, or what takes its place when it would fall into silence: one message at its end."""
    end = silence_over(channel, config, delivery.due)
    if end is None:
        return delivery
    local = end.astimezone(config.reader_of(channel.name).zone)
    return Delivery(channel.name, f"{QUIET}{local:%Y-%m-%dT%H:%M}", "digest", end)


def silence_over(channel: Channel, config: Config, at: datetime) -> datetime | None:
    """Return when the channel's quiet hours are over, None where `at` is not in them."""
    return quiet_until(at, config.reader_of(channel.name).zone, config.quiet(channel))


def at_once_if_any(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    """Return the channels that send at once, all where none does."""
    return tuple(channel for channel in channels if not channel.digests) or channels


def again(person: Person, config: Config, now: datetime, channel: str = "", wait: timedelta = DAY) -> Again:
    """Return how a job comes back that a person snoozes now: on this channel, else where their alerts come at once."""
    theirs = tuple(each for each in config.channels if each.name in person.channels or not person.channels)
    chosen = tuple(each for each in theirs if each.name == channel) or at_once_if_any(theirs)
    until = max((silence_over(each, config, now + wait) or now + wait for each in chosen), default=now + wait)
    searches = tuple(search.name for search in config.searches if person.name in ("", search.person))
    return Again(until, searches, tuple(each.name for each in chosen))
