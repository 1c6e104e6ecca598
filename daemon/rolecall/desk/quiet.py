"""/quiet: when this chat is to be left in peace. What comes meanwhile waits and comes as one message at the end."""

from __future__ import annotations

from html import escape

from rolecall.config import Config
from rolecall.desk.changing import change
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.schedule import Hours, parse_hours
from rolecall.talk import Reply

USAGE = "/quiet 22:00-07:30, /quiet weekend 23:00-10:00, /quiet off, or /quiet reset for what the configuration says."


async def quiet(visit: Visit, words: str) -> tuple[Reply, ...]:
    """Show or change the quiet hours of the chat."""
    match words.casefold().split():
        case []:
            return (_said(visit, visit.config),)
        case ["reset"]:
            options = {"quiet": None, "quiet_weekend": None}
            config = await change(visit, lambda kept: kept.without_channel(visit.channel, *options))
        case ["off"]:
            off = {"quiet": "none", "quiet_weekend": "none"}
            config = await change(visit, lambda kept: kept.with_channel(visit.channel, **off))
        case ["weekend", *hours]:
            weekend = _hours("".join(hours))
            config = await change(visit, lambda kept: kept.with_channel(visit.channel, quiet_weekend=weekend))
        case hours:
            week = _hours("".join(hours))
            config = await change(visit, lambda kept: kept.with_channel(visit.channel, quiet=week))
    return (_said(visit, config),)


def _hours(text: str) -> str:
    try:
        parse_hours(text)
    except ValueError as error:
        raise NotUnderstood(f"{error}. {USAGE}") from None
    return text


def _said(visit: Visit, config: Config) -> Reply:
    channel = config.channel(visit.channel)
    hours = config.quiet(channel) if channel else None
    if hours is None or not (hours.week or hours.weekend):
        return Reply(f"No quiet hours here. {USAGE}")
    zone = config.reader_of(visit.channel).zone
    week, weekend = _stretch(hours.week), _stretch(hours.weekend)
    days = week if week == weekend else f"{week}, at weekends {weekend}"
    return Reply(f"Quiet: {days} ({escape(str(zone))}). What comes meanwhile comes as one message at the end.")


def _stretch(hours: Hours) -> str:
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M}" if hours else "never"
