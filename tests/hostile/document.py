"""docs/hostile.md is made of the cases that the tests run, so it cannot say anything else than they do."""

from __future__ import annotations

from collections.abc import Sequence

from tests.hostile import http_cases, json_cases, xml_cases
from tests.hostile.case import Case
from tests.hostile.measure import LAG, MEMORY
from tests.hostile.payloads import LINKS, PAYLOADS
from tests.shared import ROOT

PAGE = ROOT / "docs" / "hostile.md"

CHAPTERS: dict[str, Sequence[Case]] = {
    "Status and silence": http_cases.STATUS,
    "Headers": http_cases.HEADERS,
    "Length": http_cases.LENGTH,
    "Compression": http_cases.COMPRESSED,
    "Redirects": http_cases.REDIRECTS,
    "No feed at all": xml_cases.NO_FEED,
    "Feeds cut off and put together wrongly": xml_cases.CUT,
    "Encodings": xml_cases.ENCODED,
    "XML bombs": xml_cases.BOMBS,
    "What stands in a feed": xml_cases.VALUES,
    "No JSON": json_cases.NO_JSON,
    "JSON, but no board": json_cases.NO_BOARD,
    "What stands in a board's rows": json_cases.VALUES,
}
CASES: tuple[Case, ...] = tuple(case for cases in CHAPTERS.values() for case in cases)

HEAD = """\
# What hostile boards do, and what comes of it

Every line is a test (`tests/hostile/test_bodies.py`): a server says it, and a real poll with the real fetcher, the real
parsing child and a real database has exactly this outcome. Each time there is one line in the log and a word in
`rolecall status`, no other address is dialled, the memory grows by less than {memory} MB, and the next good feed is
read. That the event loop is held for less than {lag} ms is measured by hand (`pytest -m timed tests/hostile`): no test
depends on how fast a machine is. This page is made by `python -m tests.hostile`; a test fails when it is stale.

{count} answers.

What gets past all that is still only words: {payloads} payloads and {links} links stand in the fields of jobs that go
through the same journey to each sink (Telegram, e-mail, pages, feeds, webhook, Apprise, terminal; `list` in every form,
`why`, `status`, `stats`, `preview`), and real parsers find no script, handler, link but to the web, control or
invisible character in what comes out (`tests/hostile/test_sinks.py`).
"""


def page() -> str:
    """Return the page as it must stand in docs/."""
    parts = [
        HEAD.format(lag=round(LAG * 1000), memory=MEMORY, count=len(CASES), payloads=len(PAYLOADS), links=len(LINKS))
    ]
    for title, cases in CHAPTERS.items():
        rows = [f"| {case.what} | {case.outcome} |" for case in cases]
        parts.append("\n".join((f"## {title}\n", "| the board sends | outcome |", "|---|---|", *rows, "")))
    return "\n".join(parts)
