"""From an address, a page or a company's name to the sources it may be read by. Pure: nobody is asked here.

A page is read with patterns that take time in proportion to its length, so it may be anybody's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from rolecall.sources.jobposting import job_postings

MAX_PAGE = 3_000_000  # characters of a page that are looked at
MAX_FOUND = 12  # candidates of one page


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
        options = {"url": f"https://feed.homerun.co/{options['board']}"}
    return Candidate("feed" if "url" in options and kind != "jsonld" else kind, tuple(options.items()), because)


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

_EU = {"lever": "https://api.eu.lever.co", "greenhouse": "https://boards-api.eu.greenhouse.io"}


def from_address(url: str, because: str = "the address") -> tuple[Candidate, ...]:
    """Return the boards that an address names by itself, likeliest first; none when it is not a known host's."""
    parts = split(url)
    if parts is None:
        return ()
    where = f"{parts[0]}{parts[1] or '/'}{'?' + parts[2] if parts[2] else ''}"
    for kind, pattern in _HOSTS:
        if found := pattern.match(where):
            return tuple(candidate(kind, because, **options) for options in _options(kind, found, parts[0]))
    return ()


def _options(kind: str, found: re.Match[str], host: str) -> Iterator[dict[str, str]]:
    """Yield the options to try: some boards do not say in their address on which of two machines they live."""
    named = {name: value.rstrip(".") for name, value in found.groupdict().items()}
    if kind == "lever" and ".eu." in host:
        yield named | {"base": _EU[kind]}
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
        yield named | {"base": _EU[kind]}


def split(url: str) -> tuple[str, str, str] | None:
    """Return host, path and query of an http(s) address, None for anything else."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    return (host, parts.path, parts.query) if parts.scheme in ("http", "https") and host else None


# --- a page ---------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(
    r"//([\w.-]{0,200}\b(?:greenhouse\.io|lever\.co|ashbyhq\.com|workable\.com|smartrecruiters\.com|teamtailor\.com"
    r"|recruitee\.com|personio\.(?:de|com)|pinpointhq\.com|bamboohr\.com|breezy\.hr|rippling\.com|myworkdayjobs\.com"
    r"|tal\.net|jobvite\.com|icims\.com|applytojob\.com|homerun\.co|oraclecloud\.com|eightfold\.ai)\b"
    r"[^\s\"'<>()\\]{0,600})"
)
_LINK = re.compile(r"<link\b[^<>]{1,2000}>", re.IGNORECASE)
_ANCHOR = re.compile(r"\bhref=[\"']?([^\"'\s<>]{1,600})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(rel|type|href|title)=(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_OTHER_FEED = re.compile(r"comment|blog|news|press|podcast|stories|article|event", re.IGNORECASE)
_CAREERS = re.compile(r"career|job|vacanc|join|work-(?:with|for|at)|opening|position|hiring", re.IGNORECASE)


def from_page(url: str, page: str) -> tuple[Candidate, ...]:
    """Return what a careers page leads to: its boards, most often linked first, then feeds, then its own adverts."""
    page = page[:MAX_PAGE]
    plain = page.replace("\\/", "/").replace("\\u002F", "/").replace("\\u002f", "/")
    seen: dict[Candidate, int] = {}
    for each in _ADDRESS.finditer(plain):
        for found in from_address("https://" + html.unescape(each[1]), "a link on the page"):
            seen[found] = seen.get(found, 0) + 1
    boards = sorted(seen, key=lambda each: -seen[each])
    all_found = [*boards, *_teamtailor(url, plain), *_greenhouse(url), *_feeds(url, page), *_adverts(url, page)]
    return tuple(dict.fromkeys(all_found))[:MAX_FOUND]


def careers_links(url: str, page: str, limit: int = 3) -> tuple[str, ...]:
    """Return the addresses on the same site, other than `url`, that look like its list of jobs."""
    here = split(url)
    links = (_joined(url, html.unescape(each[1])) for each in _ANCHOR.finditer(page[:MAX_PAGE]))
    good = (
        each.partition("#")[0]
        for each in links
        if (parts := split(each))
        and here
        and _site(parts[0]) == _site(here[0])
        and _CAREERS.search(parts[0] + parts[1])
    )
    return tuple(each for each in dict.fromkeys(good) if each.rstrip("/") != url.rstrip("/"))[:limit]


def _site(host: str) -> str:
    """Return the part of a host that one owner has, nearly: the last two labels, three below .co.uk and its like."""
    labels = host.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


def _joined(url: str, link: str) -> str:
    try:
        return urljoin(url, link)
    except ValueError:
        return ""


def _teamtailor(url: str, page: str) -> Iterator[Candidate]:
    """A careers site at an address of the employer's own, made with Teamtailor."""
    if "teamtailor-cdn.com" in page and (parts := split(url)):
        for form in ({}, {"form": "rss"}):
            yield candidate("teamtailor", "the page is made with Teamtailor", board=parts[0], **form)


def _greenhouse(url: str) -> Iterator[Candidate]:
    """An advert on the employer's own site with Greenhouse's number: the board is often called as the site is."""
    parts = split(url)
    if parts and "gh_jid=" in parts[2]:
        board = _site(parts[0]).partition(".")[0]
        yield candidate("greenhouse", "gh_jid in the address, a guess", board=board)


def _feeds(url: str, page: str) -> Iterator[Candidate]:
    """Yield the feeds that the page announces (RSS autodiscovery), without those of its blog and its news."""
    for tag in _LINK.findall(page):
        given = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}
        feed = _joined(url, given.get("href", ""))
        called = f"{split(feed)} {given.get('title', '')}"
        if "alternate" not in given.get("rel", "").lower().split() or given.get("type", "").lower() not in _FEEDS:
            continue
        if split(feed) and (_CAREERS.search(called) or not _OTHER_FEED.search(called)):
            yield candidate("feed", "a feed that the page announces", url=feed)


def _adverts(url: str, page: str) -> Iterator[Candidate]:
    """The page's own adverts for search engines (schema.org JobPosting)."""
    if next(job_postings(page), None) is not None:
        yield candidate("jsonld", "adverts on the page itself (JSON-LD)", url=url)


# --- a name ---------------------------------------------------------------------------------------------------

# Where a company is looked for by its name: kinds whose boards are named after their employer.
BY_NAME = (
    "greenhouse",
    "ashby",
    "lever",
    "workable",
    "smartrecruiters",
    "teamtailor",
    "recruitee",
    "personio",
    "pinpoint",
)
_NAMELESS = frozenset(("ashby", "lever", "pinpoint"))  # boards that do not say their employer's name
NEEDS_POSTINGS = frozenset({"smartrecruiters"})  # it answers every name with an empty list
_GUESS = "the name, a guess"
_LEGAL = frozenset(
    ("ltd", "limited", "plc", "llp", "llc", "inc", "incorporated", "gmbh", "group", "uk", "the", "company")
)


def from_name(company: str) -> tuple[tuple[Candidate, ...], ...]:
    """Return, for each kind, the boards that a company of this name may have, likeliest first."""
    return tuple(tuple(_named(kind, company)) for kind in BY_NAME)


def tokens(company: str) -> tuple[str, ...]:
    """Return the names a company's board may have: "Larkfield Data Ltd" is larkfielddata or larkfield-data."""
    words = re.findall(r"[a-z0-9]+", company.lower().replace("'", "").replace("’", "").replace("&", " and "))
    core = [word for word in words if word not in _LEGAL] or words
    return tuple(dict.fromkeys(filter(None, ("".join(core), "-".join(core), "".join(words)))))


def _named(kind: str, company: str) -> Iterator[Candidate]:
    called = {"company": " ".join(company.split())} if kind in _NAMELESS else {}
    for name in tokens(company):
        yield candidate(kind, _GUESS, board=name, **called)
        if kind == "lever":
            yield candidate(kind, _GUESS, board=name, base=_EU[kind], **called)
        if kind == "personio":
            yield candidate(kind, _GUESS, board=name, domain="com")
