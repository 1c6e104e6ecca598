"""Why a server is not reached, as a person reads it."""

from __future__ import annotations

import errno
import socket

import pytest

from rolecall.errors import Deferred
from rolecall.secret import Secret
from rolecall_notifiers.reach import unreached
from rolecall_notifiers.telegram import Telegram
from tests.fakes.telegram import TOKEN


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "is not known to the name service"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('::1', 9)"), "(Connection refused)"),
        (OSError("Multiple exceptions"), "(OSError)"),
    ],
)
def test_a_host_that_is_not_reached_is_named_without_the_words_of_a_library(error: OSError, said: str) -> None:
    found = unreached("larkspur.example", error)
    assert found.startswith("larkspur.example ")
    assert found.endswith(said)


async def test_so_does_telegram() -> None:
    notifier = Telegram(Secret(TOKEN), 42, base_url="http://127.0.0.1:9/bot")
    await notifier.open()
    try:
        with pytest.raises(Deferred) as caught:
            await notifier.check()
    finally:
        await notifier.close()
    assert str(caught.value) == "Telegram cannot be reached: 127.0.0.1 cannot be connected (Connection refused)"
