"""One vacancy as a person sees it: a posting's facts and a search's reasons become a `Card` of plain phrases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from rolecall.dedupe import Merged
from rolecall.model import Answer, Card, Copy, Keyboard, Need, Place, Posting, Reason, Tech
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
    reposts: int = 0,
    home: Place | None = None,
    notes: tuple[str, ...] = (),
    attributions: Iterable[str] = (),
    buttons: Keyboard = (),
) -> Card:
    """Return the vacancy in words, as of `now`, by the calendar of `zone`; clean, ready for any renderer.

    Places are named the nearest to `home` first; `reposts` says how often it was listed anew. `attributions`: what the
    boards of the copies want to be said wherever they are shown.
    """
    raw = posting.raw
    card = Card(
        job=job,
        title=raw.title,
        company=raw.company,
        url=clean.link(raw.url) or raw.apply_url,
        pay=money.pay_text(posting.salary, posting.ir35.value, board_name(raw.source, raw.url)),
        pay_evidence=posting.salary.evidence,
        mode=facts.mode_text(posting.mode, posting.uk.value),
        place=facts.place_text(posting.location, raw.location, home),
        level=facts.level_text(posting.level),
        stack=stack_names(posting.stack, reasons),
        contract=facts.contract_text(posting),
        why=why(reasons),
        searches=searches,
        also_on=tuple(Copy(board_name(copy.source, copy.url), copy.url, copy.company) for copy in copies),
        age=age_text(reposts, raw.posted_at, first_seen, now, zone),
        closes=_closes(posting, now, zone),
        source=board_name(raw.source, raw.url),
        attribution=" · ".join(dict.fromkeys(filter(None, (raw.attribution, *attributions)))),
        rank=rank,
        notes=notes,
        buttons=buttons,
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


def notes(merged: Merged, job: str, maybe: Iterable[str]) -> tuple[str, ...]:
    """Return what the shown advert alone does not say: where a value is from, what others say, what may be the same."""
    who = _telling_apart((merged.posting, *merged.origins.values(), *(copy for _, copy in merged.conflicts)))
    return (
        *(f"{name} from {who[copy.raw.source]}" for name, copy in merged.origins.items() if name in _SAID),
        *_conflicts(merged, who),
        *(f"may be the same as {other}: rolecall join {job} {other}, or split" for other in maybe),
    )


def _conflicts(merged: Merged, who: Mapping[str, str]) -> Iterator[str]:
    """Yield who says what, a phrase for each value that copies state otherwise; first the one that is shown."""
    for name, pairs in groupby(merged.conflicts, key=itemgetter(0)):
        shown = merged.origins.get(name, merged.posting)
        said = [(who[copy.raw.source], _SAID[name](copy)) for copy in (shown, *(copy for _, copy in pairs))]
        yield ", ".join(f"{board} says {what}" for board, what in said if what)


def _telling_apart(copies: Iterable[Posting]) -> Mapping[str, str]:
    """Return the name of each source: its board's, or its own where two of them are on boards of one name."""
    names = {copy.raw.source: _board(copy) for copy in copies}
    often = Counter(names.values())
    return {source: name if often[name] == 1 else source for source, name in names.items()}


def _board(copy: Posting) -> str:
    return board_name(copy.raw.source, copy.raw.url)


_SAID: Mapping[str, Callable[[Posting], str]] = {
    "salary": lambda copy: money.pay_text(copy.salary, copy.ir35.value, _board(copy)),
    "mode": lambda copy: facts.mode_text(copy.mode, None),
    "level": lambda copy: facts.level_text(copy.level),
    "contract": facts.contract_text,
}


def age_text(reposts: int, posted_at: datetime | None, first_seen: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return "reposted twice, first seen 41 days ago", "posted yesterday", "first seen 3 hours ago"."""
    if reposts:
        times = {1: "once", 2: "twice"}.get(reposts, f"{reposts} times")
        return f"reposted {times}, first seen {ages.ago(first_seen, now, zone)}"
    if posted_at is not None:
        return f"posted {ages.ago(posted_at, now, zone)}"
    return f"first seen {ages.ago(first_seen, now, zone)}"


def _closes(posting: Posting, now: datetime, zone: ZoneInfo) -> str:
    closing = posting.closing.value
    if closing is not None and closing.at is not None:
        return ages.closes(closing.at, now, zone, date_only=closing.date_only)
    return ages.closes(posting.raw.closes_at, now, zone) if posting.raw.closes_at else ""
