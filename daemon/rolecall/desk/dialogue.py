"""Short dialogues: a question at a time. What was answered so far is noted, so a restart does not end them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from html import escape
from typing import Any

from rolecall.desk import wishes
from rolecall.desk.changing import change, reference, searches
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.desk.wanting import read_answer
from rolecall.match import Search, read_search
from rolecall.talk import Reply

CANCEL = "/cancel leaves it."
PAY = "What is the least you would take? £75k, or £550/day, or - for any."

QUESTIONS: Mapping[str, str] = {
    "stack": "Which technologies? One of them is enough: python, django. Or - for any.",
    "levels": "Which levels? junior, mid, senior, lead, staff, principal. Or - for any.",
    "pay": PAY,
    "modes": "How? remote, hybrid, onsite. Or - for any.",
}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue with one person: about a new search (`name` empty) or the pay of one.

    `heard`: the id of the line that was answered last; heard again, it is not the answer to the next question.
    """

    name: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    heard: str = ""

    @property
    def asks(self) -> str:
        """The question that is open."""
        return "pay" if self.name else next((each for each in QUESTIONS if each not in self.answers), "")


async def begin_new(visit: Visit) -> tuple[Reply, ...]:
    return await _ask(visit, Dialogue(heard=visit.id))


async def begin_pay(visit: Visit, name: str, ref: str) -> tuple[Reply, ...]:
    return await _ask(visit, Dialogue(name, heard=visit.id))


async def go_on(visit: Visit, text: str) -> Sequence[Reply] | None:
    """Take a line as the answer to the open question; None where there is no dialogue."""
    open_now = _read((await visit.store.notes(visit.channel)).get(_note(visit), ""))
    if open_now is None:
        return (Reply("There is nothing to leave."),) if text == "/cancel" else None
    if text.casefold() in ("/cancel", "cancel"):
        await _forget(visit)
        return (Reply("Left."),)
    if visit.id == open_now.heard:
        return await _ask(visit, open_now)
    try:
        return await _answered(visit, replace(open_now, heard=visit.id), text)
    except NotUnderstood as wrong:
        return (Reply(f"{escape(str(wrong))}\n{escape(CANCEL)}", asks=True),)


async def _answered(visit: Visit, dialogue: Dialogue, text: str) -> Sequence[Reply]:
    options = read_answer(dialogue.asks, text)
    if dialogue.name:
        config = await change(visit, lambda kept: kept.with_search(dialogue.name, **options))
        await _forget(visit)
        found = next(each for each in searches(config, visit.person) if each.name == dialogue.name)
        return (Reply(wishes.text(found), wishes.controls(found, reference(found), changed=True)),)
    dialogue = replace(dialogue, answers={**dialogue.answers, dialogue.asks: options})
    return await (_ask(visit, dialogue) if dialogue.asks else _make(visit, dialogue))


async def _ask(visit: Visit, dialogue: Dialogue) -> tuple[Reply, ...]:
    await visit.store.note(visit.channel, _note(visit), json.dumps(asdict(dialogue)))
    return (Reply(f"{QUESTIONS[dialogue.asks]} {CANCEL}", asks=True),)


async def _make(visit: Visit, dialogue: Dialogue) -> Sequence[Reply]:
    """Make the search that was talked about."""
    said = [pair for answer in dialogue.answers.values() for pair in answer.items()]
    wanted = {name: value for name, value in said if value is not None}
    table = wanted | ({"person": visit.person} if visit.person else {})
    table["name"] = _name(visit, read_search({**wanted, "name": "new"}, "search"))
    await change(visit, lambda kept: replace(kept, added=(*kept.added, table)))
    await _forget(visit)
    return (Reply(f"<b>{escape(table['name'])}</b> is watched. What is open now comes as one summary."),)


def _name(visit: Visit, search: Search) -> str:
    """Return a name that says what it asks for and is not taken."""
    taken = {each.name for each in searches(visit.config, "")}
    name = wishes.summary(search)
    return next(each for each in (name, *(f"{name} ({n})" for n in range(2, 1000))) if each not in taken)


# --- noting ---------------------------------------------------------------------------------------------------


def _note(visit: Visit) -> str:
    return f"dialogue:{visit.who}"


async def _forget(visit: Visit) -> None:
    await visit.store.note(visit.channel, _note(visit), "")


def _read(text: str) -> Dialogue | None:
    try:
        return Dialogue(**json.loads(text)) if text else None
    except (ValueError, TypeError):
        return None
