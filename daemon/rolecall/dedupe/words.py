"""Words are data: words.toml beside this module, read once."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files
from typing import Any

WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))

_WORD = re.compile(r"[a-z0-9+#]+(?:\.[a-z0-9]+)*")


def fold(text: str) -> str:
    """Return `text` in lower case and ASCII, without accents and apostrophes: boards drop both."""
    return folded(text).replace(b"'", b"").decode()


def folded(text: str) -> bytes:
    """Return `text` in lower case and ASCII, without accents and curly apostrophes; the straight ones stay."""
    text = text.lower()
    return text.encode() if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore")


def words(text: str) -> list[str]:
    """Return the words of `text`, folded; "c++", "c#" and "b.v" are words."""
    return folded_words(fold(text))


def folded_words(text: str) -> list[str]:
    """Return the words of a text that is folded."""
    return _WORD.findall(text)
