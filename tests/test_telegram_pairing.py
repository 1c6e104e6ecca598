"""Pairing: a chat is bound by a code that is short-lived, works once, and cannot be guessed by trying."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from rolecall import pairing
from rolecall.deliver import deliver
from rolecall.outbox import RetryAt, Sent
from rolecall.plan import NewNotice, Plan
from rolecall.talk import ChannelMemory
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.house import NOON
from tests.test_app import HEAD, PYTHON, TELEGRAM, rolecall
from tests.test_telegram_ear import Talk, talking
from tests.waiting import until


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "rolecall.db"


def test_a_code_is_good_for_its_channel_for_ten_minutes_and_until_it_is_used(database: Path) -> None:
    code = pairing.leave(database, "phone", NOON)
    assert len(code) == 16
    assert code not in (database.parent / "rolecall.db.pairing.json").read_text(), "only its hash is kept"
    assert pairing.channel_of(database, code.lower(), NOON + timedelta(minutes=9)) == "phone"
    assert pairing.channel_of(database, "WRONG", NOON) == ""
    assert pairing.channel_of(database, code, NOON + timedelta(minutes=10)) == ""
    newer = pairing.leave(database, "other", NOON)
    assert pairing.channel_of(database, code, NOON) == ""
    pairing.forget(database)
    assert pairing.channel_of(database, newer, NOON) == ""


def test_a_spoilt_file_is_no_code(database: Path) -> None:
    for spoilt in ("", "[]", '{"channel": 1}', '{"channel": "x", "digest": "y", "until": "z"}'):
        database.with_name("rolecall.db.pairing.json").write_text(spoilt)
        assert pairing.channel_of(database, "X", NOON) == ""


async def left_code(talk: Talk, database: Path) -> str:
    object.__setattr__(talk.house.config, "database", database)
    return pairing.leave(database, "phone", talk.house.now())


async def test_messages_wait_for_a_chat_and_go_to_the_one_that_says_the_code(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talking("", monkeypatch=monkeypatch) as talk:
        code, now = await left_code(talk, database), talk.house.now()
        await talk.house.store.commit(Plan(now=now, notices=(NewNotice("key", "phone", "Hello", "there", now),)))
        (channel,) = talk.house.config.channels
        waiting = await deliver(channel, talk.house)
        assert isinstance(waiting, RetryAt)
        assert "rolecall telegram pair" in waiting.error
        assert "somebody else" in await talk.ask("/latest"), "nobody's chat yet"
        assert "Paired: phone" in await talk.ask(f"/start {code}")
        assert isinstance(await deliver(channel, talk.house), Sent)
        assert talk.fake.messages[-1].chat == "42"
        assert "/latest" in await talk.ask("/help")
        assert "not valid" in await talk.ask(f"/start {code}", user=7), "it works once"
        again = type(channel.notifier)(channel.notifier.token, base_url=talk.fake.base_url)  # type: ignore[attr-defined]
        await again.remember(ChannelMemory(talk.house.store, "phone"))
        await again.open()
        assert again.chat.id == 42, "after a restart too"
        await again.close()


async def test_wrong_codes_are_refused_and_soon_not_even_looked_at(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talking("", monkeypatch=monkeypatch) as talk:
        code = await left_code(talk, database)
        for number in range(5):
            assert "not valid" in await talk.ask(f"/start WRONG{number}", user=100 + number)
        assert "not valid" in await talk.ask(f"/start {code}"), "too late: somebody is guessing"


async def test_who_pairs_a_group_may_press_there(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking("", monkeypatch=monkeypatch) as talk:
        code = await left_code(talk, database)
        assert "Paired" in await talk.ask(f"/start@fake_bot {code}", user=8, to=-55)
        assert "/latest" in await talk.ask("/help", user=8, to=-55)
        assert "Only its owner" in await talk.ask("/help", user=9, to=-55)


async def test_a_chat_with_a_number_of_its_own_is_not_paired(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking("chat_id = 1", monkeypatch=monkeypatch) as talk:
        code = await left_code(talk, database)
        assert "not valid" in await talk.ask(f"/start {code}")


# --- the command ----------------------------------------------------------------------------------------------


def configure(folder: Path, fake: FakeTelegram) -> None:
    channel = TELEGRAM.format(fake.base_url).replace("chat_id = 1\n", "")
    (folder / "config.toml").write_text(HEAD + channel + PYTHON)


async def pair(folder: Path, fake: FakeTelegram, user: int) -> str:
    """Run the command and say its code; return what it printed."""
    (folder / "log").unlink(missing_ok=True)
    async with rolecall(folder, "telegram", "pair") as life:
        await until(lambda: life.said("/start "), "the code")
        fake.say(life.log.read_text().partition("/start ")[2].split()[0].join(("/start ", "")), user=user)
        assert await life.ends() == 0, life.log.read_text()
        return life.log.read_text()


async def test_the_command_pairs_with_and_without_a_daemon(tmp_path: Path) -> None:
    async with FakeTelegram() as fake:
        configure(tmp_path, fake)
        said = await pair(tmp_path, fake, 5)
        assert "https://t.me/fake_bot?start=" in said
        assert "paired with Person 5" in said
        async with rolecall(tmp_path, "run") as life:
            await until(lambda: life.said("listening bot=@fake_bot"), "the daemon to listen")
            assert "paired with Person 6" in await pair(tmp_path, fake, 6)
            await until(lambda: fake.messages[-1].chat == "6", "the welcome")
        (tmp_path / "log").unlink()
        async with rolecall(tmp_path, "check") as life:
            assert await life.ends() == 0, life.log.read_text()
            assert life.said("may write to chat 6")
            assert TOKEN not in life.log.read_text()
        await asyncio.sleep(0)
