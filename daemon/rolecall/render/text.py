"""Plain text: the console and the text part of an e-mail. Colour is optional and never the only sign."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model import Card, Message
from rolecall.render.clean import clean
from rolecall.render.groups import best, evidence, grouped, rest, stated
from rolecall.render.overview import overview_lines

_CODES = {"bold": "1", "dim": "2", "pay": "1;32", "head": "1;36", "link": "34", "mark": "33", "dot": "36"}


@dataclass(frozen=True, slots=True)
class Style:
    """How wide, and with or without ANSI colour."""

    width: int = 78
    colour: bool = False

    def paint(self, kind: str, text: str) -> str:
        return f"\x1b[{_CODES[kind]}m{text}\x1b[0m" if self.colour and text else text


def render_text(message: Message, *, width: int = 78, colour: bool = False) -> str:
    """Return the whole message as text without a final newline, lines wrapped at `width` (links are never cut)."""
    message, style = clean(message), Style(max(width, 40), colour)
    lines = {"alert": _alert, "digest": _digest, "summary": _summary, "notice": _notice}[message.kind](message, style)
    return "\n".join(lines)


def _alert(message: Message, style: Style) -> Iterator[str]:
    for card in message.cards:
        yield from card_lines(card, style, searches=True)


def _digest(message: Message, style: Style) -> Iterator[str]:
    yield from _heading(message, style)
    for group in grouped(message):
        yield ""
        yield style.paint("head", f"{group.search or 'Jobs'} ({len(group.cards)})")
        for card in group.cards:
            yield ""
            yield from card_lines(card, style)
    yield from _more(message, len(best(message)), style)
    if message.overview:
        yield from overview_lines(message.overview)


def _summary(message: Message, style: Style) -> Iterator[str]:
    yield from _heading(message, style)
    cards = best(message)
    for number, card in enumerate(cards, 1):
        yield ""
        title, *lines = _wrapped(_title(card, style), style, "    ")
        yield from [f"{number:>2}  {title.lstrip()}", *lines]
        yield from _wrapped(_facts(card, style), style, "    ")
        yield from _wrapped(stated(card.attribution), style, "    ", paint="dim")
        yield from _wrapped(stated(card.url), style, "    ", paint="link")
    yield from _more(message, len(cards), style)


def _notice(message: Message, style: Style) -> Iterator[str]:
    yield style.paint("mark", message.subject)
    for paragraph in message.text.split("\n") if message.text else []:
        yield from textwrap.wrap(paragraph, style.width, break_long_words=False, break_on_hyphens=False) or [""]


def card_lines(card: Card, style: Style, *, searches: bool = False) -> Iterator[str]:
    """Yield one vacancy: what it is, what it pays, why it matched, where to read it."""
    title, *more = _wrapped(_title(card, style), style)
    yield from [f"{style.paint('dot', '●')} {title.lstrip()}", *more]
    yield from _wrapped(_facts(card, style), style)
    yield from _wrapped([", ".join(card.stack)], style)
    yield from _labelled("why", "; ".join(card.why), style)
    yield from _labelled("pay", evidence(card), style)
    yield from _labelled("note", "; ".join(card.notes), style)
    yield from _labelled("also", ", ".join(dict.fromkeys(copy.source for copy in card.also_on)), style)
    yield from _labelled("for", ", ".join(card.searches) if searches else "", style)
    yield from _wrapped(stated(card.age, card.closes, card.attribution), style, paint="dim")
    yield from _wrapped(stated(card.url), style, paint="link")


def _labelled(label: str, text: str, style: Style) -> Iterator[str]:
    """Yield the text beside its label in the margin, nothing where there is no text."""
    indent = "        "
    for number, line in enumerate(_wrapped(stated(text), style, indent, paint="dim")):
        yield line if number else f"  {style.paint('dim', label.ljust(6))}{line.removeprefix(indent)}"


def _title(card: Card, style: Style) -> list[str]:
    return stated(style.paint("bold", card.title), card.company)


def _facts(card: Card, style: Style) -> list[str]:
    pay = style.paint("pay", card.pay) if card.pay else style.paint("mark", "pay not stated")
    return stated(pay, card.mode, card.place, card.level, card.contract)


def _heading(message: Message, style: Style) -> Iterator[str]:
    yield style.paint("head", message.subject)
    yield style.paint("dim", "─" * min(style.width, max(len(message.subject), 20)))
    if message.text:
        yield from textwrap.wrap(message.text, style.width)


def _more(message: Message, shown: int, style: Style) -> Iterator[str]:
    if (more := rest(message, shown)) > 0:
        yield ""
        yield style.paint("dim", f"and {more:,} more: rolecall list")


def _wrapped(parts: list[str], style: Style, indent: str = "  ", paint: str = "") -> Iterator[str]:
    """Yield the parts joined by dots, broken between words where the line is full (colour has no width)."""
    line = ""
    for word in " · ".join(parts).split(" "):
        if line and _shown(f"{line} {word}") > style.width - len(indent):
            yield indent + _painted(style, paint, line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield indent + _painted(style, paint, line)


def _painted(style: Style, paint: str, line: str) -> str:
    return style.paint(paint, line) if paint else line


def _shown(text: str) -> int:
    return len(text) - sum(text.count(f"\x1b[{code}m") * (len(code) + 3) for code in (*_CODES.values(), "0"))
