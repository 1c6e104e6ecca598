"""Labelled names of technologies as ids of the vocabulary; names it does not know are left out of a score."""

from __future__ import annotations

import re
from functools import cache

from rolecall.normalise.words import load

_SPLIT = re.compile(r"\s*(?:[,/|;()&]|\band\b|\bor\b)\s*")


def identify(name: str) -> frozenset[str]:
    """Return the ids that a label names: the whole name first, else each part of a list ("React / Vue")."""
    known = _names()
    if whole := known.get(_folded(name)):
        return frozenset({whole})
    return frozenset(known[part] for text in _SPLIT.split(name) if (part := _folded(text)) in known)


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for tech in load("stack")["tech"]:
        for name in (tech["id"], tech.get("name", ""), *tech.get("aliases", ()), *tech.get("ambiguous", ())):
            names.setdefault(_folded(name), tech["id"])
    return names


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.strip().casefold())
