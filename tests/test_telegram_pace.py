"""Telegram's limits: what is paced by us is never refused by a Bot API that enforces them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from rolecall.errors import Deferred
from rolecall.secret import Secret
from rolecall_notifiers.telegram import Telegram
from rolecall_notifiers.telegram.pace import PATIENCE, Busy, Pace
from tests.cards import message
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.fakes.telegram_limits import Limits


class Time:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr("rolecall_notifiers.telegram.pace.asyncio.sleep", time.sleep)
    return time


async def test_no_traffic_however_mixed_earns_a_refusal(time: Time) -> None:
    pace, limits, busy = Pace(time), Limits(time), 0
    for number in range(600):
        chat = ("1", "2", "-100", "@channel", None)[(number * number + number // 7) % 5]
        try:
            await (pace.call() if chat is None else pace.turn(chat))
        except Busy as error:
            busy += 1
            time.now += error.seconds / 4  # others go on
            continue
        assert limits.wait(chat) == 0, number
        time.now += 0.001
    assert busy


async def test_a_bot_with_many_chats_stays_below_thirty_calls_a_second(time: Time) -> None:
    pace, limits = Pace(time), Limits(time)
    for number in range(200):
        await pace.turn(number + 1)
        assert limits.wait(str(number + 1)) == 0
    assert 5 < time.now - 1000 < 12


async def test_a_group_gets_twenty_messages_a_minute_and_the_next_is_put_off(time: Time) -> None:
    pace = Pace(time)
    for _ in range(19):
        await pace.turn(-100)
    assert time.now - 1000 < 25, "as fast as a chat may be written to"
    with pytest.raises(Busy) as caught:
        await pace.turn(-100)
    assert PATIENCE < caught.value.seconds < 61
    await pace.turn(-200)


async def test_a_flood_stops_its_chat_and_two_chats_in_a_row_stop_the_bot(time: Time) -> None:
    pace = Pace(time)
    pace.flooded(1, 100)
    with pytest.raises(Busy):
        await pace.turn(1)
    await pace.turn(2)
    pace.flooded(2, 100)
    for call in (pace.turn(3), pace.call()):
        with pytest.raises(Busy):
            await call
    time.now += 100
    await pace.turn(3)


@asynccontextmanager
async def opened(fake: FakeTelegram, *chats: int) -> AsyncIterator[list[Telegram]]:
    channels = [Telegram(Secret(TOKEN), chat, base_url=fake.base_url) for chat in chats]
    for channel in channels:
        await channel.open()
    yield channels
    for channel in channels:
        await channel.close()


async def test_channels_of_one_bot_share_its_pace() -> None:
    async with FakeTelegram(limits=True) as fake, opened(fake, 1, 1, 2) as channels:
        await asyncio.gather(*(channel.send(message(id=str(n))) for n, channel in enumerate(channels * 2)))
    assert len(fake.messages) == 6
    assert fake.floods == 0


async def test_a_flood_told_to_one_channel_defers_the_other_without_asking() -> None:
    async with FakeTelegram() as fake, opened(fake, 1, 1) as (one, other):
        fake.then(Fault.FLOOD)
        for channel in (one, other):
            with pytest.raises(Deferred) as caught:
                await channel.send(message())
            assert 0 < (caught.value.retry_after or 0) <= 7
            assert not caught.value.counts
        assert fake.requests == 1
