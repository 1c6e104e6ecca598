"""Makes the pictures in docs/pictures, by hand: `python -m tests.pictures`. All jobs and employers are invented."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from rolecall import charts
from rolecall.digest import pictures
from rolecall.overview import PayBar, WeekCount
from rolecall.render.email import render_html
from rolecall.stats import report
from tests.camera import bubbles, captured, photograph, terminal, written
from tests.cards import card, message
from tests.shared import ROOT
from tests.test_digest import SHOWN
from tests.test_stats import stored

FOLDER = ROOT / "docs" / "pictures"


async def digest() -> None:
    """The digest at the width of a telephone and of a window, light and dark."""
    jobs = (
        ("Lead Engineer", "Harbour Lane", "Leeds", "Lead", 80, 95),
        ("Senior Python Engineer", "Tarnside", "Remote, UK", "Senior", 70, 85),
        ("Platform Engineer", "Fellside Rail", "York", "", 62, 78),
    )
    found = [
        card(
            number, title=title, company=company, place=place, level=level, pay=f"£{low}k–£{high}k",
            pay_evidence=f"£{low},000 to £{high},000", why=("Python", _against(low, 65)), rank=-number,
            age=f"posted {number} days ago", notes=(), also_on=(), closes="", attribution="",
        )
        for number, (title, company, place, level, low, high) in enumerate(jobs, 2)
    ]  # fmt: skip
    bars = (PayBar(f"{title} · {company}", low * 1000, high * 1000) for title, company, *_, low, high in jobs)
    counts = (("2 Nov", 9, 64_000), ("9 Nov", 14, 66_000), ("16 Nov", 11, 69_000))
    weeks = (WeekCount(label, jobs, (middle - 7_000, middle, middle + 8_000)) for label, jobs, middle in counts)
    shown = replace(SHOWN, bars=tuple(bars), weeks=tuple(weeks))
    sent = message("digest", *found, overview=replace(shown, pictures=await pictures(shown)))
    sent = replace(sent, subject="3 new jobs for you, Sunday 22 November", text="")
    for width in (360, 800):
        _photographs(f"digest-{width}", render_html(sent), width, 2000)


def _against(low: int, floor: int) -> str:
    return f"from £{low}k, {'above' if low > floor else 'around'} your £{floor}k"


def _photographs(name: str, page: str, width: int, height: int) -> None:
    """Photograph a page in its light and its dark dress."""
    for dark in (False, True):
        photograph(page, FOLDER / f"{name}-{'dark' if dark else 'light'}.png", width, height, dark=dark)


async def stats() -> None:
    """`rolecall stats --png` over invented adverts."""
    dice, levels = Random(7), (("Junior", 32), ("", 45), ("Senior", 65), ("Lead", 78))
    towns, techs = ("London", "Leeds", "Edinburgh", "Cardiff"), ("Python", "Go", "Java")
    adverts = []
    for number in range(400):
        level, base = dice.choice(levels)
        town, low = dice.choice(towns), base + dice.randrange(-6, 10)
        title = f"{level} {dice.choice(techs)} Developer".strip()
        advert = stored(number, f"£{low + 8 * (town == 'London')},000 - £{low + 14},000", title=title, location=town)
        adverts.append(replace(advert, first_seen=advert.first_seen + timedelta(days=number - dice.randrange(60))))
    picture = await charts.draw(charts.overview(report(adverts, ZoneInfo("Europe/London"))))
    (FOLDER / "stats.png").write_bytes(picture)


async def telegram() -> None:
    """What the daemon of the demo writes to a chat, as it is sent, and one job after it was applied for."""
    async with written() as chat:
        page = bubbles(chat)
    _photographs("telegram", page, 420, 4000)


def demo() -> None:
    """`rolecall demo` in a terminal that is 100 wide."""
    photograph(terminal(captured("demo", "--seconds", "30")), FOLDER / "demo.png", 860, 4000, dark=True)


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    await digest()
    await stats()
    await telegram()
    demo()


if __name__ == "__main__":
    asyncio.run(main())
