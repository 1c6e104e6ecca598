"""The table of faults in docs/delivery.md, row by row, against a Bot API that fails in just this way."""

from __future__ import annotations

import re

import pytest

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.secret import Secret
from rolecall_notifiers.telegram import Telegram
from tests.cards import message
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault
from tests.shared import ROOT

ROWS = dict(
    re.findall(r"^\| `([A-Z_0-9]+)` \|.*\| ([^|]+) \|$", (ROOT / "docs" / "delivery.md").read_text(), re.MULTILINE)
)


def test_every_fault_stands_in_the_table() -> None:
    assert ROWS.keys() == {fault.name for fault in Fault} | {"REFUSED"}
    assert len(Fault) == 23


@pytest.mark.parametrize(("fault", "documented"), ROWS.items(), ids=ROWS)
async def test_a_fault_has_its_documented_outcome(fault: str, documented: str) -> None:
    async with FakeTelegram() as fake:
        url = "http://127.0.0.1:9/bot" if fault == "REFUSED" else fake.base_url
        wait = 0.5 if fault == "HANG" else 60
        channel = Telegram(Secret(TOKEN), 42, thread_id=5, base_url=url, interval=0.0, timeout=wait)
        await channel.open()
        if fault == "MIGRATED":
            fake.migrated["42"] = -100777
        elif fault != "REFUSED":
            fake.then(Fault[fault])
        assert await outcome(channel, fake) == documented
        await channel.close()


async def outcome(channel: Telegram, fake: FakeTelegram) -> str:
    """Send one message, and say what became of it as the table does."""
    try:
        await channel.send(message("notice", text="word " * 700))
    except DeliveryError as error:
        return failed(error)
    received = fake.messages[0]
    if received.thread is None:
        return "sends without the topic, at once"
    if received.chat == "-100777":
        return "sends to the new id, at once, and remembers it"
    assert received.markup == received.text
    pieces = " in shorter pieces" if len(fake.messages) > 1 else ""
    return f"sends as plain text{pieces}, at once"


def failed(error: DeliveryError) -> str:
    match error:
        case Rejected():
            return "channel stops"
        case Unsendable():
            return "sets this message aside"
        case Deferred(ambiguous=True):
            return "ambiguous"
        case Deferred(retry_after=None):
            return "backs off" if error.counts else "backs off, not counted"
        case Deferred(retry_after=7):
            return "waits as long as it says, not counted" if not error.counts else "counted"
    return repr(error)
