"""Prints messages: the channel that always works."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import ClassVar, Literal, TextIO

from rolecall.errors import Rejected
from rolecall.model import Message
from rolecall.ports import Showing
from rolecall.render.text import render_text


@dataclass(frozen=True, slots=True)
class Console:
    """Prints to standard output (or standard error), in colour on a terminal unless NO_COLOR is set."""

    kind: ClassVar[str] = "console"
    summary: ClassVar[str] = "prints each message in the terminal"
    shows: ClassVar[Showing] = "overview"

    stream: Literal["stdout", "stderr"] = "stdout"
    colour: bool | None = None  # None: only on a terminal

    async def open(self) -> None:
        """Nothing to open."""

    async def send(self, message: Message) -> str:
        """Print the message and an empty line. Raises `Rejected` when nobody reads the other end."""
        stream = getattr(sys, self.stream)
        width = min(shutil.get_terminal_size().columns, 100)
        text = render_text(message, width=width, colour=self._colour(stream))
        try:
            stream.write(_encodable(text, stream) + "\n\n")
            stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise Rejected(f"cannot write to {self.stream}: {error}") from None
        return self.stream

    async def check(self) -> str:
        """Return where messages are printed."""
        return f"prints to {self.stream}"

    async def close(self) -> None:
        """Nothing to close."""

    def _colour(self, stream: TextIO) -> bool:
        if self.colour is not None:
            return self.colour
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _encodable(text: str, stream: TextIO) -> str:
    """A terminal that does not speak UTF-8 gets question marks, not an exception."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
