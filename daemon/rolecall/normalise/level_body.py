"""What the text says of the level: ranges, statements about this role, bounds (design: 6.3, 6.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rolecall.model import UNSTATED, Confidence, Fact, Level, Rung
from rolecall.normalise.ladder import level, span
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.rules import evidence, sentence, stretches, windows
from rolecall.normalise.text import Doc, Part
from rolecall.normalise.words import load

_WORDS = load("level_body")
_LEVELS = tuple((rung, re.compile(rf"(?:{pattern})(?!\w)")) for rung, pattern in _WORDS["levels"].items())
_LEVEL = "(?:" + "|".join(_WORDS["levels"].values()) + r")(?!\w)"


def _pattern(table: str) -> re.Pattern[str]:
    entry = _WORDS[table]
    texts = (p.replace("{level}", f"(?:{_LEVEL})").replace("{noun}", entry.get("noun", "")) for p in entry["match"])
    return re.compile(rf"(?<!\w)(?:{'|'.join(texts)})")


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")


_ROLE, _RANGE = _pattern("role"), _pattern("range")
_ROLE_VETO, _RANGE_VETO = _any(_WORDS["role"]["veto"]), _any(_WORDS["range"]["veto"])
_CUE = _any([_WORDS["range"]["cue"]])
_FLOORS = tuple((Rung[entry["floor"].upper()], _any(entry["match"])) for entry in _WORDS["floor"])
_NEEDS = Phrases(_WORDS["needs"])
_FLOOR_NEEDS = Phrases(("junior", "grad", "graduate", "grads", "entry level", "entry-level"))
Windows = list[tuple[int, int]]
_AROUND = 100  # no statement is longer on one side of its level word
_RANGE_LONG, _RANGE_OPENS, _RANGE_CLOSES = 40, 10, 20  # characters between two levels of a range, before and after
_TITLE_LINES = 12  # adverts repeat their title at the top, sometimes with the level the title field has lost


def read_body(doc: Doc) -> Fact[Level]:
    """Return the level that the text states of this role: as a range, in a repeated title, in a sentence."""
    named = _NEEDS.places(doc.parts[-1], whole=True)
    return _range(doc, named) or _repeated_title(doc) or _role(doc, stretches(doc.low, named, _AROUND)) or UNSTATED


def read_floor(doc: Doc) -> Fact[Rung]:
    """Return the lowest rung that a negation leaves ("no juniors": mid)."""
    around = [
        (part, stretch) for part in doc.parts for stretch in windows(part, _FLOOR_NEEDS) if _negated(part, stretch)
    ]
    for rung, pattern in _FLOORS:
        for part, (start, end) in around:
            if match := pattern.search(part.low, start, end):
                return Fact(rung, part.source, evidence(part.text, *match.span()), "level.floor")
    return UNSTATED


def _negated(part: Part, stretch: tuple[int, int]) -> bool:
    return any(part.low.find(word, *stretch) >= 0 for word in ("no ", "not", "n't"))


def _range(doc: Doc, named: list[int]) -> Fact[Level] | None:
    around = [(max(0, a - _RANGE_OPENS), b + _RANGE_CLOSES) for a, b in pairwise(named) if b - a <= _RANGE_LONG]
    for match in _found(_RANGE, doc.low, around):
        said = sentence(doc.low, match.start(), match.end())
        levels = _levels(match[0])
        if len(levels) > 1 and _CUE.search(said) and not _RANGE_VETO.search(said):
            return _fact(doc, match, span(levels), "level.body.range")
    return None


def _repeated_title(doc: Doc) -> Fact[Level] | None:
    title = doc.title.lower()
    if len(title) < 6:
        return None
    start = 0
    for line in doc.low.split("\n", _TITLE_LINES)[:_TITLE_LINES]:
        at = line.find(title)
        if at > 0 and (rung := _rung(line[:at].strip(" *"))):
            span = evidence(doc.body, start, start + at + len(title))
            return Fact(level(rung), "body", span, "level.body.title", Confidence.MEDIUM)
        start += len(line) + 1
    return None


def _rung(words: str) -> str:
    return next((rung for rung, pattern in _LEVELS if pattern.fullmatch(words)), "")


def _role(doc: Doc, around: Windows) -> Fact[Level] | None:
    """Return what sentences about the role say: all of them together, unless they lie too far apart."""
    said = [match for match in _found(_ROLE, doc.low, around) if not _ROLE_VETO.search(_before(doc.low, match))]
    levels = [one for match in said for one in _levels(match[0])[:1]]
    if not levels:
        return None
    together = span(levels)
    value = together if together.max - together.min <= 1 else levels[0]
    return _fact(doc, min(said, key=lambda match: match.start()), value, "level.body.role")


def _found(pattern: re.Pattern[str], low: str, around: Windows) -> Iterator[re.Match[str]]:
    """Yield the matches around level words that stand alone ("lead", not "leading")."""
    for start, end in around:
        yield from pattern.finditer(low, start, end)


def _before(low: str, match: re.Match[str]) -> str:
    """The sentence up to the end of the match: what stands before decides whose level it is."""
    whole = sentence(low, match.start(), match.end())
    return whole[: whole.find(match[0]) + len(match[0])]


def _levels(text: str) -> list[Level]:
    """The levels named in `text`, in its order."""
    found = [
        (match.start(), level(rung))
        for rung, pattern in _LEVELS
        if (match := re.search(r"(?<!\w)" + pattern.pattern, text))
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _fact(doc: Doc, match: re.Match[str], value: Level, rule: str) -> Fact[Level]:
    return Fact(value, "body", evidence(doc.body, match.start(), match.end()), rule, Confidence.MEDIUM)
