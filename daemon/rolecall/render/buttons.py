"""What can be pressed under a job, by what was said of it: pure. A press says all that is needed to carry it out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rolecall import people
from rolecall.model import Button, Keyboard
from rolecall.people import Mark
from rolecall.render.clean import line

MOST_BYTES = 64  # of what a press says
SIGNS = {"saved": "★", "applied": "✓", "dismissed": "✕", "snoozed": "⏰"}


@dataclass(frozen=True, slots=True)
class Pressable:
    """The job under which the buttons stand. `copies`: adverts beside the one that is shown."""

    job: str
    company: str
    agency: bool
    copies: int
    muted: bool = False
    apart: bool = False  # one of its adverts was just split off


def keyboard(about: Pressable, marks: Collection[Mark], now: datetime, zone: ZoneInfo) -> Keyboard:
    """Return the buttons of one job for a person whose marks these are: what was said last, and what may be said."""
    said = people.standing(marks, now)
    rows = [*_said(about, said, zone), *_open(about, said)]
    return (*rows, tuple(_questions(about, bool(said) or about.muted)))


def _said(about: Pressable, said: list[Mark], zone: ZoneInfo) -> Iterator[tuple[Button, ...]]:
    """Yield what was said, with a way back."""
    if about.muted:
        yield (Button(f"🔇 {name(about)} muted · undo", f"undo:muted:{about.job}"),)
    if about.apart:
        yield (Button("≠ one advert split off · undo", f"undo:split:{about.job}"),)
    if said and not about.apart:  # one way back at a time
        words = [f"{SIGNS[mark.kind]} {people.in_words(mark, zone)}" for mark in said]
        yield (Button(f"{' '.join(words)} · undo", f"undo:{said[-1].kind}:{about.job}"),)


def _open(about: Pressable, said: list[Mark]) -> Iterator[tuple[Button, ...]]:
    """Yield what may still be said: nothing of a job that is done with or out of sight."""
    kinds = {mark.kind for mark in said}
    if about.muted or kinds - {"saved"}:
        return
    first = [] if "saved" in kinds else [Button("★ Save", f"saved:{about.job}")]
    yield (*first, Button("✓ Applied", f"applied:{about.job}"), Button("✕ Dismiss", f"dismissed:{about.job}"))
    mute = [Button(f"🔇 Mute {name(about)}", f"mute:{about.job}")] if about.company else []
    yield (*mute, Button("⏰ Snooze 1 day", f"snoozed:{about.job}"))


def _questions(about: Pressable, settled: bool) -> Iterator[Button]:
    yield Button("❓ Why", f"why:{about.job}")
    if about.copies and not settled:
        yield Button("≠ Not the same", f"split:{about.job}")


def name(about: Pressable) -> str:
    """Return the employer's name, cut to what fits on a button."""
    return line(about.company, 24) + (" (agency)" if about.agency else "")


def choice_of_copies(job: str, copies: Collection[tuple[str, str]]) -> Keyboard:
    """Return one button for each (reference, name) of a job's adverts: which of them is another job?"""
    rows = [(Button(f"≠ {line(name, 40)}", f"split:{job}:{reference}"),) for reference, name in copies]
    return (*rows, (Button("‹ back", f"back:{job}"),))
