"""The demo's evening: board, daemon and a few words on the terminal about what is going on."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from rolecall import app, logs
from rolecall.config import load
from rolecall.demo.board import serve
from rolecall.house import House
from rolecall.life import Daemon
from rolecall.plugins import kinds
from rolecall.render.groups import jobs
from rolecall.render.numbers import counted
from rolecall.terminal import colours, dim

WELCOME = """
{bold}Rolecall demo{plain}: the real daemon, its real database, and a small job board that it serves itself.
Every company is invented. New postings appear for about half a minute; Ctrl-C ends it.

  watching     4 boards shaped like Greenhouse, Lever, Ashby and RSS, and one feed that is broken
  looking for  senior Python jobs, remote or near Leeds, from £70k
               Python contracts outside IR35, from £500 a day
  digests      {digests}

"""

GOODBYE = """
{bold}That was the demo.{plain} {postings} read, {duplicates} of them known from another board.
{alerts} matched, {silent} did not. Look closer:

  rolecall list   -c {config}
  rolecall status -c {config}
{why}
  the last digest  {digest}

Next: `rolecall init` asks what you look for and writes your config.toml; then `rolecall run`.
"""


async def show(seconds: float | None = None) -> Path:
    """Run the demo until Ctrl-C, or for some seconds; return the folder that holds its config and database."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall-demo-"))
    async with serve() as board:
        config_path = folder / "config.toml"
        text = files(__package__).joinpath("config.toml").read_text(encoding="utf-8")
        config_path.write_text(text.replace("PORT", str(board.port)), encoding="utf-8")
        config = load(config_path, kinds())
        _say(WELCOME.format(digests=folder / "digests" / "latest.html", **_style()))
        _narrate(folder)
        async with app.open_house(config) as house:
            daemon = Daemon(house)
            with app.signals(daemon):
                timer = asyncio.get_running_loop().call_later(seconds, daemon.stop) if seconds else None
                await daemon.live()
            if timer:
                timer.cancel()
            _say(await _goodbye(house, folder))
    return folder


async def _goodbye(house: House, folder: Path) -> str:
    totals = await house.store.totals()
    silent = await _silent_jobs(house)
    alerted = {alert.job.id for alert in await house.store.alerts(1000, open_only=False)}
    job, verb = (silent[0], "not told") if silent else (next(iter(alerted), ""), "told")
    config = folder / "config.toml"
    return GOODBYE.format(
        postings=counted(totals["postings"], "posting"),
        duplicates=totals["duplicates"],
        alerts=jobs(len(alerted)),
        silent=len(silent),
        config=config,
        why=f"  rolecall why {job} -c {config}     (why this one was {verb})\n" if job else "",
        digest=folder / "digests" / "latest.html",
        **_style(),
    )


async def _silent_jobs(house: House) -> list[str]:
    jobs = await house.store.recent(house.now().replace(year=2000), 1000)
    alerted = {alert.job.id for alert in await house.store.alerts(1000, open_only=False)}
    return [job.id for job in jobs if job.id not in alerted]


def _style() -> dict[str, str]:
    return {"bold": "\x1b[1m", "plain": "\x1b[0m"} if colours() else {"bold": "", "plain": ""}


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


# --- the log as a story ---------------------------------------------------------------------------------------


class Narrator(logging.Handler):
    """Turns the daemon's log lines into short asides; each broken source is mentioned once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.folder = folder
        self.mentioned: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        aside = self._aside(record.getMessage())
        if aside and aside not in self.mentioned:
            _say(f"  {dim(aside)}\n")

    def _aside(self, line: str) -> str:
        fields = dict(re.findall(r"(\w+)=(\S+)", line))
        if line.startswith("sent channel=digest"):
            page = self.folder / "digests" / "latest.html"
            return f"✉ a digest with {jobs(int(fields['alerts']))} was written to {page}"
        if line.startswith("poll-failed") and fields["source"] not in self.mentioned:
            self.mentioned.add(fields["source"])
            return f"✗ {fields['source']}: {line.partition('error=')[2]} (the others go on)"
        if line.startswith("polled") and (silent := _silent(fields)):
            return f"· {fields['source']}: {silent}"
        return ""


def _silent(fields: dict[str, str]) -> str:
    new, jobs, alerts = int(fields["new"]), int(fields["jobs"]), int(fields["alerts"])
    parts = [f"{new - jobs} known from another board"] if new > jobs else []
    parts += [f"{jobs - alerts} not for you"] if jobs > alerts else []
    return f"{new} new, " + ", ".join(parts) if parts else ""


def _narrate(folder: Path) -> None:
    logs.set_up("warning")
    root = logging.getLogger()
    root.handlers.clear()
    root.addHandler(Narrator(folder))
    logging.getLogger("rolecall").setLevel(logging.INFO)
