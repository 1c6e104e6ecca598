"""Telegram against a Bot API that enforces the limits: every fault has its documented outcome."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.secret import Secret
from rolecall.store.memory import MemoryStore
from rolecall.talk import ChannelMemory, Reply
from rolecall_notifiers.telegram import Telegram
from tests.cards import card, message
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.waiting import PATIENCE


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as running:
        yield running


@asynccontextmanager
async def opened(fake: FakeTelegram, patience: float = PATIENCE) -> AsyncIterator[Telegram]:
    notifier = Telegram(Secret(TOKEN), 42, base_url=fake.base_url, interval=0.0, timeout=patience)
    await notifier.open()
    yield notifier
    await notifier.close()


@pytest.fixture
async def channel(fake: FakeTelegram) -> AsyncIterator[Telegram]:
    async with opened(fake) as channel:
        yield channel


@pytest.fixture
async def hasty(fake: FakeTelegram) -> AsyncIterator[Telegram]:
    """A channel that waits half a second for an answer."""
    async with opened(fake, patience=0.5) as channel:
        yield channel


async def failure(channel: Telegram) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message())
    return caught.value


async def test_an_alert_arrives_once_with_links_and_without_a_preview(channel: Telegram, fake: FakeTelegram) -> None:
    assert await channel.send(message()) == "1"
    (received,) = fake.messages
    assert "Senior Backend Engineer" in received.text
    assert "https://jobs.example/1" in received.links
    assert not received.preview
    assert received.chat == "42"


async def test_it_opens_while_telegram_is_away_and_says_so_when_it_sends() -> None:
    notifier = Telegram(Secret(TOKEN), 42, base_url="http://127.0.0.1:9/bot")
    await notifier.open()
    error = await failure(notifier)
    await notifier.close()
    assert isinstance(error, Deferred)
    assert not error.ambiguous


async def test_a_flood_is_waited_out_as_long_as_telegram_says_and_is_no_attempt(
    channel: Telegram, fake: FakeTelegram
) -> None:
    fake.then(Fault.FLOOD)
    error = await failure(channel)
    assert isinstance(error, Deferred)
    assert (error.retry_after, error.counts, error.ambiguous) == (7, False, False)


@pytest.mark.parametrize(
    ("fault", "counts"), [(Fault.FLOOD_BARE, False), (Fault.SERVER_ERROR, True), (Fault.BAD_GATEWAY, True)]
)
async def test_trouble_at_telegram_backs_off(channel: Telegram, fake: FakeTelegram, fault: Fault, counts: bool) -> None:
    fake.then(fault)
    error = await failure(channel)
    assert isinstance(error, Deferred)
    assert (error.counts, error.ambiguous, error.retry_after) == (counts, False, None)
    assert not fake.messages


async def test_the_error_page_of_a_proxy_backs_off(channel: Telegram, fake: FakeTelegram) -> None:
    fake.then(Fault.GATEWAY_PAGE)
    error = await failure(channel)
    assert isinstance(error, Deferred)
    assert not error.ambiguous


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault.BLOCKED, Fault.DEACTIVATED, Fault.KICKED, Fault.CHAT_NOT_FOUND, Fault.NO_RIGHTS),
        *(Fault.UNAUTHORIZED, Fault.NOT_FOUND),
    ],
)
async def test_a_refused_bot_or_chat_suspends_the_channel(channel: Telegram, fake: FakeTelegram, fault: Fault) -> None:
    fake.then(fault)
    assert isinstance(await failure(channel), Rejected)
    assert fake.requests == 1


async def test_a_refusal_nobody_knows_costs_this_message_only(channel: Telegram, fake: FakeTelegram) -> None:
    fake.then(Fault.ODD_400)
    assert isinstance(await failure(channel), Unsendable)
    assert await channel.send(message()) == "1"


async def test_refused_markup_is_sent_once_more_as_plain_text(channel: Telegram, fake: FakeTelegram) -> None:
    fake.then(Fault.PARSE)
    await channel.send(message())
    (received,) = fake.messages
    assert received.markup == received.text
    assert "Senior Backend Engineer (https://jobs.example/1)" in received.text


async def test_a_text_refused_as_too_long_goes_in_shorter_pieces(channel: Telegram, fake: FakeTelegram) -> None:
    fake.then(Fault.TOO_LONG)
    await channel.send(message("notice", text="word " * 700))
    assert [len(received.text) <= 2000 for received in fake.messages] == [True, True]


@pytest.mark.parametrize("fault", [Fault.PARSE, Fault.TOO_LONG, Fault.MIGRATED])
async def test_a_refusal_that_stays_is_not_answered_in_a_loop(
    channel: Telegram, fake: FakeTelegram, fault: Fault
) -> None:
    fake.then(*[fault] * 20)
    assert isinstance(await failure(channel), DeliveryError)
    assert fake.requests <= 4


async def test_a_missing_topic_falls_back_to_the_chat(channel: Telegram, fake: FakeTelegram) -> None:
    in_topic = replace(channel, thread_id=5)
    await in_topic.open()
    fake.then(Fault.TOPIC_NOT_FOUND)
    await in_topic.send(message())
    await in_topic.send(message(id="the-next"))
    await in_topic.close()
    assert [received.thread for received in fake.messages] == [None, 5]


async def test_a_chat_that_moved_is_followed_at_once_and_from_then_on(channel: Telegram, fake: FakeTelegram) -> None:
    fake.migrated["42"] = -100777
    await channel.send(message())
    await channel.send(message(id="the-next"))
    assert [received.chat for received in fake.messages] == ["-100777", "-100777"]
    assert fake.requests == 3


async def test_a_chat_that_moved_is_remembered_through_a_restart(channel: Telegram, fake: FakeTelegram) -> None:
    fake.migrated["42"] = -100777
    store = MemoryStore()
    await channel.remember(ChannelMemory(store, "phone"))
    await channel.send(message())
    again = replace(channel)
    await again.remember(ChannelMemory(store, "phone"))
    await again.open()
    fake.migrated.clear()
    await again.send(message())
    await again.close()
    assert [received.chat for received in fake.messages] == ["-100777", "-100777"]
    assert fake.requests == 3


async def test_a_picture_has_its_words_below_it_or_after_it(channel: Telegram, fake: FakeTelegram) -> None:
    for words in ("short", "long " * 400):
        await channel.chat.reply(Reply(words, png=b"a picture"))
    shown = [(received.photo, len(received.text)) for received in fake.messages]
    assert shown == [(9, 5), (9, 0), (0, 2000)]


async def test_a_picture_finds_its_chat_like_a_text(channel: Telegram, fake: FakeTelegram) -> None:
    fake.migrated["42"] = -100777
    await channel.chat.reply(Reply("<b>short</b>", png=b"a picture"))
    assert (fake.messages[0].chat, fake.messages[0].text) == ("-100777", "short")


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        *((Fault.HTML, 0), (Fault.NOT_OK, 0), (Fault.RESET_BEFORE, 0), (Fault.CUT, 1), (Fault.RESET_AFTER, 1)),
    ],
)
async def test_a_lost_answer_is_ambiguous_and_waits_a_minute(
    channel: Telegram, fake: FakeTelegram, fault: Fault, arrived: int
) -> None:
    fake.then(fault)
    error = await failure(channel)
    assert isinstance(error, Deferred)
    assert (error.ambiguous, error.retry_after) == (True, 60)
    assert len(fake.messages) == arrived


async def test_with_hold_a_lost_answer_is_never_repeated(channel: Telegram, fake: FakeTelegram) -> None:
    holding = replace(channel, on_ambiguous="hold")
    await holding.open()
    fake.then(Fault.RESET_AFTER)
    error = await failure(holding)
    await holding.close()
    assert isinstance(error, Unsendable)
    assert "may have arrived" in str(error)


async def test_a_long_digest_goes_on_where_it_stopped(channel: Telegram, fake: FakeTelegram) -> None:
    digest = message("digest", *(card(n, why=("reason " * 20,) * 3) for n in range(30)))
    await channel.send(digest)
    parts = [received.text for received in fake.messages]
    assert len(parts) > 2

    again = replace(digest, id="the-same-digest-tomorrow")
    fake.messages.clear()
    fake.heard = lambda received: fake.then(Fault.BAD_GATEWAY) if received.id == 1 else None
    with pytest.raises(Deferred):
        await channel.send(again)
    await channel.send(again)
    assert [received.text for received in fake.messages] == parts


async def test_a_long_digest_goes_on_with_every_job_that_was_not_told_though_others_are_gone_meanwhile(
    channel: Telegram, fake: FakeTelegram
) -> None:
    cards = [card(n, title=f"Engineer {n:02}", rank=-float(n)) for n in range(60)]
    fake.heard = lambda received: fake.then(Fault.BAD_GATEWAY) if received.id == 2 else None
    with pytest.raises(Deferred):
        await channel.send(message("digest", *cards))
    assert len(fake.messages) == 2
    await channel.send(message("digest", *cards[8:]))  # those before were dismissed
    said = "\n".join(received.text for received in fake.messages)
    assert [said.count(each.title) for each in cards] == [1] * len(cards)


async def test_a_long_digest_is_not_given_up_for_unclear_answers_between_which_it_gets_on(
    hasty: Telegram, fake: FakeTelegram
) -> None:
    sent = message("digest", *(card(n, title=f"Engineer {n:02}") for n in range(90)))
    fake.heard = lambda received: fake.then(Fault.RESET_BEFORE) if received.id in (1, 2, 3) else None
    unclear = []
    for _ in range(3):
        with pytest.raises(Deferred) as raised:
            await hasty.send(sent)
        unclear.append(raised.value.ambiguous)
    assert unclear == [False] * 3, "each of them told of more jobs"
    await hasty.send(sent)
    said = "\n".join(received.text for received in fake.messages)
    assert all(said.count(each.title) == 1 for each in sent.cards)


async def test_check_names_the_bot_and_sends_nothing(channel: Telegram, fake: FakeTelegram) -> None:
    assert "@fake_bot" in await channel.check()
    assert not fake.messages


async def test_check_tells_a_wrong_chat_and_a_wrong_token(channel: Telegram, fake: FakeTelegram) -> None:
    fake.then(Fault.CHAT_NOT_FOUND)
    with pytest.raises(Rejected, match="Chat not found"):
        await channel.check()
    stranger = replace(channel, token=Secret("1:wrong"))
    await stranger.open()
    with pytest.raises(Rejected, match="token"):
        await stranger.check()
    await stranger.close()


async def test_the_token_is_in_no_log_no_exception_and_no_repr(
    channel: Telegram, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await channel.send(message())
        for fault in (fault for fault in Fault if fault is not Fault.HANG):
            fake.then(fault)
            with contextlib.suppress(DeliveryError):
                await channel.send(message(id=fault.name))
        fake.then(Fault.GATEWAY_PAGE)
        error = await failure(channel)
    assert TOKEN not in "".join(traceback.format_exception(error))
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(channel)


async def test_a_server_that_hangs_is_left_after_the_timeout_its_answer_lost(
    hasty: Telegram, fake: FakeTelegram
) -> None:
    fake.then(Fault.HANG)
    async with asyncio.timeout(PATIENCE):
        error = await failure(hasty)
    assert isinstance(error, Deferred)
    assert (error.ambiguous, error.retry_after) == (True, 60)
    assert TOKEN not in "".join(traceback.format_exception(error))
    assert len(fake.messages) == 1
