"""Apprise through its own code to a server on loopback."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from rolecall.errors import Deferred, Unsendable
from rolecall.secret import Secret
from rolecall_notifiers.apprise import Apprise
from tests.cards import message
from tests.fakes.receiver import Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as opened:
        yield opened


async def sender(url: str) -> Apprise:
    notifier = Apprise(Secret(url))
    await notifier.open()
    return notifier


async def test_a_refusal_is_said_with_its_status_and_without_the_address(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = 403
    notifier = await sender(receiver.url.replace("http://", "json://"))
    with caplog.at_level(logging.WARNING), pytest.raises(Deferred, match="status 403") as raised:
        await notifier.send(message())
    assert raised.value.ambiguous
    assert "s3cret" not in str(raised.value) + repr(notifier)


async def test_a_long_message_comes_whole_in_parts(receiver: Receiver) -> None:
    host = receiver.url.removeprefix("http://").partition("/")[0]
    notifier = await sender(f"json://{host}/hook/s3cret-path")
    notifier._service.notify.body_maxlen = 400  # as a service with short messages has
    await notifier.send(message("notice", text=" ".join(f"word{number}" for number in range(300))))
    assert len(receiver.bodies) > 3
    said = " ".join(body["message"] for body in receiver.bodies).split()
    assert {f"word{number}" for number in range(300)} <= set(said)


async def test_an_address_that_apprise_does_not_know_is_said_plainly() -> None:
    notifier = await sender("nosuchservice://x")
    with pytest.raises(Unsendable, match="does not know"):
        await notifier.send(message())
    with pytest.raises(Unsendable, match="does not know"):
        await notifier.check()
