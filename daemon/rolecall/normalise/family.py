"""The role family: is this software, and of which kind (design: 6.2). `None` is "cannot be told", never "no"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rolecall.model import UNSTATED, Confidence, Fact, Need, Tech
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_ENOUGH = 2  # technologies asked for that make a bare "Engineer" a software engineer


def _bounded(patterns: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for titles with a space before them: it begins with one class, which `re` looks for alone."""
    return re.compile(rf"[^\w#+](?:{'|'.join(patterns)})(?!\w)")


_FAMILIES = tuple((entry["id"], _bounded(entry["match"])) for entry in load("family")["family"])
_BARE = _bounded(load("family")["bare"]["match"])


def read_family(doc: Doc, stack: tuple[Tech, ...]) -> Fact[str]:
    """Return an id of family.toml: by the title, else, for a bare "Engineer", by the technologies asked for."""
    title = f" {doc.title.lower()}"
    for start in (title.find("|"), 0) if "|" in title else (0,):  # a header opens with the company
        for family, pattern in _FAMILIES:
            if match := pattern.search(title, start):
                return Fact(family, "title", doc.title[match.start() : match.end() - 1], "family.title")
    bare = _BARE.search(title)
    asked = [tech for tech in stack if tech.implied_by is None and tech.need not in {Need.NOT, Need.LEGACY}]
    if bare and len(asked) >= _ENOUGH:
        evidence = ", ".join(tech.id for tech in asked[:5])
        return Fact("general", "inferred", evidence, "family.stack", Confidence.MEDIUM)
    return UNSTATED
