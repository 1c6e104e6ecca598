"""The level that a grade of the public sector points to: civil service "HEO", NHS "Band 7" (`public` in level.toml)."""

from __future__ import annotations

import re

from rolecall.model import UNSTATED, Confidence, Fact, Level, Origin
from rolecall.normalise.ladder import level
from rolecall.normalise.rules import evidence
from rolecall.normalise.text import Doc
from rolecall.normalise.words import load

_SCALES = tuple(
    (
        tuple(scale["needs"]),
        tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), value) for pattern, value in scale["grades"].items()),
    )
    for scale in load("level")["public"]
)


def read_grade(doc: Doc) -> Fact[Level]:
    """Return what a grade says in an advert of that employer: in the title, else where the text names a single one."""
    texts: tuple[tuple[Origin, str], ...] = ("title", doc.title), ("field", doc.salary_field), ("body", doc.body)
    for needs, grades in _SCALES:
        if any(word in text for text in (doc.company, doc.title, doc.body) for word in needs):
            for source, text in texts:
                found = [(match, value) for pattern, value in grades if (match := pattern.search(text))]
                if len(found) == 1:
                    return _fact(source, text, *found[0])
    return UNSTATED


def _fact(source: Origin, text: str, match: re.Match[str], value: str) -> Fact[Level]:
    return Fact(level(value), source, evidence(text, *match.span()), "level.grade", Confidence.LOW)
