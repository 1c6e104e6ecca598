"""Addresses in canonical form, for comparison only: the stored link stays as served (design: sources.md, 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from rolecall.dedupe.words import WORDS

_TRACKING = frozenset(WORDS["tracking"])
_TRACKING_ON = {board: frozenset(keys) for board, keys in WORDS["tracking_on"].items()}
_ATS_HOSTS: tuple[str, ...] = tuple(WORDS["ats_hosts"])
_PLAIN = re.compile(r"https?://(?:www\.)?([a-z0-9.-]+(?:/[\w/.~%+-]*)?)", re.ASCII)  # nothing to take away
_LINK = re.compile(r"https?://[^\s<>\"')\]]{8,300}")
_NO_VACANCY = re.compile("|".join(WORDS["no_vacancy"]))
_LINKS = 20  # of one description; what follows is no advert any more


def canonical_url(url: str) -> str:
    """Return `url` without what differs from visit to visit; "" for what is no absolute http(s) address."""
    if plain := _PLAIN.fullmatch(url):
        return f"https://{plain[1]}".rstrip("/")
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:  # "http://[", a port of letters: what a feed says is not always an address
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    noise = _TRACKING.union(*(keys for board, keys in _TRACKING_ON.items() if board in host.split(".")))
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _noise(key, noise)]
    where = host if port in (None, 80, 443) else f"{host}:{port}"
    return f"https://{where}{parts.path.rstrip('/')}" + (f"?{urlencode(sorted(query))}" if query else "")


def vacancy_links(text: str) -> Iterator[str]:
    """Yield the canonical links in a text that lead to one vacancy in an applicant tracking system."""
    if "://" not in text:
        return
    for number, match in enumerate(_LINK.finditer(text.replace("\\", ""))):
        if number == _LINKS:
            return
        said = match[0].lower().rstrip(".,;")
        if any(host in said for host in _ATS_HOSTS):
            link = canonical_url(match[0].rstrip(".,;"))
            host, _, path = link.removeprefix("https://").partition("/")
            if host.endswith(_ATS_HOSTS) and re.search(r"\d{4}", path) and not _NO_VACANCY.search(said):
                yield link


def is_employers_own(url: str) -> bool:
    """Return whether an address leads to an employer's board in an applicant tracking system."""
    return canonical_url(url).removeprefix("https://").partition("/")[0].endswith(_ATS_HOSTS)


def _noise(key: str, noise: frozenset[str]) -> bool:
    return key.lower() in noise or key.lower().startswith("utm_")
