"""Boards whose JSON is none, or not what it was."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile.case import Case, Fails, Reads, board
from tests.house import job, jobs

BROKEN = Fails("unreadable", "not whole JSON")
NO_LIST = Fails("unreadable", "holds no list of jobs")
DEEP = Fails("unreadable", "nested too deeply")
SCRIPT = "<script>alert(1)</script>"
GOOD = jobs(job())


def _with(**changes: Any) -> str:
    return jobs(job(1), job(2, **changes))


NO_JSON = (
    board(
        "a web page instead of JSON", Fails("unreadable", "a web page (HTML or XML)"), "<html>503</html>", "text/html"
    ),
    board("an empty 200", Fails("unreadable", "the answer is empty"), ""),
    board("JSON, cut", BROKEN, GOOD[:-40]),
    board("JSON with something behind it", BROKEN, GOOD + "<!-- served by 7 -->"),
    board("JSON in a call of a function", BROKEN, f"callback({GOOD})"),
    board("JSON with single quotes", BROKEN, GOOD.replace('"', "'")),
    board("JSON behind a BOM", Reads(1), b"\xef\xbb\xbf" + GOOD.encode()),
    board("JSON behind a BOM that was encoded twice", Reads(1), "ï»¿" + GOOD),
    board("JSON in UTF-16", Reads(1), GOOD.encode("utf-16")),
    board("JSON in Latin-1", BROKEN, _with(title="Café manager").encode().replace(b"\\u00e9", b"\xe9")),
    board("JSON with NULs behind it", BROKEN, GOOD + "\0" * 1_000),
    board("20 MB of spaces and then a board", Reads(1), lambda: " " * 20_000_000 + GOOD),
    board("30 MB of spaces", Fails("unreadable", "larger than 25 MB"), lambda: " " * 30_000_000),
    board("lists in lists, a million deep", DEEP, lambda: "[" * 1_000_000),
    board("objects in objects, 200,000 deep", DEEP, lambda: '{"jobs":' * 200_000),
    board("a number of a million digits", BROKEN, lambda: '{"jobs": [' + "9" * 1_000_000 + "]}"),
    board("a text that never ends", BROKEN, lambda: '{"jobs": ["' + "a" * 5_000_000),
    board(
        "200,000 keys whose hashes were meant to collide",
        NO_LIST,
        lambda: "{" + ",".join(f'"{n * (2**61 - 1)}":1' for n in range(200_000)) + "}",
    ),
)

NO_BOARD = (
    board("null", NO_LIST, "null"),
    board("a number", NO_LIST, "42"),
    board("an empty list", NO_LIST, "[]"),
    board("200 with an error object", NO_LIST, '{"error": {"code": 429, "message": "slow down"}}'),
    board("jobs that are null", NO_LIST, '{"jobs": null}'),
    board("jobs that are an object", NO_LIST, '{"jobs": {"1": {}}}'),
    board("jobs that are words", NO_LIST, '{"jobs": "none today"}'),
    board(
        "jobs that are all null", Fails("unreadable", "not one of 3 rows could be read"), '{"jobs": [null, null, null]}'
    ),
    board(
        "jobs without any field that is known",
        Fails("unreadable", "the format may have changed"),
        '{"jobs": [{"vacancyId": 1}]}',
    ),
    board("an empty board", Reads(0), jobs()),
    board("jobs twice in one object", Reads(1), '{"jobs": [], ' + GOOD[1:]),
    board("one row of three that is none", Reads(2, 1), '{"jobs": [7, ' + jobs(job(1), job(2))[len('{"jobs": [') :]),
)

VALUES = (
    board("numbers that are texts", Reads(2), _with(id="2", internal_job_id="3")),
    board("texts that are numbers", Reads(2), _with(title=1984, location={"name": 7}, content=12)),
    board("a title that is a list", Reads(1, 1), _with(title=["Engineer"])),
    board("an identity that is an object", Reads(1, 1), _with(id={"$oid": "1"})),
    board(
        "NaN and infinity", Reads(2), _with(metadata=[{"name": "Salary", "value": float("nan")}], offices=float("inf"))
    ),
    board("numbers too large for anything", Reads(2), _with(internal_job_id=10**300, metadata=[{"value": -(10**400)}])),
    board("wrong types in every field", Reads(1, 1), lambda: jobs(job(1), {name: [{"a": None}] for name in job()})),
    board("fields nobody has heard of", Reads(2), lambda: _with(**{f"x{n}": {"y": n} for n in range(5_000)})),
    board("a field that is 500 deep", Reads(2), lambda: _with(departments=json.loads("[" * 500 + "]" * 500))),
    board("half characters", Reads(2), _with(title="Engineer \ud800", content="\udfff Django")),
    board("a title of a megabyte", Reads(2), lambda: _with(title="Engineer " * 120_000)),
    board("a text of 20 MB", Reads(2), lambda: _with(content="<p>Django</p>" * 1_500_000)),
    board("a text of 300,000 elements, one in the other", Reads(2), lambda: _with(content="&lt;div&gt;" * 300_000)),
    board("a text of commas", Reads(2), lambda: _with(content="9," * 500_000)),
    board("a text of pounds", Reads(2), lambda: _with(content="£" * 60_000)),
    board("a text of half-open brackets", Reads(2), lambda: _with(content="<a href='" * 50_000)),
    board("a text of entities", Reads(2), lambda: _with(content="&#" * 100_000 + "&amp;" * 100_000)),
    board(
        "scripts everywhere",
        Reads(2),
        _with(**dict.fromkeys(("title", "content", "company_name"), SCRIPT), absolute_url="javascript:alert(1)"),
    ),
    board("dates that never were", Reads(2), _with(first_published="2026-02-30T99:99:99+99:99", updated_at="now")),
    board("3,000 rows with one identity", Reads(1), lambda: jobs(*(job(1) for _ in range(3_000)))),
)

CASES: tuple[Case, ...] = (*NO_JSON, *NO_BOARD, *VALUES)
