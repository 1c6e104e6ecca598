"""Names of companies, folded so that two boards' spellings of one name are equal."""

from __future__ import annotations

from functools import lru_cache

from rolecall.dedupe.words import WORDS, words

_LEGAL = frozenset(WORDS["legal"])


@lru_cache(maxsize=256)
def normal_company(name: str) -> str:
    """Return `name` folded, without legal form: "ACME Limited (UK)" and "Acme Ltd" are both "acme"."""
    found = words(name.replace("&", " and "))
    return " ".join([word for word in found if word not in _LEGAL] or found)


def companies_agree(a: str, b: str) -> bool:
    """Return whether two normal names may be one company: equal but for spaces, or one goes on where the other ends."""
    short, long = sorted((a, b), key=len)
    return bool(short) and (f"{long} ".startswith(f"{short} ") or long.replace(" ", "") == short.replace(" ", ""))
