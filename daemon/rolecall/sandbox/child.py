"""What runs in the child: read a job, parse it, answer; with no files, little memory and a CPU clock that kills.

Nothing is caught that is not named here. A bug ends the child with its traceback on stderr; the parent starts another.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
from importlib.machinery import BuiltinImporter
from typing import BinaryIO

from rolecall.errors import SourceError, Unreadable
from rolecall.model import Reply
from rolecall.ports import Readable
from rolecall.sandbox import clean, wire

READY = b"ready\n"
PIPE = 65_536  # bytes written at once: as many as a pipe holds


def main() -> None:
    """Serve jobs from stdin until it ends: `python -m rolecall.sandbox MEMORY MODULE …`."""
    answers = os.fdopen(os.dup(1), "wb", PIPE)
    os.dup2(2, 1)  # whatever prints must not speak in our place
    memory, *modules = sys.argv[1:]
    for module in modules:
        importlib.import_module(module)
    _close_doors(int(memory))
    answers.write(READY)
    answers.flush()
    jobs = sys.stdin.buffer
    while job := wire.read_job(jobs):
        source, reply, seconds = job
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the process, even inside a regular expression
        _answer(source, reply, answers)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.flush()


def _close_doors(memory: int) -> None:
    """Give up what reading does not need: much memory, files and connections, programs, core dumps."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for name, limit in limits.items():
        resource.setrlimit(name, (limit, limit))
    # A late import is then "no such module", which libraries expect, and not "too many open files", which they do not.
    sys.meta_path[:] = [BuiltinImporter]


def _answer(source: Readable, reply: Reply, answers: BinaryIO) -> None:
    try:
        page = source.parse(reply)
        lost: list[str] = []
        for raw in page.postings:
            safe = clean.posting(raw)
            if safe is None:
                lost.append(raw.id)
            else:
                answers.write(wire.posting_line(safe))
        items = {digest: identity for digest, identity in page.items.items() if identity not in lost}
        if lost and len(lost) == len(page.postings) and not items:
            raise Unreadable(f"not one of {len(lost)} entries could be read: they have no title or no identity")
        answers.writelines(wire.item_lines(items))
        answers.write(wire.page_line(page, len(lost)))
    except SourceError as error:
        answers.write(wire.error_line(clean.line(str(error))))
    except RecursionError:
        answers.write(wire.error_line("the answer is nested too deeply to be a list of jobs"))
    except MemoryError:
        answers.write(wire.error_line("the answer needed too much memory to read", last=True))
