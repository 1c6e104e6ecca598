"""The parsing child: hostile bytes end within the deadline, and the next good feed is read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from rolecall.errors import Unreadable
from rolecall.model import Reply, Request
from rolecall.sandbox import Sandbox
from rolecall.sources.ashby import Ashby
from rolecall.sources.feed import Feed
from rolecall.sources.greenhouse import Greenhouse
from tests.fakes.trial import Trial
from tests.waiting import PATIENCE, until

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FEED = Feed("https://jobs.example/feed")
GOOD = b"""<rss version="2.0"><channel><title>Jobs</title><item><guid>7</guid><title>Go Developer</title>
<link>https://jobs.example/7</link>
<description>Write &lt;b&gt;Go&lt;/b&gt; in Leeds.</description></item></channel></rss>"""


def reply(body: bytes, url: str = "https://jobs.example/feed") -> Reply:
    return Reply(url, 200, {"content-type": "application/rss+xml"}, body, NOW)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One sandbox for all tests that need nothing special of it: what hurts its child must not hurt the next test."""
    async with Sandbox(deadline=0.5) as sandbox:
        yield sandbox


def trial_sandbox(**options: float) -> Sandbox:
    return Sandbox(preload=("rolecall.sources.preload", "tests.fakes.trial"), **options)  # type: ignore[arg-type]


# --- reading ------------------------------------------------------------------------------------------------------


async def test_what_comes_back_is_what_the_source_would_have_read_itself(sandbox: Sandbox) -> None:
    page = await sandbox.parse(FEED, reply(GOOD))
    assert page == FEED.parse(reply(GOOD))
    assert page.postings[0].title == "Go Developer"


async def test_one_child_reads_one_reply_after_the_other(sandbox: Sandbox) -> None:
    await asyncio.gather(*(sandbox.parse(FEED, reply(GOOD)) for _ in range(5)))
    first = sandbox.pid
    await sandbox.parse(FEED, reply(GOOD))
    assert sandbox.pid == first


async def test_there_is_no_child_before_the_first_reply_and_none_after_an_idle_while() -> None:
    async with Sandbox(idle=0.05) as sandbox:
        assert sandbox.pid is None
        await sandbox.parse(FEED, reply(GOOD))
        assert sandbox.pid is not None
        await asyncio.sleep(0.2)
        assert sandbox.pid is None
        assert (await sandbox.parse(FEED, reply(GOOD))).postings


async def test_the_child_does_not_load_what_understands_postings() -> None:
    """It starts in a third of the time and takes half the memory."""
    asked = (
        "import rolecall.sources.preload, sys; print([m for m in sys.modules if m.startswith('rolecall.normalise')])"
    )
    command = (sys.executable, "-c", asked)
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"  # noqa: ASYNC221 # it is brief


async def test_nothing_is_left_behind_when_it_is_closed() -> None:
    async with Sandbox() as sandbox:
        await sandbox.parse(FEED, reply(GOOD))
        pid = sandbox.pid
        assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_what_the_source_says_of_an_unreadable_reply_is_passed_on(sandbox: Sandbox) -> None:
    with pytest.raises(Unreadable, match="web page"):
        await sandbox.parse(FEED, reply(b"<!doctype html><html><body>Not here</body></html>"))
    assert sandbox.pid is not None


async def test_while_twenty_thousand_postings_are_taken_in_the_loop_turns_after_every_fifty() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with trial_sandbox(deadline=PATIENCE) as sandbox:
        counting = asyncio.create_task(count())
        page = await sandbox.parse(Trial("many"), reply(b""))
        counting.cancel()
    assert len(page.postings) == 20_000
    assert turns >= 20_000 / 50


# --- attacks ------------------------------------------------------------------------------------------------------


def rss(inner: bytes) -> bytes:
    return b'<rss version="2.0"><channel><title>x</title>' + inner + b"</channel></rss>"


def bomb(quadratic: bool) -> bytes:
    if quadratic:
        return (
            b'<!DOCTYPE r [<!ENTITY a "'
            + b"a" * 50_000
            + b'">]>'
            + rss(b"<item><title>" + b"&a;" * 5_000 + b"</title></item>")
        )
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
    return b'<!DOCTYPE r [<!ENTITY e0 "lol">' + entities + b"]>" + rss(b"<item><title>&e9;</title></item>")


def item(inner: bytes) -> bytes:
    return rss(b"<item><guid>1</guid>" + inner + b"</item>")


OPEN = b"<rss><channel>"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">'
XML_IN = b'<?xml version="1.0" encoding="%s"?><rss><channel><item>'
JSON_FEED = b'{"version":"https://jsonfeed.org/version/1","items":['
ATTACKS = {
    "10,000 attributes": rss(b"<item " + b" ".join(b'a%d="1"' % n for n in range(10_000)) + b"></item>"),
    "60,000 attributes, unquoted": OPEN + b"<item " + b" ".join(b"a%d=1" % n for n in range(30_000)) + b">",
    "comments that never close": OPEN + b"<!--" * 90_000,
    "declarations that never close": OPEN + b"<![" * 200_000,
    "processing instructions that never close": OPEN + b"<?" * 200_000,
    "deep nesting": item(b"<a>" * 300_000),
    "deep nesting in a text": item(b"<title>x</title><description>" + b"&lt;div&gt;" * 300_000 + b"</description>"),
    "xhtml nested deeply": ATOM + b"<div>" * 200_000,
    "entity bomb": bomb(quadratic=False),
    "quadratic entity bomb": bomb(quadratic=True),
    "external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item(b"<title>&x;</title>"),
    "half a tag": b"<" * 500_000,
    "ampersands": item(b"<title>" + b"&" * 300_000 + b"</title>"),
    "zeros": b"\0" * 1_000_000,
    "utf-16 without end": "<rss><channel>".encode("utf-16") + b"<\0" * 500_000 + b"\0",
    "an encoding that does not exist": XML_IN % b"klingon-7",
    "an encoding that is a program": XML_IN % b"unicode_escape" + b"\\u202e" * 9_999,
    "thirty thousand items": rss(b"<item><title>x</title></item>" * 30_000),
    "JSON, deep": b"[" * 1_000_000,
    "JSON, deep objects": JSON_FEED + b'{"a":' * 100_000,
    "JSON, long number": JSON_FEED + b"9" * 1_000_000 + b"]}",
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_hostile_reply_ends_within_the_deadline_and_the_next_good_one_is_read(
    attack: str, sandbox: Sandbox
) -> None:
    await sandbox.parse(FEED, reply(GOOD))  # the child is up: only reading counts from here
    async with asyncio.timeout(PATIENCE):
        with contextlib.suppress(Unreadable):
            page = await sandbox.parse(FEED, reply(ATTACKS[attack]))
            assert "root:" not in str(page.postings)
    assert len((await sandbox.parse(FEED, reply(GOOD))).postings) == 1


@pytest.mark.parametrize("do", ["hang", "spin", "segv", "exit", "bug", "memory", "recurse", "open", "connect"])
async def test_whatever_happens_in_the_child_the_next_reply_is_read(do: str) -> None:
    async with trial_sandbox(deadline=0.3, memory=500_000_000) as sandbox:
        with pytest.raises(Unreadable):
            await sandbox.parse(Trial(do), reply(b""))
        assert (await sandbox.parse(Trial(), reply(b""))).postings[0].title == "Engineer"


async def test_whatever_the_child_starts_ends_with_it() -> None:
    async with asyncio.timeout(PATIENCE), trial_sandbox() as sandbox:
        await sandbox.parse(Trial("fork"), reply(b""))


async def test_a_cancelled_parse_leaves_no_answer_for_the_next_one() -> None:
    async with trial_sandbox() as sandbox:
        await sandbox.parse(Trial(), reply(b""))
        hanging = asyncio.create_task(sandbox.parse(Trial("hang"), reply(b"")))
        await asyncio.sleep(0.05)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        assert (await sandbox.parse(FEED, reply(GOOD))).postings[0].title == "Go Developer"


async def test_a_child_that_is_killed_between_two_replies_is_replaced(sandbox: Sandbox) -> None:
    await sandbox.parse(FEED, reply(GOOD))
    assert sandbox.pid is not None
    os.kill(sandbox.pid, 9)
    await until(lambda: sandbox.pid is None, "its end to be noticed")
    assert (await sandbox.parse(FEED, reply(GOOD))).postings


async def test_what_is_printed_in_the_child_is_not_taken_for_an_answer() -> None:
    async with trial_sandbox() as sandbox:
        assert (await sandbox.parse(Trial("print"), reply(b""))).postings[0].title == "Engineer"


async def test_the_child_sees_neither_secrets_nor_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLECALL_TELEGRAM_TOKEN", "hunter2")
    async with trial_sandbox() as sandbox:
        assert (await sandbox.parse(Trial("secret"), reply(b""))).postings[0].title == "key ''"
        assert "TOKEN" not in (await sandbox.parse(Trial("environment"), reply(b""))).postings[0].title


async def test_the_child_cannot_speak_for_another_source() -> None:
    async with trial_sandbox() as sandbox:
        assert (await sandbox.parse(Trial("forge"), reply(b""))).postings[0].source == "trial"


async def test_a_next_page_lies_on_the_same_host() -> None:
    async with trial_sandbox() as sandbox:
        here = await sandbox.parse(Trial("next"), reply(b"https://jobs.example/feed?page=2"))
        assert here.following == (Request("https://jobs.example/feed?page=2"),)
        assert (here.wait, here.complete) == (86_400, True)
        for url in (b"https://elsewhere.example/", b"http://jobs.example/", b"file:///etc/passwd", b"//x", b"http://["):
            page = await sandbox.parse(Trial("next"), reply(url))
            assert (page.following, page.complete) == ((), False)  # a list without its next page is not whole


async def test_ten_thousand_rows_of_a_board_are_read() -> None:
    rows = b",".join(b'{"id": %d, "internal_job_id": 1, "title": "Engineer %d"}' % (n, n) for n in range(10_000))
    async with Sandbox(deadline=PATIENCE) as sandbox:
        page = await sandbox.parse(Greenhouse("acme"), reply(b'{"jobs": [' + rows + b"]}"))
    assert len(page.postings) == 10_000
    assert page.complete


async def test_a_board_cut_in_the_middle_is_unreadable_in_a_sentence(sandbox: Sandbox) -> None:
    with pytest.raises(Unreadable, match="not whole JSON"):
        await sandbox.parse(Ashby("acme"), reply(b'{"jobs": [{"id": "1", "tit'))
