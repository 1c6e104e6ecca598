"""From an address, a page or a company's name to the sources it may be read by. Pure: nobody is asked here.

A page is read with patterns that take time in proportion to its length, so it may be anybody's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from rolecall.hosts import EU, Candidate, candidate, from_address, split
from rolecall.sources.jobposting import job_postings

MAX_PAGE = 3_000_000  # characters of a page that are looked at
MAX_FOUND = 12  # candidates of one page
MOST_MAPS = 3


# --- a page ---------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(
    r"//([\w.-]{0,200}\b(?:greenhouse\.io|lever\.co|ashbyhq\.com|workable\.com|smartrecruiters\.com|teamtailor\.com"
    r"|recruitee\.com|personio\.(?:de|com)|pinpointhq\.com|bamboohr\.com|breezy\.hr|rippling\.com|myworkdayjobs\.com"
    r"|tal\.net|jobvite\.com|icims\.com|applytojob\.com|homerun\.co|oraclecloud\.com|eightfold\.ai)\b"
    r"[^\s\"'<>()\\]{0,600})"
)
_ITSELF = re.compile(  # behind a declaration, a document type, comments
    r"[\ufeff\s]*(?:<[?!][^<>]*>\s*)*<(?:(?P<sitemap>urlset|sitemapindex)|rss|feed|rdf:RDF)[\s>]"
    r"|\s*\{[^{}]{0,500}https:\\?/\\?/jsonfeed\.org\\?/version",
    re.IGNORECASE,
)
_LINK = re.compile(r"<link\b[^<>]{1,2000}>", re.IGNORECASE)
_ANCHOR = re.compile(r"\bhref=[\"']?([^\"'\s<>]{1,600})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(rel|type|href|title)=(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_OTHER_FEED = re.compile(r"comment|blog|news|press|podcast|stories|article|event", re.IGNORECASE)
_CAREERS = re.compile(r"career|job|vacanc|join|work-(?:with|for|at)|opening|position|hiring", re.IGNORECASE)


def from_page(url: str, page: str) -> tuple[Candidate, ...]:
    """Return what a careers page leads to: its boards, most often linked first, then feeds, then its own adverts.

    What is no page but a feed or a sitemap leads to itself.
    """
    page = page[:MAX_PAGE]
    if itself := _ITSELF.match(page[:5_000]):
        return (candidate("sitemap" if itself["sitemap"] else "feed", "the address itself", url=url),)
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
        yield candidate("page", "adverts on the page itself (JSON-LD)", url=url)


def sitemaps(url: str, robots: str) -> tuple[str, ...]:
    """Return where the sitemaps of an address's site may be: what its robots.txt names, else the usual place."""
    here = split(url)
    named = (line.partition(":")[2].strip() for line in robots.splitlines() if line.lower().startswith("sitemap:"))
    own = [each for each in named if (parts := split(each)) and here and _site(parts[0]) == _site(here[0])]
    fitting = [each for each in own if _CAREERS.search(each)] or own
    return tuple(dict.fromkeys((*fitting[:MOST_MAPS], _joined(url, "/sitemap.xml"))))


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
    "bamboohr",
    "breezy",
    "rippling",
)
_NAMELESS = frozenset(("ashby", "lever", "pinpoint", "bamboohr", "rippling"))  # they do not say whose they are
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
            yield candidate(kind, _GUESS, board=name, base=EU[kind], **called)
        if kind == "personio":
            yield candidate(kind, _GUESS, board=name, domain="com")
