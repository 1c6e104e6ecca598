"""The XML parser that feedparser is given: expat, but a text comes in one piece instead of one for each entity in it.

In a feed every tag of an advert is an entity (`&lt;p&gt;`), so that is a third of the time feedparser takes.
"""

from __future__ import annotations

from typing import Any
from xml.sax.expatreader import ExpatParser

PIECE = 65_536  # bytes of text that are kept together


class _Parser(ExpatParser):
    _parser: Any  # pyexpat's own, made anew for each feed

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True
        self._parser.buffer_size = PIECE


def create_parser() -> ExpatParser:
    """Return a parser: what `xml.sax.make_parser` asks of a driver."""
    return _Parser()
