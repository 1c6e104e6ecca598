"""Statistics as words: no figure without how many adverts and which days it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rolecall.render.money import amount


def pounds(value: int) -> str:
    """Return "£72k" or "£550": a figure as people say it, to the nearest thousand a year."""
    return amount(round(value, -3) if value >= 10_000 else value)


def counted(number: int, noun: str) -> str:
    """Return "1 job", "2,345 jobs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float) -> str:
    return f"{share:.0%}"


def ordinal(number: int) -> str:
    """Return "1st", "22nd", "13th"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def days(since: date | None, until: date | None) -> str:
    """Return "24 Aug to 22 Nov 2026"; one day is itself."""
    if since is None or until is None:
        return "no days"
    if since == until:
        return f"{until.day} {until:%b} {until.year}"
    year = "" if since.year == until.year else f" {since.year}"
    return f"{since.day} {since:%b}{year} to {until.day} {until:%b} {until.year}"


def bar(low: float, high: float, least: float, most: float, width: int = 24, mark: float | None = None) -> str:
    """Return a range as text between `least` and `most`: "   ├────────┤   ", with "│" where `mark` stands."""
    scale = (width - 1) / (most - least) if most > least else 0.0
    start, end = (round((min(max(value, least), most) - least) * scale) for value in (low, high))
    cells = [" "] * start + (["├", *"─" * (end - start - 1), "┤"] if end > start else ["●"])
    cells += [" "] * (width - len(cells))
    if mark is not None and least <= mark <= most:
        at = round((mark - least) * scale)
        cells[at] = "┼" if cells[at] != " " else "┊"
    return "".join(cells)


def columns(counts: Mapping[str, int], width: int = 30) -> list[str]:
    """Return one line per name with a bar as long as its count: "17 Aug  ██████ 24"."""
    most, longest = max(counts.values(), default=0), max(map(len, counts), default=0)
    bars = {name: "█" * round(count / (most or 1) * width) for name, count in counts.items()}
    return [f"{name:<{longest}}  {bars[name]}{' ' if bars[name] else ''}{count}" for name, count in counts.items()]
