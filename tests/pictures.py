"""Makes the pictures in docs/pictures, by hand: `python -m tests.pictures`. All jobs and employers are invented."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from rolecall import charts
from rolecall.digest import pictures
from rolecall.overview import PayBar, WeekCount
from rolecall.render.email import render_html
from rolecall.stats import report
from tests.cards import card, message
from tests.shared import ROOT
from tests.test_digest import CHROMIUM, FLAGS, SHOWN
from tests.test_stats import stored

FOLDER = ROOT / "docs" / "pictures"
FRAME = '<body style="margin:0"><iframe src="{page}" style="border:0;width:{width}px;height:{height}px"></iframe>'


async def digest() -> None:
    """The digest at the width of a telephone and of a window, light and dark."""
    bars = [("Senior Python Engineer · Tarnside", 70, 85), ("Backend Developer · Larkspur", 60, 60)]
    bars += [("Platform Engineer · Fellside Rail", 62, 78), ("Lead Engineer · Harbour Lane", 80, 95)]
    counts = (("2 Nov", 9, 64_000), ("9 Nov", 14, 66_000), ("16 Nov", 11, 69_000))
    weeks = [WeekCount(label, jobs, (middle - 7_000, middle, middle + 8_000)) for label, jobs, middle in counts]
    shown = replace(
        SHOWN, bars=tuple(PayBar(name, low * 1000, high * 1000) for name, low, high in bars), weeks=tuple(weeks)
    )
    found = [card(1), card(2, title="Platform Engineer", company="Fellside Rail", pay="£62k–£78k", pay_evidence="")]
    sent = message("digest", *found, overview=replace(shown, pictures=await pictures(shown)))
    sent = replace(sent, subject="2 new jobs for you, Sunday 22 November", text="")
    for width, height in ((360, 1540), (800, 1480)):
        for dark in (False, True):
            _photograph(render_html(sent), width, height, dark=dark)


def _photograph(page: str, width: int, height: int, *, dark: bool) -> None:
    target = FOLDER / f"digest-{width}-{'dark' if dark else 'light'}.png"
    with tempfile.TemporaryDirectory() as folder:
        inner, outer = Path(folder, "page.html"), Path(folder, "outer.html")
        inner.write_text(page, encoding="utf-8")
        outer.write_text(FRAME.format(page=inner.name, width=width, height=height))
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        size, profile = f"--window-size={max(width, 500)},{height}", f"--user-data-dir={folder}/profile"
        run = [str(CHROMIUM), *FLAGS, scheme, size, profile, f"--screenshot={target}", outer.as_uri()]
        subprocess.run(run, check=True, capture_output=True, timeout=60)


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


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    await digest()
    await stats()


if __name__ == "__main__":
    asyncio.run(main())
