"""IDLE (RFC 2177): a mail server that offers it says at once that mail has come; nobody needs to ask all the time."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic

from rolecall.errors import Unreadable
from rolecall.fetch.imap_session import Client, Session
from rolecall.model import Request

LONGEST = 25 * 60.0  # seconds: servers may log out whoever is silent for half an hour
_TAG = b"IDLE1"
_EXISTS = re.compile(rb"\* \d{1,10} EXISTS\b", re.IGNORECASE)


async def listen(request: Request, ring: Callable[[], None], longest: float = LONGEST) -> bool:
    """Call `ring` once listening and whenever mail has come; True after `longest` seconds, to be called again.

    False at once: the server does not offer IDLE. Raises `Unreachable`, `Unreadable` or `Refused`. The conversation
    has a thread of its own, since it waits nearly always.
    """
    session, loop, thread = Session(request), asyncio.get_running_loop(), ThreadPoolExecutor(1, "idle")

    def ring_there() -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(ring)

    def talk(client: Client) -> bool:
        return _idle(session, client, ring_there, longest)

    try:
        return await loop.run_in_executor(thread, session.run, talk)
    finally:
        session.cut()
        thread.shutdown(wait=False)


def _idle(session: Session, client: Client, ring: Callable[[], None], longest: float) -> bool:
    """Hold one conversation; the folder is examined only, so that nothing in it changes."""
    _, said = client.capability()  # many servers name it only after the log-in
    if b"IDLE" not in b" ".join(each for each in said if isinstance(each, bytes)).upper().split():
        return False
    session.examine(client)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    client.send(_TAG + b" IDLE\r\n")
    while not _line(client).startswith(b"+"):
        pass
    ring()  # for what came before
    until = monotonic() + longest
    with suppress(TimeoutError):
        while (left := until - monotonic()) > 0:
            client.sock.settimeout(left)
            if _EXISTS.match(_line(client)):
                ring()
    with suppress(OSError):
        client.send(b"DONE\r\n")
    return True


def _line(client: Client) -> bytes:
    line = client.readline()
    if not line:
        raise client.abort("the connection has ended")
    if line.startswith(_TAG):
        raise Unreadable(f"{client.host} offers IDLE, but does not do it")
    return line
