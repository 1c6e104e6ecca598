"""Searches from a chat: listed, paused, changed and made by a short dialogue; config.toml is never rewritten."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rolecall.baseline import make_baselines
from rolecall.config import Config, load
from rolecall.desk import FrontDesk
from rolecall.errors import ConfigError
from rolecall.house import House
from rolecall.match import Index
from rolecall.model import Keyboard
from rolecall.plugins import kinds
from rolecall.talk import Press, Pressed, Reply, Said
from tests.fakes.board import Board
from tests.house import greenhouse, house_of, job, jobs, poll_all

CONFIG = """
[daemon]
database = "rolecall.db"
allow_private = true
host_pause = "0s"
summary_wait = "0s"

[channel.phone]
kind = "console"

[[search]]
name = "Senior Python"
stack.any = ["python"]
levels = ["senior"]
min_salary = 70000
"""


@dataclass
class Chat:
    """Somebody at the desk of a house with a configuration file."""

    house: House
    path: Path
    reloads: int = 0
    last: Keyboard = ()
    pressed: str = ""
    ids: itertools.count[int] = field(default_factory=itertools.count)
    desk: FrontDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = FrontDesk(self.house, self.count)

    def count(self) -> None:
        self.reloads += 1

    def reload(self) -> Config:
        """Do what the daemon does when it is told to."""
        self.house.config = load(self.path, kinds())
        self.house.index = Index(self.house.config.searches)
        return self.house.config

    async def say(self, text: str, id: str = "") -> str:  # noqa: A002 (as everywhere)
        replies = await self.desk.say("phone", Said(id or f"said {next(self.ids)}", text, "me"))
        return self._seen(replies)

    async def press(self, words: str) -> str:
        """Press the button that says this, under the last message; return the word, or what was said."""
        button = next(button for row in self.last for button in row if words in button.label)
        assert len(button.data.encode()) <= 64
        self.pressed = button.data
        pressed = await self.desk.press("phone", Press(f"press {next(self.ids)}", button.data, "me"))
        return self._pressed(pressed)

    async def again(self) -> str:
        """Press the last button once more: the message may show it still."""
        return self._pressed(await self.desk.press("phone", Press(f"press {next(self.ids)}", self.pressed, "me")))

    def _pressed(self, pressed: Pressed) -> str:
        if pressed.face is not None:
            self.last = pressed.face.keyboard
        return pressed.word or (self._seen(pressed.replies) if pressed.replies else "")

    def _seen(self, replies: Sequence[Reply]) -> str:
        self.last = replies[-1].keyboard if replies else ()
        return "\n".join(reply.html for reply in replies)

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.last for button in row]

    @property
    def changes(self) -> Path:
        return self.path.with_name("rolecall.db.changes.toml")


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    async with house_of(load(path, kinds())) as house:
        yield Chat(house, path)
        assert path.read_text().startswith(CONFIG), "the user's file is never rewritten"


async def test_searches_are_listed_and_opened(chat: Chat) -> None:
    said = await chat.say("/search")
    assert "1. <b>Senior Python</b>\nPython; senior; from £70,000" in said
    assert "/search new" in said
    await chat.press("1")
    assert chat.labels == ["⏸ Pause", "💷 from £70,000", "👤 senior", "🏠 any mode"]
    assert "no such search" in await chat.say("/search 2")
    assert "/search 1 pay" in await chat.say("/search 1 frobnicate")


async def test_a_paused_search_asks_for_nothing_until_it_is_resumed(chat: Chat) -> None:
    await chat.say("/search 1")
    assert "Paused." in await chat.press("Pause")
    assert chat.labels[0] == "▶ Resume"
    assert "Paused." in await chat.again(), "twice is fine"
    config = chat.reload()
    assert (config.searches, len(config.paused)) == ((), 1)
    assert "paused = true" in chat.changes.read_text()
    assert "⏸ <b>Senior Python</b>" in await chat.say("/search")
    await chat.say("/search 1")
    await chat.press("Resume")
    assert chat.labels[-1] == "🏠 any mode", "it is as the configuration says, so there is nothing to take back"
    assert len(chat.reload().searches) == 1
    assert chat.reloads == 3


async def test_what_came_during_a_pause_comes_when_it_is_over(chat: Chat) -> None:
    async with Board() as board:
        chat.path.write_text(CONFIG + greenhouse("larkspur", board.url))
        chat.reload()
        await make_baselines(chat.house)
        await chat.say("/search 1 pause")
        chat.reload()
        await make_baselines(chat.house)
        board.serve("/v1/boards/larkspur/jobs", jobs(job()))
        await poll_all(chat.house)
        assert not await chat.house.store.alerts(10)
        await chat.say("/search 1 resume")
        chat.reload()
        await make_baselines(chat.house)
        assert len(await chat.house.store.alerts(10)) == 1


async def test_pay_levels_and_modes_are_changed_by_command(chat: Chat) -> None:
    assert "from £80,000" in await chat.say("/search 1 pay £80k")
    assert "senior, lead" in await chat.say("/search 1 levels senior, lead")
    assert "remote, hybrid" in await chat.say("/search 1 modes remote hybrid")
    (search,) = chat.reload().searches
    assert search.wanted["min_salary"].amount == 80_000
    assert len(search.wanted["levels"]) == 2
    assert "£550 a day" in await chat.say("/search 1 pay £550/day")
    assert "min_salary" not in chat.reload().searches[0].wanted
    assert "from" not in await chat.say("/search 1 pay any")
    assert not {"min_salary", "min_day_rate"} & chat.reload().searches[0].wanted.keys()


async def test_levels_and_modes_are_ticked(chat: Chat) -> None:
    await chat.say("/search 1")
    await chat.press("senior")
    assert "☑ senior" in chat.labels
    await chat.press("☐ lead")
    await chat.press("☐ staff")
    await chat.press("☑ senior")
    assert [label for label in chat.labels if label.startswith("☑")] == ["☑ lead", "☑ staff"], "no reload in between"
    await chat.press("back")
    assert "👤 lead, staff" in chat.labels
    await chat.press("any mode")
    await chat.press("remote")
    await chat.press("☑ remote")
    assert "modes" not in chat.reload().searches[0].wanted


async def test_a_change_that_is_no_good_changes_nothing_and_says_why(chat: Chat) -> None:
    assert "not possible" in await chat.say("/search 1 pay £7")
    assert "not one of" in await chat.say("/search 1 levels wizard")
    assert not chat.changes.exists()
    assert chat.reloads == 0


async def test_the_pay_is_asked_for_and_a_slip_is_asked_again(chat: Chat) -> None:
    await chat.say("/search 1")
    assert "least you would take" in await chat.press("£70,000")
    assert "not possible" in await chat.say("£7")
    assert "from £90,000" in await chat.say("£90k")
    assert chat.reload().searches[0].wanted["min_salary"].amount == 90_000
    assert "/help" in await chat.say("£95k"), "the dialogue is over"


async def test_a_search_is_made_in_four_questions_through_restarts(chat: Chat) -> None:
    assert "Which technologies" in await chat.say("/search new")
    assert "not a technology" in await chat.say("frobnicator")
    assert "Which levels" in await chat.say("go, ruby on rails", id="7")
    assert "Which levels" in await chat.say("go, ruby on rails", id="7"), "heard again after a kill"
    chat.desk = FrontDesk(chat.house, chat.count)  # a restart
    assert "least you would take" in await chat.say("senior lead")
    assert "remote, hybrid, onsite" in await chat.say("-")
    assert "Go, Ruby on Rails; senior, lead; remote</b> is watched" in await chat.say("remote")
    assert [search.name for search in chat.reload().searches] == [
        *("Senior Python", "Go, Ruby on Rails; senior, lead; remote")
    ]
    await chat.say("/search 1")
    await chat.press("Pause")
    assert [search.name for search in chat.reload().paused] == ["Go, Ruby on Rails; senior, lead; remote"]
    assert "is gone" in await chat.say("/search 1 reset")
    assert len(chat.reload().searches) == 1


async def test_a_dialogue_can_be_left(chat: Chat) -> None:
    await chat.say("/search new")
    assert await chat.say("/cancel") == "Left."
    assert "/help" in await chat.say("python")


async def test_what_was_changed_can_be_taken_back(chat: Chat) -> None:
    await chat.say("/search 1 pay £90k")
    assert chat.labels[-1] == "↺ As in the configuration"
    await chat.press("As in the configuration")
    assert "from £70,000" in chat.labels[1]
    assert chat.reload().searches[0].wanted["min_salary"].amount == 70_000


async def test_changes_outlive_what_they_change(chat: Chat) -> None:
    await chat.say("/search 1 pay £90k")
    chat.path.write_text(CONFIG.replace("Senior Python", "Renamed"))
    assert chat.reload().searches[0].wanted["min_salary"].amount == 70_000
    chat.path.write_text(CONFIG)


async def test_a_spoilt_file_of_changes_is_said_and_not_overwritten(chat: Chat) -> None:
    chat.changes.write_text("[[search")
    with pytest.raises(ConfigError, match=r"rolecall\.db\.changes\.toml: cannot be read.*Mend it, or delete it"):
        chat.reload()
    assert "Mend it" in await chat.say("/search 1 pause")
    assert chat.changes.read_text() == "[[search"


async def test_a_chat_is_left_in_peace_when_it_asks_for_it(chat: Chat) -> None:
    assert "No quiet hours" in await chat.say("/quiet")
    assert "22:00–07:30 (Europe/London)" in await chat.say("/quiet 22:00-07:30")
    assert "at weekends 23:00–10:00" in await chat.say("/quiet weekend 23:00 - 10:00")
    config = chat.reload()
    assert len(config.quiet(config.channels[0]).week) == 2
    assert "write it like" in await chat.say("/quiet tonight")
    assert "No quiet hours" in await chat.say("/quiet off")
    assert "No quiet hours" in await chat.say("/quiet reset")
    assert "quiet" not in chat.changes.read_text()


async def test_names_of_every_kind_survive_being_written(chat: Chat) -> None:
    name = 'Say \\"hello\\" \\\\ \\u007f £ [x] = \\u2028'  # as TOML writes it
    chat.path.write_text(f'{CONFIG}\n[[search]]\nname = "{name}"\n')
    chat.reload()
    await chat.say("/search 1 pause")
    assert len(chat.reload().paused) == 1
    chat.path.write_text(CONFIG)


async def test_without_a_file_nothing_can_be_changed(chat: Chat) -> None:
    object.__setattr__(chat.house.config, "path", None)
    assert "no configuration file" in await chat.say("/search 1 pause")


async def test_the_verb_may_come_first_and_what_cannot_be_left_is_said(chat: Chat) -> None:
    assert "⏸" in await chat.say("/search pause 1")
    assert "⏸" in await chat.say("/search list")
    assert "⏸" not in await chat.say("/search resume 1")
    assert await chat.say("/cancel") == "There is nothing to leave."
