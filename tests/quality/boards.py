"""What is made of every recorded reply: `python -m tests.quality.boards`. By hand; needs ../shared/payloads.

A line for each kind: how many replies are recorded, how many postings they give, how many of these say where, how much,
how one works and at what level once they are understood, and where that was read (field, title, body, inferred).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rolecall.errors import Unreadable
from rolecall.model import Page, Posting, Reply
from rolecall.normalise import normalise
from rolecall.ports import Source
from rolecall.secret import Secret
from rolecall.sources.adzuna import Adzuna
from rolecall.sources.arbeitnow import Arbeitnow
from rolecall.sources.ashby import Ashby
from rolecall.sources.devitjobs import DevITjobs
from rolecall.sources.feed import Feed
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.hackernews import HackerNews
from rolecall.sources.himalayas import Himalayas
from rolecall.sources.jobicy import Jobicy
from rolecall.sources.lever import Lever
from rolecall.sources.mail import Mail
from rolecall.sources.personio import Personio
from rolecall.sources.pinpoint import Pinpoint
from rolecall.sources.recruitee import Recruitee
from rolecall.sources.reed import Reed
from rolecall.sources.remoteok import RemoteOK
from rolecall.sources.remotive import Remotive
from rolecall.sources.rippling import Rippling
from rolecall.sources.smartrecruiters import SmartRecruiters
from rolecall.sources.workable import Workable
from rolecall.sources.workday import Workday
from tests.recorded import cassette, literal, payload, payloads
from tests.shared import SHARED

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FACTS = ("location", "salary", "mode", "level")
FEED = "https://board.example/feed"
NO_KIND = {
    "civilservicejobs": "not to be polled: a CAPTCHA; its departments have Oleeo feeds",
    "eightfold": "undocumented, and no reply with a text is recorded",
    "icims": "web pages of cards; its adverts carry JSON-LD: `page` and `sitemap`",
    "oracle-orc": "undocumented, and where its texts are asked for is not known for sure",
    "paylocity": "US employers",
    "phenom": "US employers, undocumented",
}


@dataclass
class Line:
    """What one kind's recorded replies give."""

    replies: int = 0
    postings: list[Posting] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def add(self, source: Source, body: bytes) -> None:
        self.replies += 1
        try:
            page: Page = source.parse(Reply(FEED, 200, {}, body, NOW))
        except Unreadable as error:
            self.odd.append(str(error))
            return
        self.postings += map(normalise, page.postings)
        if page.skipped:
            self.odd.append(f"{page.skipped} left out")


def replies() -> Iterator[tuple[str, Source, bytes]]:
    """Yield the folder of every recorded reply, the source that reads it, and its body in the board's envelope."""
    for folder, source, envelope in _SHORTENED:
        body = json.loads(payload(folder, "opencruit-response.json"))
        yield folder, source, _json({envelope: body})
    for path in payloads("ashby", "*.json"):
        yield "ashby", Ashby("x"), path.read_bytes()
    for body in cassette("jobicy", "goapilibs-vcr-2024-12-08.yaml"):
        yield "jobicy", Jobicy(), body
    yield "remoteok", RemoteOK(), cassette("remoteok", "goapilibs-vcr-2024-12-04.yaml")[0]
    adzuna, reed = Adzuna("1a2b", Secret("k")), Reed(Secret("k"))
    rows = json.loads(payload("adzuna", "ebuka-2026-08-05-postings.json"))["postings"]
    yield "adzuna", adzuna, _json({"results": rows})
    yield "adzuna", adzuna, _json(literal("adzuna", "rawstories-dummydata.js"))
    yield "reed", reed, _json({"results": literal("reed", "tech-test-joao-dummyJobsData.js")})
    yield "reed", reed, _json(literal("reed", "tech-test-joao-dummyResponse.js")["jobsResponse"])
    yield "devitjobs", DevITjobs(), b"[%s]" % payload("devitjobs", "tonttu84-devitjobs_detail.json")
    alert = payload("email-alerts", "jobmaxxing-linkedin_alert.eml").decode("latin-1")
    yield "email-alerts", Mail("imap.example", "x", Secret("x")), _json({"1": alert})
    for folder, source, pattern in _AS_THEY_ARE:
        for path in payloads(folder, pattern):
            yield folder, source, path.read_bytes()


_SHORTENED: Sequence[tuple[str, Source, str]] = (
    ("remotive", Remotive(), "jobs"),
    ("jobicy", Jobicy(), "jobs"),
    ("himalayas", Himalayas(), "jobs"),
    ("arbeitnow", Arbeitnow(), "data"),
)
_AS_THEY_ARE: Sequence[tuple[str, Source, str]] = (
    ("greenhouse", Greenhouse("x"), "*.json"),
    ("hn-whoishiring", HackerNews(), "*.json"),
    ("lever", Lever("x"), "*.json"),
    ("neogov", Feed(FEED), "*.xml"),
    ("oleeo-talnet-atom", Feed(FEED, preset="oleeo"), "*.xml"),
    ("personio", Personio("x"), "*.xml"),
    ("pinpoint", Pinpoint("x"), "*.json"),
    ("recruitee", Recruitee("x"), "*.json"),
    ("rippling", Rippling("x"), "*.json"),
    ("smartrecruiters", SmartRecruiters("x"), "*.json"),
    ("teamtailor", Feed(FEED, preset="teamtailor"), "*.rss"),
    ("uk-ats-teaching-vacancies", Feed(FEED, country="GB"), "*.[xj]*"),
    ("weworkremotely", Feed(FEED, preset="weworkremotely"), "*.xml"),
    ("workable", Workable("x"), "*.json"),
    ("workday", Workday("x", "x", "wd3"), "*.json"),
)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def lines() -> dict[str, Line]:
    found: dict[str, Line] = {}
    for folder, source, body in replies():
        found.setdefault(f"{folder} ({source.kind})", Line()).add(source, body)
    return dict(sorted(found.items()))


def main() -> int:
    if not SHARED.joinpath("payloads").exists():
        sys.stderr.write(f"needs {SHARED / 'payloads'}, which is not part of the project\n")
        return 2
    found = lines()
    _say("| recorded (kind) | replies | postings | " + " | ".join(FACTS) + " | odd |")
    _say("|--|--:|--:|" + "--|" * (len(FACTS) + 1))
    for name, line in found.items():
        cells = (name, line.replies, len(line.postings), *(_filled(line.postings, each) for each in FACTS))
        _say(f"| {' | '.join(map(str, cells))} | {'; '.join((*line.odd, *_odd(line.postings)))} |")
    for name, why in NO_KIND.items():
        _say(f"| {name} | | | | | | | no kind: {why} |")
    counts = [(line.replies, len(line.postings)) for line in found.values()]
    _say("\n{} replies, {} postings".format(*map(sum, zip(*counts, strict=True))))
    return 0


def _filled(postings: Sequence[Posting], name: str) -> str:
    """Return how many postings say it, in per cent, and where that was read."""
    facts = [fact for posting in postings if (fact := getattr(posting, name)).value is not None]
    read: Mapping[str, int] = Counter(fact.source for fact in facts)
    where = ", ".join(f"{source} {count}" for source, count in sorted(read.items(), key=lambda each: -each[1]))
    return f"{100 * len(facts) / len(postings):.0f} %" + (f" ({where})" if where else "") if postings else ""


def _odd(postings: Sequence[Posting]) -> Iterator[str]:
    """Yield what is missing where a posting should have it."""
    missing = {"company": "no company", "description": "no text in the list", "url": "no address"}
    for name, words in missing.items():
        if count := sum(not getattr(posting.raw, name) for posting in postings):
            yield f"{count} {words}"
    if count := sum(posting.raw.posted_at is None for posting in postings):
        yield f"{count} without a date"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
