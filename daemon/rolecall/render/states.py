"""What was said of jobs, as the last words of the messages that show them: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from rolecall import people
from rolecall.model import Button, Keyboard
from rolecall.people import Mark
from rolecall.render.buttons import SIGNS, Pressable, name

Said = tuple[str, str]
"""A sign and a word ("✓", "applied")."""

MUTED: Said = ("🔇", "muted")
NUMBER = "card:"
"""How the button of a list begins that opens a job by its number."""


def state(about: Pressable, marks: Collection[Mark], now: datetime, zone: ZoneInfo) -> str:
    """Return what was said of one job, a line each ("✓ Applied 29 Nov"); "" where nothing was."""
    lines = [f"{SIGNS[mark.kind]} {_upper(people.in_words(mark, zone))}" for mark in people.standing(marks, now)]
    muted = [f"{MUTED[0]} Muted {name(about)}"] if about.muted else []
    apart = ["≠ One advert split off"] if about.apart else []
    return "\n".join([*lines, *muted, *apart])


def said_of(marks: Collection[Mark], now: datetime, *, muted: bool) -> tuple[Said, ...]:
    """Return what was said of one job of a list, what counts most last: the latest word, or that it is muted."""
    said = [(SIGNS[mark.kind], str(mark.kind)) for mark in people.standing(marks, now)]
    return (*said, *([MUTED] if muted else []))


def jobs_of(keyboard: Keyboard) -> tuple[str, ...]:
    """Return the jobs that the numbers under a list open, in their order."""
    return tuple(button.data.removeprefix(NUMBER) for button in _numbers(keyboard))


def list_keyboard(keyboard: Keyboard, said: Mapping[str, tuple[Said, ...]]) -> Keyboard:
    """Return the numbers under a list, each with the sign of what counts most of its job: "3 ✓"."""

    def shown(button: Button) -> Button:
        signs = [sign for sign, _ in said.get(button.data.removeprefix(NUMBER), ())]
        return Button(" ".join([_number(button), *signs[-1:]]), button.data)

    return tuple(tuple(shown(each) if _is_number(each) else each for each in row) for row in keyboard)


def list_state(keyboard: Keyboard, said: Mapping[str, tuple[Said, ...]]) -> str:
    """Return what was said of which numbers of a list, a line a word: "✓ applied: 3, 5"; "" where nothing was."""
    lines: dict[Said, list[str]] = {}
    for button in _numbers(keyboard):
        for word in said.get(button.data.removeprefix(NUMBER), ()):
            lines.setdefault(word, []).append(_number(button))
    return "\n".join(f"{sign} {word}: {', '.join(numbers)}" for (sign, word), numbers in lines.items())


def _numbers(keyboard: Keyboard) -> Iterator[Button]:
    return (button for row in keyboard for button in row if _is_number(button))


def _is_number(button: Button) -> bool:
    return button.data.startswith(NUMBER)


def _number(button: Button) -> str:
    return button.label.partition(" ")[0]


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
