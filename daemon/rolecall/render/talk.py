"""What the desk says, as Telegram HTML. Everything foreign is escaped; long answers come as several texts."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rolecall.model import Action, Answer, Card, Match, Message, RawPosting, Reason
from rolecall.render.clean import clean_card, line
from rolecall.render.telegram import Block, Text, numbered, packed, telegram_texts, with_state

_ACTIONS = {
    Action.ALERT: "tells you at once",
    Action.DIGEST: "tells you in the digest",
    Action.DROP: "does not tell you",
}
_SIGNS = {Answer.YES: "✅", Answer.NO: "❌", Answer.UNKNOWN: "❔"}


def esc(text: str, limit: int = 300) -> str:
    """Return foreign text fit for Telegram's HTML, on one line."""
    return html.escape(line(text, limit), quote=True)


def texts(*blocks: str) -> tuple[Text, ...]:
    """Return blocks of HTML as texts within Telegram's limits."""
    return tuple(packed(Block(block) for block in blocks if block))


def job_texts(card: Card, state: str = "") -> tuple[Text, ...]:
    """Return one job as an alert shows it; `state`: what was said of it, as the last words."""
    *first, last = telegram_texts(Message(card.job, "alert", "", (card,)))
    return (*first, replace(last, html=with_state(last.html, state)))


def listed(cards: Sequence[Card], heading: str) -> tuple[Text, ...]:
    """Return jobs as a numbered list; a number's button opens its job."""
    blocks = (numbered(number, clean_card(card), why=False) for number, card in enumerate(cards, 1))
    return tuple(packed([Block(heading), *blocks]))


def explained(raw: RawPosting, matches: Iterable[Match], notes: Iterable[str]) -> tuple[Text, ...]:
    """Return what every search thinks of a job, criterion by criterion."""
    company = f" — {esc(raw.company)}" if raw.company else ""
    title = f"<b>{esc(raw.title) or '(no title)'}</b>{company}"
    return texts("\n".join([title, *(f"📝 {esc(note)}" for note in notes)]), *map(_match, matches))


def _match(match: Match) -> str:
    head = f"<b>{esc(match.search)}</b> → {_ACTIONS[match.action]}"
    return "\n".join([head, *_reasons(match.reasons)])


def _reasons(reasons: Iterable[Reason]) -> Iterator[str]:
    for reason in reasons:
        said = reason.verdict.label or reason.verdict.reason.replace("_", " ")
        quoted = f" <i>“{esc(reason.evidence, 120)}”</i>" if reason.evidence else ""
        yield f"{_SIGNS[reason.verdict.answer]} {esc(reason.criterion)}: {esc(said)}{quoted}"


# --- looking --------------------------------------------------------------------------------------------------


HELP = "I tell you once of each job that your searches match. Press a button under it to say what becomes of it.\n"


def commands(named: Iterable[tuple[str, str]]) -> str:
    """Return what this is, and the commands, one a line."""
    return "\n".join([HELP, *(f"/{name} – {esc(summary)}" for name, summary in named)])


@dataclass(frozen=True, slots=True)
class Health:
    """One source or channel: whether it is well, its name, and what is to be said of it."""

    well: bool
    name: str
    words: str


def status(sources: Sequence[Health], channels: Sequence[Health], aside: Sequence[str]) -> tuple[Text, ...]:
    """Return how everything is: those in trouble one by one, the others counted."""
    ill = [each for each in sources if not each.well]
    return texts(
        f"📡 <b>{len(sources) - len(ill)} of {len(sources)} sources are well</b>",
        *(_health(each) for each in ill),
        "\n".join(["📬 <b>Channels</b>", *map(_health, channels)]),
        "\n".join(["🗑 <b>Set aside</b>", *map(esc, aside)]) if aside else "",
    )


def _health(each: Health) -> str:
    return f"{'✅' if each.well else '⚠️'} {esc(each.name)}: {esc(each.words)}"
