"""One connection and the only thread that ever touches it; what waits to be written together is committed together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from rolecall.store import connection

T = TypeVar("T")
Action = Callable[[Database], T]


class Worker:
    """A connection, opened at the first use in a thread of its own."""

    def __init__(self, path: Path, name: str, connect: Callable[[Path], Database]) -> None:
        self._path, self._connect = path, connect
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"store-{name}")
        self._db: Database | None = None
        self._closed = False

    async def run(self, action: Action[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, action)

    def _run(self, action: Action[T]) -> T:
        if self._db is None:
            self._db = self._connect(self._path)
        with connection.explained(self._path):
            return action(self._db)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
            self._thread.shutdown()

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()


class Writer(Worker):
    """Writes in transactions. Actions that wait together share one, and so one wait for the disk.

    Each is all or nothing and ends only when the disk has it, as if it were alone. Where one of them fails, each is
    tried again by itself.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "write", connection.writer)
        self._waiting: deque[_Write] = deque()

    async def write(self, action: Action[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Write(action, future))
        if len(self._waiting) == 1:  # else the thread has been told already
            self._thread.submit(self._write_all, loop)
        return await future

    def _write_all(self, loop: asyncio.AbstractEventLoop) -> None:
        writes = []
        while self._waiting:  # until it is empty: only who finds it empty tells the thread
            writes.append(self._waiting.popleft())
        together = len(writes) > 1 and self._try(writes)
        if not together:
            for each in writes:
                self._try([each])
        loop.call_soon_threadsafe(_tell, writes)

    def _try(self, writes: Sequence[_Write]) -> bool:
        """Carry out the actions in one transaction; False, and what was wrong with the first, when it failed."""

        def transaction(db: Database) -> list[Any]:
            with connection.immediate(db):
                return [each.action(db) for each in writes]

        try:
            results = self._run(transaction)
        except BaseException as error:  # noqa: BLE001 # whatever it is, it belongs to whoever waits for it
            writes[0].error = error
            return False
        for each, result in zip(writes, results, strict=True):
            each.result, each.error = result, None
        return True


class _Write:
    """An action that waits to be carried out, and what came of it."""

    __slots__ = ("action", "error", "future", "result")

    def __init__(self, action: Action[Any], future: asyncio.Future[Any]) -> None:
        self.action, self.future = action, future
        self.result: object = None
        self.error: BaseException | None = None


def _tell(writes: Sequence[_Write]) -> None:
    for each in writes:
        if each.future.done():  # whoever waited was cancelled; what was written stays
            continue
        if each.error is not None:
            each.future.set_exception(each.error)
        else:
            each.future.set_result(each.result)
