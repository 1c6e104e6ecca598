"""What sending costs: `python -m tests.bench.telegram [MESSAGES]`.

Processor time of this process per message, twenty at a time, through python-telegram-bot: once over its default
(httpx), once over ours (aiohttp). The fake Bot API is a process of its own; the best of five runs counts.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from rolecall.render.telegram import telegram_texts
from rolecall_notifiers.telegram.request import AiohttpRequest
from tests.cards import message
from tests.fakes.telegram import TOKEN

AT_ONCE, RUNS = 20, 5


def main(count: str = "1000") -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        fake = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.telegram", "0", Path(folder, "log")], stdout=subprocess.PIPE, text=True
        )
        try:
            assert fake.stdout is not None
            base_url = fake.stdout.readline().split()[1]
            costs = {kind.__name__: _cost(kind, base_url, int(count)) for kind in (HTTPXRequest, AiohttpRequest)}
        finally:
            fake.terminate()
            fake.wait()
    default, ours = costs.values()
    for name, cost in costs.items():
        sys.stdout.write(f"{name:16} {cost * 1e3:6.2f} ms of processor time a message\n")
    sys.stdout.write(f"{'ratio':16} {ours / default:6.2f} (at most 0.25 wanted)\n")


def _cost(kind: type[HTTPXRequest] | type[AiohttpRequest], base_url: str, count: int) -> float:
    return min(asyncio.run(_run(_request(kind), base_url, count)) for _ in range(RUNS))


def _request(kind: type[HTTPXRequest] | type[AiohttpRequest]) -> BaseRequest:
    return AiohttpRequest(20) if kind is AiohttpRequest else HTTPXRequest(connection_pool_size=AT_ONCE, pool_timeout=60)


async def _run(request: BaseRequest, base_url: str, count: int) -> float:
    bot = Bot(TOKEN, base_url, request=request, get_updates_request=request)
    (text,) = telegram_texts(message())
    left = iter(range(count))

    async def sender() -> None:
        for _ in left:
            await bot.send_message(42, text.html, parse_mode="HTML")

    await bot.send_message(42, text.html)  # the connection, the imports
    begun = time.process_time()
    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
    spent = time.process_time() - begun
    await request.shutdown()
    return spent / count


if __name__ == "__main__":
    main(*sys.argv[1:])
