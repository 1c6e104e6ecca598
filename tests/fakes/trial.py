"""A source that misbehaves on demand, inside the parsing child. It imports little, so that the child starts fast."""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from rolecall.model import Page, RawPosting, Reply, Request
from rolecall.secret import Secret


@dataclass(frozen=True, slots=True)
class Trial:
    """A source that does what its option says."""

    kind: ClassVar[str] = "trial"
    summary: ClassVar[str] = ""
    interval: ClassVar[timedelta] = timedelta(1)
    minimum: ClassVar[timedelta] = timedelta(1)

    do: str = ""
    key: Secret = field(default_factory=lambda: Secret("hunter2"))
    name: ClassVar[str] = "trial"

    def requests(self) -> tuple[Request, ...]:
        return ()

    def parse(self, reply: Reply) -> Page:
        good = RawPosting("trial", "1", "Engineer")
        match self.do:
            case "bug":
                raise KeyError("a bug")
            case "segv":
                faulthandler._sigsegv()  # type: ignore[attr-defined] # made for tests, says its documentation
            case "abort":
                os.abort()
            case "starve":
                os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when there is no memory left
            case "exit":
                os._exit(0)
            case "hang":
                time.sleep(60)
            case "spin":
                while True:
                    pass
            case "memory":
                return Page(tuple(RawPosting("trial", "x" * 900_000_000, "x") for _ in range(1)))
            case "recurse":
                return self.parse(reply)
            case "open":
                Path("/etc/passwd").read_bytes()
            case "connect":
                socket.socket()
            case "fork":
                os.fork()
            case "print":
                print('{"error": "I am the parent now", "last": false}', flush=True)  # noqa: T201
            case "environment":
                good = replace(good, title=" ".join(os.environ))
            case "secret":
                good = replace(good, title=f"key {self.key.reveal()!r}")
            case "next":
                return Page((good,), following=(Request(reply.body.decode()),), wait=1e9, complete=True)
            case "many":
                return Page(tuple(replace(good, id=str(n), description="text " * 100) for n in range(20_000)))
            case "forge":
                good = replace(good, source="greenhouse:other")
        return Page((good,), complete=True)
