"""The level in a title: ladder words and how they combine, bank ranks, numerals and grades (design: 6.3, 6.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from rolecall.model import UNSTATED, Confidence, Fact, Level, Rung
from rolecall.normalise.ladder import level, span
from rolecall.normalise.rules import hits, rules
from rolecall.normalise.text import Part, part
from rolecall.normalise.words import load

_WORDS = load("level")
_STRIPPED = re.compile(r"members? of (?:the )?technical staff|\bmts\b")  # a title at some firms, no level
_RANGE = re.compile(r"\s*(?:level\s*)?(?:[/&,|(-]|\bor\b|\bto\b|\band\b)\s*|[^()\[\]|]{1,60}?(?:/|\bor\b|\bto\b)\s*\(?")
_EITHER = re.compile(r"\s*/\s*|\s+or\s+")
_LETTERS = re.compile(r"[a-z]+")
_NOUN = re.compile(
    r"\b(?:engineers?|developers?|programmer|analyst|scientist|architect|consultant|designer|administrator|tester|sre)\b"
)
_BANK = re.compile(rf"\b(?:{'|'.join(_WORDS['banks']['names'])})\b")
_RANKS = tuple(
    (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), value) for pattern, value in _WORDS["banks"]["ranks"].items()
)
_NUMERAL = re.compile(_WORDS["numerals"]["pattern"])
_GRADE = re.compile(_WORDS["grades"]["pattern"])
_MODIFIABLE = Rung.SENIOR  # "Senior Staff": senior directly before a higher word only modifies it


@dataclass(frozen=True, slots=True)
class Word:
    """One ladder word of a title and what it says."""

    start: int
    end: int
    level: Level
    rule: str
    confidence: Confidence


def read_title(part: Part, company: str = "") -> Fact[Level]:
    """Return the level that a title states: words first, then bank ranks, numerals, grades."""
    part = _stripped(part)
    title, low = part.text, part.low
    words = _words(part)
    if company and _BANK.search(company.lower()):
        ladder = [word for word in words if word.level.track != "management" or word.level.min < Rung.HEAD]
        if not ladder and (rank := _rank(title, low)):
            return rank
        words = ladder or words
    if words:
        return _combined(title, low, words)
    numeral = _coded(title, low, _NUMERAL, "numerals", Confidence.MEDIUM)
    return numeral or _coded(title, low, _GRADE, "grades", Confidence.LOW) or UNSTATED


def _stripped(title: Part) -> Part:
    """Return a title without "Member of Technical Staff", keeping every offset."""
    if title.words.isdisjoint(("technical", "mts")):
        return title
    return replace(part("title", _STRIPPED.sub(lambda match: "·" * len(match[0]), title.low)), text=title.text)


def _words(title: Part) -> list[Word]:
    """Return the ladder words in order, of overlapping ones the longest, without mere modifiers."""
    found = [
        Word(hit.start, hit.match.end(), level(hit.rule.value), hit.rule.name, hit.rule.confidence)
        for hit in hits(rules("level"), [title])
    ]
    kept: list[Word] = []
    for word in sorted(found, key=lambda word: (word.start - word.end, -word.level.max)):
        if all(word.end <= other.start or word.start >= other.end for other in kept):
            kept.append(word)
    return _without_modifiers(sorted(kept, key=lambda word: word.start), title.low)


def _without_modifiers(words: list[Word], low: str) -> list[Word]:
    """Merge "senior" or "experienced" into the word right behind it: "Senior Staff" is staff."""
    kept: list[Word] = []
    for word in words:
        if kept and not low[kept[-1].end : word.start].strip() and _modifies(kept[-1], word):
            word = replace(word, start=kept.pop().start)
        kept.append(word)
    experienced = [word for word in kept if word.rule != "level.title.experienced"]
    return experienced or kept


def _modifies(first: Word, second: Word) -> bool:
    return first.rule == "level.title.experienced" or _MODIFIABLE <= first.level.max < second.level.min


def _combined(title: str, low: str, words: list[Word]) -> Fact[Level]:
    """Return what several words say together: a range where they are alternatives, else the highest."""
    either = _beside_bare_title(low, words)
    if either is not None:
        return _fact(title, [words[0]], either, "level.title.range")
    alternatives = [words[0]]
    for before, word in pairwise(words):
        if _RANGE.fullmatch(low, before.end, word.start):
            alternatives.append(word)
        elif len(alternatives) == 1:
            alternatives = [word]
    if len(alternatives) > 1:
        return _fact(title, alternatives, span([word.level for word in alternatives]), "level.title.range")
    highest = max(words, key=lambda word: word.level.max)
    below = [word for word in words if word.level.max < Rung.SENIOR]
    if below and highest not in below:  # "Mid Tech Lead" contradicts itself: both are kept
        return _fact(title, [*below, highest], span([*(word.level for word in below), highest.level]), highest.rule)
    return _fact(title, [highest], highest.level, highest.rule)


def _beside_bare_title(low: str, words: list[Word]) -> Level | None:
    """Return the range of "Engineer / Senior Engineer": the bare title beside a level word stands for mid."""
    alternatives = _EITHER.split(low) if len(words) == 1 and ("/" in low or "or" in low) else []
    if len(alternatives) != 2:
        return None
    bare, other = alternatives if words[0].start >= len(alternatives[0]) else reversed(alternatives)
    nouns = _NOUN.findall(bare)
    if not nouns or nouns[-1] not in _NOUN.findall(other) or words[0].level.track != "ic":
        return None
    level_word = low[words[0].start : words[0].end]
    first, second = set(_LETTERS.findall(bare)), set(_LETTERS.findall(other.replace(level_word, "")))
    if not (first <= second or second <= first):
        return None  # "Staff Mechanical Engineer / Design Engineer": two jobs
    return span([words[0].level, level("mid")])


def _fact(title: str, words: list[Word], value: Level, rule: str) -> Fact[Level]:
    start, end = min(word.start for word in words), max(word.end for word in words)
    confidence = min(word.confidence for word in words)
    return Fact(value, "title", title[start:end].strip()[:160], rule, confidence)


# --- ranks, numerals, grades ------------------------------------------------------------------------------------


def _rank(title: str, low: str) -> Fact[Level] | None:
    for pattern, value in _RANKS:
        if match := pattern.search(low):
            evidence = title[match.start() : match.end()].strip(" ,(|/-")
            return Fact(level(value), "title", evidence, "level.title.bank", Confidence.MEDIUM)
    return None


def _coded(title: str, low: str, pattern: re.Pattern[str], table: str, confidence: Confidence) -> Fact[Level] | None:
    match = pattern.search(low)
    named = [value for code in match.groups() if (value := _WORDS[table].get(code))] if match else []
    if match is None or not named:
        return None
    sure = Confidence.LOW if "staff" in named else confidence
    words, rule = title[match.start() : match.end()], f"level.title.{table.removesuffix('s')}"
    return Fact(span([level(value) for value in named]), "title", words, rule, sure)
