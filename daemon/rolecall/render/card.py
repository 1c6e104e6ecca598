"""One vacancy as a person sees it: a posting's facts and a search's reasons become a `Card` of plain phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rolecall.model import Answer, Card, Copy, Need, Posting, Reason, Tech
from rolecall.normalise.vocabulary import name as tech_name
from rolecall.render import ages, clean, facts, money
from rolecall.render.names import board_name

MOST_TECHS = 10


def make_card(
    *,
    job: str,
    posting: Posting,
    reasons: Sequence[Reason],
    searches: tuple[str, ...],
    copies: tuple[Copy, ...],
    first_seen: datetime,
    now: datetime,
    zone: ZoneInfo,
    rank: float,
) -> Card:
    """Return the vacancy in words, as of `now`, by the calendar of `zone`; clean, ready for any renderer."""
    raw = posting.raw
    card = Card(
        job=job,
        title=raw.title,
        company=raw.company,
        url=clean.link(raw.url) or raw.apply_url,
        pay=money.pay_text(posting.salary, posting.ir35.value, board_name(raw.source, raw.url)),
        pay_evidence=posting.salary.evidence,
        mode=facts.mode_text(posting.mode, posting.uk.value),
        place=facts.place_text(posting.location, raw.location),
        level=facts.level_text(posting.level),
        stack=stack_names(posting.stack, reasons),
        contract=facts.contract_text(posting),
        why=why(reasons),
        searches=searches,
        also_on=tuple(Copy(board_name(copy.source, copy.url), copy.url, copy.company) for copy in copies),
        age=_age(posting, first_seen, now, zone),
        closes=_closes(posting, now, zone),
        source=board_name(raw.source, raw.url),
        attribution=raw.attribution,
        rank=rank,
    )
    return clean.clean_card(card)


def why(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return one phrase a criterion, in the order of the search; what said NO is no reason to be told."""
    labels = (r.verdict.label for r in reasons if r.verdict.answer is not Answer.NO)
    return tuple(dict.fromkeys(label for label in labels if label))


def stack_names(stack: Sequence[Tech], reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Return the technologies by name: those the search asked for first, then as the posting weighs them."""
    said = " ".join(f"{r.verdict.label} {r.evidence}" for r in reasons if r.criterion.startswith("stack")).casefold()
    shown = [tech for tech in stack if tech.need is not Need.NOT and (tech.implied_by is None or _named(tech, said))]
    shown.sort(key=lambda tech: (not _named(tech, said), tech.need is Need.LEGACY, -tech.weight))
    return tuple(dict.fromkeys(tech_name(tech.id) for tech in shown))[:MOST_TECHS]


def _named(tech: Tech, said: str) -> bool:
    words = {tech.id.casefold(), tech_name(tech.id).casefold()}
    return any(re.search(rf"(?<![\w+#]){re.escape(word)}(?![\w+#])", said) for word in words)


def _age(posting: Posting, first_seen: datetime, now: datetime, zone: ZoneInfo) -> str:
    if posting.raw.posted_at is not None:
        return f"posted {ages.ago(posting.raw.posted_at, now, zone)}"
    return f"first seen {ages.ago(first_seen, now, zone)}"


def _closes(posting: Posting, now: datetime, zone: ZoneInfo) -> str:
    closing = posting.closing.value
    if closing is not None and closing.at is not None:
        return ages.closes(closing.at, now, zone, date_only=closing.date_only)
    return ages.closes(posting.raw.closes_at, now, zone) if posting.raw.closes_at else ""
