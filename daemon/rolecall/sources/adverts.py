"""Links to adverts, as job boards write them in their mails: which job is it, and where is it without the tracking?

What tracks or logs a reader in (`otpToken`, `midToken`, `eid`, `trackingId` …) never leaves here: an address is put
together anew from the parts that name the job. Redirects are not followed; at most what stands in one is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Advert:
    """One job on one board. `id` "": the link says that it is a job of this board, but not which."""

    board: str
    id: str
    url: str


# Board, its hosts, what host, path and query look like, and the address without tracking.
_BOARDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str], str], ...] = tuple(
    (board, re.compile(rf"(?:[\w-]+\.)*(?:{hosts})/"), re.compile(pattern), url)
    for board, hosts, pattern, url in (
        (
            "LinkedIn", r"linkedin\.com",
            r"[\w.-]+/(?:comm/)?jobs/view/(?:[^/?#]{0,300}-)?(?P<id>\d{6,20})(?![^/?])",
            "https://www.linkedin.com/jobs/view/{id}/",
        ),
        (
            "Indeed", r"indeed\.com|indeed\.co\.uk",
            r"(?P<host>[\w.-]+)/[^?]*\?(?:[^#]*&)?v?jk=(?P<id>[0-9a-f]{16})\b",
            "https://{host}/viewjob?jk={id}",
        ),
        (
            "Indeed", r"indeed\.com|indeed\.co\.uk",
            r"(?P<host>[\w.-]+)/job/(?:[^/?#]{0,300}-)?(?P<id>[0-9a-f]{16})(?![^/?])",
            "https://{host}/viewjob?jk={id}",
        ),
        (
            "Reed", r"reed\.co\.uk",
            r"[\w.-]+/jobs/(?P<slug>[\w%.-]{1,300})/(?P<id>\d{5,20})\b",
            "https://www.reed.co.uk/jobs/{slug}/{id}",
        ),
        (
            "Totaljobs", r"totaljobs\.com",
            r"[\w.-]+/job/(?P<slug>[\w/%.-]{0,300}?)(?P<tail>-?job)(?P<id>\d{5,20})\b",
            "https://www.totaljobs.com/job/{slug}{tail}{id}",
        ),
        (
            "CWJobs", r"cwjobs\.co\.uk",
            r"[\w.-]+/job/(?P<slug>[\w/%.-]{0,300}?)(?P<tail>-?job)(?P<id>\d{5,20})\b",
            "https://www.cwjobs.co.uk/job/{slug}{tail}{id}",
        ),
        (
            "Totaljobs", r"totaljobs\.com",
            r"[\w.-]+/(?i:jobsearch/emaillink\.aspx\?)(?:[^#]*&)?(?i:jobid)=(?P<id>\d{5,20})\b",
            "https://www.totaljobs.com/job/{id}",
        ),
        (
            "CWJobs", r"cwjobs\.co\.uk",
            r"[\w.-]+/(?i:jobsearch/emaillink\.aspx\?)(?:[^#]*&)?(?i:jobid)=(?P<id>\d{5,20})\b",
            "https://www.cwjobs.co.uk/job/{id}",
        ),
        (
            "Glassdoor", r"glassdoor\.(?:com|co\.uk)",
            r"(?P<host>[\w.-]+)/[^?]*\?(?:[^#]*&)?(?i:jl|joblistingid)=(?P<id>\d{5,20})\b",
            "https://{host}/job-listing/index.htm?jl={id}",
        ),
        (
            "CV-Library", r"cv-library\.co\.uk",
            r"[\w.-]+/job/(?P<id>\d{5,20})(?P<slug>/[\w%.-]{1,300})?",
            "https://www.cv-library.co.uk/job/{id}{slug}",
        ),
        (
            "Adzuna", r"adzuna\.co\.uk",
            r"[\w.-]+/(?:jobs/)?(?:details|land/ad)/(?P<id>\d{5,20})\b",
            "https://www.adzuna.co.uk/jobs/details/{id}",
        ),
    )
)  # fmt: skip
_OPAQUE = {"Indeed": re.compile(r"(?:engage|cts|subscriptions)\.[\w.]*indeed\.[\w.]+/(?:f/a/|v\d/)")}
_INDEED_APART = re.compile(r"^(?:engage|cts|subscriptions|match|email|click)\.")

_JOB_PATH = re.compile(
    r"(?:^|[/._-])(?:jobs?|vacanc(?:y|ies)|careers?|positions?|openings?|roles?|apply|o|j|opp)(?:[/._-]|$)"
)
_NUMBERED = re.compile(r"\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}")
_OTHER = re.compile(
    r"alert|unsubscri|preference|setting|account|search|privacy|optout|opt-out|saved|profile|login|sign-?in"
)
_TOKEN = re.compile(r"[A-Za-z0-9_=+%]{40}")  # what no person would write into an address
_REDIRECTS = re.compile(r"^(?:click|clicks|links?|email|e|track|tracking|trk|go|r|redirect)\d*\.")
_KEYS = frozenset(("id", "jobid", "job_id", "gh_jid", "jid", "vacancyid", "vacancy_id", "vacancy", "job", "reqid"))


def advert(url: str, depth: int = 0) -> Advert | None:
    """Return the job that a link leads to, None for any other link."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    where = f"{host}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return _known(where) or (_wrapped(parts.query) if depth == 0 else None) or _opaque(where) or _other(url, where)


def _known(where: str) -> Advert | None:
    for board, hosts, pattern, url in _BOARDS:
        if hosts.match(where) and (found := pattern.match(where)):
            named = {name: value or "" for name, value in found.groupdict().items()}
            if _INDEED_APART.match(named.get("host", "")):
                named["host"] = "uk.indeed.com"
            return Advert(board, named["id"], url.format(**named))
    return None


def _wrapped(query: str) -> Advert | None:
    """Return the job whose whole address stands in a redirect's query."""
    values = (value for _, value in parse_qsl(query[:4000], max_num_fields=None) if value.startswith("http"))
    return next(filter(None, (advert(value, depth=1) for value in values)), None)


def _opaque(where: str) -> Advert | None:
    return next((Advert(board, "", "") for board, pattern in _OPAQUE.items() if pattern.match(where)), None)


def _other(url: str, where: str) -> Advert | None:
    """Return a job of a site that is not known, by its address: a word such as "vacancy", and a number."""
    if any(hosts.match(where) for _, hosts, _, _ in _BOARDS):
        return None  # a page of theirs that is no job
    parts = urlsplit(url.strip())
    path = parts.path.lower()
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query[:4000]) if key.lower() in _KEYS])
    if _TOKEN.search(parts.path) or _REDIRECTS.match(where):
        return None
    if _OTHER.search(path) or not _JOB_PATH.search(f"{parts.hostname}{path}") or not _NUMBERED.search(path + query):
        return None
    clean = f"https://{parts.hostname}{parts.path}{'?' + query if query else ''}"
    return Advert("", clean, clean) if len(clean) <= 500 else None
