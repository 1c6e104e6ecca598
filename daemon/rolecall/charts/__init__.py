"""Pictures of numbers, drawn by matplotlib (the extra `charts`) in a process of its own.

What is drawn is plain data; the daemon never imports matplotlib, whose 60 MB would stay for good.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Literal

from rolecall.errors import RolecallError
from rolecall.normalise import vocabulary
from rolecall.overview import Overview
from rolecall.stats import Report, Spread, Week

Form = Literal["png", "svg"]

DEADLINE = 60.0  # seconds; a Raspberry Pi needs about ten for the first picture
INSTALL = "pip install 'rolecall[charts]'"


@dataclass(frozen=True, slots=True)
class Bars:
    """Ranges side by side: (name, low, high), in £, with the floor that the user set."""

    title: str
    rows: tuple[tuple[str, int, int], ...]
    floor: int | None = None
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Spreads side by side: (name, n, p10, p25, median, p75, p90), in £."""

    title: str
    rows: tuple[tuple[str, int, int, int, int, int, int], ...]
    kind: Literal["boxes"] = "boxes"


@dataclass(frozen=True, slots=True)
class Weeks:
    """New jobs a week as columns, (Monday, jobs, p25, median, p75); the median as a line with its middle half."""

    title: str
    rows: tuple[tuple[str, int, int | None, int | None, int | None], ...]
    kind: Literal["weeks"] = "weeks"


Panel = Bars | Boxes | Weeks


def available() -> bool:
    """Say whether pictures can be drawn here."""
    return find_spec("matplotlib") is not None


async def draw(panels: Sequence[Panel], form: Form = "png") -> bytes:
    """Return the picture of the panels, one below the other. Raises `RolecallError` with a sentence."""
    if not available():
        raise RolecallError(f"pictures need an extra: {INSTALL}")
    if not panels:
        raise RolecallError("there is nothing to draw yet: too few adverts with stated pay")
    request = json.dumps({"form": form, "panels": [asdict(panel) for panel in panels]}).encode()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rolecall.charts", stdin=-1, stdout=-1, stderr=-1, env=_environment()
    )
    try:
        picture, said = await asyncio.wait_for(child.communicate(request), DEADLINE)
    except TimeoutError:
        raise RolecallError(f"the picture was not drawn within {DEADLINE:.0f} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise RolecallError(f"the picture could not be drawn: {' '.join(last) or child.returncode}")
    return picture


def _environment() -> dict[str, str]:
    """The child needs no secret of ours; matplotlib keeps its font list where it may write."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "MPLBACKEND": "agg", "PYTHONWARNINGS": "ignore"}


def overview(found: Report) -> list[Panel]:
    """Return the panels of `rolecall stats`: pay by level, region and technology, day rates, weeks."""
    groups = (
        ("Pay a year by level", found.by_level),
        ("Pay a year by region", found.by_region),
        ("Pay a year by technology", found.by_stack),
        ("Pay a day", found.rates),
    )
    boxes: list[Panel] = [Boxes(title, _boxes(rows)) for title, rows in groups if rows]
    return boxes + ([weekly(found.weeks)] if len(found.weeks) > 1 else [])


def _boxes(rows: Mapping[str, Spread]) -> tuple[tuple[str, int, int, int, int, int, int], ...]:
    return tuple((vocabulary.name(name), s.n, s.p10, s.p25, s.median, s.p75, s.p90) for name, s in rows.items())


def pay_bars(found: Overview) -> Bars:
    """Return the panel of a digest's jobs: their stated pay against the user's floor."""
    return Bars("Pay a year", tuple((bar.name, bar.low, bar.high) for bar in found.bars), found.floor)


def week_columns(found: Overview) -> Weeks:
    """Return the panel of a digest's weeks."""
    rows = ((week.label, week.jobs, *(week.quarters or (None, None, None))) for week in found.weeks)
    return Weeks("Jobs a week, and the median of stated pay (n ≥ 8)", tuple(rows))


def weekly(weeks: Iterable[Week]) -> Weeks:
    """Return the panel of new jobs a week with the median of stated pay where 8 or more say it."""
    return Weeks("New jobs a week, and the median of stated pay", tuple(map(_week, weeks)))


def _week(week: Week) -> tuple[str, int, int | None, int | None, int | None]:
    day = f"{week.start.day} {week.start:%b}"
    if week.pay is None:
        return (day, week.jobs, None, None, None)
    return (day, week.jobs, week.pay.p25, week.pay.median, week.pay.p75)
