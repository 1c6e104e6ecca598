"""Names of companies and titles, folded so that two boards' spellings of one name are equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rolecall.dedupe.words import WORDS

_LEGAL = frozenset(WORDS["legal"])
_SPELLING: dict[str, str] = WORDS["spelling"]
LEVELS = frozenset(WORDS["levels"])
_WORD = re.compile(r"[a-z0-9+#]+(?:\.[a-z0-9]+)*")
_NOISE = re.compile(
    r"£ ?[\d,.]+k?(?: ?(?:-|to) ?£? ?[\d,.]+k?)?(?: ?(?:per|a|/|p/?) ?(?:annum|day|hour|year|d|h|a)\b)?"
    r"|\b(?:fully |100% )?remote(?:[ -](?:first|only|working|based))?\b|\bhybrid(?: working)?\b|\bon-?site\b"
    r"|\bhome[ -]?based\b|\b(?:uk|united kingdom)\b|\b(?:outside|inside) ir ?35\b|\bm/?f/?[dx]\b|\bimmediate start\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def normal_company(name: str) -> str:
    """Return `name` folded, without legal form: "ACME Limited (UK)" and "Acme Ltd" are both "acme"."""
    words = _words(name.replace("&", " and ").replace("'", ""))
    return " ".join([word for word in words if word not in _LEGAL] or words)


def title_core(title: str, places: frozenset[str] = frozenset()) -> str:
    """Return the words that make the role, in order: level, numerals and team stay, place, mode and pay go."""
    words = [_SPELLING.get(word, word) for word in _words(_NOISE.sub(" ", title))]
    core = " ".join(words)
    for place in sorted(places, key=len, reverse=True):
        core = re.sub(rf"\b{re.escape(place)}\b", " ", core)
    core = core.replace("back end", "backend").replace("front end", "frontend").replace("full stack", "fullstack")
    return " ".join(core.split())


def level_of(core: str) -> str:
    """Return the level words of a title core, joined: "senior", "mid-senior", "" where it states none."""
    return "-".join(sorted(LEVELS.intersection(core.split())))


def fold(text: str) -> str:
    """Return `text` in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
