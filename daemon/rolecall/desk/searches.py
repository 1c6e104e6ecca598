"""/search: a person's searches listed, paused, resumed, changed, taken back to what the configuration says."""

from __future__ import annotations

from html import escape
from typing import Any

from rolecall.config import Config
from rolecall.desk import dialogue, wishes
from rolecall.desk.changing import change, find, reference, searches
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.desk.wanting import change_of
from rolecall.match import Search
from rolecall.model import Button, Keyboard
from rolecall.render import talk
from rolecall.talk import Face, Pressed, Reply

USAGE = (
    "/search lists your searches, /search new makes one. With its number:\n"
    "/search 1 pause, resume, reset\n/search 1 pay £80k (or £550/day, or any)\n"
    "/search 1 levels senior lead (or any)\n/search 1 modes remote hybrid (or any)"
)


# --- by command -----------------------------------------------------------------------------------------------


async def search(visit: Visit, words: str) -> tuple[Reply, ...]:
    """Answer /search and what may stand behind it."""
    match words.split():
        case [verb, number] if verb in _VERBS and number.isdecimal():
            return await search(visit, f"{number} {verb}")
        case [] | ["list"]:
            return _list(visit)
        case ["new", *_]:
            return await dialogue.begin_new(visit)
        case [number]:
            found = find(visit.config, visit.person, number)
            return (Reply(wishes.text(found), _controls(visit, visit.config, found)),)
        case [number, verb, *rest] if verb in _VERBS:
            found = find(visit.config, visit.person, number)
            config = await _change(visit, found, verb, rest)
            return (_shown(visit, config, found.name),)
    raise NotUnderstood(USAGE)


_VERBS = ("pause", "resume", "reset", "pay", "levels", "modes")


def _list(visit: Visit) -> tuple[Reply, ...]:
    known = searches(visit.config, visit.person)
    if not known:
        return (Reply("There is no search yet: /search new"),)
    lines = [f"{number}. {wishes.text(each)}" for number, each in enumerate(known, 1)]
    numbers = [Button(str(number), f"open:{reference(each)}") for number, each in enumerate(known, 1)]
    rows = tuple(tuple(numbers[start : start + 8]) for start in range(0, min(len(numbers), 80), 8))
    *first, last = talk.texts(*lines, "/search new makes another one.")
    return (*(Reply(text.html) for text in first), Reply(last.html, rows))


def _shown(visit: Visit, config: Config, name: str) -> Reply:
    """Return a search as it is now; where it was only here and is reset, it is gone."""
    found = next((each for each in searches(config, visit.person) if each.name == name), None)
    return Reply(wishes.text(found), _controls(visit, config, found)) if found else Reply(f"{escape(name)} is gone.")


# --- by buttons -----------------------------------------------------------------------------------------------


async def opened(visit: Visit, ref: str) -> Pressed:
    """Open one search of the list."""
    found = find(visit.config, visit.person, ref)
    return Pressed("", replies=(Reply(wishes.text(found), _controls(visit, visit.config, found)),))


async def shown(visit: Visit, ref: str) -> Pressed:
    """Return from a choice to the search's own buttons."""
    return Pressed("", _face(visit, visit.config, find(visit.config, visit.person, ref)))


async def turned(visit: Visit, ref: str, verb: str) -> Pressed:
    """Pause, resume or reset."""
    found = find(visit.config, visit.person, ref)
    config = await _change(visit, found, verb, [])
    shown = _shown(visit, config, found.name)
    return Pressed(_DONE[verb], Face(shown.keyboard, html=shown.html))


_DONE = {
    "pause": "Paused. What comes meanwhile is shown when you resume.",
    "resume": "Resumed. What came meanwhile comes as one summary.",
    "reset": "It is as in the configuration again.",
}


async def pay(visit: Visit, ref: str) -> Pressed:
    """Ask for another minimum."""
    found = find(visit.config, visit.person, ref)
    return Pressed("", replies=await dialogue.begin_pay(visit, found.name, ref))


async def choice(visit: Visit, ref: str, option: str) -> Pressed:
    """Show the levels or the modes to choose from."""
    return Pressed("", Face(_choice(find(visit.config, visit.person, ref), option)))


async def choose(visit: Visit, ref: str, option: str, word: str, wanted: str) -> Pressed:
    """Want one level or mode, or want it no more; none at all is any."""
    if option not in ("levels", "modes"):
        raise NotUnderstood("I do not know that button any more.")
    found = find(visit.config, visit.person, ref)
    now = {_spelt(each) for each in found.wanted.get(option, ())}
    after = now | {word} if wanted == "yes" else now - {word}
    config = await _change(visit, found, option, sorted(after) or ["any"])
    changed = find(config, visit.person, ref)
    return Pressed("", Face(_choice(changed, option), html=wishes.text(changed)))


def _choice(search: Search, option: str) -> Keyboard:
    ref = reference(search)
    return wishes.level_choice(search, ref) if option == "levels" else wishes.mode_choice(search, ref)


def _face(visit: Visit, config: Config, search: Search) -> Face:
    return Face(_controls(visit, config, search), html=wishes.text(search))


def _controls(visit: Visit, config: Config, search: Search) -> Keyboard:
    return wishes.controls(search, reference(search), changed=config.changes.touch(search.name))


# --- changing -------------------------------------------------------------------------------------------------


async def _change(visit: Visit, search: Search, verb: str, words: list[str]) -> Config:
    if verb == "reset":
        return await change(visit, lambda kept: kept.without_search(search.name))
    options = change_of(verb, words)
    return await change(visit, lambda kept: kept.with_search(search.name, **options))


def _spelt(value: Any) -> str:
    return value.value if isinstance(value.value, str) else value.name.lower()
