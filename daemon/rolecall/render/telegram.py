"""Telegram HTML: one clear message a job, digests split into several. Everything foreign is escaped.

Limits: Telegram takes 1 to 4,096 characters after the markup is read. We count UTF-16 units, which is safe either way.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rolecall.model import Button, Card, Keyboard, Message
from rolecall.render.clean import clean
from rolecall.render.groups import best, evidence, grouped, rest, stated
from rolecall.render.states import NUMBER

LIMIT = 4096
STATE_ROOM = 256  # of it, for what people say of the jobs later
CAPTION_LIMIT = 1024
MOST_COPIES = 6
MOST_IN_DIGEST = 100  # about eight texts, a second apart; the rest is counted

NUMBERS_IN_A_ROW = 8

_TAG = re.compile(r"<[^<>]*>")
_ANCHOR = re.compile(r'<a href="([^"<>]*)">([^<>]*)</a>')


@dataclass(frozen=True, slots=True)
class Text:
    """One text to send, what can be pressed under it, and the jobs that it tells of to the end."""

    html: str
    keyboard: Keyboard = ()
    jobs: tuple[str, ...] = ()


def telegram_texts(message: Message, said: Collection[str] = ()) -> tuple[Text, ...]:
    """Return the message as one or more HTML texts, each within Telegram's limits, in the order to be sent.

    `said`: the jobs that were told in texts before these, which go on from there.
    """
    message = clean(message)
    blocks = {"alert": _alert, "digest": _digest, "summary": _summary, "notice": _notice}[message.kind](message)
    left = (block for block in blocks if not said or (block.job and block.job not in said) or block.last)
    return tuple(packed(left)) or (() if said else (Text("<i>(empty message)</i>"),))


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


@dataclass(frozen=True, slots=True)
class Block:
    """What is not cut, with its own buttons, or with the number under which it can be opened.

    `job`: the one it tells of. `last`: it stands behind all of them.
    """

    html: str
    keyboard: Keyboard = ()
    number: Button | None = None
    job: str = ""
    last: bool = False


def _alert(message: Message) -> Iterator[Block]:
    for card in message.cards:
        yield Block(_card(card), card.buttons, job=card.job)


def _digest(message: Message) -> Iterator[Block]:
    yield Block(_heading(message))
    shown, number = best(message)[:MOST_IN_DIGEST], 0
    for group in grouped(replace(message, cards=shown)):
        head = f"<b>▸ {_e(group.search or 'Jobs')}</b> ({len(group.cards)})\n\n"
        for position, card in enumerate(group.cards):
            number += 1
            yield numbered(number, card, head if position == 0 else "")
    yield from _more(message, len(shown))


def _summary(message: Message) -> Iterator[Block]:
    yield Block(_heading(message))
    cards = best(message)
    for number, card in enumerate(cards, 1):
        yield numbered(number, card, why=False)
    yield from _more(message, len(cards))


def _notice(message: Message) -> Iterator[Block]:
    yield Block(f"🔔 <b>{_e(message.subject)}</b>")
    for piece in split(message.text, LIMIT - 200):
        yield Block(_e(piece))


def numbered(number: int, card: Card, head: str = "", *, why: bool = True) -> Block:
    """Return one vacancy of a list; the button with its number opens it."""
    button = Button(str(number), f"{NUMBER}{card.job}") if card.buttons else None
    return Block(f"{head}{number}. {_short(card, why=why)}", number=button, job=card.job)


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


def _more(message: Message, shown: int) -> Iterator[Block]:
    if (more := rest(message, shown)) > 0:
        yield Block(f"… and {more:,} more: <code>rolecall list</code>", last=True)


def _lines(*pairs: tuple[str, str]) -> list[str]:
    return [f"{sign} {_e(text)}" for sign, text in pairs if text]


def packed(blocks: Iterable[Block]) -> Iterator[Text]:
    """Yield texts made of whole blocks, as full as the limit allows; a block alone too long goes as plain pieces."""
    held: list[Block] = []
    for block in blocks:
        if _fits(_joined([*held, block])):
            held.append(block)
            continue
        if held:
            yield _text(held)
        pieces = [block.html] if _fits(block.html) else map(_e, split(plain(block.html), LIMIT - STATE_ROOM))
        *pieces, last = pieces
        yield from map(Text, pieces)
        held = [replace(block, html=last)]
    if held:
        yield _text(held)


def _text(blocks: Sequence[Block]) -> Text:
    numbers = [block.number for block in blocks if block.number]
    starts = range(0, len(numbers), NUMBERS_IN_A_ROW)
    rows = (tuple(numbers[start : start + NUMBERS_IN_A_ROW]) for start in starts)
    keyboard = (*rows, *(row for block in blocks for row in block.keyboard))
    return Text(_joined(blocks), keyboard, tuple(block.job for block in blocks if block.job))


def _joined(blocks: Sequence[Block]) -> str:
    return "\n\n".join(block.html for block in blocks)


def _fits(text: str) -> bool:
    """Also bounded before parsing: Telegram reads at most 100 entities, and requests have a size limit too."""
    return units(visible(text)) <= LIMIT - STATE_ROOM and text.count("<") <= 180 and units(text) <= 4 * LIMIT


def with_state(text: str, state: str) -> str:
    """Return a text with what was said of its jobs as the last words: a quotation, by which they are known later."""
    return f"{text}\n\n<blockquote>{_e(state)}</blockquote>" if state else text


def visible(text: str) -> str:
    """Return what Telegram counts: the text without its markup."""
    return html.unescape(_TAG.sub("", text))


def _e(text: str) -> str:
    return html.escape(text, quote=True)
