"""Modes in a title or a location field: mere words are enough there ("Remote (UK)", "London / Hybrid")."""

from __future__ import annotations

import re

from rolecall.model import Mode, Origin
from rolecall.normalise.mode_text import Sentence, Signal, pattern, signals

TITLE, LOCATION = 4.0, 3.5
_REMOTE = (
    r"(?:fully |100% )?remote(?:ly)?(?:[- ]first)?|wfh|home[- ]based|home[- ]?working|work from home|telecommut\w+"
)
_HYBRID = r"hybrid|(?:partial(?:ly)?|part(?:ly)?|semi|some)[- ]remote"
_ONSITE = r"on-?site|on site|in-?office|in office(?=\W*$)|in[- ]person|office[- ]based"
_WORD = re.compile(
    rf"(?P<no>\b(?:no|not|non)[ -](?:\w+ )?)?\b(?:(?P<remote>{_REMOTE})|(?P<hybrid>{_HYBRID})|(?P<onsite>{_ONSITE}))\b",
    re.IGNORECASE,
)
_WORDS = ("remot", "wfh", "home", "hybrid", "site", "office", "person", "telecommut", "anywhere", "worldwide")
_ANYWHERE = re.compile(r"\b(?:anywhere|worldwide)\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"\w\s*(?:\bor\b|/)\s*\(?(?:fully )?remote|remote\)?\s*(?:\bor\b|/)\s*\w|remote[- ]first", re.IGNORECASE
)
_CHOICE = re.compile(r"\bor\b|/|\||&|\band\b|\+", re.IGNORECASE)


def short_signal(source: Origin, text: str, strength: float, rule: str) -> Signal | None:
    """Return what the mode words of a short field say; None where there are none."""
    low = text.lower()
    if not any(word in low for word in _WORDS):
        return None
    plain = pattern("technical_title").pattern.sub(lambda m: "_" * len(m[0]), text)
    words = list(_WORD.finditer(plain))
    if not words:
        where = _ANYWHERE.search(text) if source == "field" else None
        return Signal(source, where[0], rule, strength, frozenset({Mode.REMOTE})) if where else None
    said = [
        (Mode(w.lastgroup or ""), w) for w in words if not w["no"] and w.lastgroup in ("remote", "hybrid", "onsite")
    ]
    modes = frozenset(mode for mode, _ in said)
    out = frozenset(Mode(name) for w in words if w["no"] for name in ("remote", "hybrid", "onsite") if w[name])
    if source == "field" and Mode.HYBRID in modes and not _CHOICE.search(plain[words[0].start() : words[-1].end()]):
        modes = frozenset({Mode.HYBRID})
    return Signal(
        source, text[words[0].start() : words[-1].end()], rule, strength, modes - out, out, _flags(plain, modes)
    )


def short_sentence(source: Origin, text: str) -> list[Signal]:
    """Return what whole rules say of a short field: office days, shares, choices."""
    return [s for s in signals(Sentence(source, text, text.lower())) if s.days or s.flags or len(s.modes) > 1]


def _flags(text: str, modes: frozenset[Mode]) -> frozenset[str]:
    """ "Cardiff, London or Remote (UK)": the office is a choice."""
    if modes != {Mode.REMOTE}:
        return frozenset()
    return frozenset({"office_optional"}) if _BESIDE.search(text) else frozenset()
