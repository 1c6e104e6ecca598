"""Telegram HTML: one clear message a job, digests split into several. Everything foreign is escaped.

Limits: Telegram takes 1 to 4,096 characters after the markup is read. We count UTF-16 units, which is safe either way.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rolecall.model import Card, Message
from rolecall.render.clean import clean
from rolecall.render.groups import best, evidence, grouped, rest, stated

LIMIT = 4096
MOST_COPIES = 6
MOST_IN_DIGEST = 100  # about eight texts, a second apart; the rest is counted

_TAG = re.compile(r"<[^<>]*>")
_ANCHOR = re.compile(r'<a href="([^"<>]*)">([^<>]*)</a>')


def telegram_texts(message: Message) -> tuple[str, ...]:
    """Return the message as one or more HTML texts, each within Telegram's limits, in the order to be sent."""
    message = clean(message)
    blocks = {"alert": _alert, "digest": _digest, "summary": _summary, "notice": _notice}[message.kind](message)
    return tuple(_packed(blocks)) or ("<i>(empty message)</i>",)


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def plain(text: str) -> str:
    """Return our own HTML as plain text with its links written out: the second try when Telegram refuses the markup."""
    return html.unescape(_TAG.sub("", _ANCHOR.sub(r"\2 (\1)", text)))


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Return plain text in pieces of at most `limit` units, cut at line ends where possible."""
    pieces = []
    while units(text) > limit:
        head = text[: _fitting(text, limit)]
        cut = head.rfind("\n") if head.rfind("\n") > len(head) // 2 else len(head)
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [piece for piece in [*pieces, text] if piece.strip()]


def _fitting(text: str, limit: int) -> int:
    """Return how many characters from the beginning fit into `limit` units."""
    used = 0
    for position, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return position
    return len(text)


# --- one message of each kind, as blocks that may not be cut ------------------------------------------------------


def _alert(message: Message) -> Iterator[str]:
    for card in message.cards:
        yield _card(card)


def _digest(message: Message) -> Iterator[str]:
    yield _heading(message)
    shown = best(message)[:MOST_IN_DIGEST]
    for group in grouped(replace(message, cards=shown)):
        head = f"<b>▸ {_e(group.search or 'Jobs')}</b> ({len(group.cards)})"
        for position, card in enumerate(group.cards):
            yield f"{head}\n\n{_short(card)}" if position == 0 else _short(card)
    yield from _more(message, len(shown))


def _summary(message: Message) -> Iterator[str]:
    yield _heading(message)
    cards = best(message)
    for number, card in enumerate(cards, 1):
        yield f"{number}. {_short(card, why=False)}"
    yield from _more(message, len(cards))


def _notice(message: Message) -> Iterator[str]:
    yield f"🔔 <b>{_e(message.subject)}</b>"
    for piece in split(message.text, LIMIT - 200):
        yield _e(piece)


def _card(card: Card) -> str:
    """One alert: what, how much, where, with what, why, and where else."""
    lines = [
        _title(card),
        _e(card.company),
        "",
        f"💷 {_pay(card)}",
        *_lines(("🏠", card.mode), ("📍", card.place), ("🛠", ", ".join(card.stack))),
        *_lines(("👤", " · ".join(stated(card.level, card.contract)))),
        *_lines(("🕑", " · ".join(stated(card.age, card.closes)))),
        "",
        *_lines(("✅", "; ".join(card.why)), ("🔎", ", ".join(card.searches))),
        *_lines(("📝", "; ".join(card.notes))),
        *_also_on(card),
        *([f"<i>{_e(card.attribution)}</i>"] if card.attribution else []),
        *([f'<a href="{_e(card.url)}">Read it on {_e(card.source or "the web")}</a>'] if card.url else []),
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _short(card: Card, *, why: bool = True) -> str:
    """One vacancy among many: three or four lines."""
    facts = " · ".join(map(_e, stated(card.mode, card.place, card.level, card.age, card.closes)))
    return "\n".join(
        stated(
            _title(card) + (f" — {_e(card.company)}" if card.company else ""),
            _pay(card, said=False) + (f" · {facts}" if facts else ""),
            _e(", ".join(card.stack[:6])),
            f"<i>{_e('; '.join(card.why))}</i>" if why and card.why else "",
            f"<i>{_e('; '.join(card.notes))}</i>" if card.notes else "",
            *_also_on(card),
            f"<i>{_e(card.attribution)}</i>" if card.attribution else "",
        )
    )


def _heading(message: Message) -> str:
    return f"<b>{_e(message.subject)}</b>" + (f"\n{_e(message.text)}" if message.text else "")


def _title(card: Card) -> str:
    return f'<b><a href="{_e(card.url)}">{_e(card.title)}</a></b>' if card.url else f"<b>{_e(card.title)}</b>"


def _pay(card: Card, *, said: bool = True) -> str:
    if not card.pay:
        return "<i>pay not stated</i>"
    words = evidence(card) if said else ""
    return f"<b>{_e(card.pay)}</b>" + (f" <i>{_e(words)}</i>" if words else "")


def _also_on(card: Card) -> list[str]:
    links = [f'<a href="{_e(c.url)}">{_e(c.source)}</a>' if c.url else _e(c.source) for c in card.also_on]
    more = f" and {len(links) - MOST_COPIES} more" if len(links) > MOST_COPIES else ""
    return [f"Also on {', '.join(links[:MOST_COPIES])}{more}"] if links else []


def _more(message: Message, shown: int) -> Iterator[str]:
    if (more := rest(message, shown)) > 0:
        yield f"… and {more:,} more: <code>rolecall list</code>"


def _lines(*pairs: tuple[str, str]) -> list[str]:
    return [f"{sign} {_e(text)}" for sign, text in pairs if text]


def _packed(blocks: Iterable[str]) -> Iterator[str]:
    """Yield texts made of whole blocks, as full as the limit allows; a block alone too long goes as plain pieces."""
    text = ""
    for block in blocks:
        joined = f"{text}\n\n{block}" if text else block
        if _fits(joined):
            text = joined
            continue
        if text:
            yield text
        *pieces, text = [block] if _fits(block) else [_e(piece) for piece in split(plain(block))]
        yield from pieces
    if text:
        yield text


def _fits(text: str) -> bool:
    """Also bounded before parsing: Telegram reads at most 100 entities, and requests have a size limit too."""
    return units(visible(text)) <= LIMIT and text.count("<") <= 180 and units(text) <= 4 * LIMIT


def visible(text: str) -> str:
    """Return what Telegram counts: the text without its markup."""
    return html.unescape(_TAG.sub("", text))


def _e(text: str) -> str:
    return html.escape(text, quote=True)
