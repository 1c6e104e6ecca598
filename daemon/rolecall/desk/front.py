"""The front desk: finds out what is wanted and who does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from rolecall.desk import ask, employers, jobs, pairing
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.house import House
from rolecall.render import talk
from rolecall.talk import Paired, Press, Pressed, Reply, Said

Replies = Sequence[Reply]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what it does, in a few words, and who answers."""

    summary: str
    answer: Callable[[Visit, str], Awaitable[Replies]]


@dataclass(frozen=True, slots=True)
class Button:
    """One kind of button: who carries out a press, and how many words it says at least and at most."""

    do: Callable[..., Awaitable[Pressed]]
    least: int = 1
    most: int = 1


async def _help(visit: Visit, words: str) -> Replies:
    return (Reply(talk.commands((name, each.summary) for name, each in COMMANDS.items())),)


COMMANDS: Mapping[str, Command] = {
    "latest": Command("the latest matching jobs; /latest 20 for more", ask.latest),
    "why": Command("why a job matched or not: /why and its address", ask.why),
    "status": Command("how sources and channels are", ask.status),
    "stats": Command("numbers", ask.stats),
    "mute": Command("hear no more of an employer: /mute Acme", employers.mute),
    "unmute": Command("hear of an employer again", employers.unmute),
    "help": Command("what I understand", _help),
}

BUTTONS: Mapping[str, Button] = {
    "saved": Button(partial(jobs.mark, kind="saved")),
    "applied": Button(partial(jobs.mark, kind="applied")),
    "dismissed": Button(partial(jobs.mark, kind="dismissed")),
    "snoozed": Button(partial(jobs.mark, kind="snoozed")),
    "mute": Button(jobs.mute),
    "undo": Button(jobs.undo, 2, 2),
    "split": Button(jobs.split, 1, 2),
    "back": Button(jobs.back),
    "why": Button(jobs.why),
    "card": Button(jobs.card),
}


class FrontDesk:
    """Serves the people of one house; `reload` makes the daemon take a changed configuration."""

    def __init__(self, house: House, reload: Callable[[], None]) -> None:
        self._house, self._reload = house, reload

    @property
    def commands(self) -> Sequence[tuple[str, str]]:
        return [(name, command.summary) for name, command in COMMANDS.items()]

    async def press(self, channel: str, press: Press) -> Pressed:
        word, *rest = press.data.split(":")
        button = BUTTONS.get(word)
        if button is None or not button.least <= len(rest) <= button.most:
            return Pressed("I do not know that button any more.")
        try:
            return await button.do(self._visit(channel, press.id), *rest)
        except NotUnderstood as answer:
            return Pressed(str(answer))

    async def say(self, channel: str, said: Said) -> Replies:
        word, _, rest = said.text.strip().partition(" ")
        command = COMMANDS.get(word[1:].lower().replace("start", "help")) if word.startswith("/") else None
        if command is None:
            return (Reply("/help says what I understand."),) if said.to_us else ()
        try:
            return await command.answer(self._visit(channel, said.id, said.who), rest.strip())
        except NotUnderstood as answer:
            return (Reply(escape(str(answer))),)

    async def pair(self, channels: Sequence[str], code: str, note: str) -> Paired:
        house = self._house
        return await pairing.pair(house.store, house.config.database, channels, code, note, house.now())

    def _visit(self, channel: str, id: str, who: str = "") -> Visit:  # noqa: A002 (as everywhere)
        person = self._house.config.reader_of(channel).name
        return Visit(self._house, channel, id, who, person, reload=self._reload)
