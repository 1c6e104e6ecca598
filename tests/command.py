"""A command as a person types it, carried out in this process: another one loads Rolecall for two seconds first."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rolecall.cli import main


@dataclass(frozen=True)
class Done:
    """How it ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def command(*args: str, at: Path | None = None, stdin: bytes = b"", **env: str) -> Done:
    """Carry it out in a folder, with these variables. Not for what sets up the process's logs: `run` and `check`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(at or Path.cwd())
        for name, value in env.items():
            patch.setenv(name, value)
        for name, stream in {
            "stdin": io.TextIOWrapper(io.BytesIO(stdin), "utf-8"),
            "stdout": out,
            "stderr": err,
        }.items():
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "argv", ["rolecall", *args])
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(int(ended.value.code or 0), _said(out), _said(err))


def _said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
