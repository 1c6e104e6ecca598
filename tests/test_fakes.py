"""The fakes also run as processes of their own, for tests that kill and restart the daemon."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rolecall.secret import Secret
from rolecall_notifiers.email import Email
from rolecall_notifiers.telegram import Telegram
from tests.cards import message
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_html import Refused, check
from tests.shared import ROOT


@asynccontextmanager
async def running(module: str, log: Path) -> AsyncIterator[str]:
    """Start a fake; yield what it says when it is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "0", str(log)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), 120)).decode()
    finally:
        process.terminate()
        await process.wait()


async def test_the_bot_api_as_a_process_writes_each_accepted_message_as_a_line(tmp_path: Path) -> None:
    log = tmp_path / "messages.jsonl"
    async with running("tests.fakes.telegram", log) as ready:
        channel = Telegram(Secret(TOKEN), 42, base_url=ready.split()[1], interval=0.0)
        await channel.open()
        for number in range(2):
            await channel.send(message(id=str(number)))
        await channel.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["id"] for line in lines] == [1, 2]
    assert "Senior Backend Engineer" in lines[0]["text"]


async def test_the_mail_server_as_a_process_writes_each_accepted_mail_as_a_line(tmp_path: Path) -> None:
    log = tmp_path / "mails.jsonl"
    async with running("tests.fakes.smtp", log) as ready:
        port = int(ready.rpartition(":")[2])
        receipt = await Email("127.0.0.1", "r@example.net", "m@example.org", port, security="none").send(message())
    (mail,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert mail["Message-ID"] == receipt
    assert mail["recipients"] == ["m@example.org"]


@pytest.mark.parametrize(
    "markup",
    [
        *("<b>open", "<b>crossed<i></b></i>", "</b>", "a & b", "<script>x</script>", "<b", "1 < 2", "<a title=x>y</a>"),
        *('<b onclick="x">y</b>', "", " \n", "<b></b>", "x" * 4097, "😀" * 2049),
    ],
)
def test_the_bot_api_refuses_what_telegram_refuses(markup: str) -> None:
    with pytest.raises(Refused):
        check(markup, markup=True)


def test_the_bot_api_counts_what_is_shown_not_what_is_sent() -> None:
    shown = check('<b><a href="https://jobs.example/?a=1&amp;b=2">' + "&amp;" * 4096 + "</a></b>", markup=True)
    assert shown.text == "&" * 4096
    assert shown.links == ("https://jobs.example/?a=1&b=2",)
