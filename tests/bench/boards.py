"""The server of `tests.bench.poll`: feeds that gain items from round to round, and some that should not be."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from urllib.request import urlopen

from aiohttp import web

ITEMS = 30
BIG = 5_000  # jobs of the large board
ROUNDS = ("cold", "unchanged", "two-new")
NEW = {"cold": 0, "unchanged": 0, "two-new": 2}

LEVELS = ("Senior", "Junior", "Lead", "Principal", "Graduate", "Mid-level")
ROLES = ("Python Engineer", "Backend Developer (Go)", "Platform Engineer", "Data Engineer", "React Developer")
TEAMS = ("Payments", "Ledgers", "Search", "Harbours", "Timetables", "Identity", "Growth", "Maps", "Tides")
PLACES = ("London", "Leeds, hybrid", "Remote (UK)", "Manchester", "Bristol or remote")
SAYINGS = (
    "You will join a small team that keeps ledgers for people who have better things to do.",
    "We write Python and PostgreSQL, deploy to Kubernetes on AWS, and measure what we change.",
    "You have worked with Django or FastAPI, and you know when not to.",
    "We meet in the office two days a week; the other three are yours to choose.",
    "The salary is £{low},000 to £{high},000 a year, with a pension and 28 days of holiday.",
    "Nice to have: Terraform, Kafka, React, TypeScript, or a liking for harbours.",
    "We cannot sponsor visas at this time. You need the right to work in the UK.",
    "Your code is read by two people before it ships, and by one more when it breaks.",
    "Our services speak gRPC among themselves and REST to everybody else.",
    "An interview is one hour of talk and one of pairing; there is no homework.",
)


def _title_and_text(chance: random.Random, number: int, reference: str) -> tuple[str, str]:
    low = chance.randrange(40, 90)
    said = [chance.choice(SAYINGS).format(low=low, high=low + 15) for _ in range(10)]
    said += [" ".join(_word(chance) for _ in range(14)).capitalize() + "." for _ in range(14)]
    text = "".join(f"<p>{line}</p>" for line in said) + f"<ul><li>Reference {reference}</li></ul>"
    return f"{LEVELS[number % 6]} {chance.choice(ROLES)}, {chance.choice(TEAMS)}", text


@cache
def item(board: int, number: int) -> str:
    chance = random.Random(board * 1_000 + number)
    title, text = _title_and_text(chance, number, f"{board}-{number}")
    link = f"https://board{board}.example/jobs/{number}"
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>Sun, 22 Nov 2026 {number % 24:02}:15:00 +0000</pubDate><company>Invented {board} Works</company>"
        f"<category>Engineering</category><location>{chance.choice(PLACES)}</location>"
        f"<description>{escape(text)}</description></item>"
    )


def big_board() -> str:
    """Return the answer of a Greenhouse board with thousands of jobs."""
    chance = random.Random(7)
    rows = []
    for number in range(BIG):
        title, text = _title_and_text(chance, number, str(number))
        place = {"name": chance.choice(PLACES)}
        url = f"https://big.example/jobs/{number}"
        rows.append(
            {"id": number, "title": f"{title} {number}", "absolute_url": url, "location": place, "content": text}
        )
    return json.dumps({"jobs": rows, "meta": {"total": len(rows)}})


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(("ba", "le", "mor", "tin", "sa", "den", "ro", "ku", "fe")) for _ in range(3))


def feed(board: int, numbers: range) -> bytes:
    """Return a feed, newest item first."""
    items = "\n".join(item(board, number) for number in reversed(numbers))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Board {board}</title><link>https://board{board}.example/</link>"
        f"<description>Jobs</description><lastBuildDate>{numbers}</lastBuildDate>\n{items}\n</channel></rss>"
    ).encode()


HOSTILE = (
    lambda: feed(900, range(1_500)),
    lambda: b"<rss version='2.0'><channel>" + b"<item>" * 700_000,
    lambda: b"<rss version='2.0'><channel>" + b"<a>" * 1_500_000,
    lambda: b"<rss version='2.0'><channel><item><title>" + b"x" * 4_500_000 + b"</title></item></channel></rss>",
    lambda: b"<rss version='2.0'><channel><item>" + b"<!-- <![CDATA[" * 300_000,
    lambda: b"\0" * 400_000_000,
    lambda: b"[" * 2_000_000,
    lambda: feed(901, range(30))[:-200],
)


class Boards:
    """All feeds, in the round that was last asked for."""

    def __init__(self) -> None:
        self.round = ROUNDS[0]

    async def set_round(self, request: web.Request) -> web.Response:
        self.round = request.match_info["name"]
        return web.Response()

    async def feed(self, request: web.Request) -> web.Response:
        board, new = int(request.match_info["board"]), NEW[self.round]
        headers = {"ETag": f'"{board}-{new}"', "Content-Type": "application/rss+xml"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=feed(board, range(new, new + ITEMS)), headers=headers)

    async def big(self, _: web.Request) -> web.Response:
        return web.Response(text=await asyncio.to_thread(big_board), content_type="application/json")

    async def hostile(self, request: web.Request) -> web.Response:
        body = await asyncio.to_thread(lambda: gzip.compress(HOSTILE[int(request.match_info["number"])](), 1))
        return web.Response(body=body, headers={"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"})


async def _serve() -> None:
    boards = Boards()
    app = web.Application()
    app.router.add_get("/round/{name}", boards.set_round)
    app.router.add_get("/feed/{board}", boards.feed)
    app.router.add_get("/hostile/{number}", boards.hostile)
    app.router.add_get("/v1/boards/big/jobs", boards.big)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    for host in range(1, 65):
        await web.TCPSite(runner, f"127.0.1.{host}", port).start()
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


@contextmanager
def server() -> Iterator[str]:
    """Start the server in a process of its own; the value is its address."""
    with subprocess.Popen((sys.executable, "-m", __name__), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def ask(url: str) -> None:
    """Ask our own server for something whose answer is of no interest."""
    with urlopen(url) as answer:  # noqa: S310 # our own server
        answer.read()


if __name__ == "__main__":
    asyncio.run(_serve())
