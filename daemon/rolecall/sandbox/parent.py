"""Keeps the child: starts it when there is work, ends it when there is none, kills it when it does not answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from rolecall.errors import Unreadable
from rolecall.model import Page, RawPosting, Reply
from rolecall.ports import Readable
from rolecall.sandbox import wire

START = 30.0  # seconds for the child to get ready; only a machine in trouble needs them
MAX_LINE = 2_000_000  # bytes of one posting on the wire
MAX_ANSWER = 100_000_000  # bytes of one answer
SLICE = 1_000_000  # bytes of a body sent at once
BATCH = 50  # postings taken in before the loop gets its turn


class Sandbox:
    """Parses replies in a child process; implements `ports.Parser`. Use it as an async context manager.

    `deadline`: seconds of computing time for one reply, and half a second more for each megabyte. `idle`: seconds
    without work after which the child is ended. `memory`: bytes it may take. `preload`: modules that it imports
    before it loses the right to open files; sources that come from elsewhere belong here.
    """

    def __init__(
        self,
        *,
        deadline: float = 3.0,
        idle: float = 60.0,
        memory: int = 768_000_000,
        preload: tuple[str, ...] = ("rolecall.sources.preload",),
    ) -> None:
        self._deadline = deadline
        self._idle = idle
        self._command = (sys.executable, "-P", "-m", "rolecall.sandbox", str(memory), *preload)
        self._lock = asyncio.Lock()
        self._child: Process | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rest()
        self._retire()
        await asyncio.gather(*self._ending)

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def parse(self, source: Readable, reply: Reply) -> Page:
        """Return `source.parse(reply)` with its texts made safe; raises `Unreadable`, also when the child had to go."""
        async with self._lock:
            self._rest()
            child = await self._ready()
            try:
                page = await self._converse(child, source, reply)
            except _Reported as error:
                if error.last:
                    self._retire()
                raise Unreadable(str(error)) from None
            except BaseException:  # cancelled, killed, out of step: what it says from now on answers nothing
                self._retire()
                raise
            finally:
                self._alarm = asyncio.get_running_loop().call_later(self._idle, self._retire)
            return page

    async def _ready(self) -> Process:
        """Return the child, started if need be. It gets our import path, and nothing else of our environment."""
        if self._child is None or self._child.returncode is not None:
            env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            self._child = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, limit=MAX_LINE, env=env, start_new_session=True
            )
            try:
                async with asyncio.timeout(START):
                    greeting = await _lines(self._child).readline()
            except BaseException:
                self._retire()
                raise
            if greeting != b"ready\n":
                self._retire()
                raise Unreadable("the child process that reads replies does not start; the log says why")
        return self._child

    async def _converse(self, child: Process, source: Readable, reply: Reply) -> Page:
        seconds = self._deadline + len(reply.body) / 2_000_000
        try:
            # The child's own clock counts computing time; ours is there for a child that does not even compute.
            async with asyncio.timeout(seconds * 4):
                await _send(child, wire.job(source, reply, seconds), reply.body)
                return await _answer(child, source.name, reply.url)
        except TimeoutError:
            raise Unreadable(f"the answer took longer than {seconds:.0f} s to read") from None
        except EOFError:
            raise Unreadable(_cause_of_death(await child.wait(), seconds)) from None
        except (ValueError, KeyError, TypeError):
            raise Unreadable("the answer could not be read: the child process spoke out of turn") from None

    def _rest(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _retire(self) -> None:
        """End the child at once; it has nothing to lose."""
        child, self._child = self._child, None
        if child is not None:
            task = asyncio.get_running_loop().create_task(_end(child))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)


class _Reported(Exception):
    """The child itself says that the reply cannot be read. `last`: it goes."""

    def __init__(self, sentence: str, *, last: bool) -> None:
        super().__init__(sentence)
        self.last = last


async def _send(child: Process, job: bytes, body: bytes) -> None:
    """Send a job, its body in slices: a whole board would otherwise lie in memory twice."""
    assert child.stdin is not None  # noqa: S101 # opened as a pipe
    try:
        child.stdin.write(job)
        for start in range(0, len(body), SLICE):
            child.stdin.write(memoryview(body)[start : start + SLICE])
            await child.stdin.drain()
        await child.stdin.drain()
    except ConnectionError:
        raise EOFError from None


def _lines(child: Process) -> asyncio.StreamReader:
    assert child.stdout is not None  # noqa: S101 # opened as a pipe
    return child.stdout


async def _answer(child: Process, source: str, asked: str) -> Page:
    """Take in one answer, a posting a line, and give the loop its turn on the way."""
    postings: list[RawPosting] = []
    items: dict[str, str] = {}
    size = 0
    while size < MAX_ANSWER:
        line = await _lines(child).readline()
        if not line.endswith(b"\n"):
            raise EOFError
        size += len(line)
        value = wire.read_line(line)
        if "error" in value:
            raise _Reported(str(value["error"]), last=bool(value["last"]))
        if "end" in value:
            return wire.read_end(value["end"], tuple(postings), items, lambda url: _same_host(url, asked))
        if "items" in value:
            items |= wire.read_items(value["items"])
            continue
        postings.append(wire.read_posting(value, source))
        if len(postings) % BATCH == 0:
            await asyncio.sleep(0)
    raise Unreadable(f"the answer holds more than {MAX_ANSWER // 1_000_000} MB of text")


def _same_host(url: str, asked: str) -> bool:
    """A next page lies where this one did: a feed does not send us elsewhere."""
    try:
        one, other = urlsplit(url), urlsplit(asked)
    except ValueError:
        return False
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def _cause_of_death(code: int, seconds: float) -> str:
    if code == -signal.SIGPROF:
        return f"the answer took longer than {seconds:.0f} s to read"
    if code < 0:
        return f"the answer broke what read it (signal {-code})"
    return "the answer broke what read it; the log has the traceback"


async def _end(child: Process) -> None:
    """Kill the child and whatever it may have started: it leads a process group of its own."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    await child.wait()
