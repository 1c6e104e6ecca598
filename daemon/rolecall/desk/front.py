"""The front desk: finds out what is wanted and who does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape

from rolecall.config import Config
from rolecall.desk import ask, dialogue, employers, jobs, numbers, pairing, quiet, searches
from rolecall.desk.visit import NotUnderstood, Visit
from rolecall.house import House
from rolecall.render import talk
from rolecall.talk import Paired, Press, Pressed, Reply, Said

Replies = Sequence[Reply]

HINT = "/help says what I understand."


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
    "stats": Command("numbers", numbers.stats),
    "search": Command("your searches: list, pause, change; /search new", searches.search),
    "mute": Command("hear no more of an employer: /mute Acme", employers.mute),
    "unmute": Command("hear of an employer again", employers.unmute),
    "quiet": Command("when to leave this chat in peace: /quiet 22:00-07:30", quiet.quiet),
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
    "open": Button(searches.opened),
    "search": Button(searches.shown),
    "pause": Button(partial(searches.turned, verb="pause")),
    "resume": Button(partial(searches.turned, verb="resume")),
    "reset": Button(partial(searches.turned, verb="reset")),
    "pay": Button(searches.pay),
    "levels": Button(partial(searches.choice, option="levels")),
    "modes": Button(partial(searches.choice, option="modes")),
    "choose": Button(searches.choose, 4, 4),
}


class FrontDesk:
    """Serves the people of one house; `reload` makes the daemon take a changed configuration."""

    def __init__(self, house: House, reload: Callable[[], None]) -> None:
        self._house, self._reload = house, reload
        self._ahead: Config | None = None  # adopted here, and not yet by the house

    @property
    def commands(self) -> Sequence[tuple[str, str]]:
        return [(name, command.summary) for name, command in COMMANDS.items()]

    async def press(self, channel: str, press: Press) -> Pressed:
        word, *rest = press.data.split(":")
        button = BUTTONS.get(word)
        if button is None or not button.least <= len(rest) <= button.most:
            return Pressed("I do not know that button any more.")
        visit = self._visit(channel, press.id, press.who)
        try:
            pressed = await button.do(visit, *rest)
        except NotUnderstood as answer:
            return Pressed(str(answer))
        is_said = press.above and pressed.face and pressed.face.state is not None
        return replace(pressed, above=await visit.list_face(press.above)) if is_said else pressed

    async def say(self, channel: str, said: Said) -> Replies:
        visit, text = self._visit(channel, said.id, said.who), said.text.strip()
        word, _, rest = text.partition(" ")
        command = COMMANDS.get(word[1:].lower().replace("start", "help")) if word.startswith("/") else None
        try:
            if command is not None:
                return await command.answer(visit, rest.strip())
            answered = await dialogue.go_on(visit, text)
        except NotUnderstood as answer:
            return (Reply(escape(str(answer))),)
        return answered if answered is not None else (Reply(HINT),) if said.to_us else ()

    async def pair(self, channels: Sequence[str], code: str, note: str) -> Paired:
        house = self._house
        return await pairing.pair(house.store, house.config.database, channels, code, note, house.now())

    def _visit(self, channel: str, id: str, who: str) -> Visit:  # noqa: A002 (as everywhere)
        if self._ahead is not None and self._ahead.changes == self._house.config.changes:
            self._ahead = None
        person = self._house.config.reader_of(channel).name
        return Visit(self._house, channel, id, who, person, adopt=self._adopt, ahead=self._ahead)

    def _adopt(self, config: Config) -> None:
        """Let the daemon take the changed configuration; until it has, what is asked here is answered by it."""
        self._ahead = config
        self._reload()
