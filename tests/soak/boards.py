"""Five hundred boards that publish all day, told in process: every answer follows from the board and the time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from random import Random
from urllib.parse import urlsplit

from rolecall.errors import Unreachable
from rolecall.model import Reply, Request, Validators
from tests.leaping import leaping

SHOWN = 40  # adverts on a board at a time: older ones are gone
SENTENCES = 8_000
COMPANIES = 4_000
TECHNOLOGIES = (
    "Python", "Django", "Go", "Rust", "Java", "Kotlin", "TypeScript", "React", "PostgreSQL", "Kubernetes", "C#", "Ruby",
)  # fmt: skip
SYLLABLES = ("ba", "lem", "mor", "tin", "sa", "den", "ro", "ku", "fes", "ila", "gro", "wen", "hul", "pid", "ors", "ty")
LEVELS = ("Junior", "Mid-level", "Senior", "Lead", "Principal", "Graduate")
PLACES = (
    "London",
    "Leeds, hybrid",
    "Remote (UK)",
    "Manchester",
    "Bristol or remote",
    "Edinburgh, 2 days in the office",
)
SOMETIMES = 50  # every so manieth answer is an error, every so manieth of a feed is no feed


@dataclass(frozen=True, slots=True)
class Advert:
    """An invented advert, the same for the same seed."""

    title: str
    company: str
    place: str
    text: str


@dataclass
class Boards:
    """`ports.Fetcher`: board b shows its newest adverts, every other one as a feed; some stand on two boards."""

    per_hour: float  # new adverts of a board
    now: Callable[[], datetime]
    begin: datetime
    chance: Random = field(default_factory=lambda: Random(7))
    answers: int = 0

    async def listen(self, request: Request, ring: Callable[[], None]) -> bool:
        return False

    async def fetch(self, request: Request, validators: Validators) -> Reply:
        """Answer after a moment: an error, nothing new, or the newest adverts."""
        await asyncio.sleep(self.chance.uniform(0.05, 2.0))
        self.answers += 1
        if not self.chance.randrange(SOMETIMES):
            raise Unreachable("the board is having a rest")
        board = int((urlsplit(request.url).hostname or "").removeprefix("board").partition(".")[0])
        last = SHOWN // 2 + int(leaping().time() / 3600 * self.per_hour)
        if validators.etag == str(last):
            return Reply(request.url, 304, {}, b"", self.now())
        numbers = range(last, max(0, last - SHOWN), -1)
        body, kind = (_feed(board, numbers), "rss+xml") if board % 2 else (_list(board, numbers), "json")
        if board % 2 and not self.chance.randrange(SOMETIMES):
            body = body[: len(body) // 2]
        headers = {"etag": str(last), "content-type": f"application/{kind}"}
        return Reply(request.url, 200, headers, body, self.now())


def entries(boards: int) -> str:
    """Return the `[[source]]` tables of so many boards, asked about once an hour, some of them at the same time."""
    odd = '\n[[source]]\nkind = "feed"\nurl = "https://board{0}.example/jobs"\nlabel = "b{0}"\nevery = "{1}m"\n'
    even = '\n[[source]]\nkind = "greenhouse"\nboard = "b{0}"\nbase = "https://board{0}.example"\nevery = "{1}m"\n'
    return "".join((odd if board % 2 else even).format(board, 50 + board % 20) for board in range(boards))


def advert(board: int, number: int) -> Advert:
    """Return what a board publishes as its advert of that number; each fifth of a feed stands on the board before."""
    seed = board - 1 if board % 2 and number % 5 == 0 else board
    chance, said = Random(seed * 1_000_003 + number), _sentences()
    one, other = chance.sample(TECHNOLOGIES, 2)
    low = chance.randrange(32, 95)
    lines = [said[chance.randrange(SENTENCES)] for _ in range(12)]
    lines[2:2] = [f"You write {one} and {other}.", f"The salary is £{low},000 to £{low + 12},000 a year."]
    return Advert(
        title=f"{chance.choice(LEVELS)} {one} Engineer, {said[chance.randrange(SENTENCES)].split()[0]}",
        company=f"{said[0].split()[chance.randrange(18)].capitalize()} {chance.randrange(COMPANIES)} Works",
        place=chance.choice(PLACES),
        text="".join(f"<p>{line}</p>" for line in lines),
    )


@cache
def _sentences() -> tuple[str, ...]:
    """Return sentences of eighteen words without any sense."""
    chance = Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randrange(1, 4))) for _ in range(20_000)]
    return tuple(f"{' '.join(chance.choices(words, k=18)).capitalize()}." for _ in range(SENTENCES))


def _list(board: int, numbers: range) -> bytes:
    rows = []
    for number in numbers:
        said = advert(board, number)
        rows.append({
            "id": number, "title": said.title, "company_name": said.company, "location": {"name": said.place},
            "content": said.text, "absolute_url": f"https://board{board}.example/jobs/{number}",
        })  # fmt: skip
    return json.dumps({"jobs": rows, "meta": {"total": len(rows)}}).encode()


def _feed(board: int, numbers: range) -> bytes:
    items = "".join(_item(board, number, advert(board, number)) for number in numbers)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Board {board}</title>'
        f"<link>https://board{board}.example/</link><description>Jobs</description>{items}</channel></rss>"
    ).encode()


def _item(board: int, number: int, said: Advert) -> str:
    link = f"https://board{board}.example/jobs/{number}"
    at = format_datetime(datetime(2026, 6, 1, number % 24, number % 60, tzinfo=UTC))
    return (
        f"<item><title>{escape(said.title)}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
        f"<company>{said.company}</company><location>{said.place}</location>"
        f"<description>{escape(said.text)}</description></item>\n"
    )
