"""Addresses of known hosts: which board is meant, and by which kind of source it is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that may be right: a kind and its options. `because`: where it was seen."""

    kind: str
    options: tuple[tuple[str, str], ...]
    because: str = field(default="", compare=False)

    def table(self) -> dict[str, str]:
        """Return its `[[source]]` table."""
        return {"kind": self.kind, **dict(self.options)}


def candidate(kind: str, because: str, **options: str) -> Candidate:
    """Return a candidate; a board that serves a feed (Homerun) is the feed that it is."""
    if kind == "homerun":
        kind, options = "feed", {"url": f"https://feed.homerun.co/{options['board']}"}
    return Candidate(kind, tuple(options.items()), because)


# --- an address -----------------------------------------------------------------------------------------------

_NAME = r"[\w-][\w.-]*"
_LANGUAGE = r"(?:[a-z]{2}(?:-[A-Za-z]{2})?/)?"

# Kind, and what host, path and query look like; the named groups are the options. The first that fits counts.
_HOSTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.ASCII))
    for kind, pattern in (
        ("greenhouse", rf"(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/embed/.*[?&]for=(?P<board>{_NAME})"),
        ("greenhouse", rf"(?:boards-)?api(?:\.eu)?\.greenhouse\.io/v1/boards/(?P<board>{_NAME})"),
        ("greenhouse", rf"(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/(?!embed\b)(?P<board>{_NAME})"),
        ("lever", rf"api(?:\.eu)?\.lever\.co/v0/postings/(?P<board>{_NAME})"),
        ("lever", rf"jobs(?:\.eu)?\.lever\.co/(?P<board>{_NAME})"),
        ("ashby", rf"api\.ashbyhq\.com/posting-api/job-board/(?P<board>{_NAME})"),
        ("ashby", rf"jobs\.ashbyhq\.com/(?P<board>{_NAME})"),
        ("workable", rf"(?:apply|www)\.workable\.com/api/(?:v\d/)?(?:widget/)?accounts/(?P<board>{_NAME})"),
        ("workable", rf"apply\.workable\.com/(?!api/|j/)(?P<board>{_NAME})"),
        ("workable", r"(?!(?:www|apply|jobs|help|resources|careers)\.)(?P<board>[\w-]+)\.workable\.com/"),
        ("smartrecruiters", rf"api\.smartrecruiters\.com/v1/companies/(?P<board>{_NAME})"),
        ("smartrecruiters", rf"(?:careers|jobs)\.smartrecruiters\.com/(?P<board>{_NAME})"),
        ("teamtailor", r"(?P<board>[\w-]+\.[a-z]{2}\.teamtailor\.com)/"),
        ("teamtailor", r"(?!(?:www|app|api|support|docs|help|cdn|images|assets)\.)(?P<board>[\w-]+)\.teamtailor\.com/"),
        ("recruitee", r"(?!(?:www|api|app|docs|support)\.)(?P<board>[\w-]+)\.recruitee\.com/"),
        ("personio", r"(?P<board>[\w-]+)\.jobs\.personio\.(?P<domain>de|com)/"),
        ("pinpoint", r"(?!(?:www|app|help|developers)\.)(?P<board>[\w-]+)\.pinpointhq\.com/"),
        ("bamboohr", r"(?!(?:www|app|help|documentation|partners|resources)\.)(?P<board>[\w-]+)\.bamboohr\.com/"),
        ("breezy", r"(?!(?:www|app|help|gallery|developer)\.)(?P<board>[\w-]+)\.breezy\.hr/"),
        ("rippling", rf"ats\.rippling\.com/{_LANGUAGE}(?!api/|_next/)(?P<board>{_NAME})"),
        ("rippling", rf"api\.rippling\.com/platform/api/ats/v1/board/(?P<board>{_NAME})"),
        ("workday", rf"(?P<tenant>[\w-]+)\.(?P<shard>wd\d+)\.myworkdayjobs\.com/wday/cxs/[\w-]+/(?P<site>{_NAME})"),
        ("workday", rf"(?P<tenant>[\w-]+)\.(?P<shard>wd\d+)\.myworkdayjobs\.com/{_LANGUAGE}(?P<site>{_NAME})"),
        ("oleeo", r"(?P<board>[\w-]+)\.tal\.net/"),
        ("jobvite", rf"jobs\.jobvite\.com/(?:careers/)?(?P<board>{_NAME})"),
        ("icims", r"(?P<board>[\w-]+)\.icims\.com/"),
        ("jazzhr", r"(?!(?:www|app)\.)(?P<board>[\w-]+)\.applytojob\.com/"),
        ("homerun", r"(?!(?:www|app|feed|api)\.)(?P<board>[\w-]+)\.homerun\.co/"),
        ("oracle", r"(?P<board>[\w.-]+)\.oraclecloud\.com/"),
        ("eightfold", r"(?P<board>[\w-]+)\.eightfold\.ai/"),
    )
)  # fmt: skip

EU = {"lever": "https://api.eu.lever.co", "greenhouse": "https://boards-api.eu.greenhouse.io"}


def from_address(url: str, because: str = "the address") -> tuple[Candidate, ...]:
    """Return the boards that an address names by itself, likeliest first; none when it is not a known host's."""
    parts = split(url)
    if parts is None:
        return ()
    where = f"{parts[0]}{parts[1] or '/'}{'?' + parts[2] if parts[2] else ''}"
    for kind, pattern in _HOSTS:
        if found := pattern.match(where):
            return tuple(candidate(kind, because, **options) for options in _options(kind, found, parts[0]))
    return tuple(_public(where.removeprefix("www."), parts[2], because))


# Boards of everybody's jobs, by the beginning of their addresses: a kind, or a preset of feeds.
PUBLIC = {
    "arbeitnow.com/": "arbeitnow",
    "devitjobs.uk/": "devitjobs",
    "himalayas.app/": "himalayas",
    "jobicy.com/": "jobicy",
    "jobs.nhs.uk/": "nhs",
    "news.ycombinator.com/": "hackernews",
    "hn.algolia.com/": "hackernews",
    "remoteok.com/": "remoteok",
    "remoteok.io/": "remoteok",
    "remotive.com/": "remotive",
    "remotive.io/": "remotive",
    "workingnomads.com/": "workingnomads",
}
FEEDS = {
    "djangoproject.com/community/jobs": "django",
    "djangojobs.net/": "django",
    "hnrss.org/jobs": "hnjobs",
    "jobs.ac.uk/": "jobsacuk",
    "python.org/jobs": "pythonorg",
    "weworkremotely.com/": "weworkremotely",
}
_ASKED = {"keyword": "keyword", "keywords": "keyword", "location": "location", "distance": "distance"}


def _public(where: str, query: str, because: str) -> Iterator[Candidate]:
    """Yield the public board that an address is part of; a search at NHS Jobs is that search."""
    for start, kind in PUBLIC.items():
        if where.startswith(start):
            asked = {_ASKED[name]: value for name, value in parse_qsl(query) if name in _ASKED} if kind == "nhs" else {}
            yield candidate(kind, because, **asked)
    for start, preset in FEEDS.items():
        if where.startswith(start):
            yield candidate("feed", because, preset=preset)


def _options(kind: str, found: re.Match[str], host: str) -> Iterator[dict[str, str]]:
    """Yield the options to try: some boards do not say in their address on which of two machines they live."""
    named = {name: value.rstrip(".") for name, value in found.groupdict().items()}
    if kind == "lever" and ".eu." in host:
        yield named | {"base": EU[kind]}
        return
    if kind == "personio":
        yield from (
            {"board": named["board"], "domain": each} for each in sorted(("de", "com"), key=named["domain"].__ne__)
        )
        return
    yield named
    if kind == "teamtailor":
        yield named | {"form": "rss"}
    if kind == "lever" or (kind == "greenhouse" and ".eu." in host):
        yield named | {"base": EU[kind]}


def split(url: str) -> tuple[str, str, str] | None:
    """Return host, path and query of an http(s) address, None for anything else."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    return (host, parts.path, parts.query) if parts.scheme in ("http", "https") and host else None
