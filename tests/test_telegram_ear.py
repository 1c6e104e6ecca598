"""What people press and write in Telegram: acted on once, answered at once, and only for the owner of the chat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from rolecall import charts
from rolecall.deliver import deliver
from rolecall.desk import FrontDesk
from rolecall.errors import StoreError
from rolecall.house import House
from rolecall.life.hearing import lines
from rolecall.outbox import Sent
from rolecall.people import Decision
from rolecall.stored import StoredJob
from rolecall.talk import ChannelMemory
from rolecall_notifiers.telegram import Telegram
from tests.fakes.board import Board
from tests.fakes.telegram import EDIT_TOO_LATE, FLOOD_ON_EDIT, ODD_REFUSAL, PRESS_TOO_OLD, TOKEN, FakeTelegram
from tests.house import config_of, greenhouse, house_of, job, jobs, poll_all
from tests.test_poll import PATH
from tests.waiting import until

CONFIG = """
[daemon]
allow_private = true
host_pause = "0s"
summary_wait = "0s"
{channels}
[[search]]
name = "Python"
stack.any = ["python"]
"""
CHANNEL = """
[channel.{name}]
kind = "telegram"
token_env = "TEST_TOKEN"
interval = 0
timeout = 60
base_url = "{url}"
{options}
"""
OWNER = "chat_id = 42"


@dataclass
class Talk:
    """A house whose bot listens."""

    fake: FakeTelegram
    house: House
    board: Board
    reloads: list[None] = field(default_factory=list)

    async def send(self) -> None:
        """Poll, and deliver what is due."""
        await poll_all(self.house)
        for channel in self.house.config.channels:
            while isinstance(await deliver(channel, self.house), Sent):
                pass

    async def answered(self, press: str) -> str:
        """Return the word that answered a press."""
        await until(lambda: any(answer.press == press for answer in self.fake.answers), "the answer")
        return next(answer.text for answer in self.fake.answers if answer.press == press)

    async def press(self, words: str, *, user: int = 42, message: int | None = None) -> str:
        return await self.answered(self.fake.press(words, user=user, message=message))

    async def ask(self, text: str, *, user: int = 42, to: int | str | None = None) -> str:
        """Write something; return what was said back."""
        before = len(self.fake.messages)
        self.fake.say(text, user=user, to=to)
        await until(lambda: len(self.fake.messages) > before, f"an answer to {text}")
        return self.fake.messages[-1].text

    async def silence(self, text: str, *, user: int = 42, to: int | str | None = None) -> None:
        """Write something that is not answered: the next thing is heard, and nothing was said."""
        before, polls = len(self.fake.messages), self.fake.updates.polls
        self.fake.say(text, user=user, to=to)
        await until(lambda: self.fake.updates.polls > polls and not self.fake.updates.waiting, "the poll after it")
        await asyncio.sleep(0.05)
        assert len(self.fake.messages) == before


@asynccontextmanager
async def talking(*channels: str, monkeypatch: pytest.MonkeyPatch, limits: bool = False) -> AsyncIterator[Talk]:
    """Open a house with these channels (name=options); the board has one job, which the daemon has told of."""
    monkeypatch.setenv("TEST_TOKEN", TOKEN)
    async with FakeTelegram(limits=limits) as fake, Board() as board:
        tables = (
            CHANNEL.format(name=f"phone{number or ''}", url=fake.base_url, options=options).replace(
                "interval = 0\n", "" if limits else "interval = 0\n"
            )
            for number, options in enumerate(channels)
        )
        text = CONFIG.format(channels="\n".join(tables)) + greenhouse("larkspur", board.url)
        async with house_of(config_of(text)) as house:
            talk, stop = Talk(fake, house, board), asyncio.Event()
            desk = FrontDesk(house, lambda: talk.reloads.append(None))
            for channel in house.config.channels:
                assert isinstance(channel.notifier, Telegram)
                await channel.notifier.remember(ChannelMemory(house.store, channel.name))
                await channel.notifier.open()
            async with asyncio.TaskGroup() as group:
                for line in lines(house.config.channels):
                    group.create_task(next(iter(line.values())).listen(line, desk, stop))
                yield talk
                stop.set()
            for channel in house.config.channels:
                await channel.notifier.close()


@pytest.fixture
async def talk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(OWNER, monkeypatch=monkeypatch) as talk:
        talk.board.serve(PATH.format("larkspur"), jobs())
        await poll_all(talk.house)
        talk.house.now.forward(hours=1)  # type: ignore[attr-defined] # tests.house.Clock
        talk.board.serve(PATH.format("larkspur"), jobs(job()))
        await talk.send()
        yield talk


async def test_an_alert_carries_the_buttons(talk: Talk) -> None:
    assert talk.fake.labels() == [
        *("★ Save", "✓ Applied", "✕ Dismiss", "🔇 Mute Invented 1 Works", "⏰ Snooze 1 day", "❓ Why")
    ]


async def test_a_press_is_answered_and_the_message_shows_what_was_said(talk: Talk) -> None:
    sent = talk.fake.now(1)
    assert await talk.press("✓ Applied") == "Applied. It never comes again."
    await until(lambda: talk.fake.edits, "the edit")
    assert talk.fake.labels() == ["✓ applied 23 Nov · undo", "❓ Why"]
    assert talk.fake.text() == f"{sent.text}\n\n✓ Applied 23 Nov"
    assert talk.fake.now(1).entities[:-1] == sent.entities, "its links and bold words are as they were"
    assert await talk.press("undo") == "Taken back."
    await until(lambda: len(talk.fake.edits) == 2, "the edit")
    assert talk.fake.now(1) == sent, "as if nothing had been said"


async def test_each_word_on_a_job_takes_the_place_of_the_last_one_in_its_text(talk: Talk) -> None:
    sent = talk.fake.text()
    for words, state in (
        ("★ Save", "★ Saved"),
        ("Snooze", "★ Saved\n⏰ Snoozed until Tue 24 Nov 13:00"),
        ("undo", "★ Saved"),
        ("Mute", "★ Saved\n🔇 Muted Invented 1 Works"),
    ):
        await talk.press(words)
        await until(lambda state=state: talk.fake.text() == f"{sent}\n\n{state}", state)  # type: ignore[misc] # bound on purpose


async def test_a_list_shows_which_of_its_jobs_were_said_something_of(talk: Talk) -> None:
    talk.board.serve(PATH.format("larkspur"), jobs(*(job(number) for number in range(1, 4))))
    talk.house.now.forward(hours=1)  # type: ignore[attr-defined] # tests.house.Clock
    await poll_all(talk.house)
    await talk.ask("/latest")
    numbers, sent = len(talk.fake.messages), talk.fake.text()
    assert talk.fake.labels(numbers) == ["1", "2", "3"]
    for number, words in (("2", "✓ Applied"), ("3", "✓ Applied"), ("1", "★ Save")):
        before = len(talk.fake.messages)
        await talk.press(number, message=numbers)
        await until(lambda before=before: len(talk.fake.messages) > before, "the card")  # type: ignore[misc] # bound on purpose
        assert talk.fake.messages[-1].to == numbers, "it answers the list"
        await talk.press(words, message=len(talk.fake.messages))
    await until(lambda: talk.fake.labels(numbers) == ["1 ★", "2 ✓", "3 ✓"], "the list to be marked")
    assert talk.fake.text(numbers) == f"{sent}\n\n★ saved: 1\n✓ applied: 2, 3"
    await talk.press("undo", message=numbers + 1)
    await until(lambda: talk.fake.labels(numbers) == ["1 ★", "2", "3 ✓"], "the list to be marked anew")
    assert talk.fake.text(numbers) == f"{sent}\n\n★ saved: 1\n✓ applied: 3"
    assert talk.fake.text(numbers + 1) == talk.fake.messages[numbers].text


async def test_a_card_that_is_opened_again_says_what_was_said_of_its_job(talk: Talk) -> None:
    await talk.press("★ Save")
    await talk.ask("/latest")
    before = len(talk.fake.messages)
    await talk.press("1")
    await until(lambda: len(talk.fake.messages) > before, "the card")
    assert talk.fake.text().endswith("\n\n★ Saved")
    await talk.press("undo", message=before + 1)
    await until(lambda: "Saved" not in talk.fake.text(), "the edit")


async def test_a_text_that_cannot_be_changed_any_more_gets_its_buttons_at_least(talk: Talk) -> None:
    talk.fake.then_edits(ODD_REFUSAL)
    await talk.press("✓ Applied")
    await until(lambda: talk.fake.labels()[0] == "✓ applied 23 Nov · undo", "the edit")
    assert talk.fake.text() == talk.fake.messages[0].text


async def test_a_button_works_once_however_often_it_is_pressed(talk: Talk) -> None:
    first = talk.fake.press("✓ Applied")
    others = [talk.fake.press("✓ Applied") for _ in range(3)]
    assert await talk.answered(first) == "Applied. It never comes again."
    for press in others:
        assert await talk.answered(press) == "It is so already: applied 23 Nov."
    assert await talk.press("undo") == "Taken back."
    await until(lambda: "✓ Applied" in talk.fake.labels(), "the edit")
    assert (await _all(talk))[0].marks == ()


async def test_a_job_that_no_search_tells_of_any_more_is_not_said_to_be_snoozed(talk: Talk) -> None:
    talk.house.config = replace(talk.house.config, searches=())
    assert await talk.press("⏰ Snooze 1 day") == "No search of yours tells of it any more, so it would not come back."
    assert (await _all(talk))[0].marks == ()


async def _all(talk: Talk) -> list[StoredJob]:
    return [alert.job for alert in await talk.house.store.alerts(10, open_only=False)]


async def test_undo_pressed_twice_takes_back_one_word_only(talk: Talk) -> None:
    await talk.press("★ Save")
    await until(lambda: "★ saved · undo" in talk.fake.labels(), "the edit")
    talk.house.now.forward(minutes=1)  # type: ignore[attr-defined] # tests.house.Clock
    await talk.press("✓ Applied")
    await until(lambda: "★ saved ✓ applied 23 Nov · undo" in talk.fake.labels(), "the edit")
    presses = [talk.fake.press("undo") for _ in range(3)]
    words = [await talk.answered(press) for press in presses]
    assert words == ["Taken back.", *["There is nothing of that kind to take back any more."] * 2]
    await until(lambda: "★ saved · undo" in talk.fake.labels(), "the edit")


async def test_an_update_that_comes_again_after_a_kill_does_nothing_new(talk: Talk) -> None:
    await talk.press("✓ Applied")
    await talk.press("undo")
    await until(lambda: len(talk.fake.edits) == 2, "the edits")
    talk.fake.press("★ Save", again="7")
    await talk.answered("7")
    await talk.press("undo")
    answers = len(talk.fake.answers)
    talk.fake.press("★ Save", again="7")
    await until(lambda: len(talk.fake.answers) > answers, "the second answer")
    assert (await _all(talk))[0].marks == (), "the same press is not carried out again after it was taken back"


async def test_a_stranger_is_refused_with_a_word(talk: Talk) -> None:
    assert "Only its owner" in await talk.press("✕ Dismiss", user=666)
    assert talk.fake.answers[-1].alert
    assert "somebody else" in await talk.ask("/latest", user=666)
    assert talk.fake.messages[-1].chat == "666"
    assert not talk.fake.edits
    assert (await _all(talk))[0].marks == ()


async def test_strangers_cannot_make_the_bot_talk_for_ever(talk: Talk) -> None:
    for number in range(40):
        talk.fake.say("hello", user=1000 + number)
    await until(lambda: not talk.fake.updates.waiting, "all to be heard")
    await asyncio.sleep(0.1)
    assert len(talk.fake.messages) <= 1 + 20


async def test_a_snoozed_job_comes_again_after_a_day_with_its_buttons(talk: Talk) -> None:
    assert await talk.press("Snooze") == "It comes again tomorrow."
    await until(lambda: "⏰ snoozed until Tue 24 Nov 13:00 · undo" in talk.fake.labels(), "the edit")
    await talk.send()
    assert len(talk.fake.messages) == 1
    talk.house.now.forward(hours=24)  # type: ignore[attr-defined] # tests.house.Clock
    await talk.send()
    assert len(talk.fake.messages) == 2
    assert "★ Save" in talk.fake.labels()


async def test_an_employer_is_muted_and_heard_again(talk: Talk) -> None:
    assert await talk.press("Mute") == "Invented 1 Works is muted."
    await until(lambda: "🔇 Invented 1 Works muted · undo" in talk.fake.labels(), "the edit")
    assert "Invented 1 Works" in await talk.ask("/mute")
    assert await talk.press("undo") == "Taken back."
    assert "Nobody is muted" in await talk.ask("/mute")
    assert "Acme Ltd is muted" in await talk.ask("/mute Acme Ltd")
    assert "heard of again" in await talk.ask("/unmute ACME")


async def test_a_job_and_its_employer_have_each_a_way_back_of_their_own(talk: Talk) -> None:
    await talk.press("★ Save")
    await talk.press("Mute")
    await until(lambda: "🔇 Invented 1 Works muted · undo" in talk.fake.labels(), "the edit")
    assert await talk.press("★ saved · undo") == "Taken back."
    assert await talk.press("muted · undo") == "Taken back."
    await until(lambda: talk.fake.text() == talk.fake.messages[0].text, "the text as it was sent")
    await talk.ask("/mute Invented 1 Works")
    await talk.press("★ Save", message=1)
    await until(lambda: "🔇 Invented 1 Works muted · undo" in talk.fake.labels(1), "the edit")
    assert await talk.press("muted · undo") == "Taken back.", "though it was muted by a command"
    assert "Nobody is muted" in await talk.ask("/mute")


async def test_not_the_same_asks_which_of_several_copies_and_splits_it_off(talk: Talk) -> None:
    boards = ("harebell", "hawthorn")
    for board in boards:
        talk.board.serve(PATH.format(board), jobs(job(1, id=board, absolute_url=f"https://{board}.example.org/1")))
    text = "".join(greenhouse(board, talk.board.url) for board in boards)
    sources = config_of(CONFIG.format(channels="") + text).sources
    talk.house.config = replace(talk.house.config, sources=sources)
    await poll_all(talk.house)
    assert len((await _all(talk))[0].postings) == 3
    assert "≠ Not the same" not in talk.fake.labels(), "it was alone when it was sent"
    await talk.ask("/latest")
    await talk.press("1")
    await until(lambda: "≠ Not the same" in talk.fake.labels(), "the card with all buttons")
    assert await talk.press("≠ Not the same") == "Which of them is another job?"
    copy = "≠ Greenhouse · Remote, UK"  # two of one board are told apart by their places, as far as they differ
    await until(lambda: talk.fake.labels() == [copy, copy, "‹ back"], "the choice")
    assert (await talk.press(copy)).endswith("is a job of its own.")
    assert sorted(len(found.postings) for found in await _all(talk)) == [1, 2]
    await until(lambda: "≠ one advert split off · undo" in talk.fake.labels(), "the edit")
    assert await talk.press("undo") == "Taken back."
    assert [len(found.postings) for found in await _all(talk)] == [3]


async def test_why_says_what_each_search_thinks(talk: Talk) -> None:
    await talk.press("Why")
    await until(lambda: len(talk.fake.messages) == 2, "the explanation")
    said = talk.fake.messages[-1].text
    assert "Python → tells you at once" in said
    assert "✅ stack: Python" in said
    assert await talk.ask("/why https://jobs.example.org/1") == said
    assert "no job with that address" in await talk.ask("/why https://jobs.example.org/999")


async def test_commands_look_and_explain(talk: Talk) -> None:
    assert talk.fake.commands[:2] == ["latest", "why"]
    assert "1. Senior Python Engineer — Invented 1 Works" in await talk.ask("/latest 3")
    assert talk.fake.labels() == ["1"]
    assert "1 of 1 sources are well" in await talk.ask("/status")
    assert "1 job in 1 advert, " in await talk.ask("/stats")
    assert "/unmute – " in await talk.ask("/help")
    assert "/help" in await talk.ask("good morning")
    assert "/latest 20" in await talk.ask("/latest tomorrow")


@pytest.mark.skipif(not charts.available(), reason="the extra charts is not installed")
async def test_numbers_come_as_a_picture_once_there_are_enough(talk: Talk) -> None:
    others = [
        job(n, title=f"Senior Python Engineer {n}", content=f"Go {n * 7919}. £{60 + n},000 a year.")
        for n in range(2, 12)
    ]
    talk.board.serve(PATH.format("larkspur"), jobs(*others))
    talk.house.now.forward(hours=1)  # type: ignore[attr-defined] # tests.house.Clock
    await poll_all(talk.house)
    assert "senior: median £6" in await talk.ask("/stats")
    assert talk.fake.messages[-1].photo > 5_000


async def test_what_cannot_be_read_keeps_nothing_behind_it_waiting(talk: Talk) -> None:
    talk.fake.updates.add(callback_query={"id": "1"})
    talk.fake.updates.add(message={"message_id": 1, "chat": {"id": "no number"}, "text": "/help"})
    talk.fake.updates.add(poll_answer={"something": "new"})
    talk.fake.updates.waiting.append("no update at all")  # type: ignore[arg-type] # as sent by something broken
    assert "Saved" in await talk.press("Save")


async def test_a_button_nobody_knows_is_answered(talk: Talk) -> None:
    for data in ("", "saved", "frobnicate:x", "saved:no-such-job", "undo:applied:x:y:z"):
        query = talk.fake.press("Save", data=data)
        assert "not stored" in (word := await talk.answered(query)) or "do not know that button" in word


async def test_a_second_listener_is_said_and_waited_out(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    talk.fake.conflicts = 1
    talk.fake.updates.add(poll={})  # the poll that waits returns
    await until(lambda: "somebody else listens with the bot's token" in caplog.text, "the word about it")
    assert "Saved" in await talk.press("Save")
    assert "listening-again" in caplog.text


async def test_a_flood_delays_the_edit_and_not_the_answer(talk: Talk) -> None:
    talk.fake.then_edits(FLOOD_ON_EDIT)
    await talk.press("Save")
    await until(lambda: talk.fake.edits, "the edit after a second")


async def test_an_edit_that_is_refused_harms_nothing(talk: Talk) -> None:
    talk.fake.then_edits(EDIT_TOO_LATE)
    await talk.press("Save")
    assert await talk.press("Applied") == "Applied. It never comes again."
    await until(lambda: talk.fake.edits, "the next edit")


async def test_a_press_that_is_heard_too_late_to_be_answered_counts_all_the_same(talk: Talk) -> None:
    talk.fake.then_answers(PRESS_TOO_OLD)
    talk.fake.press("✓ Applied")
    await until(lambda: talk.fake.edits, "the edit")
    assert talk.fake.labels()[0] == "✓ applied 23 Nov · undo"


async def test_while_the_database_cannot_be_used_nothing_is_confirmed(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, refusals = talk.house.store.record, [StoreError("the disk is full")] * 2

    async def record(decision: Decision) -> bool:
        if refusals:
            raise refusals.pop()
        return await honest(decision)

    monkeypatch.setattr(talk.house.store, "record", record)
    monkeypatch.setattr("rolecall_notifiers.telegram.ear.STORE_PAUSE", 0.05)
    press = talk.fake.press("✓ Applied")
    await until(lambda: not refusals, "both tries")
    assert talk.fake.updates.waiting
    assert await talk.answered(press) == "Applied. It never comes again."


async def test_a_group_obeys_whom_the_configuration_names(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking("chat_id = -100\nallowed_users = [42]", monkeypatch=monkeypatch) as talk:
        talk.board.serve(PATH.format("larkspur"), jobs(job()))
        await talk.send()
        await talk.press("1")
        await until(lambda: "★ Save" in talk.fake.labels(), "the card")
        assert "Your Telegram id is 7" in await talk.press("Save", user=7)
        assert "Saved" in await talk.press("Save")
        await talk.silence("what do you think of it?", to=-100)
        await talk.silence("/latest@another_bot", to=-100)
        assert "Senior Python Engineer" in await talk.ask("/latest@fake_bot", to=-100)
        assert (talk.fake.messages[-1].to or 0) > 1000, "in company it answers the one who asked"
        await talk.ask("/search@fake_bot 1", to=-100)
        before = len(talk.fake.messages)
        await talk.press("any pay")
        await until(lambda: len(talk.fake.messages) > before, "the question")
        assert talk.fake.messages[-1].to is None, "it asks the person, not itself"
        assert "Only its owner" in await talk.ask("/latest", user=7, to=-100)


async def test_topics_and_channels_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = "chat_id = -100\nthread_id = {}\nallowed_users = [42]"
    async with talking(topic.format(5), topic.format(6), 'chat_id = "@news"', monkeypatch=monkeypatch) as talk:
        talk.fake.say("/help", to=-100, thread=6)
        talk.fake.say("/help", to="@news")
        await until(lambda: len(talk.fake.messages) == 2, "both answers")
        assert {(m.chat, m.thread) for m in talk.fake.messages} == {("-100", 6), ("-1001", None)}


async def test_one_bot_serves_several_people(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking("chat_id = 1", "chat_id = 2", monkeypatch=monkeypatch) as talk:
        for user in (1, 2):
            await talk.ask("/help", user=user)
            assert talk.fake.messages[-1].chat == str(user)
        assert talk.fake.updates.polls < 10


async def test_a_channel_that_is_not_interactive_neither_listens_nor_shows_buttons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with talking(f"{OWNER}\ninteractive = false", monkeypatch=monkeypatch) as talk:
        talk.board.serve(PATH.format("larkspur"), jobs(job()))
        await talk.send()
        assert talk.fake.updates.polls == 0
        assert talk.fake.labels() == []


async def test_no_limit_of_telegram_is_met_by_a_hurried_person(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(OWNER, monkeypatch=monkeypatch, limits=True) as talk:
        talk.board.serve(PATH.format("larkspur"), jobs(job()))
        await talk.send()
        await talk.press("1")
        await until(lambda: "★ Save" in talk.fake.labels(), "the card")
        presses = [talk.fake.press(words) for words in ("Save", "Applied", "Save", "Dismiss", "Applied")]
        for press in presses:
            await talk.answered(press)
        await until(lambda: "applied" in str(talk.fake.labels()), "the last edit")
        assert talk.fake.floods == 0
