"""The places that a text opens with, whatever runs on behind them: "Leeds and London Permanent, full time"."""

from __future__ import annotations

import re

from rolecall.model import Location
from rolecall.normalise.place_parse import parse

_NAME = r"[A-Z][\w'&-]*(?:(?<=\bSt)\.)?"
_SMALL = "and|or|of|upon|on|le|by|the|city|centre|in|near|around|from|our|either"
_BETWEEN = rf"(?: ?[,;/&] ?(?:(?:and|or) )?| [–-] | (?:(?:{_SMALL}) )*)"
_LEAD = re.compile(r"^(?:(?:either|our|around|near) )+")
_RUN = re.compile(rf"(?:the )?(?:central )?{_NAME}(?:{_BETWEEN}{_NAME}){{0,11}}(?: city centre)?")
_LATER_NAME = re.compile(r"[ ,;/&–-]+(?:[a-z]+ )*(?=[A-Z])|$")


def opening(text: str, country: str | None) -> tuple[str, Location] | None:
    """Return the place names that a text opens with, and their places; of two readings the one with more places."""
    text = _LEAD.sub("", text)
    run = _RUN.match(text)
    ends = [end.start() for end in _LATER_NAME.finditer(run[0])] if run else []
    reads = [(text[:end], parse(text[:end], country, strict=True).location) for end in reversed(ends) if end]
    telling = [read for read in reads if read[1].places or read[1].countries]
    most = max(telling, key=lambda read: len(read[1].places), default=None)
    return next((read for read in reversed(telling) if most is not None and read[1] == most[1]), None)
