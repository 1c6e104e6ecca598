"""feedparser in two thirds of the time: what it says is the same.

In a feed every tag of an advert is an entity (`&lt;p&gt;`), and expat hands over the text between two entities by
itself; here it comes in one piece. And each text is searched for characters that Windows has put where there should be
none, by a table that is slow where it holds nothing; ours holds every common character.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any
from xml.sax.expatreader import ExpatParser

PIECE = 65_536  # bytes of text that are kept together
COMMON = 0x3000  # characters below this are in the table


class _Parser(ExpatParser):
    _parser: Any  # pyexpat's own, made anew for each feed

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True
        self._parser.buffer_size = PIECE


def create_parser() -> ExpatParser:
    """Return a parser: what `xml.sax.make_parser` asks of a driver."""
    return _Parser()


def tune(feedparser: ModuleType) -> None:
    """Give feedparser our parser and our table, once."""
    if not isinstance(feedparser.mixin._cp1252, str):
        feedparser.api.PREFERRED_XML_PARSERS[:] = [__name__]
        feedparser.mixin._cp1252 = table(feedparser.mixin._cp1252)


def table(characters: Mapping[int, str]) -> str:
    """Return what `str.translate` does with these characters, as a table that it reads twice as fast."""
    return "".join(characters.get(code, chr(code)) for code in range(COMMON))
