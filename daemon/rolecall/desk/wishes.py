"""A saved search in few words, and the buttons that change it: pure."""

from __future__ import annotations

from rolecall.match.wants import Search
from rolecall.model import Button, Keyboard, Mode, Rung
from rolecall.normalise.vocabulary import name as tech_name
from rolecall.render.talk import esc

LEVELS = tuple(rung for rung in Rung if Rung.JUNIOR <= rung <= Rung.PRINCIPAL)


def summary(search: Search) -> str:
    """Return what a search asks for: "Python; senior, lead; from £70,000; remote, hybrid"."""
    stack = search.wanted.get("stack")
    techs = sorted({*stack.any, *stack.all}) if stack else []
    parts = [", ".join(map(tech_name, techs)), levels(search), salary(search), modes(search)]
    return "; ".join(part for part in parts if part) or "everything"


def text(search: Search) -> str:
    """Return a search as it is now, as Telegram HTML: its name, and what it asks for where that is not its name."""
    name, asks = f"{'⏸ ' if search.paused else ''}<b>{esc(search.name)}</b>", summary(search)
    return name if asks == search.name else f"{name}\n{esc(asks)}"


def levels(search: Search) -> str:
    return ", ".join(rung.word for rung in sorted(search.wanted.get("levels", ())))


def modes(search: Search) -> str:
    return ", ".join(mode.value for mode in Mode if mode in search.wanted.get("modes", ()))


def salary(search: Search) -> str:
    wanted, daily = search.wanted.get("min_salary"), search.wanted.get("min_day_rate")
    said = [f"from £{wanted.amount:,.0f}"] if wanted else []
    return " or ".join([*said, *([f"£{daily.amount:,.0f} a day"] if daily else [])])


def controls(search: Search, ref: str, *, changed: bool = False) -> Keyboard:
    """Return the buttons under one search; each label says how it is now. `changed`: there is a way back."""
    rest = Button("▶ Resume", f"resume:{ref}") if search.paused else Button("⏸ Pause", f"pause:{ref}")
    back = (Button("↺ As in the configuration", f"reset:{ref}"),)
    return (
        (rest, Button(f"💷 {salary(search) or 'any pay'}", f"pay:{ref}")),
        (Button(f"👤 {levels(search) or 'any level'}", f"levels:{ref}"),),
        (Button(f"🏠 {modes(search) or 'any mode'}", f"modes:{ref}"),),
        *((back,) if changed else ()),
    )


def level_choice(search: Search, ref: str) -> Keyboard:
    """Return one button a level; pressed, it is wanted or not."""
    wanted = search.wanted.get("levels", frozenset())
    return _choice("levels", ref, [(rung.word, rung in wanted) for rung in LEVELS])


def mode_choice(search: Search, ref: str) -> Keyboard:
    wanted = search.wanted.get("modes", frozenset())
    return _choice("modes", ref, [(mode.value, mode in wanted) for mode in Mode])


def _choice(option: str, ref: str, words: list[tuple[str, bool]]) -> Keyboard:
    """A press says what is to be from then on, so that it may come twice."""
    buttons = [
        Button(f"{'☑' if on else '☐'} {word}", f"choose:{ref}:{option}:{word}:{'no' if on else 'yes'}")
        for word, on in words
    ]
    rows = (tuple(buttons[start : start + 3]) for start in range(0, len(buttons), 3))
    return (*rows, (Button("‹ back", f"search:{ref}"),))
