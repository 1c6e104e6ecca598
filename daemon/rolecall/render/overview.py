"""A digest's overview as text: bars of characters, and what the pictures show in words."""

from __future__ import annotations

from collections.abc import Iterator

from rolecall.overview import ClosingSoon, NearMiss, Overview
from rolecall.render.clean import line
from rolecall.render.groups import jobs
from rolecall.render.money import amount
from rolecall.render.numbers import bar, columns, pounds

_CRITERIA = {
    "min_salary": "pay", "min_day_rate": "the day rate", "levels": "level", "modes": "remote or office",
    "stack": "technology", "max_office_days": "office days", "home": "distance", "uk_remote_only": "the UK",
    "contract": "the kind of contract", "ir35": "IR35", "clearance_held": "clearance", "need_sponsorship": "a visa",
}  # fmt: skip
_MOST_NAME = 44


def overview_lines(found: Overview) -> Iterator[str]:
    """Yield the overview as plain text, paragraphs apart."""
    for title, lines in (
        ("Closing soon", [f"{closing_in_words(each)}\n  {each.url}".rstrip() for each in found.closing]),
        (_bars_title(found), bar_lines(found)),
        ("New matching jobs by week", week_lines(found)),
        ("Just missed this week", [text for each in found.missed for text in miss_lines(each)]),
    ):
        if lines:
            yield from ("", title, *lines)


def closing_in_words(each: ClosingSoon) -> str:
    return f"{each.title}{f' at {each.company}' if each.company else ''}: {each.closes}"


def miss_lines(missed: NearMiss) -> list[str]:
    """Return "3 jobs failed only on pay" and its examples."""
    return [missed_in_words(missed), *(f"  {example}" for example in missed.examples)]


def missed_in_words(missed: NearMiss) -> str:
    return f"{jobs(missed.jobs)} failed only on {_CRITERIA.get(missed.criterion, missed.criterion.replace('_', ' '))}"


def bar_lines(found: Overview) -> list[str]:
    """Return one line per job that states its pay, on one scale, with a mark at the user's floor."""
    if not found.bars:
        return []
    ends = [each.low for each in found.bars] + [each.high for each in found.bars] + [found.floor or found.bars[0].low]
    least, most = min(ends), max(ends)
    width = min(max(len(each.name) for each in found.bars), _MOST_NAME)
    return [
        f"{line(each.name, width):<{width}} {bar(each.low, each.high, least, most, 14, found.floor)} "
        f"{_span(each.low, each.high)}"
        for each in found.bars
    ]


def week_lines(found: Overview) -> list[str]:
    """Return one line per week: how many jobs, and the median of their stated pay."""
    if len(found.weeks) < 2:
        return []
    lines = columns({week.label: week.jobs for week in found.weeks}, width=24)
    medians = [f", median {pounds(week.quarters[1])}" if week.quarters else "" for week in found.weeks]
    return [text + median for text, median in zip(lines, medians, strict=True)]


def bars_in_words(found: Overview) -> str:
    """Return what the picture of pay shows."""
    said = "; ".join(f"{each.name} {_span(each.low, each.high)}" for each in found.bars)
    return f"{_bars_title(found)}: {said}"


def weeks_in_words(found: Overview) -> str:
    """Return what the picture of weeks shows."""
    return "New matching jobs by week: " + "; ".join(text.replace("█", "") for text in week_lines(found))


def _bars_title(found: Overview) -> str:
    return "Pay of these jobs" + (f" against your {amount(found.floor)}" if found.floor else "")


def _span(low: int, high: int) -> str:
    """Return the pay as the job's own lines give it: "£82.5k–£95k"."""
    return amount(low) if low == high else f"{amount(low)}–{amount(high)}"
