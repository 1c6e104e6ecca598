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
    text = text.lower().replace("'", "").replace("’", "")
    return text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def words(text: str) -> list[str]:
    """Return the words of `text`, folded; "c++", "c#" and "b.v" are words."""
    return _WORD.findall(fold(text))
